"""What those who are told do with a case: acknowledge it, note what was done, pass it on, close it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from storage.events import Event
from storage.models import Case
from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import access, cards, chasing, checklist, parties, refresher, settling, states
from workflows.access import case_for
from workflows.people import Met, Who
from workflows.refusals import Refused
from workflows.routing import Place
from workflows.rules import Rules
from workflows.working import acting, insist, keep_note, moved_on, own, tell_everybody


def open_case(unit: Unit, rules: Rules, case_id: str, by: Who) -> Message:
    """Show the case to somebody entitled to it, and record that they looked."""
    case, party, _ = case_for(unit, rules, case_id, by)
    if party.part == "support":
        return Message("lead.support", about=case.id)
    access.viewed(unit, rules, case_id, by)
    return Message("lead.case", about=case.id)


def acknowledge(unit: Unit, rules: Rules, case_id: str, by: Who) -> Message:
    """Take the case on.  One person does; everybody else's card says who."""
    case, party, met = case_for(unit, rules, case_id, by)
    if case.acknowledged_by == met.person.id:
        return Message("lead.mine", about=case.id)
    insist("acknowledge", unit, case, party.part)
    case.acknowledged_at, case.acknowledged_by = unit.now, met.person.id
    case.state = states.after("acknowledge", case.state)
    unit.record(Event.CASE_ACKNOWLEDGED, case.id, met.person.id, role=party.role)
    settling.acknowledged(unit, rules, case)
    chasing.remind(unit, case, met.person.id)
    tell_everybody(unit, case)
    return Message("lead.mine", about=case.id)


def note(unit: Unit, rules: Rules, case_id: str, text: str, by: Who) -> Message:
    """Keep what was done or decided; the first note means that the case is being worked."""
    case, _, met = acting(unit, rules, "note", case_id, by)
    keep_note(unit, case, "note", text, met.person.id)
    unit.record(Event.CASE_NOTED, case.id, met.person.id)
    moved_on(unit, case, "note")
    return Message("lead.case", about=case.id)


def to_close(unit: Unit, rules: Rules, case_id: str, by: Who) -> Mapping[str, Any]:
    """Whether the form asks if the case was a serious one: where the policy has a school learn from those."""
    case, _ = may_close(unit, rules, case_id, by)
    return {"learns": bool(refresher.asked_about(rules)) and not case.practice}


def close(unit: Unit, rules: Rules, case_id: str, answers: Answers, by: Who) -> Message:
    """Close the case with the reason; whoever reported it is told that it is closed, not why."""
    case, met = may_close(unit, rules, case_id, by)
    keep_note(unit, case, "reason", str(answers.get("reason", "")), met.person.id)
    if answers.get("serious") == "yes":
        refresher.begin(unit, rules, case, met.person.id)
    unit.record(Event.CASE_CLOSED, case.id, met.person.id)
    moved_on(unit, case, "close")
    return Message("lead.closed", about=case.id)


def may_close(unit: Unit, rules: Rules, case_id: str, by: Who) -> tuple[Case, Met]:
    """The case, for somebody who may close it: not before everything that must be done is."""
    case, _, met = acting(unit, rules, "close", case_id, by)
    if checklist.holds_open(unit, rules, case):
        raise Refused("must_first")
    return case, met


def reopen(unit: Unit, rules: Rules, case_id: str, text: str, by: Who) -> Message:
    """Take up again what was closed, with the reason: whoever does has it in hand, and the reporter sees that."""
    case, _, met = acting(unit, rules, "reopen", case_id, by)
    keep_note(unit, case, "reopened", text, met.person.id)
    unit.record(Event.CASE_REOPENED, case.id, met.person.id)
    case.acknowledged_at, case.acknowledged_by = unit.now, met.person.id
    chasing.remind(unit, case, met.person.id)
    parties.settle(unit, rules, case)
    moved_on(unit, case, "reopen")
    return Message("lead.case", about=case.id)


def recuse(unit: Unit, rules: Rules, case_id: str, by: Who) -> Message:
    """ "I should not have this": the case moves on and closes itself to them."""
    case, party, _ = acting(unit, rules, "recuse", case_id, by)
    parties.let_go(unit, rules, case, party, "recused")
    if not any(each.part == "lead" for each in parties.told(unit, case)) and not case.acknowledged_at:
        parties.climb(unit, rules, case, "recused")
        cards.owe_receipt(unit, case)
    return Message("lead.moved", about=case.id)


def add(unit: Unit, rules: Rules, case_id: str, text: str, by: Who) -> Message:
    """The reporter adds something: what was sent first stays as it is."""
    case = own(unit, case_id, by)
    keep_note(unit, case, "added", text, case.reporter)
    unit.record(Event.REPORT_ADDED, case.id, case.reporter)
    for party in parties.told(unit, case):
        if party.part in access.READS:
            cards.say(unit, case, party.person, "lead.added")
    return Message("reporter.added", about=case.id)


def tell(unit: Unit, rules: Rules, case_id: str, by: Who) -> Message:
    """The reporter takes up the offer of a policy that told nobody: the report goes where the offer leads."""
    case = own(unit, case_id, by)
    route, found, _ = parties.route_now(unit, rules, case)
    offers = [step.offers for step in route.steps if step.offers]
    if not offers or parties.ever_told(unit, case) or not states.may("tell", case.state, "reporter"):
        raise Refused("not_yours")
    case.picked = offers
    opened = parties.open_route(unit, rules, case, replace(found, picked=tuple(offers)))
    unit.record(Event.CASE_TOLD, case.id, case.reporter, role=opened.recipients[0].role)
    cards.owe_receipt(unit, case)
    return Message("reporter.receipt", about=case.id)


def escalate(unit: Unit, rules: Rules, case_id: str) -> None:
    """Nobody has acknowledged in time: the next person up the ladder is told, and so is the reporter.

    Does nothing where somebody has, or where a later promise has taken this one's place.
    """
    case: Case = unit.get(Case, case_id)
    if case.acknowledged_at or case.state == "closed" or (case.due_at and case.due_at > unit.now):
        return
    parties.settle(unit, rules, case)
    if case.due_at and case.due_at > unit.now:
        return
    follow_up(unit, rules, case, parties.climb(unit, rules, case, "escalated"))


def follow_up(unit: Unit, rules: Rules, case: Case, place: Place | None) -> None:
    """After a rung the reporter hears whom to phone; where there was none left, they have heard that already."""
    if place is None:
        return
    cards.warn(unit, case)
    cards.owe_receipt(unit, case)
    cards.say(unit, case, case.reporter, "reporter.late")


def may_write(unit: Unit, rules: Rules, step: str, case_id: str, by: Who) -> None:
    """Refuse, before they have typed anything, somebody who may not write this on a case."""
    if states.TABLE[step].parts == states.REPORTER:
        own(unit, case_id, by)
    elif step == "close":
        may_close(unit, rules, case_id, by)
    else:
        acting(unit, rules, step, case_id, by)
