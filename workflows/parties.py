"""Who is told of a case: found from the rules when it opens, and found again before anything is sent."""

from dataclasses import replace
from datetime import timedelta
from itertools import takewhile

from storage import promises
from storage.events import Event
from storage.models import Case, Party
from storage.queries import cases as queries
from storage.unit import Unit
from workflows import cards, casting, latecomers, people, routing, states, terms
from workflows.involved import facts
from workflows.routing import Facts, Place, Route
from workflows.rules import Rules

# A case that nobody answers is called out again every day.
DAILY = timedelta(days=1)
# Why somebody leads who was picked by the lead before them.
HANDED = "handed_over"


def open_route(unit: Unit, rules: Rules, case: Case, found: Facts) -> Route:
    """Tell everybody on the route, and promise what happens if nobody acknowledges."""
    cast = casting.cast(unit, case.school)
    route = routing.route(rules.pack, rules.floor, cast, found)
    case.report, case.klass, case.outside = route.report, route.klass, list(route.outside)
    for place in route.recipients:
        tell(unit, case, place)
    if any(place.part == "lead" for place in route.recipients):
        await_answer(unit, rules, case)
    elif route.outside:
        call_out(unit, case)
    return route


def tell(unit: Unit, case: Case, place: Place) -> None:
    """Make somebody a party and promise them their card."""
    unit.add(
        Party(
            id=unit.new_id(),
            case=case.id,
            person=place.person,
            role=place.role,
            part=place.part,
            source=place.source,
            why=place.why,
            since=unit.now,
        )
    )
    cards.owe(unit, case, place.person)


def await_answer(unit: Unit, rules: Rules, case: Case) -> None:
    """Promise to go up the ladder at the moment by which the case should be acknowledged."""
    due = terms.due_in_school_time if case.practice else terms.due
    case.due_at = due(unit, rules.floor.classes[case.klass], case.school, unit.now)
    unit.promise("escalate", "", case.due_at, about=case.id)


def call_out(unit: Unit, case: Case) -> None:
    """Nobody at the school is left to ask: the operator hears of it now, and every day until somebody answers."""
    if case.practice:  # the operator hears once how it ended, in school time
        unit.promise("alarm", "", cards.when(unit, case), about=case.id, message="operator.practice_over")
        case.due_at = None
        return
    unit.promise("alarm", "", unit.now, about=case.id, message="operator.unanswered")
    case.due_at = unit.now + DAILY
    unit.promise("escalate", "", case.due_at, about=case.id)


def route_now(unit: Unit, rules: Rules, case: Case) -> tuple[Route, Facts, routing.Cast]:
    """The route that the case would take at this moment."""
    cast = casting.cast(unit, case.school)
    found = facts_of(unit, case)
    return routing.route(rules.pack, rules.floor, cast, found), found, cast


def facts_of(unit: Unit, case: Case) -> Facts:
    return facts(case, unit.find(queries.involved(case.id)))


def shut_out(unit: Unit, rules: Rules, case: Case) -> frozenset[str]:
    """The persons who must not learn of the case at this moment."""
    return routing.shut_out(rules.pack, rules.floor, casting.cast(unit, case.school), facts_of(unit, case))


def told(unit: Unit, case: Case) -> list[Party]:
    """Those whom the case is with now."""
    return told_of(unit, case.id)


def told_of(unit: Unit, case_id: str) -> list[Party]:
    return [party for party in unit.find(queries.parties(case_id)) if party.until is None]


def has(unit: Unit, case_id: str, person: str) -> bool:
    return any(party.person == person for party in told_of(unit, case_id))


def ever_told(unit: Unit, case: Case) -> frozenset[str]:
    return frozenset(party.person for party in unit.find(queries.parties(case.id)))


def settle(unit: Unit, rules: Rules, case: Case) -> None:
    """Hold those who are told against the rules as they stand now: let go of the excluded, find the missing.

    Called before anything is sent and whenever people, roles or those involved have changed.
    """
    shut = shut_out(unit, rules, case)
    here = told(unit, case)
    gone = [party for party in here if party.person in shut]
    for party in gone:
        let_go(unit, rules, case, party, "excluded")
    if case.acknowledged_at:
        return
    # A lead who is away keeps the case, and is not waited for.
    away = people.away(unit, {party.person for party in here}, unit.now)
    if any(party.part == "lead" and party.person not in away for party in here if party not in gone):
        return
    if case.state != "closed" and (here or owed(unit, rules, case)):
        climb(unit, rules, case)


def follow(unit: Unit, rules: Rules, case: Case) -> None:
    """A case follows its roles: whoever lost theirs loses the case, and whoever has it now is told."""
    cast = casting.cast(unit, case.school)
    for party in told(unit, case):
        holds = party.person in cast.holders.get(party.role, ()) or party.role not in cast.holders
        if not holds and party.role != "line_manager":
            let_go(unit, rules, case, party, "left")
    settle(unit, rules, case)


def owed(unit: Unit, rules: Rules, case: Case) -> bool:
    """Whether the rules send this report to anybody; a policy may ask for no further step."""
    route, _, _ = route_now(unit, rules, case)
    return bool(route.recipients or route.outside)


ENDED = {"recused": Event.CASE_RECUSED, "unreachable": Event.CARD_FAILED}


def let_go(unit: Unit, rules: Rules, case: Case, party: Party, because: str) -> None:
    """End somebody's part in a case; their card says no more than that it has moved on.

    What they had acknowledged is in nobody's hands: those who are left are asked again, and the clock runs anew.
    """
    party.until, party.ended = unit.now, because
    unit.record(ENDED.get(because, Event.CASE_EXCLUDED), case.id, party.person, role=party.role)
    if party.person != case.reporter:  # whoever sent it is still told how it goes on
        promises.withdraw(unit, party.person, case.id)
    cards.owe_all(unit, case, party.person)
    if case.acknowledged_by == party.person and case.state != "closed":
        in_no_hands(unit, rules, case)


def in_no_hands(unit: Unit, rules: Rules, case: Case) -> None:
    """Whoever had acknowledged it no longer leads: those who do are asked again, and the clock runs anew."""
    case.acknowledged_at, case.acknowledged_by, case.state = None, "", states.after("recuse", case.state)
    await_answer(unit, rules, case)
    for other in told(unit, case):
        cards.owe(unit, case, other.person)
    cards.owe_receipt(unit, case)


def climb(unit: Unit, rules: Rules, case: Case, because: str = "") -> Place | None:
    """Bring in whoever comes next: the lead that the rules name now, else the next rung; none when it ends outside.

    ``because`` is why a rung is climbed (escalated, recused), where that is not the rules' own reason.

    Those who were merely informed may well be asked next; those who were asked once are not asked again.
    """
    route, found, cast = route_now(unit, rules, case)
    asked = frozenset(
        party.person for party in unit.find(queries.parties(case.id)) if party.part == "lead" or party.until
    )
    leads = [place for place in route.recipients if place.part == "lead" and place.person not in asked]
    rungs = routing.rungs_after(rules.pack, rules.floor, cast, found, asked)
    late = latecomers.held_back(unit, case, (*leads, *rungs))
    coming = tuple(place for place in (*leads, *rungs) if place.person not in late)
    if not coming:
        end_outside(unit, rules, case)
        return None
    case.outside = []
    earlier = told(unit, case)
    for place in takewhile(lambda each: each.role == coming[0].role, coming):
        ask(unit, case, replace(place, why=because) if because and place in rungs else place)
        unit.record(Event.CASE_ESCALATED, case.id, "", to=place.person, role=place.role, why=place.why)
    await_answer(unit, rules, case)
    for party in earlier:
        cards.owe(unit, case, party.person)
    return coming[0]


def end_outside(unit: Unit, rules: Rules, case: Case) -> None:
    """The ladder ends: the reporter hears whom to phone and the operator that nobody can be reached, once a day."""
    if case.outside and (case.practice or (case.due_at and case.due_at > unit.now)):
        return
    case.outside = [rules.floor.outside]
    unit.record(Event.CASE_ESCALATED, case.id, "", to="outside")
    cards.warn(unit, case)
    cards.owe_receipt(unit, case)
    cards.say(unit, case, case.reporter, "reporter.nobody")
    call_out(unit, case)


def ask(unit: Unit, case: Case, place: Place) -> None:
    """Make somebody a lead: told for the first time, or informed until now and asked from now on."""
    here = [party for party in told(unit, case) if party.person == place.person]
    if not here:
        tell(unit, case, place)
        return
    party = here[0]
    party.part, party.role, party.source, party.why = "lead", place.role, place.source, place.why
    party.since = unit.now
    cards.owe(unit, case, party.person)
    cards.say(unit, case, party.person, "lead.reminder")
