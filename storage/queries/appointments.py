"""Statements about appointments that wait for a yes, and about what they were shown as."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.asked import kept
from storage.models import Appointment, Posted


@kept
def by_id(id: str) -> SelectOfScalar[Appointment]:
    return select(Appointment).where(col(Appointment.id) == id)


@kept
def waiting() -> SelectOfScalar[Appointment]:
    """Those that nobody has answered yet, the oldest first."""
    return select(Appointment).where(col(Appointment.state) == "waiting").order_by(col(Appointment.asked_at))


@kept
def shown_to(appointment: str) -> SelectOfScalar[str]:
    """Everybody who has a card about it in chat."""
    return select(col(Posted.person)).where(col(Posted.case) == appointment)
