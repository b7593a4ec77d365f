"""Reads a school's calendar from TOML, or from the .ics file that its website offers."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from bot.register import Table, WrongFile
from workflows.schooldays import A_DAY, Span, is_bank_holiday
from workflows.timetable import Dates

LARGEST = 5_000_000
LONGEST_TERM = timedelta(days=150)
HALF_TERM = re.compile(r"half[ -]?term", re.I)
INSET = re.compile(r"\b(inset|staff training|staff development|non[ -]pupil|twilight)\b", re.I)
CLOSED = re.compile(r"\b(closed|closure|occasional day|polling)\b", re.I)
TERM = re.compile(r"\b(autumn|spring|summer|michaelmas|lent|trinity|hilary)\b|\bterm\s+\d\b", re.I)
BEGINS = re.compile(r"\b(begins?|starts?|opens?|first day)\b", re.I)
ENDS = re.compile(r"\b(ends?|finish(es)?|breaks? up|last day)\b", re.I)


class SpanTable(Table):
    first: date
    last: date


class TermTable(SpanTable):
    name: str
    half_term: SpanTable | None = None


class HoursTable(Table):
    opens: time = Field(alias="from")
    closes: time = Field(alias="until")


class CalendarTable(Table):
    school: str = ""
    hours: HoursTable | None = None
    term: tuple[TermTable, ...] = Field(min_length=1)
    inset: tuple[date, ...] = ()
    closed: tuple[date, ...] = ()
    open: tuple[date, ...] = ()


@dataclass(frozen=True)
class Read:
    """What a file says: of which school ("" where it names none), its dates, and what in it was not understood."""

    school: str
    dates: Dates
    left: tuple[str, ...] = ()


def read_calendar(file: Path) -> Read:
    """The calendar in a file.  Raises WrongFile, with every problem in words."""
    if file.stat().st_size > LARGEST:
        raise WrongFile(f"{file.name}: over {LARGEST:,} bytes; that is no calendar of one school.")
    found = from_ics(file) if file.suffix.lower() in (".ics", ".ical") else from_toml(file)
    if problems := [*wrongs(found.dates)]:
        raise WrongFile("\n".join(f"{file.name}: {problem}" for problem in problems))
    return found


def from_toml(file: Path) -> Read:
    try:
        table = CalendarTable.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise WrongFile(f"{file.name} is not TOML: {wrong}") from None
    except ValidationError as wrong:
        lines = (f"{file.name}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong.errors())
        raise WrongFile("\n".join(lines)) from None
    spans = [("term", Span(term.first, term.last, term.name)) for term in table.term]
    spans += [("half_term", Span(t.half_term.first, t.half_term.last, t.name)) for t in table.term if t.half_term]
    for kind, days in (("inset", table.inset), ("closed", table.closed), ("open", table.open)):
        spans += [(kind, Span(day, day)) for day in days]
    hours = (table.hours.opens, table.hours.closes) if table.hours else (None, None)
    return Read(table.school, Dates(tuple(sorted(spans)), *hours))


def from_ics(file: Path) -> Read:
    """What can be told from the events' titles; the rest is named, and left out."""
    from icalendar import Calendar

    try:
        events = [event_in(each) for each in Calendar.from_ical(file.read_bytes()).walk("VEVENT")]
    except (ValueError, KeyError, AttributeError) as wrong:
        raise WrongFile(f"{file.name}: this cannot be read as a calendar (.ics): {wrong}") from None
    spans, left = list[tuple[str, Span]](), list[str]()
    for event in sorted(events):
        if kind := kind_of(event):
            spans.append((kind, event))
        elif not (BEGINS.search(event.name) or ENDS.search(event.name) or is_bank_holiday(event.first)):
            left.append(f"{event.name} ({event.first})")
    spans += [("term", term) for term in terms_between(sorted(events))]
    return Read("", Dates(tuple(sorted(set(spans)))), tuple(left))


def event_in(component: Any) -> Span:
    """One event's days: an end date is the first day after it (RFC 5545, 3.6.1)."""
    first = component.decoded("dtstart")
    last = component.decoded("dtend", first)
    whole = not hasattr(first, "hour")
    first, last = (each if whole else each.date() for each in (first, last))
    return Span(first, max(first, last - A_DAY if whole else last), str(component.get("summary", "")).strip()[:80])


def kind_of(event: Span) -> str:
    """What an event's title says it is; nothing where it says nothing about whole days of school."""
    boundary = BEGINS.search(event.name) or ENDS.search(event.name)
    if INSET.search(event.name):
        return "inset"
    if HALF_TERM.search(event.name):
        return "" if boundary else "half_term"
    if CLOSED.search(event.name):
        return "closed"
    long = event.last - event.first
    return "term" if TERM.search(event.name) and not boundary and A_DAY * 14 < long < LONGEST_TERM else ""


def terms_between(events: Sequence[Span]) -> Iterator[Span]:
    """Terms that are given as two events, where one begins and where it ends."""
    opened: Span | None = None
    for event in events:
        if HALF_TERM.search(event.name) or not (TERM.search(event.name) or re.search(r"\bterm\b", event.name, re.I)):
            continue
        if BEGINS.search(event.name):
            opened = opened or event
        elif ENDS.search(event.name) and opened:
            yield Span(opened.first, event.last, name_of(opened.name))
            opened = None


def name_of(title: str) -> str:
    found = TERM.search(title)
    return found.group(0).capitalize() if found else "Term"


def wrongs(dates: Dates) -> Iterator[str]:
    """What no single line can know."""
    terms = sorted(span for kind, span in dates.spans if kind == "term")
    if not terms:
        yield "no term was found; give at least one, with its first and last day."
    for kind, span in dates.spans:
        if span.last < span.first:
            yield f"{span.name or kind}: it ends on {span.last}, before it begins on {span.first}."
        elif kind == "term" and span.last - span.first > LONGEST_TERM:
            yield f"{span.name}: {span.first} to {span.last} is too long for one term; give each by itself."
        elif kind == "half_term" and not any(span.first in term and span.last in term for term in terms):
            yield f"the half-term of {span.first} lies in no term."
        elif kind == "open" and not is_bank_holiday(span.first):
            yield f"{span.first} is no bank holiday, so need not be called open."
    for before, after in pairwise(terms):
        if after.first <= before.last:
            yield f"{before.name} ends on {before.last}, after {after.name} has begun on {after.first}."
    if dates.opens and dates.closes and dates.closes <= dates.opens:
        yield f"hours: school time ends at {dates.closes:%H:%M}, before it begins at {dates.opens:%H:%M}."
