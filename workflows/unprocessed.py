"""A submission that something unexpected stopped: kept sealed, told to the operator, for a person to look at."""

from dataclasses import dataclass
from datetime import datetime

from storage import sealed
from storage.events import Event
from storage.models import Unprocessed
from storage.queries import cases as queries
from storage.unit import Unit


def keep(unit: Unit, payload: str, fault: str) -> None:
    """Keep the verified payload, whole; ``fault`` is the kind of exception, never its sentence."""
    kept = unit.new_id()
    unit.add(Unprocessed(id=kept, at=unit.now, fault=fault))
    unit.seal(kept, "payload", payload)
    unit.record(Event.SUBMISSION_KEPT, "", "", kept=kept, fault=fault)
    unit.promise("alarm", "", unit.now, message="operator.unprocessed", count="1")


@dataclass(frozen=True)
class Waiting:
    """One that waits to be tried again: when it came (UTC), and the kind of fault that stopped it."""

    id: str
    at: datetime
    fault: str
    payload: str


def waiting(unit: Unit) -> list[Waiting]:
    """What waits to be tried again, the oldest first."""
    rows: list[Unprocessed] = unit.find(queries.unprocessed())
    return [Waiting(row.id, row.at, row.fault, sealed.opened_field(unit, row.id, "payload") or "") for row in rows]


def done(unit: Unit, kept: str) -> None:
    """It went through."""
    row: Unprocessed = unit.get(Unprocessed, kept)
    row.state = "done"
    unit.record(Event.SUBMISSION_RETRIED, "", "", kept=kept)
