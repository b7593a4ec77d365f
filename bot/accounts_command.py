"""`lanyard people accounts`: the school's official accounts online, who looks after each, and what is missing."""

from collections.abc import Iterator
from datetime import date

from bot.ground import Ground, errand
from bot.settings import Settings
from storage.models import School
from storage.queries import people as queries
from storage.unit import Unit
from workflows import official
from workflows.account_duties import works_here
from workflows.calendar import day_of
from workflows.official import Kept
from workflows.owing import in_short
from workflows.times import spoken_day

NONE = "No account stands in school.toml. See “The school's accounts online” in docs/operations.md."
PARTS = (("Owner", "owner"), ("Administrators", "administrator"), ("Moderators", "moderator"), ("Posters", "poster"))


def show_accounts(settings: Settings) -> int:
    """Print the register; no password stands in it."""
    with errand(settings) as ground:
        lines = ground.database.look_now(ground.trust, register, ground)
        print("\n".join(lines) if lines else NONE)
    return 0


def register(unit: Unit, ground: Ground) -> list[str]:
    schools: list[School] = unit.find(queries.schools())
    names = {school.id: school.name for school in schools}
    today = day_of(unit.now)
    return [
        line
        for account in official.kept(unit)
        for line in (
            f"{account.label}, {names.get(account.row.school, 'the whole trust')}",
            f"  {in_short(ground.rules, account, today)}",
            *details(account, today),
        )
    ]


def details(account: Kept, today: date) -> Iterator[str]:
    row = account.row
    if row.address:
        yield f"  Address: {row.address}"
    if row.opens:
        yield f"  Open since: {spoken_day(str(row.opens))}"
    for label, part in PARTS:
        people = [account.people[each.person] for each in account.holders if each.part == part and each.until is None]
        if people:
            asked = (
                p.name + ("" if works_here(p, today) else " (not on the list of staff: is asked nothing)")
                for p in people
            )
            yield f"  {label}: {', '.join(asked)}"
