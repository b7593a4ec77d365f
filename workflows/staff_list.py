"""Who is on the staff: the list that duties are asked of, with teams, working days, and when somebody comes or goes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from storage.events import Event
from storage.models import Person, School
from storage.queries import duties as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows import managers
from workflows.calendar import day_of
from workflows.people import Found
from workflows.register import Change
from workflows.rules import Rules


@dataclass(frozen=True)
class Member:
    """One line of the list; ``school`` is its id in school.toml, ``works`` weekdays by name (none: all)."""

    line: int
    email: str
    name: str = ""
    manager: str = ""
    school: str = ""
    team: str = ""
    teaches: bool = False
    works: tuple[str, ...] = ()
    joined: date | None = None
    leaves: date | None = None


def apply(unit: Unit, rules: Rules, members: Sequence[Member], accounts: Found) -> list[Change]:
    """Bring the staff in line with the list, and say what changed; who is not on it is no longer staff."""
    schools: dict[str, str] = {row.key: row.id for row in unit.find(people_queries.schools())}
    changes, listed = list[Change](), set[str]()
    by_email: dict[str, Person] = {}
    for each in members:
        person, new = managers.person_at(unit, each.email, accounts)
        by_email[each.email] = person
        listed.add(person.id)
        changes += [*new, *member_lines(unit, person, each, schools)]
    for each in members:
        if each.manager:
            changes += managers.manager_lines(unit, by_email[each.email], by_email[each.manager])
    return [*changes, *gone_lines(unit, listed)]


def member_lines(unit: Unit, person: Person, member: Member, schools: Mapping[str, str]) -> Iterator[Change]:
    # A role-holder's name and school stand in school.toml, which is read with more care.
    theirs = {"name": member.name or person.name, "school": schools.get(member.school, person.school)}
    wanted = {
        **({} if person.key else theirs),
        "staff": True,
        "teaches": member.teaches,
        "team": member.team,
        "works": list(member.works),
        "joined": member.joined,
        "leaves": member.leaves,
    }
    if changed := [name for name, value in wanted.items() if getattr(person, name) != value]:
        for name in changed:
            setattr(person, name, wanted[name])
        unit.record(Event.STAFF_SET, "", "", person=person.id, changed=changed)
        yield Change("staff", {"who": person.name})


def gone_lines(unit: Unit, listed: set[str]) -> Iterator[Change]:
    known: Iterable[Person] = unit.find(queries.staff())
    for person in known:
        if person.staff and person.id not in listed:
            person.staff = False
            if not person.key:
                # They have gone: whoever shared an account with them is to know.
                person.leaves = person.leaves or day_of(unit.now)
            unit.record(Event.STAFF_SET, "", "", person=person.id, changed=["staff"])
            yield Change("staff_gone", {"who": person.name})


def school_keys(unit: Unit) -> tuple[str, ...]:
    rows: list[School] = unit.find(people_queries.schools())
    return tuple(row.key for row in rows)
