"""Everybody who holds a role, how each of them is reached, and where every report would go today."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from storage.models import Account, Person, School
from storage.queries import doors as door_queries
from storage.queries import people as queries
from storage.unit import Unit
from workflows import casting, describe, people
from workflows.calendar import day_of
from workflows.routing import Cast
from workflows.rules import Rules
from workflows.survey import SOMEBODY, TEACHER, Outcome, surveyed

# Whoever manages the one who reports: it differs from report to report.
MANAGER = "line-manager"


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a role: ``reached`` is the platform their messages go to, "" where none would arrive."""

    key: str
    name: str
    reached: str
    emails: tuple[str, ...]
    passphrase: bool


@dataclass(frozen=True)
class AtSchool:
    """One school: who holds what there, and where each report would go at this moment."""

    key: str
    name: str
    cast: Cast
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Roll:
    """The trust as a check sees it; ``managed`` says whether anybody has a line manager on record."""

    trust: str
    demo: bool
    today: date
    review_on: date | None
    outside: Mapping[str, str]
    holders: Mapping[str, Holder]
    schools: tuple[AtSchool, ...]
    managed: bool


def called(unit: Unit, rules: Rules) -> Roll:
    """The roll as it stands now."""
    trust = describe.trust_of(unit)
    ids = {row.person for row in unit.find(queries.roles_now(unit.now))}
    managed = bool(unit.find(queries.managed()))
    return Roll(
        trust=trust.name,
        demo=trust.demo,
        today=day_of(unit.now),
        review_on=trust.review_on,
        outside=trust.outside,
        holders={row.id: holder(unit, row) for row in unit.find(queries.by_ids(tuple(ids)))},
        schools=tuple(at_school(unit, rules, row, managed) for row in unit.find(queries.schools())),
        managed=managed,
    )


def holder(unit: Unit, person: Person) -> Holder:
    where = people.address(unit, person.id)
    accounts: list[Account] = unit.find(queries.accounts_of((person.id,)))
    return Holder(
        key=person.key or "",
        name=person.name,
        reached=where.platform if where else "",
        emails=tuple(row.address for row in accounts if row.platform == "mail" and row.state == "active"),
        passphrase=bool(unit.find(door_queries.passphrase(person.id))),
    )


def at_school(unit: Unit, rules: Rules, school: School, managed: bool) -> AtSchool:
    """Somebody ordinary reports; their line manager is whoever it is, where staff have one on record at all."""
    cast = casting.cast(unit, school.id)
    if managed:
        cast = replace(cast, line_managers={TEACHER: MANAGER, SOMEBODY: MANAGER})
    return AtSchool(school.key, school.name, cast, surveyed(rules, cast))
