"""Keeps hold of what is owed: claims it under a lease, and lets only the lease's holder finish it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from storage.marks import PROMISES
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Claim:
    """One promise that is ours to keep until its lease runs out."""

    id: str
    trust: str
    kind: str
    to: str
    about: str
    ids: dict[str, str]
    due_at: datetime
    made_at: datetime
    attempts: int
    lease: str


def claim(unit: Unit, limit: int, lease_seconds: float) -> list[Claim]:
    """Take the promises that are due, of every trust, oldest first; run it for the house (trust "")."""
    unit._insist_on_writing()
    p, now = PROMISES.c, unit.now
    free = or_(p.leased_until.is_(None), p.leased_until <= now)
    due = select(p.id).where(p.state == "waiting", p.due_at <= now, free).order_by(p.due_at).limit(limit)
    # SQLite leaves the lock out: there is only one writer.
    ripe = due.with_for_update(skip_locked=True).cte("ripe")
    taken = {"lease": unit.new_id(), "leased_until": now + timedelta(seconds=lease_seconds)}
    columns = (p.id, p.trust, p.kind, p.to, p.about, p.ids, p.due_at, p.made_at, p.attempts, p.lease)
    claimed = update(PROMISES).where(p.id.in_(select(ripe.c.id))).values(**taken).returning(*columns)
    rows = unit._session.connection().execute(claimed)
    return sorted((Claim(*row) for row in rows), key=lambda claim: (claim.due_at, claim.id))


def keep(unit: Unit, id: str, lease: str) -> bool:
    """The promise has been kept; False where the lease was no longer ours, and nothing changed."""
    return _finish(unit, id, lease, {"state": "kept", "kept_at": unit.now, "leased_until": None})


def drop(unit: Unit, id: str, lease: str) -> bool:
    """The promise is no longer owed."""
    return _finish(unit, id, lease, {"state": "dropped", "kept_at": unit.now, "leased_until": None})


def put_off(unit: Unit, id: str, lease: str, until: datetime, attempts: int) -> bool:
    """Try again later."""
    return _finish(unit, id, lease, {"due_at": until, "attempts": attempts, "leased_until": None})


def _finish(unit: Unit, id: str, lease: str, values: dict[str, object]) -> bool:
    unit._insist_on_writing()
    unit._flush()
    p = PROMISES.c
    ours = (p.id == id, p.trust == unit._trust, p.state == "waiting", p.lease == lease, p.lease != "")
    changed = update(PROMISES).where(*ours).values(lease="", **values)
    return unit._session.connection().execute(changed).rowcount == 1
