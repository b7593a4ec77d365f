"""The invented school's year: three terms around the day on which the demo begins, so that today is always in one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

WEEK = timedelta(days=7)
WEDNESDAY = 2
# How many weeks before this week each term begins, and how many it goes on for.
TERMS = (("Term 1", -3, 9), ("Term 2", 8, 11), ("Term 3", 21, 11))
# When the school's day begins.
OPENS = time(8)
HOLIDAYS = ((12, 25), (12, 26), (1, 1))


def calendar_around(day: date) -> str:
    """The calendar, as a school writes it down for ``lanyard calendar apply``."""
    terms = [(name, *span(day, begins, weeks)) for name, begins, weeks in TERMS]
    tables = (f'[[term]]\nname = "{name}"\nfirst = {first}\nlast = {last}\n' for name, first, last in terms)
    hours = f'from = "{OPENS:%H:%M}", until = "17:30"'
    return f'school = "brambledown"\nhours = {{ {hours} }}\n' + "".join(tables)


def next_term(began: date, today: date) -> datetime:
    """When the term after today's begins, without a zone; ``began`` is the day on which the demo began.

    Raises ValueError where the last term has begun.
    """
    coming = (span(began, begins, weeks)[0] for _, begins, weeks in TERMS)
    first = next((each for each in coming if each > today), None)
    if first is None:
        raise ValueError("the last term that this school has given has begun")
    return datetime.combine(first, OPENS)


def span(day: date, begins: int, weeks: int) -> tuple[date, date]:
    """Terms begin on a Wednesday, which is almost never a bank holiday, and end on a Friday."""
    monday = day - timedelta(days=day.weekday()) + WEEK * begins
    first = monday + timedelta(days=WEDNESDAY)
    while (first.month, first.day) in HOLIDAYS:
        first += timedelta(days=1)
    return first, monday + WEEK * weeks - timedelta(days=3)
