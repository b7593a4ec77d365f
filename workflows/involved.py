"""Whom a report names and in what part, and the facts that routing needs of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storage.models import Case, Involved
from templates.report_types import ReportType
from workflows.drafts import NOBODY, UNSURE, Written
from workflows.routing import Facts

# Whoever is picked from the staff, or turns out to be one of those about to be told, works here.
PICKED_KIND = "colleague"
# The urgent path asks for names once; whoever they are, the report is taken to be about them.
URGENT_WHO = "urgent_who"
# Who did it, where the lead found out about several: a child first, for then somebody looks after children.
FOUND = ("pupil", "parent", "outsider")


@dataclass(frozen=True)
class Named:
    """One person named in a report: staff by id, anybody else by what was typed."""

    part: str
    person: str = ""
    name: str = ""
    kind: str = "unknown"
    perhaps: tuple[str, ...] = ()
    added_by: str = ""


@dataclass(frozen=True)
class Told:
    """What a draft says about itself, as its case will."""

    reported: str
    by: str
    harmed: str
    danger: bool
    picked: Sequence[str]
    flags: Sequence[str]
    reporter: str


def named_in(kind: ReportType, written: Written) -> tuple[Named, ...]:
    """Everybody the answers name, picked or typed, each once in each part."""
    given = kind.gives(written.answers)
    found: list[Named] = []
    for field in (*kind.fields, *kind.also):
        said = written.answers.get(field.id)
        if not field.part or not said:
            continue
        if field.kind == "person":
            found += (Named(field.part, person=str(one), kind=PICKED_KIND) for one in said)
        else:
            known = given.by if field.part == "subject" and kind.by_field else kind.named.get(field.id, given.by)
            found += typed(field.part, str(said), known, written)
    if in_danger := written.answers.get(URGENT_WHO):
        found += typed("subject", str(in_danger), given.by, written)
    return tuple(dict.fromkeys(found))


def typed(part: str, box: str, kind: str, written: Written) -> Iterator[Named]:
    """Those typed into one box, as the reporter said whom they mean."""
    for name in lines(box):
        meant = written.names.get(name, NOBODY)
        if meant == UNSURE:
            yield Named(part, name=name, kind=PICKED_KIND, perhaps=written.perhaps.get(name, ()))
        elif meant != NOBODY:
            yield Named(part, person=meant, name=name, kind=PICKED_KIND)
        else:
            yield Named(part, name=name, kind=kind)


def lines(text: str) -> list[str]:
    """The names in a box: one a line, or parted by semicolons."""
    return [name for line in text.replace(";", "\n").splitlines() if (name := " ".join(line.split()))]


def facts_of_draft(kind: ReportType, written: Written, reporter: str) -> Facts:
    """The facts of a report that is still being written."""
    given = kind.gives(written.answers)
    told = Told(
        reported=kind.id,
        by=given.by,
        harmed=given.harmed,
        danger=written.danger,
        picked=written.picked,
        flags=given.flags,
        reporter=reporter,
    )
    return facts(told, named_in(kind, written))


def facts(case: Case | Told, involved: Sequence[Named | Involved]) -> Facts:
    """The facts of a case, from the parts that people have in it and never from whom the reporter picked.

    A colleague known by a typed name only counts as an ordinary member of staff; when the reporter was not
    sure whom a name means, everybody it could be is treated as its bearer.
    """
    return Facts(
        report=case.reported,
        by=by_whom(case, involved),
        harmed=who_was_harmed(case, involved),
        subjects=frozenset(people(involved, "subject")),
        close=frozenset(people(involved, "close")),
        harmed_persons=frozenset(people(involved, "harmed")),
        reporter=case.reporter,
        danger=case.danger,
        picked=tuple(case.picked),
        answers=frozenset(case.flags),
    )


def by_whom(case: Case | Told, involved: Sequence[Named | Involved]) -> str:
    """Who did it: an adult who works here wherever one was named or spoken of, else what the lead found out."""
    kinds = {each.kind for each in involved if each.part == "subject"}
    if PICKED_KIND in (*kinds, case.by):
        return PICKED_KIND
    found = {each.kind for each in involved if each.part == "subject" and each.added_by}
    return next((kind for kind in FOUND if kind in found), case.by)


def who_was_harmed(case: Case | Told, involved: Sequence[Named | Involved]) -> str:
    """What the lead finds out may add a child, and never takes one away."""
    found = {each.kind for each in involved if each.part == "harmed" and each.added_by}
    if "pupil" in (*found, case.harmed):
        return "pupil"
    return "staff" if PICKED_KIND in found else case.harmed


def people(involved: Iterable[Named | Involved], part: str) -> Iterator[str]:
    """The ids behind a part; a colleague known by name only stands as "somebody" on the staff."""
    for each in involved:
        if each.part != part:
            continue
        if each.person:
            yield each.person
        elif each.perhaps:
            yield from each.perhaps
        elif each.kind == "colleague":
            yield "somebody"
