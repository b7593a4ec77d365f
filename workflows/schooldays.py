"""A school's own calendar as a value: on which days pupils are in, on which staff work, and between which hours.

Dates are London's.  England's bank holidays are known; a school may be open on one, or closed on any other day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import cache

from workflows.packs import load_floor

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
A_DAY = timedelta(days=1)
# The longest holiday there is; a wider gap between two terms means that a year is missing in between.
LONGEST_HOLIDAY = timedelta(days=75)


@dataclass(frozen=True, order=True)
class Span:
    """Days in a row, the last included; a single day is one, too."""

    first: date
    last: date
    name: str = ""

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        return (self.first + n * A_DAY for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True)
class Schooldays:
    """One school's calendar: `terms` and `half_terms` by date, single days, weekdays by name, hours in London.

    On a day outside every known year it knows weekdays and bank holidays only, which is also the value of a
    school that has given no terms.
    """

    weekdays: tuple[str, ...]
    opens: time
    closes: time
    terms: tuple[Span, ...] = ()
    half_terms: tuple[Span, ...] = ()
    inset: frozenset[date] = frozenset()
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    def without_terms(self) -> "Schooldays":
        """The same weekdays and hours, in holidays too."""
        return replace(self, terms=(), half_terms=())


@cache
def fixed() -> Schooldays:
    """School time as the floor gives it, where a school has said nothing of its own."""
    time = load_floor().school_time
    return Schooldays(time.days, time.opens, time.closes)


def works(school: Schooldays, day: date) -> bool:
    """Whether staff are in: on every day that pupils are, and on INSET days."""
    return day in school.inset or teaches(school, day)


def teaches(school: Schooldays, day: date) -> bool:
    """Whether pupils are in."""
    if day in school.inset or day in school.closed:
        return False
    if day not in school.opened and (WEEK[day.weekday()] not in school.weekdays or is_bank_holiday(day)):
        return False
    return not known(school, day) or bool(term_of(school, day) and not any(day in off for off in school.half_terms))


def known(school: Schooldays, day: date) -> bool:
    """Whether the school's terms say anything about this day: in a term, or in the holiday between two."""
    before = max((term for term in school.terms if term.first <= day), default=None)
    if before is None or day in before:
        return before is not None
    after = min((term for term in school.terms if term.first > day), default=None)
    return after is not None and after.first - before.last <= LONGEST_HOLIDAY


def term_of(school: Schooldays, day: date) -> Span | None:
    """The term that this day lies in, half-term included."""
    return next((term for term in school.terms if day in term), None)


def term_after(school: Schooldays, day: date) -> Span | None:
    """The first term that begins after this day, if it is known."""
    return min((term for term in school.terms if term.first > day), default=None)


def first_week(school: Schooldays, term: Span) -> tuple[date, ...]:
    """The first five days of a term on which staff are in."""
    return tuple(day for day in term if works(school, day))[:5]


def working_day_from(school: Schooldays, day: date) -> date:
    """This day if staff are in, else the next on which they are."""
    while not works(school, day):
        day += A_DAY
    return day


def next_working_day(school: Schooldays, day: date) -> date:
    """The first day after this one on which staff are in."""
    return working_day_from(school, day + A_DAY)


def working_days_between(school: Schooldays, first: date, last: date) -> int:
    """How many days staff are in after the first, up to and with the last."""
    return sum(works(school, day) for day in Span(first + A_DAY, last))


def is_bank_holiday(day: date) -> bool:
    return day in bank_holidays(day.year)


@cache
def bank_holidays(year: int) -> dict[date, str]:
    """England's bank holidays of one year, by date, and what they are called."""
    import holidays  # a third of a second to read, and not before somebody asks

    return dict(holidays.country_holidays("GB", subdiv="ENG", years=year))
