"""`lanyard check`: report by report, who would get what at each school, and what must be mended first."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.ground import errand
from bot.holes import Checked, refused, warned
from bot.room_check import rooms_warned
from bot.route_words import PARTS
from bot.settings import Settings
from workflows.roll import MANAGER, AtSchool, Roll, called
from workflows.routing import Place
from workflows.survey import Outcome

REACHED = {"slack": "Slack", "teams": "Teams", "mail": "e-mail", "": "nowhere"}


def check(settings: Settings, *, as_json: bool, brief: bool = False) -> int:
    """0 when every report finds somebody, 1 when something must be mended first, 2 when it could not be checked.

    ``brief`` leaves the tables out, and shows what is wrong.
    """
    with errand(settings) as ground:
        roll: Roll = ground.database.look_now(ground.trust, called, ground.rules)
        rooms = rooms_warned(ground)
    checked = Checked(roll, ground.rules, settings)
    found = Found(tuple(dict.fromkeys(refused(checked))), (*dict.fromkeys(warned(checked)), *rooms))
    if as_json:
        print(json.dumps(as_values(checked, found), ensure_ascii=False))
    else:
        show(checked, found, brief=brief)
    return 1 if found.refused else 0


@dataclass(frozen=True)
class Found:
    """What must be mended, and what is worth a look."""

    refused: tuple[str, ...]
    warned: tuple[str, ...]


def show(checked: Checked, found: Found, *, brief: bool) -> None:
    """The tables, then what is wrong."""
    wide = None if sys.stdout.isatty() else 160
    console = Console(highlight=False, markup=False, emoji=False, width=wide)
    for school in () if brief else checked.roll.schools:
        console.print(table(checked, school))
        for line in (*rules_used(checked, school), "", *ladders(checked, school), ""):
            console.print(line, soft_wrap=True)
    for line in found.warned:
        console.print(f"Worth a look: {line}", soft_wrap=True)
    for line in found.refused:
        print(f"To mend first: {line}", file=sys.stderr)
    if found.refused:
        print("Not ready: a report could be lost, or its reporter left without help.", file=sys.stderr)
    else:
        console.print("Every role on every route has somebody who can be reached.")


def table(checked: Checked, school: AtSchool) -> Table:
    """One school: a line for each person told, and below them who is asked if nobody answers."""
    drawn = Table(
        "report", "when", "who", "role", "reached by", "why",
        title=f"{school.name}: {checked.rules.pack.name}, {checked.rules.pack.edition}", box=SIMPLE_HEAD,
    )  # fmt: skip
    last = ""
    for outcome in school.outcomes:
        first = "" if outcome.report == last else checked.rules.reports[outcome.report].title
        for line in lines(checked, outcome):
            drawn.add_row(first, *line)
            first = ""
        last = outcome.report
    return drawn


def lines(checked: Checked, outcome: Outcome) -> Iterator[tuple[str, str, str, str, str]]:
    speech = checked.speech
    when = speech.when(outcome) or "always"
    told = [(place, "") for place in outcome.recipients]
    told += [(place, " where a pupil was harmed") for place in outcome.child]
    for place, only in told:
        who = f"{name(checked, place)} {PARTS[place.part]}{only}"
        yield when, who, speech.role(place.role), REACHED[reached(checked, place)], why(place)
        when = ""
    if outcome.outside:
        yield when, "outside the school", speech.role(outcome.outside[0]), "phone", "floor 4: nobody here can have it"
    elif not told:
        yield when, "nobody: the reporter is told what to do", "", "", "the policy"


def why(place: Place) -> str:
    """The clause or rule; the rules stand in words below the table."""
    if place.source == "default":
        return f"Lanyard's choice ({place.why})" if place.why != "default" else "Lanyard's choice"
    return place.why


def rules_used(checked: Checked, school: AtSchool) -> list[str]:
    """The floor's rules that put somebody in this table, in words."""
    places = [place for outcome in school.outcomes for place in (*outcome.recipients, *outcome.child)]
    return sorted({checked.speech.why(place) for place in places if place.source == "floor"})


def ladders(checked: Checked, school: AtSchool) -> Iterator[str]:
    """Who is asked next, by who led: the order does not depend on the report."""
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for outcome in school.outcomes:
        led = [name(checked, place) for place in outcome.recipients if place.part == "lead"]
        if led or outcome.then:
            ahead = (*(name(checked, place) for place in outcome.then), "outside the school")
            found.setdefault(ahead, {})[" and ".join(led) or "those who may be chosen"] = None
    for ahead, leads in found.items():
        yield f"If {' or '.join(leads)} does not acknowledge in time: {', then '.join(ahead)}."


def name(checked: Checked, place: Place) -> str:
    if place.person == MANAGER:
        return "their line manager"
    return checked.roll.holders[place.person].name


def reached(checked: Checked, place: Place) -> str:
    return checked.roll.holders[place.person].reached if place.person in checked.roll.holders else ""


def as_values(checked: Checked, found: Found) -> dict[str, Any]:
    """The same for machines."""
    roll = checked.roll
    return {
        "trust": roll.trust,
        "policy": checked.rules.pack.id,
        "ready": not found.refused,
        "refused": list(found.refused),
        "warned": list(found.warned),
        "schools": [
            {
                "id": school.key,
                "name": school.name,
                "reports": [outcome_values(checked, outcome) for outcome in school.outcomes],
            }
            for school in roll.schools
        ],
    }


def outcome_values(checked: Checked, outcome: Outcome) -> dict[str, Any]:
    return {
        "report": outcome.report,
        "when": checked.speech.when(outcome) or "always",
        "situations": [
            {"by": each.by, "harmed": each.harmed, "answers": sorted(each.answers)} for each in outcome.situations
        ],
        "class": list(outcome.classes),
        "recipients": [place_values(checked, place) for place in outcome.recipients],
        "where_a_pupil_was_harmed": [place_values(checked, place) for place in outcome.child],
        "then": [place_values(checked, place) for place in outcome.then],
        "outside": list(outcome.outside),
    }


def place_values(checked: Checked, place: Place) -> dict[str, str]:
    known = checked.roll.holders.get(place.person)
    return {
        "person": known.key if known else place.person,
        "name": name(checked, place),
        "role": place.role,
        "part": place.part,
        "source": place.source,
        "why": place.why,
        "reached": known.reached if known else "",
    }
