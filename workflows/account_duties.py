"""What is asked about each official account online, and of whom: its owner, its administrators, else the head."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from storage.models import Person, RoleHeld, Task
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows import official
from workflows.audience import Crowd, here
from workflows.calendar import day_of
from workflows.duties import ABOUT, Dates, Owed, account_key, duties_of, owed
from workflows.floor import Duty
from workflows.official import OWNER, Kept
from workflows.rules import Rules
from workflows.schooldays import Schooldays


@dataclass(frozen=True)
class Asking:
    """One duty about one account, of one person; ``about`` is whoever it is about, "" where it is about nobody."""

    duty: Duty
    account: Kept
    person: Person
    dates: Dates
    day: str = ""
    about: str = ""

    def period(self, begins: str) -> str:
        return " ".join(filter(None, (f"{ABOUT}{self.account.row.key}", begins, self.about)))

    def stands_for(self, task: Task) -> bool:
        """Whether a task is still what is asked: the same account, person and day."""
        same = task.duty == self.duty.id and task.person == self.person.id
        if not self.day:
            return same and account_key(task) == self.account.row.key
        return same and task.period == self.period(self.day)


def asked(unit: Unit, rules: Rules, people: Crowd) -> tuple[Asking, ...]:
    """Everything that somebody at home at this school is asked about an account of the trust, whenever it is due."""
    today, first = day_of(unit.now), unit.find(people_queries.schools())[0].id
    duties = [duty for duty in duties_of(rules.pack, rules.floor) if duty.each]
    found: list[Asking] = []
    for account in official.kept(unit):
        heads = first_rung(unit, rules, account.row.school or first)
        for duty in duties:
            found += [
                each
                for each in of_account(duty, account, heads, today)
                if each.person.id in people.at_home and people.has(each.person.id, today)
            ]
    return tuple(found)


def of_account(duty: Duty, account: Kept, heads: Sequence[Person], today: date) -> Iterator[Asking]:
    """One duty about one account, for each person whom it is for."""
    if duty.when == "departure":
        for gone, last in account.departed(today):
            sharing = [each for each in account.shared_with(gone, last, today) if works_here(each, today)]
            for person in sharing or answering(account, heads, today, but=gone):
                yield Asking(duty, account, person, Dates(departed=last), str(last), gone.id)
        return
    dates = {
        "closing": Dates(closes=account.row.closes),
        "evaluation": Dates(evaluates=account.row.evaluate),
        "short": Dates(short_since=account.short_since(today)),
    }.get(duty.when, Dates())
    day = dates.closes or dates.evaluates or dates.short_since
    if day or duty.when == "term":
        for person in answering(account, heads, today):
            yield Asking(duty, account, person, dates, str(day or ""))


def answering(account: Kept, heads: Sequence[Person], today: date, but: Person | None = None) -> list[Person]:
    """Its owner; where it has none who is there, the head."""
    owners = [person for person in account.now(OWNER, today) if person != but and works_here(person, today)]
    return owners or [person for person in heads if person != but]


def works_here(person: Person, today: date) -> bool:
    """Whether somebody can be asked: they stand on the list of staff or in school.toml, and are there."""
    return (person.staff or bool(person.key)) and here(person, today)


def first_rung(unit: Unit, rules: Rules, school: str) -> list[Person]:
    """Who answers for a school: its head, where it has none the next above."""
    held: list[RoleHeld] = unit.find(people_queries.roles_at(school, unit.now))
    for role in rules.floor.ladder:
        if ids := [row.person for row in held if row.role == role]:
            return list(unit.find(people_queries.by_ids(tuple(ids))))
    return []


def begun(asking: Asking, school: Schooldays, today: date) -> Owed | None:
    """What is owed of it today, under a period of its own; none before its time."""
    asks = owed(asking.duty, school, today, asking.dates)
    return replace(asks, period=asking.period(asks.period)) if asks else None


def outdated(task: Task, asking: Sequence[Asking]) -> bool:
    """Whether a task is about an account as it no longer is, or for somebody who no longer looks after it."""
    return bool(account_key(task)) and not any(each.stands_for(task) for each in asking)
