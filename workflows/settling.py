"""How a task is settled: by whoever it is for, or by itself where it was the termly drill and somebody answered."""

from datetime import date

from storage.events import Event
from storage.models import Case, PolicyVersion, Task
from storage.queries import duties as queries
from storage.unit import Unit
from workflows.calendar import day_of
from workflows.duties import NUDGE
from workflows.rules import Rules


def settle(unit: Unit, task: Task, day: date, newest: PolicyVersion | None = None) -> None:
    """It is done, for good; the message that asked says so from now on."""
    task.state, task.next_on, task.done_on, task.done_at = "done", None, day, unit.now
    task.version, task.sha256 = (newest.version, newest.sha256) if newest else ("", "")
    facts = {"duty": task.duty, "period": task.period, "on": str(day), "version": task.version, "sha256": task.sha256}
    unit.record(Event.DUTY_DONE, "", task.person, **facts)
    unit.promise(NUDGE, task.person, unit.now, task=task.id)


def acknowledged(unit: Unit, rules: Rules, case: Case) -> None:
    """Whoever was to try the way out at this school has: how long it took stands with the practice report."""
    if not case.practice:
        return
    for id, words in rules.words.nudges.items():
        if words.practises:
            for task in unit.find(queries.open_at(case.school, id)):
                settle(unit, task, day_of(unit.now))


def is_under_way(case: Case, task: Task) -> bool:
    """Whether this practice report was sent from this task, and nobody has answered it yet."""
    mine = case.school == task.school and case.reporter == task.person
    return mine and not (case.acknowledged_at or case.outside or case.state == "closed")
