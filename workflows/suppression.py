"""Hides small numbers so that no other number gives them away: a figure from 1 to 4 is "fewer than five", no more.

Four rules make it hold, and none of them is clever:

* One list of the reports, by kind, may hold hidden figures; its sum is then shown nowhere.
* Any other list of the same reports would tell that sum.  It is shown only where nothing in either is hidden; else
  it is left out, and what is said in its place (all, most, some, none) fits any number of reports from five on.
* Of people asked to do something, neither those who have nor those who have not are counted where they are few.
* What covers several terms or schools adds up what was shown of each and looks at nothing else, so that it says
  nothing that was not said before.  What was shown of a term is never counted again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SMALL = 5
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Shown:
    """A figure as it is published: between these two, which are the same where it is shown as itself."""

    low: int
    high: int

    def __add__(self, other: "Shown") -> "Shown":
        return Shown(self.low + other.low, self.high + other.high)


Table = Mapping[str, Shown]


@dataclass(frozen=True)
class Facet:
    """Another list of the same reports: its figures, or where those would give too much away, what share a row is."""

    table: Table | None
    share: str = ""


def hidden(count: int) -> bool:
    return 0 < count < SMALL


def shown(count: int) -> Shown:
    """A figure, or that it is one of the small ones."""
    return Shown(1, SMALL - 1) if hidden(count) else Shown(count, count)


def table(counts: Counts) -> Table:
    """One list on its own; what is none is not in it."""
    return {row: shown(n) for row, n in sorted(counts.items()) if n}


def facet(first: Counts, counts: Counts, row: str) -> Facet:
    """Another list of the reports that the first one lists, and how many of them are in this row of it.

    The share is said where the first list shows that there are five reports or more, so that it adds nothing to that.
    """
    whole = not any(map(hidden, (*first.values(), *counts.values())))
    share = share_of(counts.get(row, 0), sum(first.values())) if any(n >= SMALL for n in first.values()) else ""
    return Facet(table(counts) if whole else None, share)


def share_of(part: int, whole: int) -> str:
    """As words that say nothing of how large the whole is."""
    if part in (0, whole):
        return "all" if part else "none"
    return "most" if 2 * part > whole else "some"


def part_of(done: int, asked: int) -> Shown | None:
    """How many of a known number of people have done something.

    None where so few were asked that nothing can be said.
    """
    if asked < SMALL:
        return None
    if done in (0, asked):
        return Shown(done, done)
    if asked < 2 * SMALL:  # one of the two is always few, and which one would tell the rest
        return Shown(1, asked - 1)
    if hidden(asked - done):
        return Shown(asked - SMALL + 1, asked - 1)
    return shown(done)


def added(tables: Iterable[Table]) -> Table:
    """The same list over several terms or schools, from what was shown of each."""
    found: dict[str, Shown] = {}
    for each in tables:
        for row, figure in each.items():
            found[row] = found.get(row, Shown(0, 0)) + figure
    return dict(sorted(found.items()))
