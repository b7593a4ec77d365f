"""Keeps hold of what is owed: claims it under a lease, and lets only the lease's holder finish it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Executable, bindparam, func, or_, select, update

from storage.asked import Asked, kept
from storage.marks import PROMISES
from storage.statements import ask, change
from storage.unit import Unit

# The longest wait between two tries, unless a platform asks for longer.
BETWEEN_TRIES = timedelta(minutes=1)


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
    doubt: bool  # an earlier try may have been heard, and nobody knows


def claim(unit: Unit, limit: int, lease_seconds: float) -> list[Claim]:
    """Take the promises that are due, of every trust, oldest first; run it for the house (trust "")."""
    unit._insist_on_writing()
    until = unit.now + timedelta(seconds=lease_seconds)
    rows = ask(unit._connection, ripe(unit.now, limit, unit.new_id(), until))
    return sorted((Claim(*row) for row in rows), key=lambda claim: (claim.due_at, claim.id))


def release(unit: Unit) -> None:
    """Let go of every lease, of every trust: only where no other process can be holding one."""
    unit._insist_on_writing()
    p = PROMISES.c
    # What is held was due when it was taken up: without its day, everything that waits would be looked through.
    held = update(PROMISES).where(p.state == "waiting", p.due_at <= unit.now, p.lease != "")
    unit._connection.execute(held.values(lease="", leased_until=None, doubt=True))


def keep(unit: Unit, id: str, lease: str) -> bool:
    """The promise has been kept; False where the lease was no longer ours, and nothing changed."""
    return _finish(unit, id, lease, {"state": "kept", "leased_until": None})


def drop(unit: Unit, id: str, lease: str) -> bool:
    """The promise is no longer owed."""
    return _finish(unit, id, lease, {"state": "dropped", "leased_until": None})


def withdraw(unit: Unit, to: str, about: str) -> None:
    """What somebody was still to be told about something is no longer owed; what is being sent now is checked there."""
    unit._insist_on_writing()
    unit._flush()
    p = PROMISES.c
    theirs = (p.trust == unit._trust, p.to == to, p.about == about, p.state == "waiting", p.lease == "")
    dropped = update(PROMISES).where(*theirs).values(state="dropped")
    unit._connection.execute(dropped)


def put_off(unit: Unit, claim: Claim, until: datetime, attempts: int, doubt: bool = False) -> bool:
    """Try again later; once there is ``doubt`` whether a try was heard, it stays until the promise is kept."""
    values = {"due_at": until, "attempts": attempts, "leased_until": None, "doubt": claim.doubt or doubt}
    return _finish(unit, claim.id, claim.lease, values)


def overdue(unit: Unit) -> float:
    """For how many seconds the oldest promise of any trust has waited to be kept, its tries included.

    One that a platform wants tried only after more than a minute counts again in the last minute of that.
    """
    p = PROMISES.c
    # A screenshot may be tried for longer: Slack says so itself, and lead and reporter are told.
    late = select(p.attempts, func.min(p.due_at)).where(p.state == "waiting", p.kind != "fetch")
    late = late.where(p.due_at <= unit.now + BETWEEN_TRIES, or_(p.due_at <= unit.now, p.attempts > 0))
    rows = unit._connection.execute(late.group_by(p.attempts)).all()
    return max(((unit.now - due).total_seconds() + tried_for(attempts) for attempts, due in rows), default=0.0)


def tried_for(attempts: int) -> float:
    """How long so many tries have taken at least, twice as long each time and a minute at most."""
    return float(sum(min(BETWEEN_TRIES.seconds, 2**n) for n in range(attempts)))


def _finish(unit: Unit, id: str, lease: str, values: dict[str, object]) -> bool:
    unit._insist_on_writing()
    unit._flush()
    whose = {"id_": id, "trust_": unit._trust, "lease_": lease}
    new = {f"new_{name}": value for name, value in values.items()}
    return change(unit._connection, Asked(finishing(tuple(values)), whose | new)) == 1


@kept
def ripe(now: datetime, limit: int, lease: str, until: datetime) -> Executable:
    """Takes what is due, the oldest first, and says what was taken."""
    p = PROMISES.c
    free = or_(p.leased_until.is_(None), p.leased_until <= now)
    due = select(p.id).where(p.state == "waiting", p.due_at <= now, free).order_by(p.due_at).limit(limit)
    # SQLite leaves the lock out: there is only one writer.
    first = due.with_for_update(skip_locked=True).cte("ripe")
    columns = (p.id, p.trust, p.kind, p.to, p.about, p.ids, p.due_at, p.made_at, p.attempts, p.lease, p.doubt)
    # A lease that nobody gave back: its holder died, or took too long, and may have sent what was owed.
    fallen = or_(p.doubt, p.lease != "")
    taken = update(PROMISES).where(p.id.in_(select(first.c.id)))
    return taken.values(lease=lease, leased_until=until, doubt=fallen).returning(*columns)


@cache
def finishing(names: tuple[str, ...]) -> Executable:
    """Finishes one promise, if the lease is still good."""
    p = PROMISES.c
    whose = (p.id == bindparam("id_"), p.trust == bindparam("trust_"), p.lease == bindparam("lease_"))
    finished = update(PROMISES).where(*whose, p.state == "waiting", p.lease != "")
    return finished.values({p.lease: "", **{p[name]: bindparam(f"new_{name}") for name in names}})
