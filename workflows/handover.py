"""Handing a case over: to somebody who is entitled to it, picked from those people only."""

from collections.abc import Iterator, Mapping
from typing import Any

from storage.events import Event
from storage.models import Case, Party, Person
from storage.queries import cases as queries
from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import cards, latecomers, parties, routing, states, working
from workflows.matter import Matter
from workflows.people import Who
from workflows.refusals import BadAnswers, Refused
from workflows.routing import Place
from workflows.rules import Rules


def offered(unit: Unit, rules: Rules, case_id: str, by: Who) -> Mapping[str, Any]:
    """Whom the case may be handed to, by name and role."""
    case, party, _ = working.acting(unit, rules, "handover", case_id, by)
    found = entitled(unit, rules, case, party)
    return {"people": [(place.person, called(unit, rules, place)) for place in found.values()]}


def hand_over(unit: Unit, rules: Rules, case_id: str, answers: Answers, by: Who) -> Message:
    """Somebody else leads from now on; whoever handed it over still reads it.

    Where they had acknowledged it, nobody has now: the new lead is asked, and the clock runs anew.  Where that is in
    vain, the ladder begins again with whoever the policy names.
    """
    case, party, met = working.acting(unit, rules, "handover", case_id, by)
    found = entitled(unit, rules, case, party)
    picked = found.get(str(answers.get("to", "")))
    if picked is None:
        raise BadAnswers({"to": "option"})
    if str(answers.get("handed", "")).strip():
        working.keep_note(unit, case, "handed", str(answers["handed"]), met.person.id)
    unit.record(Event.CASE_HANDED_OVER, case.id, met.person.id, to=picked.person, role=picked.role)
    party.part = "informed"
    if case.acknowledged_by == met.person.id:
        case.acknowledged_at, case.acknowledged_by = None, ""
        case.state = states.after("handover", case.state)
    give(unit, case, picked)
    if not case.acknowledged_at:
        case.outside = []
        parties.await_answer(unit, rules, case)
    working.tell_everybody(unit, case)
    return Message("lead.handed", about=case.id)


def give(unit: Unit, case: Case, place: Place) -> None:
    """Make somebody the lead: a card of their own where they knew nothing of it, else a word that it changed."""
    here = [each for each in parties.told(unit, case) if each.person == place.person]
    if not here:
        parties.tell(unit, case, place)
        return
    party = here[0]
    party.part, party.role, party.source, party.why = place.part, place.role, place.source, place.why
    party.since = unit.now
    cards.say(unit, case, party.person, "lead.given")


def entitled(unit: Unit, rules: Rules, case: Case, party: Party) -> dict[str, Place]:
    """Those on the route or the ladder who may have it: never shut out, never alone with their own report.

    Whoever once left the case, and whoever leads it already, is not asked again.
    """
    _, found, _ = parties.route_now(unit, rules, case)
    rows: list[Party] = unit.find(queries.parties(case.id))
    barred = {each.person for each in rows if each.until or each.part == "lead"}
    barred |= {party.person, case.reporter} | found.harmed_persons
    barred |= parties.shut_out(unit, rules, case)
    places = [*standing(unit, rules, case)]
    barred |= latecomers.held_back(unit, case, places)
    able = {place.person: place for place in reversed(places) if place.person not in barred}
    if not able:
        raise Refused("nobody_else")
    return {person: able[person] for person in reversed(able)}


def standing(unit: Unit, rules: Rules, case: Case) -> Iterator[Place]:
    """Those on the route, then the deputies and the rungs above, each as the lead they would be.

    A concern about an adult stays with those whom floor rule 3 gives it to: nobody merely told comes to lead it.
    """
    route, found, cast = parties.route_now(unit, rules, case)
    about_an_adult = bool(Matter(rules.pack, rules.floor, cast, found).lines)
    for place in route.recipients:
        if place.part in (states.LEAD if about_an_adult else states.READERS):
            yield Place(place.person, place.role, "lead", "floor", parties.HANDED)
    for place in routing.rungs_after(rules.pack, rules.floor, cast, found, frozenset()):
        yield Place(place.person, place.role, "lead", "floor", parties.HANDED)


def called(unit: Unit, rules: Rules, place: Place) -> str:
    return f"{unit.get(Person, place.person).name} ({rules.words.sentence(f'role.{place.role}')})"
