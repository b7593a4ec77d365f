"""What somebody owes on a day, and when they hear of it: pure functions of a duty, a calendar and a few dates."""

from dataclasses import dataclass
from datetime import date, timedelta

from storage.models import Task
from workflows.floor import Duty, Floor
from workflows.policy import Pack
from workflows.rules import Rules
from workflows.schooldays import (
    A_DAY,
    Schooldays,
    Span,
    first_week,
    next_working_day,
    term_of,
    working_day_from,
    works,
)

# A joining or a leaving further back than this was somebody else's to see to.
NO_DAY = "none"
RECENT = timedelta(days=90)
# Before a date of its own somebody is reminded on the pack's days; of anything else, so many working days before.
AHEAD = 3
WEEKLY = timedelta(days=7)
# What brings somebody their message of the day, or makes an earlier one true again.
NUDGE = "nudge"
# How the period of a task begins that nobody but its owner may know of; and that of one about an official account.
APART, ABOUT = "apart ", "account "
# Working days after the line manager before the headteacher hears.
THEN_HEAD = 5
# Into the first week of term, when everything else begins as well, only what is each term's goes.
AFTER_THE_FIRST_WEEK = 10


@dataclass(frozen=True)
class Dates:
    """What is known of somebody and their school that a duty may hang on; London dates, none where unknown."""

    joined: date | None = None
    leaves: date | None = None
    review: date | None = None
    version: str = ""
    adopted: date | None = None
    last_done: date | None = None
    closes: date | None = None
    evaluates: date | None = None
    short_since: date | None = None
    departed: date | None = None


@dataclass(frozen=True)
class Owed:
    """One duty for one period; it is asked for from ``opens`` on, and overdue after ``due``."""

    duty: Duty
    period: str
    opens: date
    due: date


def duties_of(pack: Pack, floor: Floor) -> tuple[Duty, ...]:
    """The pack's own, and of the floor's those that it does not have itself."""
    own = {duty.id for duty in pack.duties}
    return (*pack.duties, *(duty for duty in floor.duties if duty.id not in own))


def duty_called(rules: Rules, id: str) -> Duty | None:
    """A duty by its id; none where neither policy nor floor knows it any more."""
    return next((duty for duty in duties_of(rules.pack, rules.floor) if duty.id == id), None)


def account_key(task: Task) -> str:
    """The id in school.toml of the official account that a task is about, "" where it is about none."""
    return task.period.split()[1] if task.period.startswith(ABOUT) else ""


def owed(duty: Duty, school: Schooldays, today: date, dates: Dates) -> Owed | None:
    """What this duty asks for today; none before its time, and none where what it hangs on is not known."""
    begins = period_of(duty, school, today, dates)
    if begins is None or begins.first > today:
        return None
    return Owed(duty, begins.name, begins.first, max(begins.last, today) if duty.when != "review" else begins.last)


def period_of(duty: Duty, school: Schooldays, today: date, dates: Dates) -> Span | None:
    """When it is asked for first and due, and the name of the period."""
    if duty.when in ("term", "year"):
        return of_term(duty, school, today, dates)
    if duty.when == "years":
        return again(duty, school, today, dates.last_done)
    day = hangs_on(duty, dates)
    if day is None:
        # A review that nobody has set a day for is asked about at once.
        return Span(today, after(school, today, duty.within), NO_DAY) if duty.when == "review" else None
    name = dates.version if duty.when == "version" else str(day)
    if duty.when in ("leaving", "review", "closing", "evaluation"):
        return Span(day - timedelta(days=max(duty.before, default=0)), day, name)
    start = working_day_from(school, max(day, dates.joined or day))
    recent = duty.when == "short" or today - day <= RECENT
    return Span(start, after(school, max(start, today), duty.within), name) if recent else None


def hangs_on(duty: Duty, dates: Dates) -> date | None:
    """The day that a duty with one of its own hangs on; none where it is not known."""
    days = {
        "joining": dates.joined,
        "leaving": dates.leaves,
        "review": dates.review,
        "version": dates.adopted,
        "closing": dates.closes,
        "evaluation": dates.evaluates,
        "short": dates.short_since,
        "departure": dates.departed,
    }
    return days.get(duty.when)


def of_term(duty: Duty, school: Schooldays, today: date, dates: Dates) -> Span | None:
    """This term's, from its first week; or this school year's, from the second fortnight of its first term.

    Whoever joins so late in a term that they would have less time than everybody is asked in the next.
    """
    now = term = term_of(school, today)
    if now is None or term is None:
        return None
    if duty.when == "year":
        term = min(each for each in school.terms if year_in(each.first) == year_in(term.first))
    week = first_week(school, term)
    if not week:
        return None
    begins = week[0] if duty.when == "term" else after(school, week[0], AFTER_THE_FIRST_WEEK)
    start = working_day_from(school, max(begins, dates.joined or begins))
    if start > begins and after(school, start, duty.within) > now.last:
        return None
    name = str(term.first) if duty.when == "term" else str(year_in(term.first))
    return Span(start, min(after(school, max(start, today), duty.within), max(now.last, today)), name)


def again(duty: Duty, school: Schooldays, today: date, last: date | None) -> Span | None:
    """So many years after it was last done; where that is not known, now."""
    if last is None:
        return Span(today, after(school, today, duty.within), "first")
    due = last.replace(year=last.year + duty.every) if (last.month, last.day) != (2, 29) else None
    due = due or last.replace(year=last.year + duty.every, day=28)
    return Span(due - timedelta(days=max(duty.before, default=0)), due, str(due))


def year_in(first: date) -> int:
    """The year in which a school year began: some begin at the end of August."""
    return first.year if first.month >= 8 else first.year - 1


def after(school: Schooldays, day: date, days: int) -> date:
    """So many working days later."""
    for _ in range(days):
        day = next_working_day(school, day)
    return day


def next_reminder(duty: Duty, school: Schooldays, due: date, today: date) -> date:
    """The day of the next reminder after today's: before it is due as often as the duty says, then every week."""
    if today >= due:
        return working_day_from(school, today + WEEKLY)
    coming = [due - timedelta(days=days) for days in duty.before] or [before(school, due, AHEAD)]
    return working_day_from(school, min(day for day in (*coming, due) if day > today))


def before(school: Schooldays, day: date, days: int) -> date:
    """So many working days earlier."""
    for _ in range(days):
        day -= A_DAY
        while not works(school, day):
            day -= A_DAY
    return day
