"""Governors' and trust reports: each term is counted once when it has ended; a report adds up what was then shown."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from storage import checkpoints
from storage.events import Event
from storage.ledger import canonical
from storage.models import Entry, School, TermFigures
from storage.queries import figures as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows import tallies, terms
from workflows.calendar import day_of
from workflows.duties import year_in
from workflows.rules import Rules
from workflows.schooldays import A_DAY, LONGEST_HOLIDAY, Schooldays, Span
from workflows.suppression import Facet, Shown, Table, added

# The trust's own figures are kept under no school.
TRUST = ""
FACETS = ("by", "answered", "standing")
TABLES = ("kind", "decision", "referral")


@dataclass(frozen=True)
class Term:
    """A term that has ended, with the holiday before it: what is reported in a holiday counts to the term after it."""

    year: int
    number: int
    name: str
    first: date
    last: date

    @property
    def key(self) -> tuple[int, int]:
        return self.year, self.number

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)


@dataclass(frozen=True)
class Period:
    """Which terms a report is about: the last to end, those of its year, or those that ended between two days."""

    year: bool = False
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Report:
    """What is published: the terms, the figures added up, and the hash of the ledger's checkpoint after each term."""

    name: str
    trust: bool
    year: bool
    terms: tuple[TermFigures, ...]
    figures: Mapping[str, Any]
    proofs: tuple[tuple[str, str], ...]


def ended(school: Schooldays, since: date, today: date) -> Iterator[Term]:
    """Each term that is over and that something is known of, the earliest first."""
    numbers: dict[int, int] = {}
    before: Span | None = None
    for term in sorted(school.terms):
        year = year_in(term.first)
        numbers[year] = numbers.get(year, 0) + 1
        near = before is not None and term.first - before.last <= LONGEST_HOLIDAY
        first = before.last + A_DAY if before and near else term.first
        before = term
        if since <= term.last < today:
            yield Term(year, numbers[year], term.name, first, term.last)


def known_since(unit: Unit) -> date:
    """The day of the ledger's first entry."""
    entries: list[Entry] = unit.find(queries.first_entry())
    moments = [datetime.fromisoformat(json.loads(entry.entry)["at"]) for entry in entries]
    return day_of(min((*moments, unit.now)))


def of_school(unit: Unit, rules: Rules, school: School, period: Period, by: str = "") -> Report | None:
    """A school's report; none where no such term has ended.  What was not counted before is counted now."""
    over = tuple(ended(terms.of(unit, school.id), known_since(unit), day_of(unit.now)))
    rows = [counted(unit, rules, school.id, term, by) for term in picked(over, period)]
    return reported(rows, (school.name, False), period) if rows else None


def of_trust(unit: Unit, rules: Rules, name: str, period: Period, by: str = "") -> Report | None:
    """The whole trust's: what each school's report says, added up, and one number that only the trust has.

    A term of the trust has ended when it has at every school that has given its terms; none where none has.
    """
    since, today = known_since(unit), day_of(unit.now)
    schools: list[School] = unit.find(people_queries.schools())
    calendars = [(school.id, terms.of(unit, school.id)) for school in schools]
    over = {id: {term.key: term for term in ended(days, since, today)} for id, days in calendars if days.terms}
    shared = sorted(set[tuple[int, int]].intersection(*map(set, over.values()))) if over else []
    whole = [spanning([found[key] for found in over.values()]) for key in shared]
    rows: list[TermFigures] = []
    own: list[TermFigures] = []
    for term in picked(whole, period):
        rows += [counted(unit, rules, id, found[term.key], by) for id, found in over.items()]
        own.append(counted(unit, rules, TRUST, term, by))
    return reported([*own, *rows], (name, True), period) if rows else None


def spanning(found: Sequence[Term]) -> Term:
    """One term of several schools: from the first day on which any of them counts to the last."""
    first, last = min(term.first for term in found), max(term.last for term in found)
    return Term(found[0].year, found[0].number, found[0].name, first, last)


def picked(over: Sequence[Term], period: Period) -> tuple[Term, ...]:
    if period.first or period.last:
        first, last = period.first or date.min, period.last or date.max
        return tuple(term for term in over if first <= term.last <= last)
    return tuple(term for term in over if period.year and term.year == over[-1].year) or tuple(over[-1:])


def counted(unit: Unit, rules: Rules, school: str, term: Term, by: str) -> TermFigures:
    """A term's figures: as they were counted first, for ever; two counts of one term would tell what came between."""
    rows: list[TermFigures] = unit.find(queries.counted(school))
    for row in rows:
        if (row.year, row.term) == term.key:
            return row
    if school:
        figures = tallies.of_term(unit, rules, school, term.span)
    else:
        schools: list[School] = unit.find(people_queries.schools())
        at_work = [each.id for each in schools if terms.of(unit, each.id).terms]
        figures = tallies.of_trust(unit, rules, at_work, term.span)
    sha256 = hashlib.sha256(canonical(figures).encode()).hexdigest()
    which = f"{term.year}/{term.number}"
    unit.record(Event.REPORT_MADE, "", by, what="counted", school=school, terms=[which], sha256=sha256)
    return unit.add(
        TermFigures(
            id=unit.new_id(),
            school=school,
            year=term.year,
            term=term.number,
            name=term.name,
            first=term.first,
            last=term.last,
            counted_at=unit.now,
            figures=dict(figures),
            checkpoint=checkpoints.make(unit, by),
        )
    )


def made(unit: Unit, report: Report, by: str = "") -> None:
    """Somebody was given a report: "" for the operator, who prints it."""
    which = [f"{row.year}/{row.term}" for row in report.terms]
    unit.record(Event.REPORT_MADE, "", by, what="made", school=report.terms[0].school, terms=which)


def reported(rows: Sequence[TermFigures], whose: tuple[str, bool], period: Period) -> Report:
    name, trust = whose
    year = period.year or len({(row.year, row.term) for row in rows}) > 1
    shown = [row for row in rows if not trust or row.school == TRUST]
    proofs = tuple((row.name, hashlib.sha256(row.checkpoint.encode()).hexdigest()) for row in shown)
    return Report(name, trust, year, tuple(shown), figures_of(rows), proofs)


def figures_of(rows: Sequence[TermFigures]) -> Mapping[str, Any]:
    """The figures of several terms or schools, from what was shown of each; what one of them leaves out, all do."""
    schools = [row.figures for row in rows if row.school != TRUST]
    newest = max((row.year, row.term) for row in rows)
    latest = [row.figures for row in rows if row.school != TRUST and (row.year, row.term) == newest]
    adults = [row.figures["adults"] for row in rows if row.school == TRUST]
    return {
        **{name: added(as_table(each[name]) for each in schools) for name in TABLES},
        **{name: facet_of([each[name] for each in schools]) for name in FACETS},
        "typical": schools[0]["typical"] if len(schools) == 1 else {},
        "duty": duties_of([each["duty"] for each in latest]),
        "practice": tuple(each["practice"] for each in schools),
        "review": latest[0]["review"],
        "adults": added({"adults": Shown(*each)} for each in adults)["adults"]
        if adults and None not in adults
        else None,
    }


def as_table(pairs: Mapping[str, Sequence[int]]) -> Table:
    return {row: Shown(*pair) for row, pair in pairs.items()}


def facet_of(found: Sequence[Mapping[str, Any]]) -> Facet:
    """A list over several terms or schools; a share of each is no share of the whole."""
    shown = [as_table(each["table"]) for each in found if each["table"] is not None]
    share = found[0]["share"] if len(found) == 1 else ""
    return Facet(added(shown) if len(shown) == len(found) else None, share)


def duties_of(found: Sequence[Mapping[str, Sequence[int] | None]]) -> Mapping[str, tuple[Shown, int] | None]:
    """How far people have come, over several schools: the least and the most that it can be, and of how many."""
    duties = sorted({duty for each in found for duty in each})
    summed: dict[str, tuple[Shown, int] | None] = {}
    for duty in duties:
        known = [pair for each in found if (pair := each.get(duty))]
        figure = added({duty: Shown(low, high)} for low, high, _ in known)
        summed[duty] = (figure[duty], sum(asked for _, _, asked in known)) if known else None
    return summed
