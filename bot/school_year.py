"""The school's year as a person would read it, and the file that changes it."""

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from bot.calendar_file import Read, read_calendar
from bot.ground import Ground, errand
from bot.register import WrongFile
from bot.rehearsal import agreed, difference
from bot.settings import Settings
from storage.models import School
from storage.queries import calendar as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows import terms, timetable
from workflows.calendar import day_of
from workflows.register import Change
from workflows.schooldays import (
    Schooldays,
    Span,
    bank_holidays,
    first_week,
    next_working_day,
    teaches,
    term_of,
    working_days_between,
    works,
)

SAYS = {
    "calendar.set": "{what}: {when}",
    "calendar.gone": "{what}: {when}, no longer",
    "calendar.hours": "School time: {opens} to {closes}",
    "calendar.redated": "Report {reference} is to be acknowledged by {due} now",
}
WHAT = {"term": "{name}", "half_term": "Half-term", "inset": "INSET", "closed": "Closed", "open": "Open"}


def show_year(settings: Settings, key: str) -> int:
    """Print the year as it is known: 0, or 2 where there is no such school."""
    with errand(settings) as ground:
        chosen = [each for each in ground.database.look_now(ground.trust, calendars) if not key or each[0].key == key]
        years = ["\n".join(year_of(row.name, days, day_of(ground.clock()))) for row, days in chosen]
        print("\n\n".join(years), end="\n" * bool(years))
    if not chosen:
        print(f"There is no school {key!r} in school.toml.", file=sys.stderr)
    return 0 if chosen else 2


def apply_calendar(settings: Settings, file: Path, key: str, *, yes: bool) -> int:
    """Show what a file changes and change it: 0 when it was done, 1 when not wanted, 2 when it cannot be."""
    try:
        found = read_calendar(file)
    except WrongFile as wrong:
        print(wrong, file=sys.stderr)
        return 2
    with errand(settings) as ground:
        return applied(ground, found, key or found.school, yes=yes)


def applied(ground: Ground, found: Read, key: str, *, yes: bool) -> int:
    keys = ground.database.look_now(ground.trust, lambda unit: [row.key for row in unit.find(people_queries.schools())])
    if not key and len(keys) == 1:
        key = keys[0]
    if key not in keys:
        print(f"Which school is it for? Add --school with one of: {', '.join(keys)}.", file=sys.stderr)
        return 2
    for title in found.left:
        print(f"  Not understood, left out: {title}")
    changes = difference(ground.database, ground.trust, timetable.apply, ground.rules, key, found.dates)
    code = agreed([said(change) for change in changes], yes=yes)
    if code is not None:
        return code
    ground.database.run_now(ground.trust, timetable.apply, ground.rules, key, found.dates)
    print(f"{len(changes)} changed.")
    return 0


def said(change: Change) -> str:
    values = dict(change.values)
    if "kind" in values:
        span = Span(date.fromisoformat(values["first"]), date.fromisoformat(values["last"]))
        values = {"what": WHAT[values["kind"]].format(name=values["name"] or "Term"), "when": spoken(span)}
    if "due" in values:
        values["due"] = day_month(date.fromisoformat(values["due"]))
    return SAYS[change.name].format(**values)


def calendars(unit: Unit) -> list[tuple[School, Schooldays]]:
    rows: list[School] = unit.find(people_queries.schools())
    return [(row, terms.as_value(row, unit.find(queries.spans(row.id)))) for row in rows]


def year_of(name: str, school: Schooldays, today: date) -> Iterator[str]:
    """The lines of one school's calendar, from the term of today on; terms that have ended are left out."""
    yield f"{name}: school time {school.opens:%H:%M} to {school.closes:%H:%M}"
    coming = [term for term in sorted(school.terms) if term.last >= today]
    if not coming:
        yield "  No terms are known from today on. Every weekday that is no bank holiday counts as a school day."
        yield "  Give the school's own: lanyard calendar apply FILE"
        return
    for term in coming:
        pupils = sum(teaches(school, day) for day in term)
        staff = sum(works(school, day) for day in term)
        yield f"  {term.name or 'Term'}: {spoken(term)} ({pupils} days with pupils, {staff} for staff)"
        yield from details(school, term)
    yield from totals(school, {year_in(term.first) for term in coming})
    yield f"  {ahead(school, today)}"


def totals(school: Schooldays, years: Iterable[int]) -> Iterator[str]:
    """How many days each school year has; maintained schools have 190 with pupils and 195 for staff."""
    for year in sorted(years):
        days = [day for term in school.terms if year_in(term.first) == year for day in term]
        pupils, staff = (sum(goes(school, day) for day in days) for goes in (teaches, works))
        yield f"  {year}/{(year + 1) % 100:02}: {pupils} days with pupils, {staff} for staff"


def year_in(first: date) -> int:
    """The year in which the school year of a term began: some begin at the end of August."""
    return first.year if first.month >= 8 else first.year - 1


def details(school: Schooldays, term: Span) -> Iterator[str]:
    yield from (f"    Half-term: {spoken(off)}" for off in school.half_terms if off.first in term)
    for what, days in (("INSET", school.inset), ("Closed", school.closed), ("Open on a bank holiday", school.opened)):
        if inside := [day_month(day) for day in sorted(days) if day in term]:
            yield f"    {what}: {', '.join(inside)}"
    for day, called in sorted(bank_holidays(term.first.year).items()):
        if day in term and day not in school.opened and not any(day in off for off in school.half_terms):
            yield f"    {called}: {day_month(day)}"
    week = first_week(school, term)
    if week:
        yield f"    First week: {day_month(week[0])} to {day_month(week[-1])}"


def ahead(school: Schooldays, today: date) -> str:
    """Where in it we are."""
    coming = next_working_day(school, today)
    term = term_of(school, today)
    now = f"Today, {day_month(today)}: {'staff are in' if works(school, today) else 'no school'}"
    left = f", {working_days_between(school, today, term.last)} working days left this term" if term else ""
    return f"{now}{left}. Next working day: {day_month(coming)}."


def spoken(span: Span) -> str:
    """`Thursday 3 September to Friday 18 December 2026`."""
    first, last = day_month(span.first), day_month(span.last)
    if span.first == span.last:
        return f"{first} {span.first.year}"
    year = "" if span.first.year == span.last.year else f" {span.first.year}"
    return f"{first}{year} to {last} {span.last.year}"


def day_month(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
