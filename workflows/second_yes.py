"""Nobody is made safeguarding lead, head or chair by the file alone: another holder of these three must say yes."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from storage import promises
from storage.events import Event
from storage.models import Account, Appointment, Person, RoleHeld, School
from storage.promises import Claim
from storage.queries import appointments as queries
from storage.queries import cases as case_queries
from storage.queries import people as people_queries
from storage.unit import Unit
from templates.shapes import Message
from workflows import doors, parties, people
from workflows.people import Met, Who
from workflows.refusals import Refused
from workflows.register import Change
from workflows.rules import Rules
from workflows.times import spoken

GUARDED = ("dsl", "headteacher", "chair_of_governors")
HOLDS = timedelta(days=7)
# The card that asks; it is edited as soon as there is an answer.
SLOT = "office"
ENDS = {
    "yes": Event.APPOINTMENT_AGREED,
    "no": Event.APPOINTMENT_DECLINED,
    "lapsed": Event.APPOINTMENT_LAPSED,
    "withdrawn": Event.APPOINTMENT_WITHDRAWN,
}


@dataclass(frozen=True)
class Office:
    """A guarded role for somebody at a school ("" for the whole trust), by their ids."""

    person: str
    role: str
    school: str


def office_of(row: Appointment | RoleHeld) -> Office:
    return Office(row.person, row.role, row.school)


def ask(unit: Unit, rules: Rules, office: Office) -> Iterator[Change]:
    """Ask those who may say yes, each once; it lapses by itself after seven days."""
    held = {office_of(row) for row in unit.find(people_queries.roles_of(office.person, unit.now))}
    if office in held:
        return
    found = next((row for row in unit.find(queries.waiting()) if office_of(row) == office), None)
    row = found or made(unit, office)
    asked = who_may(unit, rules, row)
    for person in asked:
        once = f"{SLOT} {row.id} {person}"
        unit.promise(SLOT, person, unit.now, once=once, appointment=row.id, slot=SLOT)
    values = {**in_words(unit, rules, row), "role": row.role}
    yield Change(f"apply.role_{'waits' if asked else 'stuck'}", values, waits=True)


def made(unit: Unit, office: Office) -> Appointment:
    row = Appointment(
        id=unit.new_id(),
        school=office.school,
        person=office.person,
        role=office.role,
        asked_at=unit.now,
        lapses_at=unit.now + HOLDS,
    )
    unit.record(Event.APPOINTMENT_ASKED, "", "", appointment=row.id, person=row.person, role=row.role)
    unit.promise("lapse", "", row.lapses_at, appointment=row.id)
    return unit.add(row)


def withdraw(unit: Unit, wanted: Collection[Office]) -> Iterator[Change]:
    """What the file no longer wants, nobody is asked about any more."""
    for row in unit.find(queries.waiting()):
        if office_of(row) not in wanted:
            end(unit, row, "withdrawn", "")
            yield Change("apply.role_withdrawn", {"who": unit.get(Person, row.person).name, "role": row.role})


def who_may(unit: Unit, rules: Rules, row: Appointment) -> list[str]:
    """Who may say yes now: the other reachable holders of the three at that school, else those of the trust's others.

    Never whoever is to be appointed, and never whoever runs the machine.
    """
    held: list[RoleHeld] = unit.find(people_queries.roles_now(unit.now))
    guarded = [each for each in held if each.role in GUARDED]
    barred = {row.person, *operators(unit, rules)} | people.unreachable(unit, {each.person for each in guarded})
    able = [each for each in guarded if each.person not in barred]
    here = [each for each in able if not row.school or each.school in ("", row.school)]
    return list(dict.fromkeys(each.person for each in here or able))


def operators(unit: Unit, rules: Rules) -> set[str]:
    return {each.id for each in unit.find(people_queries.by_email((rules.operator,)))} if rules.operator else set()


def agree(unit: Unit, rules: Rules, id: str, by: Who) -> Message:
    """Somebody says yes."""
    return answer(unit, rules, id, "yes", by)


def decline(unit: Unit, rules: Rules, id: str, by: Who) -> Message:
    """Somebody says no: it ends there, whoever else was asked."""
    return answer(unit, rules, id, "no", by)


def answer(unit: Unit, rules: Rules, id: str, said: str, by: Who) -> Message:
    """The first answer counts, and one that comes too late changes nothing."""
    row, met = asked_of(unit, rules, id, by)
    if row.state == "waiting" and unit.now >= row.lapses_at:
        lapsed(unit, row)
    if row.state == "waiting":
        end(unit, row, said, met.person.id)
        if said == "yes":
            take_office(unit, rules, row)
        else:
            tell_operator(unit, row, "operator.declined")
    return shown(unit, rules, row)


def look(unit: Unit, rules: Rules, id: str, by: Who) -> Message:
    """What is asked, or what came of it, for somebody who may answer."""
    return shown(unit, rules, asked_of(unit, rules, id, by)[0])


def asked_of(unit: Unit, rules: Rules, id: str, by: Who) -> tuple[Appointment, Met]:
    """The appointment, for somebody who may answer.  Refuses everybody else as if there were none."""
    met = people.known(unit, by)
    found: list[Appointment] = unit.find(queries.by_id(id))
    if met is None or not met.confirmed or not found or met.person.id not in who_may(unit, rules, found[0]):
        raise Refused("not_yours")
    return found[0], met


def take_office(unit: Unit, rules: Rules, row: Appointment) -> None:
    """From this moment on the role is theirs: they and every other holder hear of it, and open cases follow."""
    held: list[RoleHeld] = unit.find(people_queries.roles_now(unit.now))
    others = [each for each in held if each.role in GUARDED and each.school in ("", row.school)]
    order = len([each for each in others if each.role == row.role])
    unit.add(
        RoleHeld(id=unit.new_id(), school=row.school, person=row.person, role=row.role, position=order, since=unit.now)
    )
    unit.record(Event.ROLE_APPOINTED, "", row.answered_by, person=row.person, role=row.role)
    for person in {each.person for each in others} - {row.answered_by, row.person}:
        unit.promise(SLOT, person, unit.now, appointment=row.id, message="office.appointed")
    unit.promise(SLOT, row.person, unit.now, appointment=row.id, message="office.yours")
    doors.invite_once(unit, row.person)
    for case in unit.find(case_queries.open_cases()):
        if row.school in ("", case.school):
            parties.follow(unit, rules, case)


def lapse(unit: Unit, rules: Rules, claim: Claim) -> None:
    """Nobody has answered in time: it is as if it had never been asked."""
    row: Appointment = unit.get(Appointment, claim.ids["appointment"])
    if row.state == "waiting":
        lapsed(unit, row)
    promises.keep(unit, claim.id, claim.lease)


def lapsed(unit: Unit, row: Appointment) -> None:
    end(unit, row, "lapsed", "")
    tell_operator(unit, row, "operator.lapsed")


def end(unit: Unit, row: Appointment, state: str, by: str) -> None:
    """It is answered, or no longer asked: the cards that ask say so."""
    row.state, row.answered_by, row.answered_at = state, by, unit.now
    unit.record(ENDS[state], "", by, appointment=row.id, person=row.person, role=row.role)
    for person in unit.find(queries.shown_to(row.id)):
        unit.promise(SLOT, person, unit.now, appointment=row.id, slot=SLOT)


def tell_operator(unit: Unit, row: Appointment, message: str) -> None:
    unit.promise("alarm", "", unit.now, message=message, role=row.role, school=row.school)


def letter(unit: Unit, rules: Rules, claim: Claim) -> tuple[Account, str, Mapping[str, Any]] | None:
    """Where a word about an appointment goes now, its name and its values; none where it is no longer to be said."""
    row: Appointment = unit.get(Appointment, claim.ids["appointment"])
    account = people.address(unit, claim.to)
    if account is None or (row.state == "waiting" and claim.to not in who_may(unit, rules, row)):
        return None
    values = in_words(unit, rules, row)
    if row.state != "waiting" or account.platform != "mail":
        return account, claim.ids.get("message") or f"office.{row.state}", values
    if not rules.pages:
        return None
    return account, "mail.office", {**values, "link": f"{rules.pages}/p/l/{doors.office_link(unit, row.id, claim.to)}"}


def shown(unit: Unit, rules: Rules, row: Appointment) -> Message:
    return Message(f"office.{row.state}", values=in_words(unit, rules, row))


def in_words(unit: Unit, rules: Rules, row: Appointment) -> dict[str, Any]:
    """Who, which office, which school, since when, and who may answer until when."""
    schools: list[School] = unit.find(people_queries.schools())
    school = next((each.name for each in schools if each.id == row.school), "")
    may = [unit.get(Person, person).name for person in who_may(unit, rules, row)]
    return {
        "appointment": row.id,
        "who": unit.get(Person, row.person).name,
        "role": rules.words.sentence(f"role.{row.role}"),
        "school": school or ", ".join(each.name for each in schools),
        "asked": spoken(row.asked_at, unit.now),
        "until": spoken(row.lapses_at, unit.now),
        "whom": rules.words.sentence("words.or").join(may),
        "answered_by": unit.get(Person, row.answered_by).name if row.answered_by else "",
        "answered": spoken(row.answered_at, unit.now) if row.answered_at else "",
    }


def home(unit: Unit, rules: Rules, met: Met | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """App Home's line for each appointment that waits for this person's answer."""
    for row in unit.find(queries.waiting()) if met and met.confirmed else ():
        if met and met.person.id in who_may(unit, rules, row):
            yield "home.office", in_words(unit, rules, row)
