"""Who holds which role, as school.toml says: what it would change, and changing it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from storage.events import Event
from storage.models import Absence, Account, Person, RoleHeld, School, Trust
from storage.queries import cases as case_queries
from storage.queries import doors as door_queries
from storage.queries import people as queries
from storage.unit import Unit
from workflows import doors, official_register, parties, people, rooms, second_yes
from workflows.accounts import account_lines
from workflows.calendar import day_of
from workflows.people import Found
from workflows.register import Change, Member, Register
from workflows.rules import Rules
from workflows.second_yes import GUARDED


def found(unit: Unit, trust: str, register: Register, demo: bool) -> None:
    """The first apply: the trust itself."""
    unit.add(
        Trust(
            id=trust,
            name=register.trust,
            pack=register.pack,
            demo=demo,
            outside=dict(register.outside),
            review_on=register.review_on,
        )
    )


def apply(unit: Unit, rules: Rules, register: Register, accounts: Found, founding: bool) -> list[Change]:
    """Bring people, roles, absences and accounts in line with the file; returns what changed, line by line.

    ``accounts`` are the chat accounts found by e-mail address.  Removals and absences hold at once; after the
    founding, an appointment to a guarded role waits for the yes of another holder.
    """
    changes = [*trust_lines(unit, register)]
    schools = {row.key: row for row in school_rows(unit, register)}
    for member in register.members:
        person = kept_person(unit, member, schools)
        before = reached_at(unit, person)
        changes += account_lines(unit, person, member, accounts)
        if before:
            announce(unit, rules, person, before)
        changes += role_lines(unit, person, member, schools, founding)
        changes += absence_lines(unit, person, member)
    changes += gone_lines(unit, {member.key for member in register.members})
    # Last: whoever has just lost an office has no say in who gets the next.
    changes += [] if founding else waiting_lines(unit, rules, register, schools)
    managers(unit, register)
    changes += rooms.set_up(unit, register, schools)
    changes += official_register.apply(unit, register, schools, accounts)
    unit.record(Event.PEOPLE_APPLIED, "", "", changes=len(changes))
    invite_the_chatless(unit, register)
    for case in unit.find(case_queries.open_cases()):
        parties.follow(unit, rules, case)
    return changes


def reached_at(unit: Unit, person: Person) -> list[Account]:
    return people.usable(unit.find(queries.accounts_of((person.id,))))


def announce(unit: Unit, rules: Rules, person: Person, before: list[Account]) -> None:
    """Somebody on the ladder may be told things elsewhere from now on: they hear it where they were, as do the others.

    Whoever owns the workspace can make an account in the chair's name, and whoever keeps the file can rewrite an
    address; neither may do so unnoticed.
    """
    known = {row.id for row in before}
    roles = {row.role for row in unit.find(queries.roles_of(person.id, unit.now))}
    if known.issuperset(row.id for row in reached_at(unit, person)) or not roles & {*rules.floor.ladder, *GUARDED}:
        return
    unit.promise("mail", person.id, unit.now, message="mail.readdressed", person=person.id, account=before[0].id)
    for other in unit.find(door_queries.beside(person.id, (*rules.floor.ladder, *GUARDED), unit.now)):
        unit.promise("mail", other, unit.now, message="mail.readdressed", person=person.id)


def trust_lines(unit: Unit, register: Register) -> Iterator[Change]:
    trust: Trust = unit.find(queries.trust())[0]
    trust.name, trust.pack, trust.review_on = register.trust, register.pack, register.review_on
    if trust.outside != dict(register.outside):
        trust.outside = dict(register.outside)
        yield Change("apply.outside")


def school_rows(unit: Unit, register: Register) -> Iterator[School]:
    known = {row.key: row for row in unit.find(queries.schools())}
    for key, name, phone in register.schools:
        row = known.get(key) or unit.add(School(id=unit.new_id(), key=key, name=name))
        row.name, row.phone = name, phone
        yield row


def kept_person(unit: Unit, member: Member, schools: Mapping[str, School]) -> Person:
    """Their row: by permanent id, else by e-mail for somebody met before, else new."""
    met: list[Person] = unit.find(queries.by_email(member.emails))
    # Somebody else in the file who had the address before stays who they are: a head's mailbox outlives the head.
    rows: list[Person] = unit.find(queries.by_key(member.key)) or [row for row in met if not row.key]
    person = rows[0] if rows else unit.add(Person(id=unit.new_id(), name=member.name))
    earlier = [person.name] if person.name and person.name != member.name else []
    person.also = list(dict.fromkeys([*person.also, *member.also, *earlier]))
    if not person.staff:
        person.leaves = None  # whoever once went off the list of staff is back, in an office
    person.key, person.name, person.phone = member.key, member.name, member.phone
    where = member.school or next((school for _, school in member.roles if school), "")
    person.school = schools[where].id if where in schools else ""
    return person


def role_lines(
    unit: Unit, person: Person, member: Member, schools: Mapping[str, School], founding: bool
) -> Iterator[Change]:
    held: list[RoleHeld] = unit.find(queries.roles_of(person.id, unit.now))
    wanted = [(role, schools[key].id if key else "") for role, key in member.roles]
    for row in held:
        if (row.role, row.school) not in wanted:
            row.until = unit.now
            unit.record(Event.ROLE_ENDED, "", "", person=person.id, role=row.role)
            yield Change("apply.role_ended", {"who": person.name, "role": row.role})
    for position, (role, school) in enumerate(wanted):
        if (role, school) in {(row.role, row.school) for row in held}:
            continue
        if role in GUARDED and not founding:
            continue
        order = len([row for row in unit.find(queries.roles_at(school, unit.now)) if row.role == role]) + position
        unit.add(RoleHeld(id=unit.new_id(), school=school, person=person.id, role=role, position=order, since=unit.now))
        unit.record(Event.ROLE_APPOINTED, "", "", person=person.id, role=role)
        yield Change("apply.role", {"who": person.name, "role": role})


def waiting_lines(unit: Unit, rules: Rules, register: Register, schools: Mapping[str, School]) -> Iterator[Change]:
    """The guarded offices that the file gives to somebody: each waits for a yes, those it no longer gives do not."""
    by_key = {row.key: row for row in unit.find(queries.everybody()) if row.key}
    wanted = [
        second_yes.Office(by_key[member.key].id, role, schools[key].id if key else "")
        for member in register.members
        for role, key in member.roles
        if role in GUARDED
    ]
    yield from second_yes.withdraw(unit, wanted)
    for office in wanted:
        yield from second_yes.ask(unit, rules, office)


def absence_lines(unit: Unit, person: Person, member: Member) -> Iterator[Change]:
    found: list[Absence] = unit.find(queries.absences_of(person.id))
    rows = [row for row in found if not row.said_by]  # what they said themselves is theirs to change
    today = day_of(unit.now)
    for row in rows:
        if row.last and (row.first, row.last) not in member.away and row.last >= today:
            row.last = today - timedelta(days=1)  # they are back, whatever was planned
            unit.record(Event.ABSENCE_ENDED, "", "", person=person.id)
            yield Change("apply.back", {"who": person.name})
    known = {(row.first, row.last) for row in rows}
    for first, last in member.away:
        if (first, last) not in known:
            unit.add(Absence(id=unit.new_id(), person=person.id, first=first, last=last))
            unit.record(Event.ABSENCE_SET, "", "", person=person.id)
            yield Change("apply.away", {"who": person.name, "first": str(first), "last": str(last)})


def gone_lines(unit: Unit, keys: set[str]) -> Iterator[Change]:
    """Somebody who is no longer in the file holds no role any more."""
    people_now = {row.id: row for row in unit.find(queries.everybody()) if row.key and row.key not in keys}
    for row in unit.find(queries.roles_now(unit.now)):
        if row.person in people_now:
            row.until = unit.now
            unit.record(Event.ROLE_ENDED, "", "", person=row.person, role=row.role)
            yield Change("apply.role_ended", {"who": people_now[row.person].name, "role": row.role})


def managers(unit: Unit, register: Register) -> None:
    by_key = {row.key: row for row in unit.find(queries.everybody()) if row.key}
    for member in register.members:
        if member.line_manager in by_key:
            by_key[member.key].line_manager = by_key[member.line_manager].id


def invite_the_chatless(unit: Unit, register: Register) -> None:
    """Role-holders who are reached by e-mail only are asked, once, to set a passphrase."""
    by_key = {row.key: row for row in unit.find(queries.everybody()) if row.key}
    for member in register.members:
        if unit.find(queries.roles_of(by_key[member.key].id, unit.now)):
            doors.invite_once(unit, by_key[member.key].id)


def holders_missing(rules: Rules, register: Register) -> Sequence[str]:
    """The roles that the pack names and nobody holds: their places fall to the floor."""
    held = {role for member in register.members for role, _ in member.roles}
    # Line managers come by a list of their own.
    silent = {*held, *rules.floor.held_by, rules.floor.offices.line_manager}
    return tuple(role for role in rules.pack.cast if role not in silent)
