"""Rows of the doors on our own pages: links, passphrases and sessions."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field

from storage.models.owned import Owned


class Link(Owned, table=True):
    """A link somebody was given: invite, case, evidence, add, task, office or report.  Only the token's hash is kept.

    ``case`` is the id of whatever it opens.
    """

    __tablename__ = "links"
    purpose: str
    person: str = Field(index=True)
    case: str = ""
    token: str = Field(unique=True)
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class Passphrase(Owned, table=True):
    """The scrypt hash of a person's passphrase (the row's id is the person's)."""

    __tablename__ = "passphrases"
    salt: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    set_at: datetime
    failures: int = 0
    shut_until: datetime | None = None


class WebSession(Owned, table=True):
    """Somebody signed in on our pages, for one case or one appointment; only the cookie's hash is kept."""

    __tablename__ = "web_sessions"
    person: str = Field(index=True)
    case: str
    purpose: str = "case"
    token: str = Field(unique=True)
    expires_at: datetime
