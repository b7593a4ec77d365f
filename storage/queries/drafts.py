"""Statements about drafts."""

from datetime import datetime

from sqlalchemy import Delete
from sqlmodel import col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.asked import kept
from storage.models import Draft


@kept
def by_id(token: str) -> SelectOfScalar[Draft]:
    return select(Draft).where(col(Draft.id) == token)


@kept
def unfinished(author: str, at: datetime) -> SelectOfScalar[Draft]:
    """An author's drafts that can still be finished, the latest first."""
    return (
        select(Draft)
        .where(col(Draft.author) == author, col(Draft.expires_at) > at)
        .order_by(col(Draft.touched_at).desc())
        .limit(1)
    )


@kept
def expired(at: datetime) -> SelectOfScalar[Draft]:
    return select(Draft).where(col(Draft.expires_at) <= at).limit(100)


@kept
def delete_draft(token: str) -> Delete:
    # A draft is thrown away last of all: nobody looks at its row again in that unit.
    return delete(Draft).where(col(Draft.id) == token).execution_options(synchronize_session=False)
