"""Who may see a case: its parties, never a role, and never anyone it is about; every look is recorded."""

from storage.events import Event
from storage.models import Case, Party
from storage.queries import cases as queries
from storage.unit import Unit
from workflows import cards, parties, people, states
from workflows.people import Met, Who
from workflows.refusals import Refused
from workflows.rules import Rules

# Those who see the report itself; somebody asked to support a colleague sees no more than that.
READS = ("lead", "informed")


def case_for(unit: Unit, rules: Rules, case_id: str, by: Who) -> tuple[Case, Party, Met]:
    """The case, and the part that this person has in it.

    Raises Refused("not_yours"), the same for a case that is another's, another trust's or none at all.
    """
    met = people.known(unit, by)
    found: list[Case] = unit.find(queries.by_id(case_id))
    here = parties.told_of(unit, case_id)  # asked for a case that does not exist too: both answers take as long
    if met is None or not met.confirmed or not found:
        raise Refused("not_yours")
    party = part_among(unit, rules, found[0], here, met.person.id)
    if party is None:
        raise Refused("not_yours")
    return found[0], party, met


def part_in(unit: Unit, rules: Rules, case: Case, person: str) -> Party | None:
    """The live part somebody has in a case; none for those it is about, whatever they were told before."""
    return part_among(unit, rules, case, parties.told(unit, case), person)


def part_among(unit: Unit, rules: Rules, case: Case, here: list[Party], person: str) -> Party | None:
    mine = [each for each in here if each.person == person]
    if not mine or person in parties.shut_out(unit, rules, case):
        return None
    return mine[0]


def viewed(unit: Unit, rules: Rules, case_id: str, by: Who) -> tuple[Case, Party, Met]:
    """The case, opened by somebody entitled to read it: recorded before a word of it is shown."""
    case, party, met = case_for(unit, rules, case_id, by)
    insist(party)
    if case.state == "received":
        case.state = states.after("open", case.state)
        cards.owe_receipt(unit, case)
    unit.record(Event.CASE_VIEWED, case.id, met.person.id)
    return case, party, met


def insist(party: Party) -> None:
    """Refuse those whose part shows them no more than that they are asked to help."""
    if party.part not in READS:
        raise Refused("not_yours")


def mine(unit: Unit, rules: Rules, person: str) -> list[Case]:
    """The cases somebody may see now: the oldest unacknowledged first, then the latest."""
    found: list[Case] = unit.find(queries.told_to(person))
    open_to = [case for case in found if part_in(unit, rules, case, person)]
    waiting = sorted((case for case in open_to if not case.acknowledged_at), key=lambda case: case.opened_at)
    taken = sorted((case for case in open_to if case.acknowledged_at), key=lambda case: case.opened_at, reverse=True)
    return waiting + taken


def refused(unit: Unit, case_id: str, by: Who) -> None:
    """Somebody asked for a case that is not theirs: recorded with the case, if there is one."""
    met = people.known(unit, by)
    found: list[Case] = unit.find(queries.by_id(case_id))
    unit.record(Event.ACCESS_REFUSED, found[0].id if found else "", met.person.id if met else "")
