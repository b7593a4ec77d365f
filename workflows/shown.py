"""What somebody is shown after they did something: the words' name, with every value those words may use."""

from collections.abc import Mapping
from typing import Any

from storage.models import Case
from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import acts, describe, opened
from workflows.access import case_for
from workflows.people import CHAT, Who
from workflows.rules import Rules
from workflows.taken import Sent, resolved


def act(unit: Unit, rules: Rules, action: str, case_id: str, by: Who) -> Message:
    """Do what a button says, and answer with what is to be shown."""
    return filled(unit, rules, acts.PRESSED[action](unit, rules, case_id, by), by)


def write(unit: Unit, rules: Rules, case_id: str, sent: Sent, by: Who) -> Message:
    """Keep what was written on a case, and answer with what is to be shown."""
    answers = {**sent.answers, **picked(unit, rules, sent, by)}
    return filled(unit, rules, acts.WRITTEN[sent.step](unit, rules, case_id, answers, by), by)


def picked(unit: Unit, rules: Rules, sent: Sent, by: Who) -> Answers:
    """Whom somebody picked in a chat, as persons; a page has nobody to pick from."""
    asked = [each.field for each in rules.words.steps[sent.step].questions if each.field.kind == "person"]
    chat = by.platform in CHAT
    return {each.id: resolved(unit, each, sent, by) if chat else "" for each in asked if sent.answers.get(each.id)}


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
