"""Keeping the promise of a nudge: what somebody has to do, as one message with one clear thing."""

from collections.abc import Mapping
from dataclasses import replace

from storage import promises
from storage.events import Event
from storage.models import Posted, Task
from storage.promises import Claim
from storage.queries import cases as case_queries
from storage.queries import duties as queries
from storage.unit import Unit
from workflows import doors, people, terms
from workflows.calendar import day_of, in_school_time
from workflows.duties import duty_called, next_reminder
from workflows.rules import Rules
from workflows.tasked import described, lines, pressing, titles
from workflows.telling import Telling

SLOT = "nudge"
# How many people's overdue things one message names.
PEOPLE = 20


def telling(unit: Unit, rules: Rules, claim: Claim) -> Telling | None:
    """Today's message for somebody, or their earlier one as it stands now; none where there is nothing to say.

    Outside school time nothing is said: the next day's opening finds what is still open.
    """
    if task := claim.ids.get("task"):
        return over_the_earlier(unit, rules, claim.to, unit.get(Task, task))
    today, school = day_of(unit.now), terms.of(unit, claim.ids["school"])
    if not in_school_time(unit.now, school):
        return None
    mine = [task for task in pressing(unit, rules, claim.to) if task.next_on and task.next_on <= today]
    levels = {id: int(level) for id, _, level in (one.partition(":") for one in claim.ids["overdue"].split(",")) if id}
    asked: list[Task] = unit.find(queries.by_ids(tuple(levels)))
    late = of_few([task for task in asked if task.state in ("open", "unable") and task.raised < levels[task.id]])
    account = people.address(unit, claim.to)
    if account is None or not (mine or late):
        return None
    values = {**(described(unit, rules, mine[0]) if mine else {}), "others": titles(unit, rules, mine[1:])}
    values["overdue"] = tuple(lines(unit, rules, late))
    name = "nudge.ask" if mine else "nudge.overdue"
    if account.platform == "mail":
        name = "mail.nudge" if mine else "mail.overdue"
        if mine and not rules.pages:
            return None
        if mine:
            values["link"] = f"{rules.pages}/p/t/{doors.task_link(unit, mine[0].id, claim.to)}"
    where = (account.platform, account.address)
    reminded = {
        task.id: next_reminder(duty, school, task.due_on, today)
        for task in mine
        if (duty := duty_called(rules, task.duty))
    }
    raised = {task.id: levels[task.id] for task in late}
    return replace(Telling(claim.to, *where, name, account.id, values), reminded=reminded, raised=raised)


def of_few(late: list[Task]) -> list[Task]:
    """What so many people are late with as one message holds; the others' is not raised yet, and comes another day."""
    late.sort(key=lambda task: (task.due_on, task.id))
    few = list(dict.fromkeys(task.person for task in late))[:PEOPLE]
    return [task for task in late if task.person in few]


def over_the_earlier(unit: Unit, rules: Rules, person: str, task: Task) -> Telling | None:
    """The message that asked, edited to say how it stands."""
    account = people.address(unit, person)
    found = lying(unit, task.id, person, account.platform) if account else None
    if account is None or found is None or account.platform == "mail":
        return None
    name = "nudge.done" if task.state == "done" else "nudge.unable" if task.state == "unable" else "nudge.later"
    values = described(unit, rules, task)
    return Telling(person, account.platform, account.address, name, account.id, values, found.channel, found.stamp)


def sent(unit: Unit, claim: Claim, told: Telling, channel: str, stamp: str) -> None:
    """The platform took it: when each task is spoken of again, and where the message lies."""
    for id, again in told.reminded.items():
        task = unit.get(Task, id)
        if task.state == "open":
            task.next_on = again
        unit.record(Event.DUTY_ASKED, "", told.person, duty=task.duty, period=task.period, platform=told.platform)
    for id, level in told.raised.items():
        task = unit.get(Task, id)
        task.raised = max(task.raised, level)
        unit.record(Event.DUTY_OVERDUE, "", task.person, duty=task.duty, period=task.period, told=told.person)
    if task_id := told.values.get("task_id"):
        keep_place(unit, str(task_id), told, (channel, stamp))
    promises.keep(unit, claim.id, claim.lease)


def keep_place(unit: Unit, task_id: str, told: Telling, where: tuple[str, str]) -> None:
    found = lying(unit, task_id, told.person, told.platform)
    if found is None:
        place: Mapping[str, str] = {"case": task_id, "person": told.person, "platform": told.platform, "slot": SLOT}
        unit.add(Posted(id=unit.new_id(), channel=where[0], stamp=where[1], at=unit.now, **place))
    else:
        found.channel, found.stamp, found.at = *where, unit.now


def lying(unit: Unit, task_id: str, person: str, platform: str) -> Posted | None:
    return next(iter(unit.find(case_queries.posted(task_id, person, platform, SLOT))), None)
