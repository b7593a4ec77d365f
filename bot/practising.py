"""`lanyard practice`: one report made to try the chain out, and how each of them has gone."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import datetime

from bot.chats import accounts_in_chat
from bot.ground import Ground, errand
from bot.settings import Settings
from handlers.senders import Unreachable
from storage.models import Case, Person
from storage.queries import people as queries
from storage.unit import Unit
from workflows import calendar, parties, practice, terms
from workflows.people import Who
from workflows.rules import Rules
from workflows.times import spoken

NOBODY = "Nobody in the chat has the address {}. A practice report is sent in somebody's name who works at the school."
SEND = """Practice report {reference}, in the name of {by}. It goes to:
{told}
{when}
It says PRACTICE wherever it is read, wakes nobody, and stays a practice report for ever.
See how it goes: lanyard practice --list"""


def practise(settings: Settings, email: str, school: str) -> int:
    """Make one; 2 where nobody could be found to send it."""
    with errand(settings) as ground:
        try:
            found = asyncio.run(accounts_in_chat(settings, [email])).get(email, ())
        except (Unreachable, OSError):
            print("The chat could not be asked; nothing was sent. Check the token and the address.", file=sys.stderr)
            return 2
        if not found:
            print(NOBODY.format(email), file=sys.stderr)
            return 2
        schools = {each.key: each.id for each in ground.database.look_now(ground.trust, Unit.find, queries.schools())}
        if school and school not in schools:
            print(f"There is no school {school!r}; there is {', '.join(schools)}.", file=sys.stderr)
            return 2
        print(ground.database.run_now(ground.trust, sent, ground.rules, found[0], schools.get(school, "")))
    return 0


def sent(unit: Unit, rules: Rules, who: Who, school: str) -> str:
    """What was sent to whom, and when they hear of it."""
    case = practice.begin(unit, rules, who, school)
    told = [f"  {unit.get(Person, each.person).name}, {rules.words.sentence(f'role.{each.role}')}"
            for each in parties.told(unit, case)]  # fmt: skip
    opens = calendar.next_opening(unit.now, terms.of(unit, case.school))
    when = f"School is out: it goes out at {spoken(opens, unit.now)}." if opens > unit.now else "It goes out now."
    by = unit.get(Person, case.reporter).name
    return SEND.format(reference=case.reference, by=by, told="\n".join(told), when=f"{when} The bot must be running.")


def show_practice(settings: Settings) -> int:
    """Every practice report, the latest first; nothing real stands beside them."""
    with errand(settings) as ground:
        lines = ground.database.look_now(ground.trust, listed, ground)
    print("\n".join(lines) if lines else "No practice report yet. Make one: lanyard practice --by E-MAIL")
    return 0


def listed(unit: Unit, ground: Ground) -> list[str]:
    return [line for case in practice.made(unit) for line in gone(unit, ground.rules, case)]


def gone(unit: Unit, rules: Rules, case: Case) -> Iterator[str]:
    yield f"PRACTICE {case.reference}, sent {spoken(case.opened_at, unit.now)}: {standing(unit, case)}"
    for party in parties.told(unit, case):
        role = rules.words.sentence(f"role.{party.role}")
        yield f"  told {spoken(party.since, unit.now)}: {unit.get(Person, party.person).name}, {role}"


def standing(unit: Unit, case: Case) -> str:
    if case.acknowledged_at:
        who = unit.get(Person, case.acknowledged_by).name
        return f"acknowledged by {who} after {minutes(case.opened_at, case.acknowledged_at)}."
    if case.outside:
        return "it reached the end of the ladder, and nobody acknowledged it."
    due = f" by {spoken(case.due_at, unit.now)}" if case.due_at else ""
    return f"not acknowledged yet; it should be{due}."


def minutes(since: datetime, until: datetime) -> str:
    took = round((until - since).total_seconds() / 60)
    return "less than a minute" if took < 1 else "a minute" if took == 1 else f"{took} minutes"
