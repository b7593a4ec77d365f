"""`lanyard route`: who would see this report, and why, in a school of people named like their roles."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from workflows.floor import Floor
from workflows.packs import PackError, all_packs, load_floor, load_pack
from workflows.policy import Pack
from workflows.routing import Cast, Facts, Route, route
from workflows.survey import SOMEBODY


def route_command(  # noqa: PLR0913, PLR0917 - a command line's options are its parameters
    policy: Annotated[str, typer.Option(help="The policy to ask.")],
    report: Annotated[str, typer.Option(help="The type of report.")],
    same: Annotated[list[str] | None, typer.Option(metavar="A=B", help="One person, A, holds both.")] = None,
    vacant: Annotated[list[str] | None, typer.Option(metavar="ROLE", help="Nobody holds this role.")] = None,
    absent: Annotated[list[str] | None, typer.Option(metavar="ROLE", help="Its holder is away.")] = None,
    about: Annotated[list[str] | None, typer.Option(metavar="WORD", help="A subject: a role, or staff.")] = None,
    reporter: Annotated[str, typer.Option(metavar="WORD", help="Who reports: a role, or staff.")] = "teacher",
    by: Annotated[str, typer.Option(help="Who did it.")] = "unknown",
    harmed: Annotated[str, typer.Option(help="Who was harmed.")] = "nobody",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, alone on stdout.")] = False,
) -> None:
    """Show who would see this report under a policy, and which clause or rule put them there."""
    floor = load_floor()
    known("policy", [policy], all_packs())
    known("report", [report], floor.types)
    known("by", [by], floor.words.by)
    known("harmed", [harmed], floor.words.harmed)
    try:
        pack = load_pack(policy)
    except PackError as error:
        refuse(str(error))
    named = [*(about or ()), *([reporter] if floor.kind(report).subject == "reporter" else [])]
    facts, cast = pretended(pack, floor, Asked(same or (), vacant or (), absent or (), named, reporter))
    hurt = frozenset({SOMEBODY} if harmed == "staff" else ())
    facts = replace(facts, report=report, by=by, harmed=harmed, harmed_persons=hurt)
    found = route(pack, floor, cast, facts)
    print_json(found) if as_json else print_table(found)


@dataclass(frozen=True)
class Asked:
    """What the options say of the school's people."""

    same: Sequence[str]
    vacant: Sequence[str]
    absent: Sequence[str]
    about: Sequence[str]
    reporter: str


def pretended(pack: Pack, floor: Floor, asked: Asked) -> tuple[Facts, Cast]:
    """A school in which each role of the pack is one person of that name, as bent by the options.

    A word that is a role means its holder (for a further role: whoever it falls to), and any other word is
    somebody of that name on the staff.  An office that nobody holds here (a governor, a vacant role) still
    counts as that office when it names a subject.
    """
    person = peopled(pack, floor, asked)
    holders = {role: () if role in asked.vacant else (held,) for role, held in person.items()}

    def who(word: str) -> str:
        role = word if word in holders else floor.held_by.get(word, word)
        return next(iter(holders.get(role, ())), word)

    facts = Facts(
        report="",
        subjects=frozenset(who(word) for word in asked.about),
        offices=frozenset(asked.about) & {*pack.cast, *floor.governors_of(pack.cast)},
        reporter=who(asked.reporter),
    )
    managers = holders[floor.offices.line_manager]
    staff = {*person.values(), facts.reporter, SOMEBODY}
    return facts, Cast(
        holders,
        absent=frozenset(p for role in asked.absent for p in holders.get(role, ())),
        line_managers={p: manager for p in staff for manager in managers if manager != p},
    )


def peopled(pack: Pack, floor: Floor, asked: Asked) -> dict[str, str]:
    """Role to person; a further role has a person of its own only where `--same` names it."""
    offices = {*floor.roles.every, *floor.roles.governors, *floor.roles.trust, *floor.held_by}
    known("vacant", asked.vacant, offices)
    known("absent", asked.absent, offices)
    person = {role: role for role in pack.cast}
    for pair in asked.same:
        one, _, other = pair.partition("=")
        known("same", (one, other), {*pack.cast, *floor.held_by})
        gone = person.setdefault(other, other)
        kept = person.setdefault(one, one)
        person = {role: kept if held == gone else held for role, held in person.items()}
    return person


def known(option: str, words: Iterable[str], valid: Collection[str]) -> None:
    """Refuse a word that an option does not know, naming those it does."""
    for word in words:
        if word not in valid:
            refuse(f"--{option} does not know {word!r}. It knows: {', '.join(sorted(valid))}.")


def refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)


def print_json(found: Route) -> None:
    typer.echo(
        json.dumps(
            {
                "report": found.report,
                "policy": found.policy,
                "class": found.klass,
                "recipients": [asdict(place) for place in found.recipients],
                "excluded": [asdict(kept) for kept in found.excluded],
                "outside": list(found.outside),
                "steps": [
                    {"id": step.id, "say": step.say, "source": step.source, "why": step.why} for step in found.steps
                ],
            },
            ensure_ascii=False,
        )
    )


def print_table(found: Route) -> None:
    """The same for people to read."""
    console = Console(highlight=False, markup=False)
    table = Table("person", "role", "part", "source", "why", title=f"{found.report}, {found.policy}: {found.klass}")
    for place in found.recipients:
        table.add_row(place.person, place.role, place.part, place.source, place.why)
    console.print(table)
    if not found.recipients:
        console.print("Nobody is told.")
    for kept in found.excluded:
        console.print(f"Kept out: {kept.person} ({kept.why})")
    for contact in found.outside:
        console.print(f"Outside the school: {contact}")
    for step in found.steps:
        console.print(f"Step: {step.say} ({step.source}, {step.why})")
