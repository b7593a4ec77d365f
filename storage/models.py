"""The rows: who there is, what was reported, who was told, and what is still owed.

Every row carries its trust, and a session bound to one trust sees no other's.  Times are aware UTC.
Nothing here holds a report's words: those are in ``Sealed``, under the key of their case or draft.
"""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel


class Owned(SQLModel):
    """A row with an opaque id, belonging to one trust."""

    id: str = Field(primary_key=True)
    trust: str = ""


class Trust(SQLModel, table=True):
    """One trust, or one school on its own, with the numbers that every form shows."""

    __tablename__ = "trusts"
    id: str = Field(primary_key=True)
    name: str
    pack: str
    demo: bool = False
    outside: dict[str, str] = Field(default={}, sa_column=Column(JSON, nullable=False))
    review_on: date | None = None


class School(Owned, table=True):
    """A school of the trust; ``key`` is its id in school.toml."""

    __tablename__ = "schools"
    __table_args__ = (UniqueConstraint("trust", "key"),)
    key: str
    name: str
    phone: str = ""


class Person(Owned, table=True):
    """Somebody who works in or for the trust; ``also`` holds earlier names and what people call them."""

    __tablename__ = "persons"
    __table_args__ = (UniqueConstraint("trust", "key"),)
    key: str | None = None
    name: str
    also: list[str] = Field(default=[], sa_column=Column(JSON, nullable=False))
    phone: str = ""
    school: str = ""
    line_manager: str = ""
    met_at: datetime


class Account(Owned, table=True):
    """One way to reach a person; ``state`` is active, guest, foreign, deactivated or blocked."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("platform", "workspace", "address"),)
    person: str = Field(index=True)
    platform: str
    workspace: str = ""
    address: str
    state: str = "active"


class RoleHeld(Owned, table=True):
    """A role at a school, held from ``since`` until ``until``; ``position`` is the school's order."""

    __tablename__ = "roles"
    trust: str = Field(default="", index=True)
    school: str = Field(index=True)
    person: str = Field(index=True)
    role: str
    position: int = 0
    since: datetime
    until: datetime | None = None


class Absence(Owned, table=True):
    """A span in which a person is away: whole days, the last included."""

    __tablename__ = "absences"
    trust: str = Field(default="", index=True)
    person: str = Field(index=True)
    first: date
    last: date


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


class Draft(Owned, table=True):
    """A report being written: seen by its author only, destroyed 24 hours after the last step."""

    __tablename__ = "drafts"
    author: str = Field(index=True)
    touched_at: datetime
    expires_at: datetime = Field(index=True)


class Case(Owned, table=True):
    """A report that was made.  ``draft`` is unique: pressing Send twice makes one case."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("trust", "reference"),
        CheckConstraint("state in ('received','opened','acknowledged','working','closed')", name="case_state"),
        CheckConstraint("klass in ('now','day','soon')", name="case_klass"),
    )
    school: str = Field(index=True)
    draft: str = Field(unique=True)
    reference: str
    report: str
    policy: str
    klass: str
    state: str = "received"
    by: str = "unknown"
    harmed: str = "nobody"
    danger: bool = False
    flags: list[str] = Field(default=[], sa_column=Column(JSON, nullable=False))
    picked: list[str] = Field(default=[], sa_column=Column(JSON, nullable=False))
    outside: list[str] = Field(default=[], sa_column=Column(JSON, nullable=False))
    reporter: str = Field(index=True)
    opened_at: datetime
    due_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    proof: str = ""  # the leaf hash of the entry that opened it, in hex


class Party(Owned, table=True):
    """A person who was told of a case, in one part, and why; access follows this row and nothing else."""

    __tablename__ = "parties"
    __table_args__ = (UniqueConstraint("case", "person"),)
    case: str = Field(index=True)
    person: str = Field(index=True)
    role: str
    part: str
    source: str
    why: str
    since: datetime
    until: datetime | None = None
    ended: str = ""  # excluded or recused


class Involved(Owned, table=True):
    """A person whom a report names: picked staff by id, anybody else by a sealed name; one part each."""

    __tablename__ = "involved"
    case: str = Field(index=True)
    part: str
    person: str = ""
    kind: str = "unknown"  # pupil, colleague, parent, outsider or unknown
    # A typed name that "could be" these staff, excluded because the reporter was not sure.
    perhaps: list[str] = Field(default=[], sa_column=Column(JSON, nullable=False))


class Evidence(Owned, table=True):
    """One screenshot: promised, fetched, failed or refused; its bytes are a sealed blob of the same id."""

    __tablename__ = "evidence"
    case: str = Field(index=True)
    position: int
    state: str = "promised"
    promised_at: datetime
    media: str = ""
    size: int = 0
    sha256: str = ""


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
    kept_at: datetime | None = None
    once: str | None = None


class Posted(Owned, table=True):
    """Where a message about a case lies, so that it can be edited in place."""

    __tablename__ = "posted"
    __table_args__ = (UniqueConstraint("case", "person", "platform", "slot"),)
    case: str = Field(index=True)
    person: str
    platform: str
    slot: str  # "card" for recipients, "receipt" for the reporter
    channel: str
    stamp: str
    at: datetime


class Unprocessed(Owned, table=True):
    """A verified submission that something unexpected stopped: kept sealed until a person has looked."""

    __tablename__ = "unprocessed"
    at: datetime
    state: str = "waiting"
    fault: str = ""


class Link(Owned, table=True):
    """A link somebody was given: invite, case or evidence.  Only the token's hash is kept."""

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
    """Somebody signed in on our pages, for one case; only the cookie's hash is kept."""

    __tablename__ = "web_sessions"
    person: str = Field(index=True)
    case: str
    token: str = Field(unique=True)
    expires_at: datetime


class DeskSetting(SQLModel, table=True):
    """A fact about this database itself, such as that it belongs to a demo."""

    __tablename__ = "desk_settings"
    name: str = Field(primary_key=True)
    value: str
