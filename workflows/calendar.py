"""When an answer is due: pure functions of a moment and a school's calendar; moments are aware UTC."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from workflows.floor import Class
from workflows.schooldays import Schooldays, next_working_day, working_day_from, works

LONDON = ZoneInfo("Europe/London")


def due(klass: Class, since: datetime, school: Schooldays) -> datetime:
    """The moment by which a report of this class must be acknowledged, counted from ``since``.

    A ``day`` report made in school time is due when school time ends at the latest, so that nothing said at
    16:05 on a Friday waits until Monday in silence.  A class that does not rest in holidays is never due later
    than it would be without them: what is said in July does not wait for September.
    """
    if klass.clock == "always":
        return since + timedelta(minutes=klass.minutes)
    moment = due_in_school_time(klass, since, school)
    return moment if klass.rests else min(moment, due_in_school_time(klass, since, school.without_terms()))


def due_in_school_time(klass: Class, since: datetime, school: Schooldays) -> datetime:
    a_day = closing(since.date(), school) - opening(since.date(), school)
    moment = after_school_time(since, a_day * klass.school_days + timedelta(minutes=klass.minutes), school)
    if klass.school_days == 0 and in_school_time(since, school):
        return min(moment, closing(day_of(since), school))
    return moment


def after_school_time(since: datetime, wanted: timedelta, school: Schooldays) -> datetime:
    """The moment at which ``wanted`` of school time has passed."""
    start = next_opening(since, school)
    while (left := closing(day_of(start), school) - start) < wanted:
        wanted -= left
        start = next_opening(start + left, school)
    return start + wanted


def next_opening(moment: datetime, school: Schooldays) -> datetime:
    """``moment`` itself in school time, else the next start of school time."""
    day = working_day_from(school, day_of(moment))
    if moment >= closing(day, school):
        day = next_working_day(school, day)
    return max(moment, opening(day, school))


def in_school_time(moment: datetime, school: Schooldays) -> bool:
    day = day_of(moment)
    return works(school, day) and opening(day, school) <= moment < closing(day, school)


def opening(day: date, school: Schooldays) -> datetime:
    return datetime.combine(day, school.opens, LONDON).astimezone(UTC)


def closing(day: date, school: Schooldays) -> datetime:
    return datetime.combine(day, school.closes, LONDON).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The date in London."""
    return moment.astimezone(LONDON).date()
