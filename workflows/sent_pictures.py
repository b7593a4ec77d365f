"""Pictures that somebody sent in a chat: none is fetched before they have said that it shows no child undressed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from storage import sealed
from storage.events import Event
from storage.models import Case
from storage.queries import cases as queries
from storage.unit import Unit
from templates.shapes import Answers, Message, Pairs
from workflows import access, adding, cards, evidence, parties, people, states
from workflows.people import Who
from workflows.refusals import BadAnswers, Refused
from workflows.rules import Rules

ACT = "sent_pictures"
# So many are held for one person and report, until they have answered.
MOST = 10


def open_to(unit: Unit, rules: Rules, by: Who) -> Pairs:
    """The reports that somebody may add a picture to, to pick one from: each one's id, and its reference."""
    met = people.known(unit, by)
    if met is None:
        return ()
    found: dict[str, str] = {}
    if met.theirs:
        yours = rules.words.sentence("words.your_report")
        own: list[Case] = unit.find(queries.reported_by(met.person.id))
        found |= {case.id: f"{case.reference}, {yours}" for case in own if states.may(ACT, case.state, "reporter")}
    for case in access.mine(unit, rules, met.person.id) if met.confirmed else ():
        party = access.part_in(unit, rules, case, met.person.id)
        if party and states.may(ACT, case.state, party.part):
            found.setdefault(case.id, case.reference)
    return tuple(found.items())


def hold(unit: Unit, rules: Rules, case_id: str, files: Sequence[Mapping[str, str]], by: Who) -> bool:
    """Remember what was sent until its sender has answered; each file stays where it is, under ``file``.

    False where nothing may ever come to this report: then those who must know hear that it is there.
    Raises Refused.
    """
    case, person = adding.entitled(unit, rules, case_id, by, ACT)
    if evidence.never(case):
        unit.record(Event.EVIDENCE_LEFT, case.id, "", count=len(files))
        left_there(unit, rules, case, f"{unit.now.isoformat()} {person}")
        return False
    held = waiting(unit, case, person)
    fresh = [dict(each) for each in files if dict(each) not in held]
    keep(unit, case, person, [*held, *fresh][:MOST])
    return True


def offered(unit: Unit, rules: Rules, case_id: str, by: Who) -> Mapping[str, Any]:
    """The question, for whoever has sent something.  Raises Refused."""
    case, person = adding.entitled(unit, rules, case_id, by, ACT)
    if not waiting(unit, case, person):
        raise Refused("expired")
    return {}


def answer(unit: Unit, rules: Rules, case_id: str, answers: Answers, by: Who) -> Message:
    """Whether what somebody sent may be fetched.  Raises BadAnswers where nothing was said, Refused."""
    case, person = adding.entitled(unit, rules, case_id, by, ACT)
    said, files = str(answers.get("pictures_sexual", "")), waiting(unit, case, person)
    if said not in ("yes", "no"):
        raise BadAnswers({"pictures_sexual": "option"})
    if not files:
        raise Refused("expired")
    keep(unit, case, person, [])
    if said == "yes" or evidence.never(case):
        unit.record(Event.EVIDENCE_HELD, case.id, person)
        unit.record(Event.EVIDENCE_LEFT, case.id, "", count=len(files))
        left_there(unit, rules, case, f"{unit.now.isoformat()} {person}", person)
        return Message("reporter.left_there", case.id)
    fetch(unit, case, person, files)
    return Message("reporter.fetching", case.id, {"chat": files[0]["platform"], "sent_pictures": len(files)})


def fetch(unit: Unit, case: Case, person: str, files: Sequence[Mapping[str, str]]) -> None:
    start = len(unit.find(queries.evidence(case.id))) + 1
    for position, file in enumerate(files, start):
        evidence.promise(unit, case, position, {**file, "by": person})
    unit.record(Event.EVIDENCE_ADDED, case.id, person, count=len(files))
    if person != case.reporter:
        return
    for party in parties.told(unit, case):
        if party.part in access.READS and party.person != person:
            cards.say(unit, case, party.person, "lead.added")


def left_there(unit: Unit, rules: Rules, case: Case, once: str, by: str = "") -> None:
    """A file that must never come here lies in a chat: whoever leads and whoever answers for children hear of it."""
    for party in parties.told(unit, case):
        concerned = party.part == "lead" or party.role == rules.floor.offices.child
        if concerned and party.person != by:
            cards.say(unit, case, party.person, "lead.left_there", once=f"left {once} {party.person}")


def waiting(unit: Unit, case: Case, person: str) -> list[dict[str, str]]:
    kept: list[dict[str, str]] = json.loads(sealed.opened_field(unit, case.id, field(person)) or "[]")
    return kept


def keep(unit: Unit, case: Case, person: str, files: Sequence[Mapping[str, str]]) -> None:
    unit.seal(case.id, field(person), json.dumps(list(files)))


def field(person: str) -> str:
    return f"{ACT}.{person}"
