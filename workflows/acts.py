"""All that can be done to a case, a task or an office, by name: what a button does, and what a filled-in form does."""

from collections.abc import Callable, Mapping
from typing import Any

from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import (
    absences,
    adding,
    cases,
    certificates,
    checklist,
    decisions,
    exchange,
    handover,
    heard,
    involving,
    second_yes,
    sent_pictures,
    tasks,
)
from workflows.people import Who
from workflows.rules import Rules

Act = Callable[[Unit, Rules, str, Who], Message]
Write = Callable[[Unit, Rules, str, Answers, Who], Message]
Ask = Callable[[Unit, Rules, str, Who], Mapping[str, Any]]


def text(act: Callable[[Unit, Rules, str, str, Who], Message], box: str) -> Write:
    """Something that takes one text, from the box of a form that it is typed into."""

    def write(unit: Unit, rules: Rules, case_id: str, answers: Answers, by: Who) -> Message:
        return act(unit, rules, case_id, str(answers.get(box, "")), by)

    return write


def nothing_more(action: str) -> Ask:
    """A form that needs no words of the case's own: its values are none, for those who may fill it in."""

    def ask(unit: Unit, rules: Rules, case_id: str, by: Who) -> Mapping[str, Any]:
        cases.may_write(unit, rules, action, case_id, by)
        return {}

    return ask


PRESSED: Mapping[str, Act] = {
    "open": cases.open_case,
    "acknowledge": cases.acknowledge,
    "recuse": cases.recuse,
    "tell": cases.tell,
    adding.ACT: adding.offer,
    "duty_show": tasks.show,
    "duty_drill": tasks.drill,
    "duty_later": tasks.put_off,
    "duty_cannot": tasks.cannot,
    "duty_certificate": certificates.offer,
    "duty_certificates": certificates.look,
}
WRITTEN: Mapping[str, Write] = {
    "note": text(cases.note, "note"),
    "close": cases.close,
    "steps": checklist.tick,
    "involve": involving.involve,
    "decide": decisions.decide,
    "refer": decisions.refer,
    "heard": heard.hear,
    "ask": text(exchange.ask, "asked"),
    "answer": text(exchange.answer, "answered"),
    "reopen": text(cases.reopen, "reopened"),
    "handover": handover.hand_over,
    "add": text(cases.add, "added"),
    sent_pictures.ACT: sent_pictures.answer,
    "duty_done": tasks.finish,
}
# What a form asks about this case, for somebody who may fill it in: refused before they have typed anything.
ASKED: Mapping[str, Ask] = {
    **{each: nothing_more(each) for each in ("note", "reopen", "add")},
    "close": cases.to_close,
    "steps": checklist.offered,
    "involve": involving.offered,
    "decide": decisions.offered,
    "refer": decisions.to_refer,
    "heard": heard.offered,
    "ask": exchange.to_ask,
    "answer": exchange.to_answer,
    "handover": handover.offered,
    sent_pictures.ACT: sent_pictures.offered,
    "duty_done": tasks.to_finish,
}
# What is pressed about people rather than about a case.
OFFICES: Mapping[str, Act] = {
    "office": second_yes.look,
    "appoint": second_yes.agree,
    "decline": second_yes.decline,
    "back": absences.back,
}
ABOUT_ONESELF: Mapping[str, Ask] = {"away": absences.offered}
