"""What somebody is shown after they did something: the words' name, with every value those words may use."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from storage.models import Case
from storage.queries import cases as queries
from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import acts, describe, opened, people
from workflows.access import case_for
from workflows.people import CHAT, Who
from workflows.refusals import Refused
from workflows.rules import Rules
from workflows.taken import Sent, resolved

NOT_YOURS = "refusals.not_yours"


def ask(unit: Unit, rules: Rules, action: str, case_id: str, by: Who) -> Mapping[str, Any]:
    """What a form about a case is filled with, for somebody who may fill it in."""
    with marking(unit, case_id):
        values = acts.ASKED[action](unit, rules, case_id, by)
    return {**values, "practice": practised(unit, case_id)}


@contextmanager
def marking(unit: Unit, case_id: str) -> Iterator[None]:
    """A refusal that speaks of a practice report says so; one that must not tell whether there is any, does not."""
    try:
        yield
    except Refused as no:
        if no.message.name != NOT_YOURS and practised(unit, case_id):
            no.message = replace(no.message, values={**no.message.values, "practice": True})
        raise


def practised(unit: Unit, id: str) -> bool:
    """Whether this is a practice report; what somebody has to do is none."""
    found: list[Case] = unit.find(queries.by_id(id))
    return bool(found) and found[0].practice


def act(unit: Unit, rules: Rules, action: str, case_id: str, by: Who) -> Message:
    """Do what a button says, and answer with what is to be shown."""
    people.spoke(unit, by)
    with marking(unit, case_id):
        return filled(unit, rules, said_kept(rules, acts.PRESSED[action](unit, rules, case_id, by), action), by)


def write(unit: Unit, rules: Rules, case_id: str, sent: Sent, by: Who) -> Message:
    """Keep what was written on a case, and answer with what is to be shown."""
    people.spoke(unit, by)
    answers = {**sent.answers, **picked(unit, rules, sent, by)}
    with marking(unit, case_id):
        return filled(
            unit, rules, said_kept(rules, acts.WRITTEN[sent.step](unit, rules, case_id, answers, by), sent.step), by
        )


def picked(unit: Unit, rules: Rules, sent: Sent, by: Who) -> Answers:
    """Whom somebody picked in a chat, as persons; a page has nobody to pick from."""
    asked = [each.field for each in rules.words.steps[sent.step].questions if each.field.kind == "person"]
    chat = by.platform in CHAT
    return {each.id: resolved(unit, each, sent, by) if chat else "" for each in asked if sent.answers.get(each.id)}


def said_kept(rules: Rules, message: Message, did: str) -> Message:
    """The opened case says what was just done to it; opening it is none."""
    if message.name != "lead.case":
        return message
    said = rules.words.sentence(f"kept.{did}") if did != "open" else ""
    return replace(message, values={**message.values, "did": said})


def filled(unit: Unit, rules: Rules, message: Message, by: Who) -> Message:
    """The message with its values, for somebody who has just been found entitled to it."""
    if not message.about:
        return message
    case: Case = unit.get(Case, message.about)
    return Message(message.name, case.id, {**values(unit, rules, case, message.name, by), **message.values})


def values(unit: Unit, rules: Rules, case: Case, name: str, by: Who) -> Mapping[str, Any]:
    if name == "lead.case":
        return opened.values(unit, rules, case, case_for(unit, rules, case.id, by)[1])
    if name == "lead.support":
        return describe.supported(unit, rules, case, case_for(unit, rules, case.id, by)[2].person)
    return describe.neutral(unit, rules, case)
