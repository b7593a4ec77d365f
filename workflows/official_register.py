"""Brings the register of the school's official accounts online in line with school.toml, and says what changed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from storage.events import Event
from storage.models import OfficialAccount, OfficialHolder, Person, School
from storage.queries import official as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows import managers
from workflows.calendar import day_of
from workflows.official import called
from workflows.people import Found
from workflows.register import Change, Official, Register


def apply(unit: Unit, register: Register, schools: Mapping[str, School], accounts: Found) -> Iterator[Change]:
    """Bring the register in line with school.toml; what changed, a line each."""
    known: dict[str, OfficialAccount] = {row.key: row for row in unit.find(queries.accounts())}
    for each in register.accounts:
        yield from account_lines(unit, known.pop(each.key, None), each, schools)
        yield from holder_lines(unit, each, accounts)
    for row in known.values():
        if row.ended_at is None:
            row.ended_at = unit.now
            unit.record(Event.OFFICIAL_ENDED, "", "", key=row.key)
            yield Change("apply.official_ended", {"what": called(row)})


def account_lines(
    unit: Unit, row: OfficialAccount | None, official: Official, schools: Mapping[str, School]
) -> Iterator[Change]:
    wanted: dict[str, Any] = {
        "school": schools[official.school].id if official.school else "",
        "service": official.service,
        "name": official.name,
        "address": official.address,
        "opens": official.opens,
        "closes": official.closes,
        "evaluate": official.evaluate,
        "ended_at": None,
    }
    if row is None:
        row = unit.add(OfficialAccount(id=unit.new_id(), key=official.key, added_on=day_of(unit.now), **wanted))
        changed = ["key"]
    else:
        changed = [name for name, value in wanted.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, wanted[name])
    if changed:
        unit.record(Event.OFFICIAL_SET, "", "", key=official.key, changed=changed)
        yield Change("apply.official", {"what": called(row)})


def holder_lines(unit: Unit, official: Official, accounts: Found) -> Iterator[Change]:
    (row,) = (each for each in unit.find(queries.accounts()) if each.key == official.key)
    today = day_of(unit.now)
    wanted: dict[tuple[str, str], Person] = {}
    for part, named in official.parts():
        for name in named:
            person = somebody(unit, name, accounts)
            wanted.setdefault((person.id, part), person)
    have: list[OfficialHolder] = [
        each for each in unit.find(queries.holders()) if each.account == row.id and each.until is None
    ]
    for each in have:
        if (each.person, each.part) not in wanted:
            each.until = today
            unit.record(Event.OFFICIAL_SET, "", "", key=row.key, person=each.person, ended=each.part)
            values = {"who": unit.get(Person, each.person).name, "part": each.part, "what": called(row)}
            yield Change("apply.official_part_ended", values)
    for (id, part), person in wanted.items():
        if (id, part) not in {(each.person, each.part) for each in have}:
            unit.add(OfficialHolder(id=unit.new_id(), account=row.id, person=id, part=part, since=today))
            unit.record(Event.OFFICIAL_SET, "", "", key=row.key, person=id, given=part)
            yield Change("apply.official_part", {"who": person.name, "part": part, "what": called(row)})


def somebody(unit: Unit, name: str, accounts: Found) -> Person:
    """Whoever school.toml names: by their id there, else by e-mail address."""
    known: Sequence[Person] = unit.find(people_queries.by_key(name))
    return known[0] if known else managers.person_at(unit, name.lower(), accounts)[0]
