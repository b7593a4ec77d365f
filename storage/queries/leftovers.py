"""Statements about what is left over: old links, ended sessions, and which blobs have a row."""

from datetime import datetime

from sqlalchemy import Delete
from sqlmodel import col, delete, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.asked import kept
from storage.models import Certificate, Evidence, Link, WebSession

SILENTLY = {"synchronize_session": False}


def old_links(forgotten: datetime, ended: datetime) -> Delete:
    """Links so old that they cannot ask for a fresh one, and long expired ones to see or to add pictures."""
    picture = col(Link.purpose).in_(("evidence", "add", "certificate", "certificates")) & (col(Link.expires_at) < ended)
    return delete(Link).where(or_(col(Link.made_at) < forgotten, picture)).execution_options(**SILENTLY)


def ended_sessions(ended: datetime) -> Delete:
    return delete(WebSession).where(col(WebSession.expires_at) < ended).execution_options(**SILENTLY)


@kept
def pictures() -> SelectOfScalar[str]:
    """Every screenshot that has a row, whatever became of it."""
    return select(col(Evidence.id))


@kept
def certificates() -> SelectOfScalar[str]:
    """Every certificate that has a row."""
    return select(col(Certificate.id)).order_by(col(Certificate.id))
