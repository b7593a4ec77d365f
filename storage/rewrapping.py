"""Wraps the data keys of every trust anew under the newest key, a few in each transaction."""

from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from storage.faults import Unopenable
from storage.keyring import DESTROYED, KEYS
from storage.unit import Unit

AT_ONCE = 200


class Step(NamedTuple):
    """How far we came: the last key that was looked at ("" at the end), what was done, and what no key opens."""

    last: str
    done: int
    closed: int


def rewrap_some(unit: Unit, after: str) -> Step:
    """The next few that still need an older key; run it for the house (trust "")."""
    unit._insist_on_writing()
    vault, connection = unit._scope.vault, unit._connection
    rows = connection.execute(_following(after)).all()
    changes, closed = [], 0
    for row in rows:
        if vault.needs_older(row.wrapped):
            try:
                changes.append({"which": row.id, "old": row.wrapped, "new": vault.rewrap(row.wrapped)})
            except Unopenable:
                closed += 1
    if changes:
        # A key that was destroyed meanwhile stays destroyed.
        same = (KEYS.c.id == bindparam("which"), KEYS.c.wrapped == bindparam("old"))
        connection.execute(update(KEYS).where(*same).values(wrapped=bindparam("new")), changes)
    return Step(rows[-1].id if rows else "", len(changes), closed)


def older_some(unit: Unit, after: str) -> Step:
    """The same without changing anything: ``done`` counts those that still need an older key."""
    rows = unit._connection.execute(_following(after)).all()
    needing = sum(unit._scope.vault.needs_older(row.wrapped) for row in rows)
    return Step(rows[-1].id if rows else "", needing, 0)


def _following(after: str):  # type: ignore[no-untyped-def]  # sqlalchemy's own type names every column
    there = (KEYS.c.id > after, KEYS.c.wrapped != DESTROYED)
    return select(KEYS.c.id, KEYS.c.wrapped).where(*there).order_by(KEYS.c.id).limit(AT_ONCE)
