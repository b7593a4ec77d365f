"""Questions to whoever reported, and their answers: the reporter sees this exchange and nothing else of the case."""

from collections.abc import Iterator, Mapping
from typing import Any

from storage.events import Event
from storage.models import Case
from storage.unit import Unit
from templates.shapes import Message
from workflows import access, parties, people, states, working
from workflows.people import CHAT, Who
from workflows.refusals import Refused
from workflows.rules import Rules
from workflows.times import spoken

ASKED = "reporter.asked"
# The form in which the reporter answers shows this much of what was said before.
LATEST = 8


def can_be_asked(unit: Unit, rules: Rules, case: Case) -> bool:
    """Whether the reporter may learn what is asked: not where it turns out to be about them, or close to them."""
    account = people.own_address(unit, case.reporter)
    return bool(account and account.platform in CHAT) and case.reporter not in parties.shut_out(unit, rules, case)


def to_ask(unit: Unit, rules: Rules, case_id: str, by: Who) -> Mapping[str, Any]:
    """Refuse, before they have typed anything, somebody who cannot ask here."""
    case, _, _ = working.acting(unit, rules, "ask", case_id, by)
    if not can_be_asked(unit, rules, case):
        raise Refused("ask_in_person")
    return {}


def ask(unit: Unit, rules: Rules, case_id: str, text: str, by: Who) -> Message:
    """Keep a question, and tell the reporter that there is one; what it asks stands only in their form."""
    to_ask(unit, rules, case_id, by)
    case, _, met = working.acting(unit, rules, "ask", case_id, by)
    working.keep_note(unit, case, "asked", text, met.person.id)
    unit.record(Event.REPORTER_ASKED, case.id, met.person.id)
    unit.promise("say", case.reporter, unit.now, about=case.id, message=ASKED)
    working.moved_on(unit, case, "ask")
    return Message("lead.case", about=case.id)


def to_answer(unit: Unit, rules: Rules, case_id: str, by: Who) -> Mapping[str, Any]:
    """What was asked and answered so far, the latest last, for the reporter alone."""
    case = asked_of(unit, rules, case_id, by)
    return {"exchange": [*said(unit, rules, case)][-LATEST:]}


def answer(unit: Unit, rules: Rules, case_id: str, text: str, by: Who) -> Message:
    """Keep what the reporter answers, beside what was sent first; those who read the case hear that there is more."""
    case = asked_of(unit, rules, case_id, by)
    working.keep_note(unit, case, "answered", text, case.reporter)
    unit.record(Event.REPORT_ANSWERED, case.id, case.reporter)
    for party in parties.told(unit, case):
        if party.part in access.READS:
            unit.promise("say", party.person, unit.now, about=case.id, message="lead.added")
    return Message("reporter.added", about=case.id)


def asked_of(unit: Unit, rules: Rules, case_id: str, by: Who) -> Case:
    """The case, for its reporter, where there is a question to them that they may still learn of."""
    case = working.own(unit, case_id, by)
    asked = any(working.written(unit, case, "asked")) and states.may("answer", case.state, "reporter")
    if not asked or not can_be_asked(unit, rules, case):
        raise Refused("not_yours")
    return case


def said(unit: Unit, rules: Rules, case: Case) -> Iterator[str]:
    """The exchange, as the reporter reads it: nobody at the school is named to them."""
    for each in working.written(unit, case, "asked", "answered"):
        values = {"when": spoken(each.at, unit.now), "text": each.text}
        yield rules.words.sentence(f"exchange.{each.kind}", values)
