"""Who manages whom: for the places that a policy gives to the line manager of whoever reports or was harmed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storage.events import Event
from storage.models import Account, Person
from storage.queries import people as queries
from storage.unit import Unit
from workflows import doors, people
from workflows.accounts import linked
from workflows.people import Found
from workflows.register import Change
from workflows.rules import Rules


@dataclass(frozen=True)
class Managed:
    """One line of the file, by its number: somebody's address and their manager's, "" where they have none."""

    line: int
    email: str
    manager: str


def tangled(unit: Unit, lines: Iterable[Managed]) -> dict[int, str]:
    """Lines that no single line can show to be wrong, since one person may have several addresses."""
    found: dict[int, str] = {}
    seen: dict[str, str] = {}
    for each in lines:
        person = known(unit, each.email)
        manager = known(unit, each.manager) if each.manager else None
        wanted = manager.id if manager else each.manager
        if person and manager and person.id == manager.id:
            found[each.line] = "self"
        elif person and seen.setdefault(person.id, wanted) != wanted:
            found[each.line] = "twice"
    return found


def unmet(unit: Unit, lines: Iterable[Managed]) -> tuple[str, ...]:
    """The managers' addresses whose chat accounts are not known yet."""
    wanted = dict.fromkeys(each.manager for each in lines if each.manager)
    return tuple(email for email in wanted if not has_chat(unit, known(unit, email)))


def apply(unit: Unit, rules: Rules, lines: Sequence[Managed], accounts: Found) -> list[Change]:
    """Bring line managers in line with the file; returns what changed, line by line.

    Whoever is not in the file keeps theirs.  Somebody not met yet becomes a person by e-mail address.
    """
    changes: list[Change] = []
    managers: dict[str, Person] = {}
    for each in lines:
        person, new = person_at(unit, each.email, accounts)
        changes += new
        manager = None
        if each.manager:
            manager, new = person_at(unit, each.manager, accounts)
            changes += new
            managers[manager.id] = manager
        changes += manager_lines(unit, person, manager)
    if any(rules.floor.offices.line_manager in row.roles for row in rules.pack.routes):
        for manager in managers.values():
            changes += invited(unit, manager)
    return changes


def person_at(unit: Unit, email: str, accounts: Found) -> tuple[Person, list[Change]]:
    """Whoever has this address, and the chat account found by it; somebody new is called by it until they speak."""
    found, person = accounts.get(email, ()), known(unit, email)
    changes: list[Change] = []
    if person is None:
        name = next((who.name for who in found if who.name), email)
        person = unit.add(Person(id=unit.new_id(), name=name))
        unit.add(Account(id=unit.new_id(), person=person.id, platform="mail", address=email))
        changes.append(Change("new", {"who": person.name, "email": email}))
    # A role-holder's accounts are linked by school.toml alone: it is read with more care.
    for who in found if not person.key else ():
        changes += [*linked(unit, person, unit.find(queries.accounts_of((person.id,))), who)]
    return person, changes


def manager_lines(unit: Unit, person: Person, manager: Person | None) -> Iterator[Change]:
    wanted = manager.id if manager else ""
    if person.line_manager == wanted:
        return
    person.line_manager = wanted
    unit.record(Event.MANAGER_SET, "", "", person=person.id, manager=wanted)
    values = {"who": person.name, "manager": manager.name if manager else ""}
    yield Change("managed" if manager else "unmanaged", values)


def invited(unit: Unit, manager: Person) -> Iterator[Change]:
    """A manager who is reached by e-mail only is asked, once, to set a passphrase."""
    if doors.invite_once(unit, manager.id):
        yield Change("invited", {"who": manager.name})


def known(unit: Unit, email: str) -> Person | None:
    return next(iter(unit.find(queries.by_email((email,)))), None)


def has_chat(unit: Unit, person: Person | None) -> bool:
    if person is None:
        return False
    return any(row.platform in people.CHAT for row in unit.find(queries.accounts_of((person.id,))))
