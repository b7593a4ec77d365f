"""What can be said about a case to somebody: values for the words, access already checked.

A recipient's card and a reporter's receipt are decided here from how things stand, so that a promise to say
something never says what has stopped being true.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from storage.models import Case, Evidence, Party, Person, School, Trust
from storage.queries import cases as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from templates.shapes import Message, Pairs
from workflows import access, evidence, owing, parties, routing
from workflows.access import part_in
from workflows.involved import people
from workflows.people import Met
from workflows.refusals import Refused
from workflows.rules import Rules
from workflows.times import spoken

# App Home shows this many of one's own reports, the latest first.
MOST_REPORTS = 20
# Above so many cases the way to make a report would have to be looked for.
FEW = 3


def card_for(unit: Unit, rules: Rules, case: Case, person: str) -> Message:
    """What somebody's card about a case should say now."""
    party = part_in(unit, rules, case, person)
    if party is None:
        return Message("lead.moved")
    if party.part == "support":
        return Message("lead.support_asked", about=case.id)
    if case.state == "closed":
        return Message("lead.closed", about=case.id)
    if case.acknowledged_by:
        return Message("lead.mine" if case.acknowledged_by == person else "lead.taken", about=case.id)
    if party.part == "informed":
        return Message("lead.informed", about=case.id)
    return Message(f"lead.{asked(unit, case, party)}", about=case.id)


def asked(unit: Unit, case: Case, party: Party) -> str:
    """Whether a lead is asked first, by the lead before, because nobody answered, or waited for in vain."""
    later = [each for each in parties.told(unit, case) if each.part == "lead" and each.since > party.since]
    if later:
        return "waiting"
    if party.why == parties.HANDED:
        return "given"
    return "new" if party.since == case.opened_at else "reminder"


def receipt_for(unit: Unit, case: Case) -> Message:
    """What the reporter's receipt should say now, as a message."""
    return Message(f"reporter.{case.state}" if followed(unit, case) else "reporter.no_step", about=case.id)


def receipt(unit: Unit, rules: Rules, case_id: str) -> tuple[Message, Mapping[str, Any]]:
    """The receipt as the last page of the form, with its values."""
    case: Case = unit.get(Case, case_id)
    name = "reporter.receipt" if followed(unit, case) else "reporter.no_step"
    return Message(name, about=case.id), neutral(unit, rules, case)


def followed(unit: Unit, case: Case) -> bool:
    """Whether anybody was told or should have been; a policy may ask for no further step."""
    return bool(case.outside or unit.find(queries.parties(case.id)))


def neutral(unit: Unit, rules: Rules, case: Case) -> dict[str, Any]:
    """Values that carry no story: references, states, times, numbers to phone."""
    pictures: list[Evidence] = unit.find(queries.evidence(case.id))
    school: School = unit.get(School, case.school)
    return {
        "case_id": case.id,
        "reference": case.reference,
        "state": rules.words.sentence(f"state.{case.state}"),
        "urgency": rules.words.sentence(f"urgency.{case.klass}"),
        "urgent": case.klass == "now",
        "by_when": spoken(case.due_at, unit.now) if case.due_at and not case.acknowledged_at else "",
        "sent": spoken(case.opened_at, unit.now),
        "who": unit.get(Person, case.acknowledged_by).name if case.acknowledged_by else "",
        "school": school.name,
        # Said only where there are several.
        "which_school": school.name if len(unit.find(people_queries.schools())) > 1 else "",
        "phones": phones(unit, rules, case, school),
        "contacts": outside(unit, rules),
        "proof": case.proof,
        "advice": rules.reports[case.report].advice,
        "screenshots": len(pictures),
        "missing": sum(row.state == "failed" for row in pictures),
        "outside": bool(case.outside) and not case.practice,
        "alone": alone(unit, case),
        "takes_pictures": takes_pictures(rules, case),
        "family": "family" in case.flags,
        "above": above(unit, rules, case) if case.state == "closed" else "",
        "practice": case.practice,
    }


def takes_pictures(rules: Rules, case: Case) -> bool:
    """Whether its reporter is offered to add screenshots: of what they describe, as the form for it does."""
    asked = any(rules.reports[each].files for each in (case.report, case.reported) if each)
    return bool(rules.pages) and asked and not evidence.never(case)


def above(unit: Unit, rules: Rules, case: Case) -> str:
    """To whom the reporter may say that they are unhappy with how it was dealt with: an office, and its number.

    Never somebody it is about, who led on it or who left it; nobody for a reporter whom it may be about.
    """
    _, found, cast = parties.route_now(unit, rules, case)
    if case.reporter in parties.shut_out(unit, rules, case):
        return ""
    rows: list[Party] = unit.find(queries.parties(case.id))
    passed = {each.person for each in rows if each.part == "lead" or each.until} | {case.reporter, case.acknowledged_by}
    after = routing.rungs_after(rules.pack, rules.floor, cast, found, frozenset(passed | found.harmed_persons))
    rungs = [each for each in after if each.role in rules.floor.ladder]  # a deputy works for whoever dealt with it
    if not rungs:
        return ""
    role, phone = rules.words.sentence(f"role.{rungs[0].role}"), unit.get(Person, rungs[0].person).phone
    return rules.words.sentence("words.office", {"role": role, "phone": phone}) if phone else role


def outside(unit: Unit, rules: Rules) -> Pairs:
    """The numbers outside the school that stand on every form and receipt."""
    return rules.words.contacts(trust_of(unit).outside)


def phones(unit: Unit, rules: Rules, case: Case, school: School) -> Pairs:
    """Whom to phone in the school meanwhile: those the case is with, and the school itself."""
    found = []
    for party in parties.told(unit, case):
        person = unit.get(Person, party.person)
        if person.phone and party.part == "lead" and person.id != case.reporter:
            found.append((rules.words.sentence(f"role.{party.role}").capitalize(), person.phone))
    if school.phone:
        found.append((rules.words.sentence("words.school_phone"), school.phone))
    return tuple(found)


def alone(unit: Unit, case: Case) -> bool:
    """Whether nobody is told besides a lead who sent the report or was harmed (floor rule 5)."""
    told = {party.person for party in parties.told(unit, case)}
    harmed = set(people(unit.find(queries.involved(case.id)), "harmed"))
    return bool(told) and told <= {case.reporter} | harmed


def home(unit: Unit, rules: Rules, met: Met | None) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """My reports with their state, and the cases I may see: messages' names with their values."""
    welcome = ("home.welcome", {"contacts": outside(unit, rules)})
    if met is None:
        return (welcome, ("home.empty", {}))
    reported: list[Case] = unit.find(queries.reported_by(met.person.id)) if met.theirs else []
    theirs, tried = (
        [("home.report", neutral(unit, rules, case)) for case in each[:MOST_REPORTS]] for each in apart(reported)
    )
    with_me = access.mine(unit, rules, met.person.id) if met.confirmed else ()
    cases, practised = ([*with_them(unit, rules, met, each)] for each in apart(with_me))
    headed = [("home.cases", {"many": len(cases) > FEW}), *cases] if cases else []
    after: list[tuple[str, Mapping[str, Any]]] = [("home.reports", {}), *theirs] if theirs else []
    owed = [*owing.at_home(unit, rules, met)]
    if not (cases or owed or after):
        after = [("home.empty", {})]
    last = [("home.practice", {}), *practised, *tried] if practised or tried else []
    # What waits for somebody stands above what they may do, and practice below what is real.
    return (*headed, welcome, *owed, *after, *last)


def apart(found: Sequence[Case]) -> tuple[list[Case], list[Case]]:
    """The real ones, and those for practice."""
    return [case for case in found if not case.practice], [case for case in found if case.practice]


def with_them(unit: Unit, rules: Rules, met: Met, found: Sequence[Case]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Cases that somebody may see, a line each."""
    for case in found:
        party = part_in(unit, rules, case, met.person.id)
        may = bool(party and party.part == "lead" and not case.acknowledged_at and case.state != "closed")
        yield "home.case", {**neutral(unit, rules, case), "may_acknowledge": may}


def supported(unit: Unit, rules: Rules, case: Case, by: Person) -> Mapping[str, Any]:
    """What somebody asked to support a colleague is told: whom of those they manage, and who leads."""
    from_form = [each for each in unit.find(queries.involved(case.id)) if each.part == "harmed" and each.person]
    leads: list[Party] = [party for party in parties.told(unit, case) if party.part == "lead"]
    harmed = [unit.get(Person, each.person) for each in from_form]
    theirs = [each for each in harmed if each.line_manager == by.id] or harmed
    if not theirs or not leads:
        raise Refused("not_yours")
    return {
        "harmed_name": ", ".join(each.name for each in theirs),
        "lead_name": unit.get(Person, leads[0].person).name,
        "contacts": outside(unit, rules),
        "practice": case.practice,
    }


def trust_of(unit: Unit) -> Trust:
    found: Trust = unit.find(people_queries.trust())[0]
    return found
