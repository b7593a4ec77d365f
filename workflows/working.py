"""Working a case: who may do what to it as it stands, what is written on it, and that everybody's card stays true."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from storage import sealed
from storage.models import Case, Party, Person
from storage.queries import cases as queries
from storage.unit import Unit
from workflows import cards, casting, parties, people, states
from workflows.access import case_for
from workflows.people import Who
from workflows.refusals import BadAnswers, Refused
from workflows.rules import Rules


@dataclass(frozen=True)
class Writing:
    """Something that was written on a case: a text, or facts by name."""

    kind: str
    at: datetime
    by: str
    id: str
    text: str

    @property
    def facts(self) -> dict[str, str]:
        """What was kept by ``keep_facts``."""
        return {str(name): str(value) for name, value in json.loads(self.text).items()}


def acting(unit: Unit, rules: Rules, action: str, case_id: str, by: Who) -> tuple[Case, Party, people.Met]:
    """The case, for somebody whose part in it lets them do this to it as it stands."""
    case, party, met = case_for(unit, rules, case_id, by)
    insist(action, unit, case, *parts_of(unit, rules, case, party))
    return case, party, met


def parts_of(unit: Unit, rules: Rules, case: Case, party: Party) -> tuple[str, ...]:
    """Somebody's part, and whether what only a head or a chair may decide is theirs to: who leads or reads the case
    and holds a rung of the ladder, or stands in for one who does.
    """
    ladder = rules.floor.ladder
    standing_in = {rules.floor.deputies[rung] for rung in ladder if rung in rules.floor.deputies}
    holders = casting.cast(unit, case.school).holders
    held = any(party.person in holders.get(rung, ()) for rung in ladder)
    on_it = held or party.role in (*ladder, *standing_in)
    return (party.part, "decider") if on_it and party.part in states.READERS else (party.part,)


def insist(action: str, unit: Unit, case: Case, *parts: str) -> None:
    """Refuse what the table of states does not allow."""
    if no := states.refusal(action, case.state, *parts):
        raise Refused(no, who=unit.get(Person, case.acknowledged_by).name if no == "already" else "")


def own(unit: Unit, case_id: str, by: Who) -> Case:
    """The case, for whoever reported it."""
    met = people.known(unit, by)
    found: list[Case] = unit.find(queries.by_id(case_id))
    if met is None or not found or found[0].reporter != met.person.id or not met.theirs:
        raise Refused("not_yours")
    return found[0]


def keep_note(unit: Unit, case: Case, kind: str, text: str, by: str) -> None:
    """Seal one text under the case's key; its field says when, what kind and by whom."""
    if not text.strip():
        raise BadAnswers({kind: "required"})
    unit.seal(case.id, f"{kind}.{unit.now.isoformat()}.{by}.{unit.new_id()}", text.strip())


def keep_facts(unit: Unit, case: Case, kind: str, by: str, **facts: str) -> None:
    """Seal what was filled in, each fact under its name; nothing kept before is changed."""
    keep_note(unit, case, kind, json.dumps(facts), by)


def written(unit: Unit, case: Case, *kinds: str) -> Iterator[Writing]:
    """What was written of these kinds, in order."""
    kept = sealed.opened(unit, case.id)
    for field in sorted((each for each in kept if each.split(".")[0] in kinds), key=lambda each: each.split(".", 1)[1]):
        kind, rest = field.split(".", 1)
        at, by, id = rest.rsplit(".", 2)
        yield Writing(kind, datetime.fromisoformat(at), by, id, kept[field])


def moved_on(unit: Unit, case: Case, action: str) -> None:
    """The case stands as it does after this; where that is news, everybody's card says so."""
    state = states.after(action, case.state)
    if state != case.state:
        case.state = state
        tell_everybody(unit, case)


def tell_everybody(unit: Unit, case: Case) -> None:
    """Everyone's card, and the reporter's receipt, are made true again."""
    for party in parties.told(unit, case):
        cards.owe(unit, case, party.person)
    cards.owe_receipt(unit, case)
