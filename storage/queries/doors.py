"""Statements about links, passphrases and web sessions: the doors of people without a chat account."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.asked import kept
from storage.models import Link, Passphrase, RoleHeld, WebSession
from storage.queries.people import held


@kept
def link(token: str) -> SelectOfScalar[Link]:
    """The link with this hash."""
    return select(Link).where(Link.token == token)


@kept
def unused_links(person: str, purpose: str) -> SelectOfScalar[Link]:
    """A person's links of one purpose that have not been used."""
    return select(Link).where(Link.person == person, Link.purpose == purpose, col(Link.used_at).is_(None))


@kept
def passphrase(person: str) -> SelectOfScalar[Passphrase]:
    """A person's passphrase, if they have chosen one."""
    return select(Passphrase).where(Passphrase.id == person)


@kept
def session(token: str) -> SelectOfScalar[WebSession]:
    """The session with this hash."""
    return select(WebSession).where(WebSession.token == token)


@kept
def sessions_of(person: str, at: datetime) -> SelectOfScalar[WebSession]:
    """A person's sessions that are still open."""
    return select(WebSession).where(WebSession.person == person, WebSession.expires_at > at)


@kept
def beside(person: str, roles: Sequence[str], at: datetime) -> SelectOfScalar[str]:
    """Everybody else who now holds one of these roles at a school where this person holds any."""
    schools = select(RoleHeld.school).where(RoleHeld.person == person, held(at))
    return (
        select(RoleHeld.person)
        .where(col(RoleHeld.role).in_(roles), held(at), col(RoleHeld.school).in_(schools))
        .where(RoleHeld.person != person)
        .distinct()
    )
