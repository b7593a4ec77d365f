"""What somebody has to do, in words: for the message that asks, for Home, and for whoever hears that it is late."""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.models import Person, Task
from storage.queries import duties as queries
from storage.unit import Unit
from workflows import official
from workflows.calendar import day_of
from workflows.duties import APART, account_key, duties_of, duty_called
from workflows.policy import mark
from workflows.rules import Rules
from workflows.times import spoken_day

# A snooze keeps the cadence: so often and no more.
PUT_OFF = 2


def pressing(unit: Unit, rules: Rules, person: str) -> list[Task]:
    """What somebody has still to do, the first due first; what is due on one day stands as the policy lists it."""
    listed = {duty.id: place for place, duty in enumerate(duties_of(rules.pack, rules.floor))}
    tasks: list[Task] = unit.find(queries.open_tasks(person))
    return sorted(tasks, key=lambda task: (task.due_on, listed.get(task.duty, len(listed)), task.id))


def described(unit: Unit, rules: Rules, task: Task) -> dict[str, Any]:
    """One task in words."""
    words, today = rules.words.nudges[task.duty], day_of(unit.now)
    duty = duty_called(rules, task.duty)
    return {
        "task_id": task.id,
        "label": words.label,
        "about": tuple(about(unit, rules, task)),
        "ask": words.ask,
        "done": words.done,
        "due": spoken_day(str(task.due_on)),
        "late": task.due_on < today,
        "clause": duty.why if duty in rules.pack.duties and mark(duty.why)[0] == "clause" else "",
        "may_put_off": task.put_off < PUT_OFF,
        "may_say_no": not task.period.startswith(APART),
        # Where we have no page for it, they say where it lies.
        "certificate": words.certificate and not rules.pages,
        "adds": adds_certificate(rules, task),
        "added": adds_certificate(rules, task) and bool(unit.find(queries.certificates((task.id,)))),
        "practises": words.practises and task.state == "open",
        "done_on": spoken_day(str(task.done_on)) if task.done_on else "",
        "next_on": spoken_day(str(task.next_on)) if task.next_on else "",
    }


def adds_certificate(rules: Rules, task: Task) -> bool:
    """Whether a certificate may be added to it on our page: it has been done, and asks for one."""
    return task.state == "done" and rules.words.nudges[task.duty].certificate and bool(rules.pages)


def about(unit: Unit, rules: Rules, task: Task) -> Iterator[tuple[str, str]]:
    """Of a task about one official account: which, and who it is about."""
    account, say = account_of(unit, task), rules.words.sentence
    if account is None:
        return
    yield say("account.which"), account.label
    duty = duty_called(rules, task.duty)
    today = day_of(unit.now)
    if duty and duty.when == "short":
        names = ", ".join(person.name for person in account.now(official.ADMINISTRATOR, today))
        yield say("account.administrators"), names or say("account.nobody")
        if not account.now(official.OWNER, today):
            yield say("account.owner"), say("account.nobody")
    if duty and duty.when == "departure":
        _, _, last, gone = task.period.split()
        who = {"who": unit.get(Person, gone).name, "day": spoken_day(last)}
        yield say("account.departed"), say("account.until", who)


def account_of(unit: Unit, task: Task) -> official.Kept | None:
    """The official account that a task is about; none where it is about none, or that is in use no more."""
    key = account_key(task)
    return next((each for each in official.kept(unit) if each.row.key == key), None) if key else None


def called(unit: Unit, rules: Rules, task: Task) -> str:
    """What a task is called in a list."""
    account = account_of(unit, task)
    label = rules.words.nudges[task.duty].label
    return f"{label}: {account.label}" if account else label


def titles(unit: Unit, rules: Rules, tasks: Sequence[Task]) -> tuple[str, ...]:
    return tuple(called(unit, rules, task) for task in tasks)


def lines(unit: Unit, rules: Rules, tasks: Sequence[Task]) -> list[tuple[str, str]]:
    """Who has not done what: a line for each person, whoever has the longest overdue first."""
    found: dict[str, list[str]] = {}
    for task in sorted(tasks, key=lambda each: (each.due_on, each.id)):
        found.setdefault(task.person, []).append(called(unit, rules, task))
    return [(unit.get(Person, person).name, ", ".join(theirs)) for person, theirs in found.items()]
