"""When an answer is due: pure functions of a moment, in school time as `policies/floor.toml` gives it.

Until schools' own terms come with the calendar, school time leaves out weekends and England's bank holidays
only.  Moments go in and come out as aware UTC.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from workflows.floor import Class
from workflows.packs import load_floor

LONDON = ZoneInfo("Europe/London")
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def due(klass: Class, since: datetime) -> datetime:
    """The moment by which a report of this class must be acknowledged, counted from ``since``.

    A ``day`` report made in school time is due when school time ends at the latest, so that nothing said at
    16:05 on a Friday waits until Monday in silence.
    """
    if klass.clock == "always":
        return since + timedelta(minutes=klass.minutes)
    a_day = closing(since.date()) - opening(since.date())
    moment = after_school_time(since, a_day * klass.school_days + timedelta(minutes=klass.minutes))
    if klass.school_days == 0 and in_school_time(since):
        return min(moment, closing(day_of(since)))
    return moment


def after_school_time(since: datetime, wanted: timedelta) -> datetime:
    """The moment at which ``wanted`` of school time has passed."""
    start = next_opening(since)
    while (left := closing(day_of(start)) - start) < wanted:
        wanted -= left
        start = next_opening(start + left)
    return start + wanted


def next_opening(moment: datetime) -> datetime:
    """``moment`` itself in school time, else the next start of school time."""
    day = day_of(moment)
    if is_school_day(day) and moment < closing(day):
        return max(moment, opening(day))
    day += timedelta(days=1)
    while not is_school_day(day):
        day += timedelta(days=1)
    return opening(day)


def in_school_time(moment: datetime) -> bool:
    day = day_of(moment)
    return is_school_day(day) and opening(day) <= moment < closing(day)


def is_school_day(day: date) -> bool:
    return WEEK[day.weekday()] in load_floor().school_time.days and day not in bank_holidays(day.year)


def opening(day: date) -> datetime:
    return datetime.combine(day, load_floor().school_time.opens, LONDON).astimezone(UTC)


def closing(day: date) -> datetime:
    return datetime.combine(day, load_floor().school_time.closes, LONDON).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The date in London."""
    return moment.astimezone(LONDON).date()


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays of one year."""
    import holidays  # a third of a second to read, and not before somebody asks

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
