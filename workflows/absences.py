"""Saying for oneself that one is away: until when, who stands in meanwhile, and being back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from storage.events import Event
from storage.models import Absence, Person, RoleHeld, School
from storage.queries import cases as case_queries
from storage.queries import people as queries
from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import casting, parties, people
from workflows.calendar import LONDON, day_of
from workflows.ladder import Found, above, holding
from workflows.matter import Facts, Matter
from workflows.people import Met, Who
from workflows.refusals import BadAnswers, Refused
from workflows.rules import Rules
from workflows.times import spoken_day

LONGEST = timedelta(days=731)
Said = tuple[str, Mapping[str, Any]]


def offered(unit: Unit, rules: Rules, subject: str, by: Who) -> Mapping[str, Any]:
    """What the form shows whoever holds a role.  Raises Refused("no_role") for anybody else."""
    met = holder(unit, by)
    return {"now": [*spans(unit, rules, met.person.id)], "values": {"from": str(day_of(unit.now))}}


def set_out(unit: Unit, rules: Rules, answers: Answers, by: Who) -> Message:
    """They are away from one day to another, both included, or until they say that they are back.

    It takes the place of what they said before.  Cases that wait for them go on to whoever stands in.
    Raises Refused("nobody_stands_in") where a report would then find nobody at the school.
    """
    person = holder(unit, by).person
    first, last = days(answers, day_of(unit.now))
    for day in (first, *beginnings(unit, first, last)):
        insist_on_somebody(unit, rules, person, day)
    for row in theirs(unit, person.id):
        if row.said_by and standing(row, day_of(unit.now)):
            row.back = day_of(unit.now)
    unit.add(Absence(id=unit.new_id(), person=person.id, first=first, last=last, said_by=person.id))
    span = {"first": str(first), "last": str(last or "")}
    unit.record(Event.ABSENCE_SET, "", person.id, person=person.id, **span)
    if first <= day_of(unit.now):
        pass_on(unit, rules, person.id)
    standing_in = tuple(in_words(unit, rules, person, first))
    return Message("office.away", values={**in_days(rules, first, last), "standing_in": standing_in})


def back(unit: Unit, rules: Rules, subject: str, by: Who) -> Message:
    """They are back, or will not be away after all; what has gone to somebody else meanwhile stays there."""
    person, today = holder(unit, by).person, day_of(unit.now)
    for row in theirs(unit, person.id):
        if standing(row, today) and (row.said_by or row.first <= today):
            row.back = today
            unit.record(Event.ABSENCE_ENDED, "", person.id, person=person.id)
    return Message("office.back")


def begin(unit: Unit, rules: Rules) -> None:
    """Those whose absence begins today are not waited for any more: run once a day."""
    holders = {row.person for row in unit.find(queries.roles_now(unit.now))}
    for person in sorted(people.away(unit, holders, unit.now)):
        pass_on(unit, rules, person)


def home(unit: Unit, rules: Rules, met: Met | None) -> Iterator[Said]:
    """App Home's line about it, for those who hold a role."""
    if met is None or not met.confirmed or not unit.find(queries.roles_of(met.person.id, unit.now)):
        return
    today = day_of(unit.now)
    rows = [row for row in theirs(unit, met.person.id) if standing(row, today)]
    for row in rows[:1]:
        yield "home.away" if row.first <= today else "home.planned", in_days(rules, row.first, row.last)
    if not rows:
        yield "home.present", {}


def holder(unit: Unit, by: Who) -> Met:
    """Whoever holds a role, from an account that is known to be theirs: nobody else may send a chair on holiday."""
    met = people.known(unit, by)
    if met is None or not met.confirmed or not unit.find(queries.roles_of(met.person.id, unit.now)):
        raise Refused("no_role")
    return met


def days(answers: Answers, today: date) -> tuple[date, date | None]:
    first, last = day_in(answers, "from") or today, day_in(answers, "until")
    if not today <= first <= today + LONGEST:
        raise BadAnswers({"from": "away_from"})
    if last and not first <= last <= first + LONGEST:
        raise BadAnswers({"until": "away_until"})
    return first, last


def day_in(answers: Answers, field: str) -> date | None:
    try:
        return date.fromisoformat(str(answers[field])) if answers.get(field) else None
    except ValueError:
        raise BadAnswers({field: "away_from"}) from None


def theirs(unit: Unit, person: str) -> list[Absence]:
    return unit.find(queries.absences_of(person))


def standing(row: Absence, today: date) -> bool:
    """Whether it covers today or a day to come."""
    return (row.last is None or row.last >= today) and (row.back is None or row.back > today)


def beginnings(unit: Unit, first: date, last: date | None) -> list[date]:
    """The days in the span on which somebody else goes away, too."""
    people_now = {row.person for row in unit.find(queries.roles_now(unit.now))}
    rows = [row for person in sorted(people_now) for row in theirs(unit, person)]
    return sorted({row.first for row in rows if row.first > first and (last is None or row.first <= last)})


def pass_on(unit: Unit, rules: Rules, person: str) -> None:
    for case in unit.find(case_queries.told_to(person)):
        if not case.acknowledged_at and case.state != "closed":
            parties.settle(unit, rules, case)


def insist_on_somebody(unit: Unit, rules: Rules, person: Person, day: date) -> None:
    offices = rules.floor.offices
    for role, school, found in stand_ins(unit, rules, person, day):
        if found is None and role in (offices.head, offices.child, offices.chair):
            raise Refused("nobody_stands_in", role=rules.words.sentence(f"role.{role}"), school=school.name)


def in_words(unit: Unit, rules: Rules, person: Person, day: date) -> Iterator[tuple[str, str]]:
    """A role of theirs, and who is asked in their place."""
    several = len(unit.find(queries.schools())) > 1
    for role, school, found in stand_ins(unit, rules, person, day):
        word = rules.words.sentence(f"role.{role}")
        place = rules.words.sentence("words.role_at", {"role": word, "school": school.name}) if several else word
        yield place[:1].upper() + place[1:], called(unit, rules, found)


def called(unit: Unit, rules: Rules, found: Found | None) -> str:
    if found is None:
        return rules.words.sentence("words.outside_school")
    names = ", ".join(unit.get(Person, each).name for each in found.people)
    return rules.words.sentence("words.in_role", {"who": names, "role": rules.words.sentence(f"role.{found.role}")})


def stand_ins(unit: Unit, rules: Rules, person: Person, day: date) -> Iterator[tuple[str, School, Found | None]]:
    """Each place of theirs to which reports are led, and who fills it on that day: another holder, the deputy, else
    the next on the ladder.
    """
    schools: list[School] = unit.find(queries.schools())
    for row, school in places(unit.find(queries.roles_of(person.id, unit.now)), schools):
        cast = casting.cast(unit, school.id)
        everybody = {one for holders in cast.holders.values() for one in holders}
        at = datetime.combine(day, time(12), LONDON).astimezone(UTC)
        cast = replace(cast, absent=people.away(unit, everybody, at) | {person.id})
        matter = Matter(rules.pack, rules.floor, cast, Facts(report=""))
        if row.role in leading(matter):
            yield row.role, school, holding(matter, row.role) or next(above(matter, row.role), None)


def places(held: Sequence[RoleHeld], schools: Sequence[School]) -> Iterator[tuple[RoleHeld, School]]:
    for row in held:
        yield from ((row, school) for school in schools if row.school in ("", school.id))


def leading(matter: Matter) -> frozenset[str]:
    """The roles that some report is led by, at first or on its way up."""
    offices = matter.floor.offices
    led = {row.lead for row in matter.pack.routes if row.lead} | {
        role for row in matter.pack.routes for role in row.choice
    }
    return frozenset(map(matter.acting_as, led)) | {offices.child, *matter.floor.ladder}


def spans(unit: Unit, rules: Rules, person: str) -> Iterator[str]:
    today = day_of(unit.now)
    for row in theirs(unit, person):
        if standing(row, today):
            yield rules.words.sentence("words.span", in_days(rules, row.first, row.last))


def in_days(rules: Rules, first: date, last: date | None) -> dict[str, Any]:
    until = spoken_day(str(last)) if last else rules.words.sentence("words.until_back")
    return {"first": spoken_day(str(first)), "last": until}
