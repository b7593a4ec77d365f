"""Statements about links and the sessions they lead to; a token is only ever looked up by its hash."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from storage.models import Link, WebSession


def by_token(hashed: str) -> Any:
    return select(Link).where(Link.token == hashed)


def made_for(person: str, purpose: str) -> Any:
    return (
        select(Link).where(Link.person == person, Link.purpose == purpose).order_by(col(Link.made_at).desc())
    )


def session(hashed: str, now: datetime) -> Any:
    return select(WebSession).where(WebSession.token == hashed, WebSession.expires_at > now)


def end_sessions_of(person: str) -> Any:
    return delete(WebSession).where(col(WebSession.person) == person)
