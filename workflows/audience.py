"""Whom a duty is for at a school: people on the list of staff, holders of roles, governors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from storage.models import Person, RoleHeld
from storage.queries import duties as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows import official
from workflows.floor import Duty
from workflows.people import away
from workflows.rules import Rules
from workflows.schooldays import WEEK


@dataclass(frozen=True)
class Crowd:
    """The people of one school, by id, with the roles they hold there and the day each was first held."""

    people: Mapping[str, Person]
    roles: Mapping[str, Mapping[str, date]]
    governing: frozenset[str]
    at_home: frozenset[str]
    absent: frozenset[str]
    # Who may post on the school's accounts, and since when.
    posting: Mapping[str, date]

    def asked(self, duty: Duty, today: date) -> Sequence[Person]:
        """Whom it is for today: nobody who has left, nor one who has not begun."""
        return [
            person
            for person in self.people.values()
            if here(person, today) and any(self.is_one_of(person, each) for each in duty.to)
        ]

    def has(self, person: str, today: date) -> bool:
        """Whether somebody belongs here today: they have come, and not left."""
        return person in self.people and here(self.people[person], today)

    def is_one_of(self, person: Person, audience: str) -> bool:
        held = self.roles.get(person.id, {})
        # Somebody at two schools does what everybody does once, at their own; what an office asks for, at each.
        home = person.id in self.at_home
        everybody = {
            "governors": home and not self.governing.isdisjoint(held),
            "teachers": home and person.teaches,
            "account_posters": home and person.id in self.posting,
            "staff": home and (person.staff or bool(held.keys() - self.governing)),
        }
        return everybody.get(audience, audience in held)

    def since(self, person: Person, duty: Duty) -> date | None:
        """When they came into what the duty is about: a governor's office, else the school."""
        held = self.roles.get(person.id, {})
        if duty.to == ("governors",):
            return min((day for role, day in held.items() if role in self.governing), default=None)
        if "account_posters" in duty.to and person.id in self.posting:
            return max(self.posting[person.id], person.joined or date.min)
        return person.joined

    def may_hear(self, person: Person, today: date) -> bool:
        """Whether this is one of their days: not away, and not one that they do not work."""
        return person.id not in self.absent and (not person.works or WEEK[today.weekday()] in person.works)


def here(person: Person, today: date) -> bool:
    return (person.joined is None or person.joined <= today) and (person.leaves is None or person.leaves >= today)


def crowd(unit: Unit, rules: Rules, school: str, first: str) -> Crowd:
    """The people of a school; whoever has none of their own belongs to the trust's ``first``."""
    held: list[RoleHeld] = unit.find(people_queries.roles_at(school, unit.now))
    roles: dict[str, dict[str, date]] = {}
    for row in held:
        theirs = roles.setdefault(row.person, {})
        theirs[row.role] = min(theirs.get(row.role, date.max), row.since.date())
    staff: list[Person] = unit.find(queries.staff())
    members = {
        person.id: person
        for person in staff
        if person.id in roles or (person.staff and (person.school or first) == school)
    }
    governing = frozenset((rules.floor.offices.chair, *rules.floor.roles.governors, *rules.floor.roles.trust))
    at_home = frozenset(id for id, person in members.items() if (person.school or first) == school)
    absent = away(unit, members, unit.now)
    return Crowd(members, roles, governing, at_home, absent, official.posting_since(unit))
