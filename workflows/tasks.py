"""What somebody does with a task: says that it is done, looks at what it is about, puts it off, cannot do it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from storage.events import Event
from storage.faults import Missing
from storage.models import PolicyVersion, Task
from storage.queries import duties as queries
from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import people, practice, terms, versions
from workflows.calendar import day_of
from workflows.duties import NUDGE
from workflows.people import Who
from workflows.refusals import BadAnswers, Refused
from workflows.rules import Rules
from workflows.schooldays import next_working_day
from workflows.settling import is_under_way, settle
from workflows.tasked import PUT_OFF, described

# A day that somebody gives for what they did long ago; older than that it was another period's.
LONG_AGO = timedelta(days=366)


def to_finish(unit: Unit, rules: Rules, task_id: str, by: Who) -> Mapping[str, Any]:
    """What the form asks: on which day (today, unless they say another), and of a policy's text, which version."""
    task = own(unit, task_id, by)
    newest = newest_version(unit, rules, task)
    today = {"values": {"done_on": str(day_of(unit.now))}}
    return {**described(unit, rules, task), "version": newest.version if newest else "", **today}


def finish(unit: Unit, rules: Rules, task_id: str, answers: Answers, by: Who) -> Message:
    """Done, on a day that somebody gives; for a policy's text, with its version and hash.  Raises BadAnswers."""
    task = own(unit, task_id, by)
    if task.state == "done":
        return said(unit, rules, "nudge.done", task)
    day, today = day_given(answers), day_of(unit.now)
    if day is None or not today - LONG_AGO <= day <= today:
        raise BadAnswers({"done_on": "has_been"})
    if proof := str(answers.get("proof", "")).strip() if rules.words.nudges[task.duty].certificate else "":
        unit.seal(task.id, "proof", proof)
    settle(unit, task, day, newest_version(unit, rules, task))
    return said(unit, rules, "nudge.done", task)


def drill(unit: Unit, rules: Rules, task_id: str, by: Who) -> Message:
    """Send a practice report in this person's name; one that is still on its way is not sent again."""
    task = still_open(unit, task_id, by)
    if not rules.words.nudges[task.duty].practises:
        raise Refused("expired")
    under_way = [case for case in practice.made(unit) if is_under_way(case, task)]
    case = under_way[0] if under_way else practice.begin(unit, rules, by, task.school)
    return Message("nudge.drilling", values={**described(unit, rules, task), "reference": case.reference})


def show(unit: Unit, rules: Rules, task_id: str, by: Who) -> Message:
    """What it is about; that somebody looked is on the record, and is no proof that they read it."""
    task = own(unit, task_id, by)
    task.shown_at = task.shown_at or unit.now
    unit.record(Event.DUTY_SHOWN, "", task.person, duty=task.duty, period=task.period)
    return material(unit, rules, task)


def material(unit: Unit, rules: Rules, task: Task) -> Message:
    """The words about a task, whoever asks for them."""
    newest = newest_version(unit, rules, task)
    known = versions.read_before(unit, task.policy, task.person) if newest else None
    since = f"?since={known.id}" if known else ""
    values = {
        **described(unit, rules, task),
        "material": rules.words.nudges[task.duty].show,
        "version": newest.version if newest else "",
        "changes": newest.changes if newest else "",
        "approved": f"{newest.approved_by}, {newest.office}" if newest else "",
        "text": f"{rules.pages}/p/policy/{newest.id}{since}" if newest and rules.pages else "",
    }
    return Message("nudge.shown", values=values)


def put_off(unit: Unit, rules: Rules, task_id: str, by: Who) -> Message:
    """Not today: asked again on the next day that staff are in, at most twice; when it is due does not change."""
    task = still_open(unit, task_id, by)
    if task.put_off >= PUT_OFF:
        return said(unit, rules, "nudge.no_later", task)
    task.put_off += 1
    task.next_on = next_working_day(terms.of(unit, task.school), day_of(unit.now))
    unit.record(Event.DUTY_PUT_OFF, "", task.person, duty=task.duty, period=task.period, times=task.put_off)
    return mended(unit, rules, "nudge.later", task)


def cannot(unit: Unit, rules: Rules, task_id: str, by: Who) -> Message:
    """Somebody cannot do it: their line manager hears on the next school morning."""
    task = still_open(unit, task_id, by)
    task.state, task.next_on = "unable", None
    unit.record(Event.DUTY_UNABLE, "", task.person, duty=task.duty, period=task.period)
    return mended(unit, rules, "nudge.unable", task)


def own(unit: Unit, task_id: str, by: Who) -> Task:
    """The task, for whose it is.  Raises Refused("not_yours") whether it is another's or none."""
    met = people.known(unit, by)
    try:
        task = unit.get(Task, task_id)
    except Missing:
        raise Refused("not_yours") from None
    if met is None or not met.theirs or task.person != met.person.id:
        raise Refused("not_yours")
    return task


def still_open(unit: Unit, task_id: str, by: Who) -> Task:
    task = own(unit, task_id, by)
    if task.state != "open":
        raise Refused("settled")
    return task


def newest_version(unit: Unit, rules: Rules, task: Task) -> PolicyVersion | None:
    """The text that this task is about, for one that is about a policy's text."""
    if not rules.words.nudges[task.duty].attests:
        return None
    return next(iter(unit.find(queries.versions(task.policy))), None)


def day_given(answers: Answers) -> date | None:
    try:
        return date.fromisoformat(str(answers.get("done_on", "")))
    except ValueError:
        return None


def mended(unit: Unit, rules: Rules, name: str, task: Task) -> Message:
    """What is shown, and the message that asked says the same from now on."""
    unit.promise(NUDGE, task.person, unit.now, task=task.id)
    return said(unit, rules, name, task)


def said(unit: Unit, rules: Rules, name: str, task: Task) -> Message:
    return Message(name, values=described(unit, rules, task))
