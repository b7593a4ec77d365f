"""A submission that something unexpected stopped: kept sealed, told to the operator, looked at by a person."""

from storage.ledger import Event
from storage.models import Unprocessed
from storage.unit import Unit


def keep(unit: Unit, payload: str, fault: str) -> None:
    """Keep the verified payload, whole; ``fault`` is the kind of exception, never its sentence."""
    id = unit.new_id()
    unit.add(Unprocessed(id=id, at=unit.now, fault=fault))
    unit.seal(id, "payload", payload)
    unit.record(Event.SUBMISSION_KEPT, "", "", kept=id, fault=fault)
    unit.promise("alarm", "", unit.now, message="operator.unprocessed", count="1")
