"""Statements about promises: what is still owed about a case, and how long the oldest has waited."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, update
from sqlmodel import col, select

from storage.models import Promise


def owed(about: str, *kinds: str) -> Any:
    """Promises still waiting about a case, of these kinds or of any."""
    waiting = select(Promise).where(Promise.about == about, Promise.state == "waiting")
    return (waiting.where(col(Promise.kind).in_(kinds)) if kinds else waiting).order_by(col(Promise.due_at))


def call_off(about: str, *kinds: str) -> Any:
    """Drop what is still owed about a case: it is no longer needed."""
    ours = (col(Promise.about) == about, col(Promise.state) == "waiting", col(Promise.kind).in_(kinds))
    return update(Promise).where(*ours).values(state="dropped", lease="", leased_until=None)


def oldest_due(now: datetime) -> Any:
    return select(func.min(Promise.due_at)).where(Promise.state == "waiting", Promise.due_at <= now)
