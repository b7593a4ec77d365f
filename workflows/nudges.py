"""A school's day begins: what people owe becomes tasks, and whoever is to hear of one is promised a message today."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from storage.models import Person, PolicyVersion, School, Task
from storage.queries import duties as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows import account_duties, describe, terms
from workflows.audience import Crowd, crowd
from workflows.calendar import closing, day_of, opening
from workflows.duties import NO_DAY, NUDGE, THEN_HEAD, Dates, Owed, after, duties_of, owed
from workflows.rules import Rules
from workflows.schooldays import LONGEST_HOLIDAY, Schooldays, known, term_of, works

DAY = "day"
# Nobody's message comes in the first minutes of the day, nor everybody's in the same one.
SETTLING = timedelta(minutes=30)
SPREAD = timedelta(minutes=150)
BETWEEN = timedelta(seconds=30)
# Too late in the day to begin: it waits for the next one.
LATEST = timedelta(minutes=30)


def begin(unit: Unit) -> None:
    """Promise today's opening of each school where staff are in; a second time on one date promises nothing.

    A school that has given no term dates reminds nobody: it could be the middle of its holidays.
    """
    today = day_of(unit.now)
    schools: list[School] = unit.find(people_queries.schools())
    for row in schools:
        school = terms.of(unit, row.id)
        if known(school, today) and works(school, today) and unit.now < closing(today, school):
            unit.promise(DAY, "", opening(today, school), once=f"day {row.id} {today}", school=row.id)


def open_day(unit: Unit, rules: Rules, school_id: str) -> None:
    """Make the tasks that are owed from today on, and promise each person at most one message about theirs.

    What was missed while the bot stood still is found now: nothing is counted from yesterday's run.
    """
    today, school = day_of(unit.now), terms.of(unit, school_id)
    until = closing(today, school) - LATEST
    if not works(school, today) or unit.now >= until:
        return
    people = crowd(unit, rules, school_id, unit.find(people_queries.schools())[0].id)
    tasks: list[Task] = unit.find(queries.tasks_at(school_id))
    begin_tasks(unit, rules, (school_id, school, people), tasks)
    told = overdue(rules, people, unit.find(queries.overdue(school_id, today)), school, today)
    waiting: list[Task] = unit.find(queries.waiting(school_id, today))
    for task in waiting:
        told.setdefault(task.person, [])
    for id, late in told.items():
        person = people.people.get(id)
        if person and people.may_hear(person, today):
            due = moment(id, max(unit.now, opening(today, school) + SETTLING), until, len(told))
            once = f"nudge {id} {today}"
            unit.promise(NUDGE, id, due, once=once, school=school_id, overdue=",".join(late))


def begin_tasks(unit: Unit, rules: Rules, at: tuple[str, Schooldays, Crowd], tasks: Sequence[Task]) -> None:
    """A row for each duty that somebody owes from today on; those of people who left end."""
    (school_id, school, people), today = at, day_of(unit.now)
    trust = describe.trust_of(unit)
    newest: PolicyVersion | None = next(iter(unit.find(queries.versions(rules.pack.id))), None)
    done = last_done(tasks)
    have = asked_for(rules, school, tasks, today)
    about_accounts = account_duties.asked(unit, rules, people)
    for each in about_accounts:
        asks = account_duties.begun(each, school, today)
        if asks and (each.person.id, each.duty.id, asks.period) not in have:
            unit.add(task_of(unit, rules, school_id, each.person, asks))
    for duty in (each for each in duties_of(rules.pack, rules.floor) if not each.each):
        for person in people.asked(duty, today):
            dates = Dates(
                people.since(person, duty),
                person.leaves,
                trust.review_on,
                newest.version if newest else "",
                newest.approved_on if newest else None,
                done.get((person.id, duty.id)),
            )
            asks = owed(duty, school, today, dates)
            if asks and (person.id, duty.id, asks.period) not in have:
                unit.add(task_of(unit, rules, school_id, person, asks))
    reviews = {duty.id for duty in duties_of(rules.pack, rules.floor) if duty.when == "review"}
    for task in tasks:
        moved = task.duty in reviews and task.period != str(trust.review_on or NO_DAY)
        moved = moved or account_duties.outdated(task, about_accounts)
        if task.state == "open" and (moved or not people.has(task.person, today)):
            task.state, task.next_on = "ended", None


def asked_for(rules: Rules, school: Schooldays, tasks: Iterable[Task], today: date) -> set[tuple[str, str, str]]:
    """What has been asked, by person, duty and period; a term whose first day was corrected since is the same one."""
    have = {(task.person, task.duty, task.period) for task in tasks}
    term = term_of(school, today)
    if term is None:
        return have
    earlier = (each.last for each in school.terms if each.last < term.first)
    since, until = str(max(earlier, default=term.first - LONGEST_HOLIDAY)), str(term.last)
    termly = {duty.id for duty in duties_of(rules.pack, rules.floor) if duty.when == "term"}
    now = {(who, duty) for who, duty, period in have if duty in termly and since < period <= until}
    return have | {(who, duty, str(term.first)) for who, duty in now}


def task_of(unit: Unit, rules: Rules, school_id: str, person: Person, asks: Owed) -> Task:
    today = day_of(unit.now)
    return Task(
        id=unit.new_id(),
        school=school_id,
        person=person.id,
        duty=asks.duty.id,
        period=asks.period,
        policy=rules.pack.id,
        opened_on=today,
        due_on=asks.due,
        next_on=today,
    )


def last_done(tasks: Iterable[Task]) -> Mapping[tuple[str, str], date]:
    """By person and duty, when it was last done."""
    found: dict[tuple[str, str], date] = {}
    for task in tasks:
        if task.done_on:
            key = (task.person, task.duty)
            found[key] = max(found.get(key, task.done_on), task.done_on)
    return found


def overdue(
    rules: Rules, people: Crowd, tasks: Iterable[Task], school: Schooldays, today: date
) -> dict[str, list[str]]:
    """Who is to hear today of what others have not done, as `task:level`: their line manager, then the headteacher.

    A task is raised when the platform has taken the message, not now: what nobody could be told comes up again.
    """
    heads = [id for id, held in people.roles.items() if rules.floor.offices.head in held]
    told: dict[str, list[str]] = {}
    for task in tasks:
        if task.person not in people.people:
            continue
        manager = people.people.get(people.people[task.person].line_manager)
        if task.raised and (task.state == "unable" or today <= after(school, task.due_on, THEN_HEAD)):
            continue
        first = manager and not task.raised and people.may_hear(manager, today)
        for person in [manager.id] if manager and first else heads:
            if person != task.person:
                told.setdefault(person, []).append(f"{task.id}:{1 if first else 2}")
    return told


def moment(person: str, first: datetime, until: datetime, people: int) -> datetime:
    """Somebody's own minute of the day: spread over the morning where many are told, over minutes where few are."""
    share = int.from_bytes(hashlib.sha256(person.encode()).digest()[:4]) / 2**32
    return first + max(min(SPREAD, BETWEEN * people, until - first), timedelta(0)) * share
