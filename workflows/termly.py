"""When a term has ended: it is counted, and each reader is told once that its report is there, by a link of their own.

What is sent says only that there is a report.  The report itself is behind the link rather than in the message: it
holds figures only, but a page can still be closed to somebody who no longer holds the office, and a letter cannot.
"""

from datetime import date

from storage import promises
from storage.events import Event
from storage.models import School, TermFigures
from storage.promises import Claim
from storage.queries import figures as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows import describe, doors, nudges, people, summaries, terms
from workflows.calendar import closing, day_of, in_school_time, next_opening
from workflows.duties import year_in
from workflows.refusals import Refused
from workflows.rules import Rules
from workflows.schooldays import LONGEST_HOLIDAY, Schooldays
from workflows.summaries import TRUST, Period, Report
from workflows.tallies import GOVERNORS, TRUSTEES
from workflows.telling import Telling

COUNT, SUMMARY, PICTURE = "count", "summary", "picture"


def begin(unit: Unit, school_id: str) -> None:
    """A school's day begins: promise the count of the term that ended last, once for each term, where it is recent."""
    today = day_of(unit.now)
    over = tuple(summaries.ended(terms.of(unit, school_id), summaries.known_since(unit), today))
    if over and today - over[-1].last <= LONGEST_HOLIDAY:
        unit.promise(COUNT, "", unit.now, once=f"count {school_id} {over[-1].last}", school=school_id)


def count(unit: Unit, rules: Rules, claim: Claim) -> None:
    """Count what has ended at a school, and in the trust if it was the last one to end; promise each reader a word."""
    school = unit.get(School, claim.ids["school"])
    if report := summaries.of_school(unit, rules, school, Period(year=True)):
        promise(unit, report.terms[-1], GOVERNORS, school.id)
    if report := summaries.of_trust(unit, rules, describe.trust_of(unit).name, Period(year=True)):
        promise(unit, report.terms[-1], TRUSTEES, school.id)
    promises.keep(unit, claim.id, claim.lease)


def promise(unit: Unit, counted: TermFigures, roles: tuple[str, ...], school_id: str) -> None:
    """One message for each reader, spread over the morning of the school's day."""
    school = terms.of(unit, school_id)
    readers = sorted(unit.find(queries.holders(roles, counted.school or school_id, unit.now)))
    for person in readers:
        first = next_opening(unit.now + nudges.SETTLING, school)
        due = nudges.moment(person, first, closing(day_of(first), school) - nudges.LATEST, len(readers))
        once = f"{SUMMARY} {counted.id} {person}"
        unit.promise(SUMMARY, person, due, once=once, counted=counted.id, school=school_id)


def telling(unit: Unit, rules: Rules, claim: Claim) -> Telling | None:
    """The word that a report is there; outside school time it waits for the next morning."""
    school, counted = terms.of(unit, claim.ids["school"]), unit.get(TermFigures, claim.ids["counted"])
    account = people.address(unit, claim.to)
    if account is None or not entitled(unit, counted, claim.to):
        return None
    if not in_school_time(unit.now, school):
        unit.promise(SUMMARY, claim.to, next_opening(unit.now, school), **claim.ids)
        return None
    link = f"{rules.pages}/p/r/{doors.report_link(unit, counted.id, claim.to)}" if rules.pages else ""
    values = {"school": name_of(unit, counted), "term": counted.name, "year": ends_year(school, counted), "link": link}
    name = "mail.figures" if account.platform == "mail" else "figures.ready"
    return Telling(claim.to, account.platform, account.address, name, account.id, values)


def sent(unit: Unit, claim: Claim, told: Telling, channel: str, stamp: str) -> None:
    """The platform took it: that is on the record, and in a chat the picture follows."""
    counted = unit.get(TermFigures, claim.ids["counted"])
    which = [f"{counted.year}/{counted.term}"]
    unit.record(Event.REPORT_MADE, "", told.person, what="told", school=counted.school, terms=which)
    if promises.keep(unit, claim.id, claim.lease) and told.platform in people.CHAT:
        where = {"platform": told.platform, "channel": channel, "stamp": stamp}
        once = f"{PICTURE} {counted.id} {told.person}"
        unit.promise(PICTURE, told.person, unit.now, once=once, counted=counted.id, **where)


def opened(unit: Unit, rules: Rules, token: str, year: bool) -> Report:
    """What a link shows to whoever it was made for, as long as they hold an office that it is for.

    Raises Refused("link") or Refused("not_yours").
    """
    id, person = doors.report_for(unit, token)
    counted = unit.get(TermFigures, id)
    if not entitled(unit, counted, person):
        raise Refused("not_yours")
    found = report_of(unit, rules, counted, year=year)
    if found is None:
        raise Refused("link")
    return found


def of_reader(unit: Unit, rules: Rules, counted_id: str, person: str) -> Report | None:
    """The report of one term, for somebody who holds an office that it is for at this moment."""
    counted = unit.get(TermFigures, counted_id)
    return report_of(unit, rules, counted, year=False) if entitled(unit, counted, person) else None


def report_of(unit: Unit, rules: Rules, counted: TermFigures, *, year: bool) -> Report | None:
    first = date(counted.year, 8, 1) if year else counted.last
    period = Period(first=first, last=counted.last)
    if counted.school == TRUST:
        return summaries.of_trust(unit, rules, describe.trust_of(unit).name, period)
    return summaries.of_school(unit, rules, unit.get(School, counted.school), period)


def taken(unit: Unit, rules: Rules, token: str, year: bool) -> Report:
    """The same, taken away as a file: that is recorded."""
    found = opened(unit, rules, token, year)
    summaries.made(unit, found, doors.report_for(unit, token)[1])
    return found


def entitled(unit: Unit, counted: TermFigures, person: str) -> bool:
    """Whether somebody holds an office that this report is for, at this moment."""
    schools: list[School] = unit.find(people_queries.schools())
    here = [counted.school] if counted.school else [school.id for school in schools]
    roles = GOVERNORS if counted.school else TRUSTEES
    return any(person in unit.find(queries.holders(roles, school, unit.now)) for school in here)


def name_of(unit: Unit, counted: TermFigures) -> str:
    return unit.get(School, counted.school).name if counted.school else describe.trust_of(unit).name


def ends_year(school: Schooldays, counted: TermFigures) -> bool:
    """Whether no later term of its school year is known."""
    later = [term for term in school.terms if term.first > counted.last]
    return not any(year_in(term.first) == counted.year for term in later)
