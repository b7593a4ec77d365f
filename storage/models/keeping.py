"""Rows that keep what was said and done: keys, sealed texts, the ledger, promises, and facts about the database."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.models.owned import Owned


class Key(Owned, table=True):
    """The wrapped data key of a case, draft or trust (its id is theirs); without it their words are gone."""

    __tablename__ = "keys"
    wrapped: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Sealed(Owned, table=True):
    """One sealed text of a case or draft, under its owner's key."""

    __tablename__ = "sealed"
    __table_args__ = (UniqueConstraint("owner", "field"),)
    owner: str
    field: str
    text: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Entry(SQLModel, table=True):
    """One entry of a trust's ledger: canonical JSON, its leaf hash, and its facts sealed beside it."""

    __tablename__ = "ledger"
    trust: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    entry: str
    leaf: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    case: str = Field(default="", index=True)
    facts: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LedgerHead(SQLModel, table=True):
    """The size of a trust's tree and the roots of its full subtrees, largest first."""

    __tablename__ = "ledger_heads"
    trust: str = Field(primary_key=True)
    size: int = 0
    frontier: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))


class Promise(Owned, table=True):
    """Something that must be said or done at ``due_at``; carries names and ids, never words."""

    __tablename__ = "promises"
    __table_args__ = (
        UniqueConstraint("trust", "once"),
        Index("promises_due", "state", "due_at"),
        CheckConstraint("state in ('waiting','kept','dropped')", name="promise_state"),
    )
    kind: str
    to: str = ""
    about: str = Field(default="", index=True)
    ids: dict[str, str] = Field(default={}, sa_column=Column(JSON, nullable=False))
    due_at: datetime
    made_at: datetime
    state: str = "waiting"
    attempts: int = 0
    lease: str = ""
    leased_until: datetime | None = None
    doubt: bool = False
    once: str | None = None


class Posted(Owned, table=True):
    """Where a message about a case lies, so that it can be edited in place."""

    __tablename__ = "posted"
    __table_args__ = (
        UniqueConstraint("case", "person", "platform", "slot"),
        Index("posted_lies", "channel", "stamp"),
    )
    case: str = Field(index=True)
    person: str
    platform: str
    slot: str  # "card" for recipients, "receipt" for the reporter; what is said once has its promise's id
    channel: str
    stamp: str
    at: datetime


class Heard(Owned, table=True):
    """A message that somebody wrote under a card and that was kept as a note; its words are in the note alone."""

    __tablename__ = "heard"
    __table_args__ = (UniqueConstraint("platform", "channel", "stamp"),)
    case: str = Field(index=True)
    person: str
    platform: str
    channel: str
    stamp: str
    at: datetime
    edited: str = ""  # the platform's name for its last edit
    deleted: bool = False


class DeskSetting(SQLModel, table=True):
    """A fact about this database itself, such as that it belongs to a demo."""

    __tablename__ = "desk_settings"
    name: str = Field(primary_key=True)
    value: str
