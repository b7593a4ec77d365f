"""Who would see this, and why: the policy's table under the floor that no policy can take away.

`route` is pure and goes rule by rule, an earlier rule winning: 2 subjects and 3 who hears (`matter`,
`seats`), 1 the child (`seats`), 4 empty places and 5 the reporter (`placing`), then one person, one part.  It
knows no type and no policy by name: what a type needs stands in `policies/floor.toml`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflows.floor import Floor
from workflows.ladder import above, deputies, rungs
from workflows.matter import Cast, Facts, Kept, Matter
from workflows.placing import accompanied, filled, settled
from workflows.policy import Pack, Source, mark
from workflows.seats import Seat, child_first, deciding, heard, table

__all__ = ["Cast", "Facts", "Kept", "Place", "Route", "Step", "route", "rungs_after", "shut_out"]

PARTS = ("lead", "choice", "informed", "support")


@dataclass(frozen=True)
class Place:
    """One person's part in a report, the role they act in, and what put them there."""

    person: str
    role: str
    part: str
    source: Source
    why: str


@dataclass(frozen=True)
class Step:
    """One thing to do on the case; `must` cannot be skipped; `offers` is whom the reporter may tell by it."""

    id: str
    say: str
    source: Source
    why: str
    must: bool = False
    offers: str = ""


@dataclass(frozen=True)
class Route:
    """Where a report goes; `several` says that more than one of a choice may be picked."""

    report: str
    policy: str
    klass: str
    recipients: tuple[Place, ...]
    excluded: tuple[Kept, ...]
    outside: tuple[str, ...]
    steps: tuple[Step, ...]
    several: bool = False


def route(pack: Pack, floor: Floor, cast: Cast, facts: Facts) -> Route:
    """Where this report goes."""
    matter = Matter(pack, floor, cast, facts)
    seats = seated(matter)
    recipients = tuple(one_part_each(seats))
    sent_outside = (floor.outside,) if any(seat.role == floor.outside for seat in seats) else ()
    row = deciding(matter)
    return Route(
        report=matter.report,
        policy=pack.id,
        klass=how_soon(matter),
        recipients=recipients,
        excluded=tuple(Kept(person, why) for person, why in matter.kept.items()),
        outside=sent_outside,
        steps=tuple(steps(matter, bool(recipients) or bool(sent_outside))),
        several=bool(row and row.several) and any(place.part == "choice" for place in recipients),
    )


def rungs_after(pack: Pack, floor: Floor, cast: Cast, facts: Facts, told: frozenset[str]) -> tuple[Place, ...]:
    """Who is asked next, in order, when none of `told` acknowledges; where it ends, outside is next.

    First the deputies of the lead's role, then the rungs above; neighbours with the same role share a rung.
    `told` are those who were asked already: somebody merely informed may well be asked next.  The reporter
    and the person harmed come after everybody else, so that nobody is alone with their own report.
    """
    matter = Matter(pack, floor, cast, facts)
    seats = seated(matter)
    leads = [seat for seat in seats if seat.part == "lead" and seat.people]
    done = told.union(*(seat.people for seat in leads))
    alone = facts.harmed_persons | {facts.reporter}
    ahead: dict[str, Place] = {}
    for place in following(matter, seats, leads):
        if place.person not in done:
            ahead.setdefault(place.person, place)
    return tuple(sorted(ahead.values(), key=lambda place: place.person in alone))


def shut_out(pack: Pack, floor: Floor, cast: Cast, facts: Facts) -> frozenset[str]:
    """Everybody whom rules 2 and 3 keep from this report, under 3 (b) the whole safeguarding team."""
    return frozenset(Matter(pack, floor, cast, facts).kept)


def seated(matter: Matter) -> list[Seat]:
    """The rules, in their order."""
    asked = child_first(matter, heard(matter, table(matter)))
    return accompanied(matter, settled(matter, filled(matter, asked)))


def one_part_each(seats: list[Seat]) -> Iterator[Place]:
    """One person, one part: the first of lead, choice, informed, support, with that part's role and why."""
    seen: set[str] = set()
    for part in PARTS:
        for seat in (seat for seat in seats if seat.part == part):
            for person in seat.people:
                if person not in seen:
                    seen.add(person)
                    yield Place(person, seat.role, part, seat.source, seat.why)


def how_soon(matter: Matter) -> str:
    """The strictest class that fits.

    A report that became a `head_concern` keeps the class of what was reported if that is stricter: a child
    does not wait longer because of whom it is about.
    """
    floor, facts, row = matter.floor, matter.facts, deciding(matter)
    urgent = facts.danger or facts.harmed in floor.harmed_now
    return floor.strictest(
        floor.kind(facts.report).klass,
        floor.kind(matter.report).klass,
        matter.pack.klass,
        row.klass if row else "",
        floor.strictest_first[0] if urgent else "",
    )


def steps(matter: Matter, told: bool) -> Iterator[Step]:
    """Rule 1's question where the DSL is kept out, then the policy's steps; an offer where nobody is told."""
    care, facts = matter.floor.child, matter.facts
    safeguarding = matter.holders(matter.floor.offices.child)
    kept_out = bool(safeguarding) and matter.kept.keys() >= set(safeguarding)
    if matter.child_at_risk and (matter.safeguarding_is_subject or kept_out):
        yield Step(care.step, care.say, "floor", "floor 1", must=True)
    for row in matter.pack.steps:
        if matter.report not in row.report or not row.fits(facts.by, facts.harmed, facts.answers):
            continue
        if row.offers and (told or not takes_up(matter, row.offers)):
            continue
        source, why = mark(row.why)
        yield Step(row.id, row.say, source, why, offers=row.offers)


def takes_up(matter: Matter, role: str) -> bool:
    """Whether anybody at the school would lead if the reporter took up the offer of a role."""
    taken = replace(matter, facts=replace(matter.facts, picked=(role,)))
    return any(seat.part == "lead" and seat.people for seat in seated(taken))


def following(matter: Matter, seats: list[Seat], leads: list[Seat]) -> Iterator[Place]:
    if not leads:
        if any(seat.part == "choice" for seat in seats):
            yield from (next_up(person, found.role) for found in rungs(matter, 0) for person in found.people)
        return
    place = leads[0].place
    yield from (next_up(person, matter.floor.deputies[place]) for person in deputies(matter, place))
    yield from (next_up(person, found.role) for found in above(matter, place) for person in found.people)


def next_up(person: str, role: str) -> Place:
    return Place(person, role, "lead", "floor", "floor 4")
