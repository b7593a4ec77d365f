"""What came back from those it was referred to: kept with its day and its sense, and the chase is over."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from storage.events import Event
from storage.models import Case
from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import chasing, decisions, working
from workflows.calendar import day_of
from workflows.people import Who
from workflows.refusals import BadAnswers, Refused
from workflows.rules import Rules
from workflows.times import spoken_day
from workflows.working import Writing

BOXES = ("referral", "heard_on", "sense", "heard_from", "heard", "again")
# Refused may be pressed for again, and undecided is chased again; either is for the lead to say.
SENSES = ("taken", "advice", "undecided", "refused")


def offered(unit: Unit, rules: Rules, case_id: str, by: Who) -> Mapping[str, Any]:
    """The referrals that may have been answered, the latest first."""
    case, _, _ = working.acting(unit, rules, "heard", case_id, by)
    made = list(working.written(unit, case, "referral"))
    if not made:
        raise Refused("not_referred")
    return {
        "referrals": [(each.id, decisions.capital(called(rules, each))) for each in reversed(made)],
        "senses": decisions.labels(rules, "sense", SENSES),
    }


def hear(unit: Unit, rules: Rules, case_id: str, answers: Answers, by: Who) -> Message:
    """Keep what was answered; a day to ask again is a promise, as the first one was."""
    case, _, met = working.acting(unit, rules, "heard", case_id, by)
    made = {each.id: each for each in working.written(unit, case, "referral")}
    given = {box: str(answers.get(box, "")).strip() for box in BOXES}
    if problems := dict(wrong(given, made, day_of(unit.now))):
        raise BadAnswers(problems)
    facts = {"referral": given["referral"], "on": given["heard_on"], "sense": given["sense"]}
    facts |= {"from": given["heard_from"], "said": given["heard"], "chase": given["again"]}
    working.keep_facts(unit, case, "heard", met.person.id, **facts)
    unit.record(Event.CASE_HEARD, case.id, met.person.id, sense=given["sense"])
    chasing.remind(unit, case, case.acknowledged_by)
    working.moved_on(unit, case, "heard")
    if given["sense"] == "refused":
        return Message("lead.not_taken", about=case.id)
    return Message("lead.case", about=case.id)


def wrong(given: Mapping[str, str], made: Mapping[str, Writing], today: date) -> Iterator[tuple[str, str]]:
    """It was heard after it was referred, and not after today."""
    if given["referral"] not in made:
        yield "referral", "option"
    if given["sense"] not in SENSES:
        yield "sense", "option"
    on = decisions.day(given["heard_on"])
    since = decisions.day(made[given["referral"]].facts["on"]) if given["referral"] in made else None
    if on is None or on > today or (since and on < since):
        yield "heard_on", "since_then"
    again = decisions.day(given["again"])
    if given["again"] and (again is None or not today < again <= today + decisions.LATEST):
        yield "again", "to_come"


def called(rules: Rules, referral: Writing) -> str:
    """A referral in a line: to whom, and on what day."""
    facts = referral.facts
    values = {"to": rules.words.sentence(f"referred.{facts['to']}"), "day": spoken_day(facts["on"])}
    return rules.words.sentence("referral.called", values)


def told(unit: Unit, rules: Rules, case: Case) -> Iterator[tuple[Writing, dict[str, str], str]]:
    """What was heard, as it is read on the opened case: what stands above each, and its words."""
    made = {each.id: each for each in working.written(unit, case, "referral")}
    for each in working.written(unit, case, "heard"):
        facts = each.facts
        values = {"referral": called(rules, made[facts["referral"]]), "day": spoken_day(facts["on"])}
        yield each, values, "\n".join(lines(rules, facts))


def lines(rules: Rules, facts: Mapping[str, str]) -> Iterator[str]:
    yield rules.words.sentence(f"sense.{facts['sense']}")
    known = {"from": facts["from"], "chase": facts["chase"] and spoken_day(facts["chase"])}
    yield from (rules.words.sentence(f"referral.{name}", {"value": value}) for name, value in known.items() if value)
    if facts["said"]:
        yield facts["said"]
