"""A school's calendar is changed as its file says, and what waits for an answer is dated anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from storage.events import Event
from storage.models import CalendarSpan, Case, School
from storage.queries import calendar as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows import calendar, cards, parties, terms
from workflows.calendar import day_of
from workflows.register import Change
from workflows.rules import Rules
from workflows.schooldays import Span


@dataclass(frozen=True)
class Dates:
    """What a calendar file says of one school: spans by kind, and its hours in London where it gives them."""

    spans: tuple[tuple[str, Span], ...]
    opens: time | None = None
    closes: time | None = None


def apply(unit: Unit, rules: Rules, school: str, dates: Dates) -> list[Change]:
    """Bring a school's calendar in line with what is given, from the earliest of its dates on; earlier years stay.
    What was still going on at that date is replaced, too: a term's first day may be corrected to a later one.

    ``school`` is the school's id in school.toml.  Reports that wait for an answer in school time are dated anew,
    once, and that is recorded.
    """
    row = next(each for each in unit.find(people_queries.schools()) if each.key == school)
    changes = [*hour_lines(row, dates), *span_lines(unit, row, dates)]
    if changes:
        unit.record(Event.CALENDAR_SET, "", "", school=row.id, changes=len(changes))
        changes += redated(unit, rules, row)
    return changes


def hour_lines(row: School, dates: Dates) -> Iterable[Change]:
    wanted = tuple(f"{hour:%H:%M}" if hour else "" for hour in (dates.opens, dates.closes))
    if wanted != (row.opens, row.closes) and any(wanted):
        row.opens, row.closes = wanted
        yield Change("calendar.hours", {"opens": wanted[0], "closes": wanted[1]})


def span_lines(unit: Unit, row: School, dates: Dates) -> Iterable[Change]:
    """One line for each span that goes or comes."""
    begins = min((span.first for _, span in dates.spans), default=date.max)
    kept = {(each.kind, each.first): each for each in unit.find(queries.spans(row.id)) if each.last >= begins}
    for kind, span in dates.spans:
        known = kept.pop((kind, span.first), None)
        if known and (known.last, known.name) == (span.last, span.name):
            continue
        if known is None:
            known = unit.add(CalendarSpan(id=unit.new_id(), school=row.id, kind=kind, first=span.first, last=span.last))
        known.last, known.name = span.last, span.name
        yield line("calendar.set", kind, span)
    for (kind, _), gone in kept.items():
        unit.find(queries.without(gone.id))
        yield line("calendar.gone", kind, Span(gone.first, gone.last, gone.name))


def line(name: str, kind: str, span: Span) -> Change:
    return Change(name, {"kind": kind, "name": span.name, "first": str(span.first), "last": str(span.last)})


def redated(unit: Unit, rules: Rules, row: School) -> Iterable[Change]:
    """Reports that somebody has been asked to acknowledge fall due by the calendar as it is now."""
    school = terms.of(unit, row.id)
    waiting: list[Case] = unit.find(queries.unanswered(row.id))
    for case in waiting:
        klass = rules.floor.classes[case.klass]
        if klass.clock == "always" or case.outside or case.state == "closed":
            continue
        asked = max((party.since for party in parties.told(unit, case) if party.part == "lead"), default=case.opened_at)
        due = max(calendar.due(klass, asked, school), unit.now)
        if due != case.due_at:
            case.due_at = due
            unit.record(Event.CASE_REDATED, case.id, "", due=due.isoformat())
            unit.promise("escalate", "", due, about=case.id)
            cards.owe_receipt(unit, case)
            yield Change("calendar.redated", {"reference": case.reference, "due": str(day_of(due))})
