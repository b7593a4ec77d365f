"""Who holds which role at a school at this moment: what the rules are asked with."""

from functools import lru_cache

from storage.queries import people as queries
from storage.unit import Unit
from workflows import people
from workflows.routing import Cast

Pairs = tuple[tuple[str, str], ...]


def cast(unit: Unit, school: str) -> Cast:
    """Who holds which role at a school now, who of them is away, and whom no message would reach."""
    seats, managers = tuple(unit.find(queries.seats_at(school, unit.now))), tuple(unit.find(queries.line_managers()))
    everyone = all_of(seats, managers)
    read = seats, managers, tuple(unit.find(queries.offices(school)))
    return composed(*read, people.away(unit, everyone, unit.now), tuple(unit.find(queries.standing_of(everyone))))


# Worked out again only where anything was read that differs: a school's cast is the same for many messages.
@lru_cache(64)
def all_of(seats: Pairs, managers: Pairs) -> tuple[str, ...]:
    return tuple(sorted({person for _, person in seats} | {manager for _, manager in managers}))


@lru_cache(64)
def composed(
    seats: Pairs,
    managers: Pairs,
    offices: tuple[str, ...],
    absent: frozenset[str],
    standing: tuple[tuple[str, str, str], ...],
) -> Cast:
    """What was read as a cast; whoever is given it changes nothing in it."""
    holders: dict[str, tuple[str, ...]] = {}
    for role, person in seats:
        holders[role] = (*holders.get(role, ()), person)
    for office in offices:
        # An office that somebody held here once is vacant; one that nobody ever did, the school does not have.
        holders.setdefault(office, ())
    return Cast(holders, absent, people.without_a_way(all_of(seats, managers), standing), dict(managers))
