"""What a reporter is asked next: a value, decided from what has been answered and where it would go."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from storage.models import Person, School
from storage.queries import people as queries
from storage.unit import Unit
from templates.report_types import ReportType
from templates.shapes import Answers, File
from workflows import casting, people, routing
from workflows.drafts import NOBODY, UNSURE, Quoted, Written
from workflows.involved import URGENT_WHO, facts_of_draft, lines
from workflows.names import Face, doubtful
from workflows.rules import Rules

# The kinds of field whose answers are typed, and so are never to be typed twice.
TYPED = ("line", "text")


@dataclass(frozen=True)
class Ask:
    """The next step of a form: its name, the report type, and what only this report has to offer.

    ``schools`` are those to choose from (id, name).  ``names`` holds the doubtful names, each with the people it
    could be; ``choices`` the (role, name) of those the reporter may pick, ``several`` whether more than one.
    ``files`` are the pictures that want their date, time, place and account, ``again`` says that some of it was
    missing; ``last`` whether this step can be the last; ``message`` is one that is reported, asked about first;
    ``typed`` is what was typed before, by field id; ``token`` the draft that it is a step of.
    """

    step: str
    report: str = ""
    names: tuple[tuple[str, tuple[Face, ...]], ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    several: bool = False
    files: tuple[File, ...] = ()
    schools: tuple[tuple[str, str], ...] = ()
    again: bool = False
    last: bool = False
    message: Quoted | None = None
    typed: Answers = field(default_factory=dict)
    token: str = ""


def next_ask(unit: Unit, rules: Rules, written: Written, reporter: Person) -> Ask | None:
    """The next step; none when the report can be sent."""
    if not written.report:
        return Ask("start", message=written.message, typed=written.answers)
    return (
        which_school(unit, written)
        or questions(rules, written)
        or about_people(unit, rules, written, reporter)
        or screenshots(rules, written)
    )


def which_school(unit: Unit, written: Written) -> Ask | None:
    known = () if written.school else schools(unit)
    return Ask("school", written.report, schools=pairs(known)) if len(known) > 1 else None


def questions(rules: Rules, written: Written) -> Ask | None:
    """The type's own questions; in danger two of them, the rest later."""
    if {"urgent", "questions"} & set(written.done):
        return None
    last = not takes_pictures(rules, written)
    return Ask("urgent" if written.danger else "questions", written.report, last=last, typed=written.answers)


def takes_pictures(rules: Rules, written: Written) -> bool:
    """Pictures are taken only where they can be seen again safely, and never before somebody in danger is helped."""
    return rules.reports[written.report].files and bool(rules.pages and rules.pictures) and not written.danger


def screenshots(rules: Rules, written: Written) -> Ask | None:
    """Is any of them sexual?  Then the files, and when, where and by whom each was posted."""
    if not takes_pictures(rules, written):
        return None
    if not written.pictures:
        return Ask("pictures", written.report)
    if written.pictures == "no" and "files" not in written.done:
        return Ask("files", written.report)
    if written.files and "details" not in written.done:
        again = "asked" in written.details
        return Ask("details", written.report, files=written.files, again=again, last=True)
    return None


def about_people(unit: Unit, rules: Rules, written: Written, reporter: Person) -> Ask | None:
    """Is a typed name one of those about to be told?  Whom should it go to, where the policy leaves a choice?"""
    school = written.school or people.school_of(unit, reporter).id
    cast = casting.cast(unit, school)
    facts = facts_of_draft(rules.reports[written.report], written, reporter.id)
    route = routing.route(rules.pack, rules.floor, cast, facts)
    told = frozenset(place.person for place in route.recipients)
    # The whole ladder, for what nobody acknowledges goes up all of it, and nobody is there to be asked then.
    rungs = routing.rungs_after(rules.pack, rules.floor, cast, facts, told)
    near = faces(unit, (*route.recipients, *rungs))
    kind = rules.reports[written.report]
    typed = tuple(typed_names(kind, written))
    if doubts := undecided(written, doubtful(typed, near)):
        return Ask("names", written.report, names=tuple(doubts.items()), last=True)
    offered = tuple(place for place in route.recipients if place.part == "choice")
    if offered:  # whoever was picked before has become nobody to pick
        by_id = {face.id: face.name for face in near}
        choices = tuple((place.role, by_id[place.person]) for place in offered)
        return Ask("choice", written.report, choices=choices, several=route.several, last=True)
    return None


def undecided(written: Written, doubts: Mapping[str, tuple[Face, ...]]) -> dict[str, tuple[Face, ...]]:
    """Without what was answered: a name that is nobody asked about may be somebody who came in since."""
    decided = {name for name, meant in written.names.items() if meant not in (NOBODY, UNSURE)}
    new = {
        name: tuple(face for face in alike if face.id not in written.asked.get(name, ()))
        for name, alike in doubts.items()
        if name not in decided
    }
    return {name: alike for name, alike in new.items() if alike}


def typed_names(kind: ReportType, written: Written) -> Iterator[str]:
    """The names typed into boxes that decide who is told, under this type or before; never the narrative."""
    parts = {"subject", "close"} | ({"harmed"} if kind.gives(written.answers).harmed == "staff" else set())
    boxes = [field.id for field in (*kind.fields, *kind.also) if field.part in parts and field.kind != "person"]
    for id in (*boxes, URGENT_WHO):
        yield from lines(str(written.answers.get(id, "")))


def faces(unit: Unit, places: Iterable[routing.Place]) -> tuple[Face, ...]:
    """Those about to be told, with the names and roles they are known by."""
    roles: dict[str, tuple[str, ...]] = {}
    for place in places:
        roles[place.person] = (*roles.get(place.person, ()), place.role)
    rows: list[Person] = unit.find(queries.by_ids(tuple(roles)))
    return tuple(Face(row.id, row.name, tuple(row.also), roles[row.id]) for row in rows)


def pairs(known: Iterable[School]) -> tuple[tuple[str, str], ...]:
    return tuple((each.id, each.name) for each in known)


def schools(unit: Unit) -> tuple[School, ...]:
    return tuple(unit.find(queries.schools()))
