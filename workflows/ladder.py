"""Rule 4: nothing goes to nobody; who stands in for whom, and who comes above whom."""

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.matter import Matter


@dataclass(frozen=True)
class Found:
    """Who fills a place: the role they act in, the people, and the role whose place it is."""

    role: str
    people: tuple[str, ...]
    place: str


def holding(matter: Matter, role: str, support: bool = False) -> Found | None:
    """Whoever fills a place: its holders that are here and not shut out, else the first deputy that is.

    A deputy stands in for the vacant and the absent only.  Where a holder is shut out, the deputy, who works
    for them, gets nothing in their place.
    """
    place = matter.acting_as(role)
    if here := present(matter, matter.holders(role, support)):
        return Found(place, here, place)
    stand_ins = deputies(matter, place)
    return Found(matter.floor.deputies[place], stand_ins[:1], place) if stand_ins else None


def deputies(matter: Matter, place: str) -> tuple[str, ...]:
    """The deputies of a role who are here, in the school's order; none where a holder is shut out."""
    if matter.kept.keys() & set(matter.holders(place)):
        return ()
    return present(matter, matter.cast.holders.get(matter.floor.deputies.get(place, ""), ()))


def present(matter: Matter, people: tuple[str, ...]) -> tuple[str, ...]:
    """Those who are neither shut out nor away nor beyond reach."""
    gone = matter.kept.keys() | matter.cast.absent | matter.cast.unreachable
    return tuple(person for person in dict.fromkeys(people) if person not in gone)


def above(matter: Matter, place: str) -> Iterator[Found]:
    """The rungs above a role that have somebody on them; a role off the ladder starts at its foot."""
    ladder = matter.floor.ladder
    return rungs(matter, ladder.index(place) + 1 if place in ladder else 0)


def rungs(matter: Matter, start: int) -> Iterator[Found]:
    """The rungs from there on that the pack has and that have somebody on them."""
    for rung in matter.floor.ladder[start:]:
        if rung in matter.pack.cast and (found := holding(matter, rung)):
            yield found
