"""Statements about drafts: the unfinished, the expired, and their end."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from storage.models import Draft


def unfinished(author: str, now: datetime) -> Any:
    """Drafts somebody may go on with, the latest first."""
    mine = select(Draft).where(Draft.author == author, Draft.expires_at > now)
    return mine.order_by(col(Draft.touched_at).desc())


def expired(now: datetime) -> Any:
    return select(Draft).where(Draft.expires_at <= now).order_by(col(Draft.expires_at))


def discard(draft: str) -> Any:
    """Take the row away; ``sealed.destroy`` takes the words."""
    return delete(Draft).where(col(Draft.id) == draft)
