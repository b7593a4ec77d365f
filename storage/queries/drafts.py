"""Statements about drafts."""

from datetime import datetime

from sqlalchemy import Delete, Select, delete, select

from storage.models import Draft


def by_id(token: str) -> Select[tuple[Draft]]:
    return select(Draft).where(Draft.id == token)


def unfinished(author: str, at: datetime) -> Select[tuple[Draft]]:
    """An author's drafts that can still be finished, the latest first."""
    return (
        select(Draft)
        .where(Draft.author == author, Draft.expires_at > at)
        .order_by(Draft.touched_at.desc())
        .limit(1)
    )


def expired(at: datetime) -> Select[tuple[Draft]]:
    return select(Draft).where(Draft.expires_at <= at).limit(100)


def delete_draft(token: str) -> Delete:
    return delete(Draft).where(Draft.id == token)
