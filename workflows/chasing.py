"""What a lead is reminded of on a case: a LADO to be told within a working day, an answer to be chased.

A reminder says no more than that something is due.  It is a promise to one person, found still owed or not at the
moment it is kept; whoever takes the case on later is promised what is still to come.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from storage.models import Case
from storage.unit import Unit
from workflows import calendar, terms, working
from workflows.access import part_in
from workflows.rules import Rules
from workflows.schooldays import Schooldays, fixed
from workflows.working import Writing

MESSAGE = "lead.due"
LADO = "lado"
KINDS = ("decision", "referral", "heard")
# The reminder comes while there is still time that day.
AHEAD = timedelta(hours=2)


def lado_by(moment: datetime, school: Schooldays) -> datetime:
    """One working day after it was decided."""
    return calendar.after_school_time(moment, a_day(moment, school), school)


def due_at(writing: Writing, school: Schooldays) -> datetime | None:
    """When somebody is to be reminded of this, if ever."""
    facts = writing.facts
    if writing.kind == "decision":
        if facts["decision"] != LADO:
            return None
        return calendar.after_school_time(writing.at, a_day(writing.at, school) - AHEAD, school)
    if not facts["chase"]:
        return None
    return calendar.next_opening(calendar.opening(date.fromisoformat(facts["chase"]), school), school)


def a_day(moment: datetime, school: Schooldays) -> timedelta:
    """As long as school is open."""
    day = calendar.day_of(moment)
    return calendar.closing(day, school) - calendar.opening(day, school)


def remind(unit: Unit, case: Case, *people: str) -> None:
    """Promise these people whatever is still to come; what they were promised before is not promised twice."""
    for writing, due in owed(unit, case):
        for person in dict.fromkeys(people):
            once = f"due {writing.id} {person}"
            unit.promise("say", person, due, about=case.id, once=once, message=MESSAGE, item=writing.id)


def owed(unit: Unit, case: Case) -> Iterator[tuple[Writing, datetime]]:
    """What is still to be done, and when somebody is reminded of it: a LADO who was told is not to be told again."""
    written = [*working.written(unit, case, *KINDS)]
    office = terms.office(unit, case.school) if written else fixed()
    for each in written:
        due = due_at(each, office)
        if due and not done(each, written) and (each.kind == "decision" or due >= unit.now):
            yield each, max(due, unit.now)


def done(writing: Writing, written: list[Writing]) -> bool:
    """Whether the LADO was told since, or those it was referred to have answered (again)."""
    later = [each for each in written if (each.at, each.id) != (writing.at, writing.id) and each.at >= writing.at]
    if writing.kind == "decision":
        return any(each.kind == "referral" and each.facts["to"] == LADO for each in later)
    about = writing.facts.get("referral", writing.id)
    return any(each.kind == "heard" and each.facts["referral"] == about for each in later)


def still_due(unit: Unit, rules: Rules, case: Case, person: str, item: str) -> bool:
    """Whether this person is to be reminded of this now: nobody is once the case is closed, or the thing done."""
    party = part_in(unit, rules, case, person)
    if party is None or case.state == "closed":
        return False
    written = {each.id: each for each in working.written(unit, case, *KINDS)}
    theirs = party.part == "lead" or written[item].by == person
    return theirs and not done(written[item], list(written.values()))
