"""The calendar that a school has given, as a value; the floor's school time where it has given none."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from storage.models import CalendarSpan, School
from storage.queries import calendar as queries
from storage.unit import Unit
from workflows import calendar
from workflows.floor import Class
from workflows.schooldays import Schooldays, Span, fixed

KINDS = ("term", "half_term", "inset", "closed", "open")


def due(unit: Unit, klass: Class, school_id: str, since: datetime) -> datetime:
    """The moment by which a report of this class at this school must be acknowledged, counted from ``since``."""
    school = fixed() if klass.clock == "always" else of(unit, school_id)
    return calendar.due(klass, since, school)


def due_in_school_time(unit: Unit, klass: Class, school_id: str, since: datetime) -> datetime:
    """The same counted in school time alone, whatever the class: for practice, which wakes nobody."""
    school = of(unit, school_id)
    a_day = calendar.closing(since.date(), school) - calendar.opening(since.date(), school)
    return calendar.after_school_time(since, a_day * klass.school_days + timedelta(minutes=klass.minutes), school)


def of(unit: Unit, school_id: str) -> Schooldays:
    """The calendar of a school; the floor's weekdays and hours where it has given none."""
    return as_value(unit.get(School, school_id), unit.find(queries.spans(school_id)))


def office(unit: Unit, school_id: str) -> Schooldays:
    """Its weekdays and hours, in holidays too: what the law or an agency expects does not wait for a term."""
    return of(unit, school_id).without_terms()


def as_value(school: School, rows: Iterable[CalendarSpan]) -> Schooldays:
    """The rows of a school's calendar as a value."""
    usual = fixed()
    spans: dict[str, list[Span]] = {kind: [] for kind in KINDS}
    for row in rows:
        spans[row.kind].append(Span(row.first, row.last, row.name))
    return Schooldays(
        usual.weekdays,
        time.fromisoformat(school.opens) if school.opens else usual.opens,
        time.fromisoformat(school.closes) if school.closes else usual.closes,
        terms=tuple(spans["term"]),
        half_terms=tuple(spans["half_term"]),
        inset=days(spans["inset"]),
        closed=days(spans["closed"]),
        opened=days(spans["open"]),
    )


def days(spans: Iterable[Span]) -> frozenset[date]:
    return frozenset(day for span in spans for day in span)
