"""Checks a ledger from its entries alone: was anything edited, removed, inserted, swapped or rolled back?"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from storage.checkpoints import Checkpoint, NotACheckpoint, origin_of, read, verifier_key
from storage.faults import Destroyed, Unopenable
from storage.ledger import ENTRIES, canonical, commitment_to, facts_at, read_head
from storage.merkle import Head, leaf_hash
from storage.unit import Unit

AT_ONCE = 1000
ENTRY = {"actor", "at", "case", "commitment", "event", "position", "trust"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, by name, and the entry at which it shows.

    gap: an entry is missing or stands twice · entry: it is not in the one form it was written in ·
    leaf: its hash is not its own · facts: they were not sealed for this entry, or altered ·
    head: the tree is not the one that was stored · signature: the checkpoint is not this ledger's ·
    ahead: the checkpoint knows more entries than there are · differs: it covered other entries than these
    """

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found; ``closed`` are the entries whose facts went with the key of an erased case."""

    size: int
    root: str
    problems: tuple[Problem, ...]
    closed: tuple[int, ...]
    checkpoint: Checkpoint | None

    @property
    def whole(self) -> bool:
        return not self.problems


def verify(unit: Unit, checkpoint: str | None = None, vkey: str | None = None) -> Findings:
    """Check this trust's ledger; ``vkey`` is a verifier key kept elsewhere, for a database nobody trusts."""
    problems: list[Problem] = []
    earlier = None
    if checkpoint is not None:
        try:
            earlier = read(checkpoint, vkey or verifier_key(unit) or "")
        except NotACheckpoint:
            problems.append(Problem("signature", 0))
        if earlier and earlier.origin != origin_of(unit._trust):
            problems.append(Problem("signature", 0))
    walk = _Walk(unit, earlier, problems)
    for row in _entries(unit):
        walk.take(row)
    walk.finish()
    return Findings(walk.head.size, walk.head.root().hex(), tuple(problems), tuple(walk.closed), earlier)


def _entries(unit: Unit) -> Iterator[Any]:
    mine = select(ENTRIES).where(ENTRIES.c.trust == unit._trust).order_by(ENTRIES.c.position)
    connection = unit._connection
    yield from connection.execution_options(yield_per=AT_ONCE).execute(mine)


class _Walk:
    """Goes from the first entry to the last, growing the tree anew."""

    def __init__(self, unit: Unit, earlier: Checkpoint | None, problems: list[Problem]) -> None:
        self._unit, self._earlier, self._problems = unit, earlier, problems
        self.head, self.closed = Head(), list[int]()
        self._compare()

    def take(self, row: Any) -> None:
        if row.position != self.head.size:
            self._wrong("gap", row.position)
        leaf = leaf_hash(row.entry.encode())
        if leaf != row.leaf:
            self._wrong("leaf", row.position)
        entry = _parsed(row.entry)
        if (entry.get("trust"), entry.get("position"), entry.get("case")) != (
            row.trust,
            row.position,
            row.case,
        ):
            self._wrong("entry", row.position)
        else:
            self._open(row, leaf, entry["commitment"])
        self.head = self.head.grown_by(leaf)
        self._compare()

    def finish(self) -> None:
        if read_head(self._unit._connection, self._unit._trust) != self.head:
            self._wrong("head", self.head.size)
        if self._earlier and self._earlier.size > self.head.size:
            self._wrong("ahead", self.head.size)

    def _compare(self) -> None:
        if self._earlier and self._earlier.size == self.head.size and self._earlier.root != self.head.root():
            self._wrong("differs", self.head.size)

    def _open(self, row: Any, leaf: bytes, commitment: str) -> None:
        """Facts are under the case's key, or the trust's where there is no case or it had been erased."""
        place = facts_at(row.trust, row.position, leaf)
        keys = [key for owner in (row.case, row.trust) if owner and (key := self._key(owner))]
        for key in keys:
            with suppress(Unopenable):
                if commitment_to(self._unit._scope.vault.open(key, place, row.facts)) != commitment:
                    self._wrong("facts", row.position)
                return
        if row.case and self._key(row.case) is None:
            self.closed.append(row.position)
        else:
            self._wrong("facts", row.position)

    def _key(self, owner: str) -> bytes | None:
        try:
            return self._unit._keys.find(owner)
        except Destroyed:
            return None

    def _wrong(self, name: str, position: int) -> None:
        self._problems.append(Problem(name, position))


def _parsed(text: str) -> dict[str, Any]:
    """The entry, if it is one and in its only form."""
    try:
        entry = json.loads(text)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) and set(entry) == ENTRY and canonical(entry) == text else {}
