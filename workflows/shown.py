"""What somebody is shown after they did something: the words' name, with every value those words may use."""

from collections.abc import Mapping
from typing import Any

from storage.models import Case
from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import acts, describe, opened
from workflows.access import case_for
from workflows.people import Who
from workflows.rules import Rules


def act(unit: Unit, rules: Rules, action: str, case_id: str, by: Who) -> Message:
    """Do what a button says, and answer with what is to be shown."""
    return filled(unit, rules, acts.PRESSED[action](unit, rules, case_id, by), by)


def write(unit: Unit, rules: Rules, case_id: str, written: tuple[str, Answers], by: Who) -> Message:
    """Keep what was written on a case, and answer with what is to be shown."""
    step, answers = written
    return filled(unit, rules, acts.WRITTEN[step](unit, rules, case_id, answers, by), by)


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
