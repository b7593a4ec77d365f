"""The floor applied again when those involved have changed: who loses the case, who leads it now, who is told of it."""

from dataclasses import dataclass

from storage.models import Case, Party
from storage.queries import cases as queries
from storage.unit import Unit
from workflows import latecomers, parties, routing, working
from workflows.matter import Matter
from workflows.routing import Place, Route
from workflows.rules import Rules

EXCLUDED = "excluded"


@dataclass(frozen=True)
class Change:
    """The route as it was and as it is, who stands on its ladder, and whether it is about an adult who works here."""

    before: Route
    route: Route
    rungs: frozenset[str]
    about_an_adult: bool

    @property
    def happened(self) -> bool:
        return (self.route.report, self.route.recipients) != (self.before.report, self.before.recipients)

    def has_room_for(self, person: str) -> bool:
        """Whether somebody told stands on it or its ladder; where nothing changed, everybody does."""
        return not self.happened or person in self.rungs or any(each.person == person for each in self.route.recipients)

    def led(self, person: str) -> bool:
        return any(each.person == person and each.part == "lead" for each in self.before.recipients)

    def takes_the_lead_from(self, person: str) -> bool:
        """Whoever led by the route leads no more; a concern about an adult is not led by somebody merely told."""
        return self.led(person) or (self.about_an_adult and person not in self.rungs)


def reseat(unit: Unit, rules: Rules, case: Case, before: Route) -> tuple[Party, ...]:
    """Bring those told in line with the route as it is now; returns those who lost the case.

    Where the route is the one it was, only those who are shut out leave.  Else its people have the parts it gives
    them, whoever stands neither on it nor on its ladder leaves, and whoever was handed the case, or climbed to, keeps
    it if they stand there.
    """
    route, found, cast = parties.route_now(unit, rules, case)
    case.report, case.klass = route.report, rules.floor.strictest(case.klass, route.klass)
    rungs = routing.rungs_after(rules.pack, rules.floor, cast, found, frozenset())
    about_an_adult = bool(Matter(rules.pack, rules.floor, cast, found).lines)
    change = Change(before, route, frozenset(each.person for each in rungs), about_an_adult)
    shut = parties.shut_out(unit, rules, case)
    here = parties.told(unit, case)
    lost = tuple(each for each in here if each.person in shut or not change.has_room_for(each.person))
    for party in lost:
        parties.let_go(unit, rules, case, party, EXCLUDED)
    if change.happened:
        take_places(unit, rules, case, change)
    parties.settle(unit, rules, case)
    if any(each.part == "lead" for each in parties.told(unit, case)):
        case.outside = []
    working.tell_everybody(unit, case)
    return lost


def take_places(unit: Unit, rules: Rules, case: Case, change: Change) -> None:
    """Everybody on the route has the part that it gives them; who handed it over before is not asked again."""
    rows: dict[str, Party] = {each.person: each for each in unit.find(queries.parties(case.id))}
    late = latecomers.held_back(unit, case, change.route.recipients)
    asked = False
    for place in (each for each in change.route.recipients if each.part != "choice"):
        party = rows.get(place.person)
        if party is None:
            if place.person not in late:
                parties.tell(unit, case, place)
                asked |= place.part == "lead"
        elif party.until:
            asked |= back(unit, party, place)
        elif place.part == "lead" and party.part != "lead":
            if not change.led(place.person):
                parties.ask(unit, case, place)
                asked = True
        elif place.part != party.part and (party.part != "lead" or change.takes_the_lead_from(place.person)):
            step_down(unit, rules, case, party, place)
    if asked and not case.acknowledged_at:
        parties.await_answer(unit, rules, case)


def back(unit: Unit, party: Party, place: Place) -> bool:
    """Whoever was kept out by what has been corrected since has their place again; whether they lead."""
    if party.ended != EXCLUDED:
        return False
    party.until, party.ended, party.since = None, "", unit.now
    party.part, party.role, party.source, party.why = place.part, place.role, place.source, place.why
    return place.part == "lead"


def step_down(unit: Unit, rules: Rules, case: Case, party: Party, place: Place) -> None:
    """Another part from now on; what they had acknowledged as its lead waits for whoever leads now."""
    party.part, party.role, party.source, party.why = place.part, place.role, place.source, place.why
    if case.acknowledged_by == party.person:
        parties.in_no_hands(unit, rules, case)
