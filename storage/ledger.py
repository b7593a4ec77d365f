"""The ledger: what happened, in order, in a tree in which every later edit shows."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Executable, select

from storage.asked import kept
from storage.events import Event
from storage.merkle import Head, leaf_hash
from storage.models import Entry, LedgerHead
from storage.statements import ask, insert_rows, insertion
from storage.vault import Place

Facts = Mapping[str, str | int | list[str] | list[int]]
HASH = 32
HEADS = LedgerHead.__table__  # type: ignore[attr-defined]  # sqlmodel does not declare it
ENTRIES = Entry.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as it is told to the ledger: when, what, by whom, and about which case, if any."""

    trust: str
    at: datetime
    event: Event
    by: str
    case: str


@dataclass(frozen=True, slots=True)
class Composed:
    """An entry, its leaf, and the salted facts that are still to be sealed beside it."""

    entry: str
    leaf: bytes
    salted: bytes


def compose(happened: Happened, position: int, facts: Facts) -> Composed:
    """The entry at this position; of its facts it carries a salted commitment only."""
    salted = secrets.token_bytes(HASH) + canonical(facts).encode()
    entry = canonical(
        {
            "actor": happened.by,
            "at": happened.at.isoformat(),
            "case": happened.case,
            "commitment": commitment_to(salted),
            "event": happened.event.value,
            "position": position,
            "trust": happened.trust,
        }
    )
    return Composed(entry, leaf_hash(entry.encode()), salted)


def commitment_to(salted: bytes) -> str:
    return sha256(salted).hexdigest()


def canonical(value: Mapping[str, object]) -> str:
    """The one way in which these values are written as JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def facts_at(trust: str, position: int, leaf: bytes) -> Place:
    """Facts open only beside the very entry they were sealed for: who edits it cannot seal them anew."""
    return Place(trust, "ledger", "facts", f"{position}/{leaf.hex()}")


class Heads:
    """The ledger heads that one transaction has in hand; what a failed unit grew is simply never kept."""

    def __init__(self, connection: Connection, dialect: str) -> None:
        self._connection, self._dialect = connection, dialect
        self._heads: dict[str, Head] = {}
        self._grown: set[str] = set()

    def of(self, trust: str) -> Head:
        if trust not in self._heads:
            self._heads[trust] = read_head(self._connection, trust)
        return self._heads[trust]

    def keep(self, trust: str, head: Head) -> None:
        if head != self._heads.get(trust):
            self._heads[trust] = head
            self._grown.add(trust)

    def lock(self, trust: str) -> None:
        """Hold this trust's head to the end of the transaction, so that no other unit can grow its tree."""
        insert = insertion("postgresql")(HEADS).values(trust=trust, size=0, frontier=b"")
        locked = select(HEADS.c.size, HEADS.c.frontier).where(HEADS.c.trust == trust).with_for_update()
        while (row := self._connection.execute(locked).first()) is None:
            self._connection.execute(insert.on_conflict_do_nothing())
        self._heads[trust] = unpacked(row.size, row.frontier)

    def save(self) -> None:
        if self._grown:
            rows = [packed(trust, self._heads[trust]) for trust in self._grown]
            insert_rows(self._connection, upsert_into(self._dialect), rows)
            self._grown.clear()


@cache
def upsert_into(dialect: str) -> Any:
    insert = insertion(dialect)(HEADS)
    grown = {"size": insert.excluded.size, "frontier": insert.excluded.frontier}
    return insert.on_conflict_do_update(index_elements=["trust"], set_=grown)


@kept
def head_of(trust: str) -> Executable:
    return select(HEADS.c.size, HEADS.c.frontier).where(HEADS.c.trust == trust)


def read_head(connection: Connection, trust: str) -> Head:
    found = ask(connection, head_of(trust))
    return unpacked(*found[0]) if found else Head()


def packed(trust: str, head: Head) -> dict[str, object]:
    return {"trust": trust, "size": head.size, "frontier": b"".join(head.frontier)}


def unpacked(size: int, frontier: bytes) -> Head:
    return Head(size, tuple(frontier[at : at + HASH] for at in range(0, len(frontier), HASH)))
