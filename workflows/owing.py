"""How duties stand: one's own with their dates, and for heads how far a school has come, by duty and by team."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from storage.models import Person, School, Task
from storage.queries import duties as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows import official
from workflows.calendar import day_of
from workflows.duties import APART, account_key
from workflows.people import Met
from workflows.rules import Rules
from workflows.tasked import described, lines, pressing
from workflows.times import spoken_day

# Who sees how far their school has come, besides the head: whoever sees to it that things get done.
OVERSEES = ("headteacher", "executive_headteacher", "business_manager")
SHOWN = 10
BAR = 10


@dataclass(frozen=True)
class Progress:
    """How many of those asked have done one duty, in one team ("" for everybody)."""

    duty: str
    team: str
    done: int
    asked: int

    @property
    def bar(self) -> str:
        """``▓▓▓▓▓▓▓░░░ 14 of 20``."""
        full = BAR * self.done // self.asked if self.asked else 0
        return f"{'▓' * full}{'░' * (BAR - full)} {self.done} of {self.asked}"


def at_home(unit: Unit, rules: Rules, met: Met) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What stands on somebody's Home: what they have to do, and how far the schools that they head have come."""
    mine = pressing(unit, rules, met.person.id) if met.theirs else []
    if mine:
        yield "nudge.heading", {}
        for task in mine:
            yield "nudge.mine", described(unit, rules, task)
    roles = unit.find(people_queries.roles_of(met.person.id, unit.now)) if met.confirmed else []
    for school in dict.fromkeys(role.school for role in roles if role.role in OVERSEES and role.school):
        yield from of_school(unit, rules, unit.get(School, school), met.person.id)


def of_school(unit: Unit, rules: Rules, school: School, reader: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """How far a school has come, and who is behind but the reader, whose own stands above."""
    tasks = current(unit.find(queries.tasks_at(school.id)))
    if tasks:
        bars = tuple(said(rules, each) for each in telling(progress(unit, tasks)))
        certified = school.id if unit.find(queries.certificates(tuple(task.id for task in tasks))) else ""
        yield "nudge.completion", {"school": school.name, "completion": bars, "school_id": certified}
    today = day_of(unit.now)
    accounts = [each for each in official.kept(unit) if each.row.school in (school.id, "")]
    if accounts:
        stands = tuple((each.label, in_short(rules, each, today)) for each in accounts[:SHOWN])
        yield "nudge.accounts", {"accounts": stands, "more": max(0, len(accounts) - SHOWN)}
    if behind := tuple(lines(unit, rules, [task for task in overdue(unit, tasks) if task.person != reader])):
        yield "nudge.behind", {"overdue": behind[:SHOWN], "more": max(0, len(behind) - SHOWN)}


def telling(found: Iterable[Progress]) -> Iterator[Progress]:
    """Teams stand under a duty that some have done and others have not; else they would all say the same."""
    mixed = False
    for each in found:
        mixed = mixed if each.team else 0 < each.done < each.asked
        if mixed or not each.team:
            yield each


def in_short(rules: Rules, account: official.Kept, today: date) -> str:
    """How one official account stands, in a line."""
    say, row = rules.words.sentence, account.row
    guarding = len(account.now(official.ADMINISTRATOR, today))
    found = [
        say("account.many", {"count": guarding}) if guarding >= official.ENOUGH else say("account.short"),
        "" if account.now(official.OWNER, today) else say("account.ownerless"),
        say("account.evaluated", {"day": spoken_day(str(row.evaluate))}) if row.evaluate else "",
        say("account.closes", {"day": spoken_day(str(row.closes))}) if row.closes else "",
    ]
    return "; ".join(filter(None, found))


def said(rules: Rules, progress: Progress) -> tuple[str, str]:
    label = rules.words.nudges[progress.duty].label
    return (f"↳ {progress.team}" if progress.team else label), progress.bar


def current(tasks: Iterable[Task]) -> list[Task]:
    """Each duty's newest round; what ended without being done is not counted, nor what only its owner may know of."""
    kept = [task for task in tasks if task.state != "ended" and not task.period.startswith(APART)]
    newest: dict[tuple[str, str, str], Task] = {}
    for task in kept:
        key = (task.person, task.duty, account_key(task))
        if key not in newest or newest[key].opened_on <= task.opened_on:
            newest[key] = task
    return list(newest.values())


def progress(unit: Unit, tasks: Iterable[Task]) -> Iterator[Progress]:
    """By duty, what is due first before the rest, and under each duty by team where there is more than one."""
    people = {person.id: person for person in unit.find(queries.staff())}
    by_duty: dict[str, dict[str, list[Task]]] = {}
    for task in sorted(tasks, key=lambda task: (task.due_on, task.duty)):
        team = people[task.person].team if task.person in people else ""
        by_duty.setdefault(task.duty, {}).setdefault(team, []).append(task)
    for duty, teams in by_duty.items():
        yield counted(duty, "", [task for some in teams.values() for task in some])
        if len(teams) > 1:
            yield from (counted(duty, team, some) for team, some in sorted(teams.items()) if team)


def counted(duty: str, team: str, tasks: list[Task]) -> Progress:
    return Progress(duty, team, sum(task.state == "done" for task in tasks), len(tasks))


def overdue(unit: Unit, tasks: Iterable[Task]) -> list[Task]:
    """What should have been done before today, the longest overdue first."""
    today = day_of(unit.now)
    late = (task for task in tasks if task.state in ("open", "unable") and task.due_on < today)
    return sorted(late, key=lambda task: (task.due_on, task.id))


def rows(unit: Unit, rules: Rules) -> Iterator[Mapping[str, str]]:
    """Every task of every school that may be counted, a row each: dates as 2026-09-01, "" where there is none."""
    names = {person.id: person for person in unit.find(people_queries.everybody())}
    schools: list[School] = unit.find(people_queries.schools())
    for school in schools:
        tasks: list[Task] = unit.find(queries.tasks_at(school.id))
        for task in (each for each in tasks if not each.period.startswith(APART)):
            person: Person = names[task.person]
            yield {
                "school": school.key,
                "name": person.name,
                "team": person.team,
                "duty": rules.words.nudges[task.duty].label,
                "period": task.period,
                "policy": task.policy,
                "asked_on": str(task.opened_on),
                "due_on": str(task.due_on),
                "state": task.state,
                "done_on": str(task.done_on or ""),
                "policy_version": task.version,
                "sha256": task.sha256,
            }
