"""Who is told of a case: found from the rules when it opens, and found again before anything is sent."""

from collections.abc import Iterable
from datetime import timedelta

from storage.ledger import Event
from storage.models import Case, Involved, Party
from storage.queries import cases as queries
from storage.unit import Unit
from workflows import calendar, people, routing
from workflows.involved import facts
from workflows.routing import Facts, Place, Route
from workflows.rules import Rules

# What somebody told in a part is sent as soon as the case stands.
SLOT = "card"
# A case that nobody answers is called out again every day.
DAILY = timedelta(days=1)


def open_route(unit: Unit, rules: Rules, case: Case, found: Facts) -> Route:
    """Tell everybody on the route, and promise what happens if nobody acknowledges."""
    cast = people.cast(unit, case.school)
    route = routing.route(rules.pack, rules.floor, cast, found)
    case.report, case.klass, case.outside = route.report, route.klass, list(route.outside)
    for place in route.recipients:
        tell(unit, case, place)
    if any(place.part == "lead" for place in route.recipients):
        await_answer(unit, rules, case)
    elif route.outside:
        unit.promise("alarm", "", unit.now, about=case.id, message="operator.unanswered")
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
    unit.promise("card", place.person, unit.now, about=case.id, slot=SLOT)


def await_answer(unit: Unit, rules: Rules, case: Case) -> None:
    """Promise to go up the ladder at the moment by which the case should be acknowledged."""
    case.due_at = calendar.due(rules.floor.classes[case.klass], unit.now)
    unit.promise("escalate", "", case.due_at, about=case.id)


def route_now(unit: Unit, rules: Rules, case: Case) -> tuple[Route, Facts, routing.Cast]:
    """The route that the case would take at this moment."""
    cast = people.cast(unit, case.school)
    found = facts_of(unit, case)
    return routing.route(rules.pack, rules.floor, cast, found), found, cast


def facts_of(unit: Unit, case: Case) -> Facts:
    return facts(case, unit.find(queries.involved(case.id)))


def shut_out(unit: Unit, rules: Rules, case: Case) -> frozenset[str]:
    """The persons who must not learn of the case at this moment."""
    return routing.shut_out(rules.pack, rules.floor, people.cast(unit, case.school), facts_of(unit, case))


def told(unit: Unit, case: Case) -> list[Party]:
    """Those whom the case is with now."""
    return [party for party in unit.find(queries.parties(case.id)) if party.until is None]


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
        let_go(unit, case, party, "excluded")
    if any(party.part == "lead" for party in here if party not in gone) or case.acknowledged_at:
        return
    if case.state != "closed":
        climb(unit, rules, case)


def let_go(unit: Unit, case: Case, party: Party, because: str) -> None:
    """End somebody's part in a case; their card says no more than that it has moved on."""
    party.until, party.ended = unit.now, because
    event = Event.CASE_RECUSED if because == "recused" else Event.CASE_EXCLUDED
    unit.record(event, case.id, party.person, role=party.role)
    unit.promise("card", party.person, unit.now, about=case.id, slot=SLOT)


def climb(unit: Unit, rules: Rules, case: Case) -> Place | None:
    """Bring in the next person: whoever the rules put first now, else the next rung; none when it ends outside."""
    route, found, cast = route_now(unit, rules, case)
    ever = ever_told(unit, case)
    fresh = [place for place in route.recipients if place.person not in ever]
    leads = [place for place in fresh if place.part == "lead"]
    rungs = routing.rungs_after(rules.pack, rules.floor, cast, found, ever)
    place = next(iter((*leads, *rungs)), None)
    if place is None:
        case.outside = [rules.floor.outside]
        unit.record(Event.CASE_ESCALATED, case.id, "", to="outside")
        return None
    tell(unit, case, place)
    unit.record(Event.CASE_ESCALATED, case.id, "", to=place.person, role=place.role, why=place.why)
    await_answer(unit, rules, case)
    return place


def names_of(involved: Iterable[Involved], part: str) -> tuple[str, ...]:
    return tuple(each.person for each in involved if each.part == part and each.person)
