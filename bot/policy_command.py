"""`lanyard policy check`: what is wrong with a school's own policy file, or what the floor adds to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from bot.command import File, Yes, settings_read
from bot.route_words import PARTS, Speech, how_soon, listed, named_alike
from templates.catalogue import Catalogue
from workflows.floor import Floor
from workflows.matter import Matter
from workflows.packs import ID, PackError, all_packs, load_floor, read_pack, text_of
from workflows.policy import Pack
from workflows.rules import Rules
from workflows.seats import table
from workflows.soundness import clean
from workflows.survey import Outcome, facts_of, situations, surveyed

policy = typer.Typer(no_args_is_help=True, help="A school's own policy, as a file.")


class Change(NamedTuple):
    """What the floor does to one place: whose, what becomes of it, and by which rule."""

    role: str
    does: str
    why: str


@policy.command("check")
def policy_check(
    file: Annotated[Path, typer.Argument(show_default=False, help="The policy, as TOML.")],
) -> None:
    """Say what is wrong with a policy, and where; or that it is right, and what the floor adds or changes."""
    floor = load_floor()
    try:
        pack = read_pack(text_of(file), file.name, floor)
    except PackError as wrong:
        lines = str(wrong).splitlines()
        typer.echo("\n".join(lines), err=True)
        typer.echo(f"{len(lines)} to mend." if len(lines) > 1 else "One thing to mend.", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{clean(file.name)} is right: {clean(pack.name)}, {clean(pack.edition)}.")
    rules = Rules(pack, floor, Catalogue.read())
    for title, lines in (
        ("What the floor adds or changes, which no policy can take away:", [*floor_lines(rules)]),
        ("Worth knowing:", [*notes(rules, file)]),
    ):
        if lines:
            typer.echo(f"\n{title}")
            typer.echo("\n".join(f"  {line}" for line in lines))


@policy.command("adopt")
def policy_adopt(  # noqa: PLR0913, PLR0917 - one for each option of the command line
    file: File,
    version: Annotated[str, typer.Option(help="What the version is called, such as 2026-1.")],
    approved_by: Annotated[str, typer.Option(metavar="NAME", help="Who approved it.")],
    office: Annotated[str, typer.Option(help="In which office, such as chair of governors.")],
    on: Annotated[str, typer.Option(metavar="DATE", help="On which day, such as 2026-11-20.")],
    changes: Annotated[
        str, typer.Option(metavar="TEXT", help="What changed, in a sentence or two: staff read it before the text.")
    ] = "",
    yes: Yes = False,
) -> None:
    """Put a version of the policy's own text (PDF, Markdown or plain text) in force; staff are asked to read it."""
    settings = settings_read()
    from bot import adoption

    approval = adoption.Approval(version, approved_by, office, on, changes)
    raise typer.Exit(adoption.adopt(settings, file, approval, yes=yes))


def floor_lines(rules: Rules) -> Iterator[str]:
    """Each change that the floor makes, with the reports it makes it to."""
    speech = Speech(rules.pack, rules.floor, rules.words)
    routed = {row.report for row in rules.pack.routes}
    found: dict[Change, dict[str, list[str]]] = {}
    for outcome in surveyed(rules, named_alike(rules.pack)):
        if outcome.report not in routed:
            yield unrouted(speech, outcome)
            continue
        for change in changes(rules, speech, outcome):
            found.setdefault(change, {}).setdefault(speech.when(outcome) or "always", []).append(outcome.report)
    for change, reports in found.items():
        yield f"{speech.role(change.role)} {change.does} ({change.why})"
        yield from (f"  {when}: {', '.join(types)}" for when, types in reports.items())
    yield from soon_lines(rules.pack, rules.floor)


def unrouted(speech: Speech, outcome: Outcome) -> str:
    """A type that the policy says nothing of."""
    when = f", {said}" if (said := speech.when(outcome)) else ""
    told = [f"{speech.role(each.role)} {PARTS[each.part]} ({speech.why(each)})" for each in outcome.recipients]
    hurt = [f"{speech.role(each.role)} {PARTS[each.part]} where a pupil was harmed" for each in outcome.child]
    return f"{outcome.report}{when}: the policy names nobody; {', '.join((*told, *hurt))}"


def changes(rules: Rules, speech: Speech, outcome: Outcome) -> Iterator[Change]:
    """The places that are not the policy's own, and those of the policy's that nobody gets."""
    matter = Matter(rules.pack, rules.floor, named_alike(rules.pack), facts_of(outcome.report, outcome.situations[0]))
    asked = {matter.acting_as(seat.role): seat.part for seat in table(matter)}
    given = {place.role: place for place in outcome.recipients}
    rule = f"floor 3: {rules.words.sentence('why.floor_3')}" if matter.lines else "one person, one part"
    for role, place in given.items():
        if role not in asked:
            yield Change(role, PARTS[place.part], speech.why(place))
        elif asked[role] != place.part:
            why = speech.why(place) if place.source == "floor" else rule
            yield Change(role, f"{PARTS[place.part]}; in the policy it {PARTS[asked[role]]}", why)
    for role, part in asked.items():
        if role not in given:
            yield Change(role, f"has no part; in the policy it {PARTS[part]}", rule)
    for place in outcome.child:
        yield Change(place.role, f"{PARTS[place.part]} where a pupil was harmed", speech.why(place))


def soon_lines(pack: Pack, floor: Floor) -> Iterator[str]:
    """How soon somebody must acknowledge, and where a policy asks for less than the floor does."""
    for klass in floor.strictest_first:
        types = [report for report, kind in floor.types.items() if floor.strictest(kind.klass, pack.klass) == klass]
        if types:
            besides = ", and whatever harmed a pupil" if klass == floor.strictest_first[0] else ""
            yield f"To be acknowledged within {how_soon(floor, klass)}: {', '.join(types)}{besides}."
    for number, row in enumerate(pack.routes, 1):
        firm = floor.strictest(floor.kind(row.report).klass, pack.klass)
        if row.klass and floor.strictest(firm, row.klass) != row.klass:
            yield f"Route {number} ({row.report}) asks for {row.klass!r}; {firm!r} is stricter, and stays."


def notes(rules: Rules, file: Path) -> Iterator[str]:
    """What a school should know though nothing is wrong."""
    pack, floor = rules.pack, rules.floor
    speech = Speech(pack, floor, rules.words)
    if pack.id != file.stem or not ID.fullmatch(pack.id):
        yield f"It calls itself {pack.id!r}: to be used, its file must have that name, of small letters, digits and -."
    elif pack.id in all_packs():
        yield f"In LANYARD_HOME/policies it takes the place of the policy {pack.id!r} that comes with Lanyard."
    missing = [role for role in floor.ladder if role not in pack.cast]
    if missing:
        yield f"There is no {listed(map(speech.role, missing))} here: the ladder steps over them, and ends outside."
    for role, holder in floor.held_by.items():
        if any(role in row.roles for row in pack.routes):
            yield f"Unless the school names somebody, the {speech.role(holder)} is the {speech.role(role)}."
    yield from never_asked(rules)


def never_asked(rules: Rules) -> Iterator[str]:
    """Routes that wait for an answer which the form of their report has no question for."""
    for number, row in enumerate(rules.pack.routes, 1):
        kind = rules.reports.get(row.report)
        if kind is None:
            yield f"Route {number} ({row.report}): no form asks for this report yet."
            continue
        asked = situations(rules.pack, rules.floor, kind)
        if not any(row.fits(each.by, each.harmed, each.answers) for each in asked):
            yield f"Route {number} ({row.report}): no answer to this report's questions ever leads here."
