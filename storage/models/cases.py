"""Rows about what was reported: drafts, cases, who was told, who is named, and screenshots."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column, UniqueConstraint, false
from sqlmodel import Field

from storage.models.owned import Owned


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
    reported: str = ""  # the type as it was picked, before the rules made another of it
    policy: str
    klass: str
    state: str = "received"
    by: str = "unknown"
    harmed: str = "nobody"
    danger: bool = False
    flags: list[str] = Field(default=[], sa_column=Column(JSON, nullable=False))
    # Made to try the chain out: said at birth, and held for ever by the database itself (migrations/guards.py).
    practice: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
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
    """A person whom a report names: picked staff by id, anybody else by a sealed name; one part each.

    What the lead finds out is a row of its own; the one that it corrects stays, marked with when and by whom.
    """

    __tablename__ = "involved"
    case: str = Field(index=True)
    part: str
    person: str = ""
    kind: str = "unknown"  # pupil, colleague, parent, outsider or unknown
    # A typed name that "could be" these staff, excluded because the reporter was not sure.
    perhaps: list[str] = Field(default=[], sa_column=Column(JSON, nullable=False))
    added_by: str = ""  # "" where the report itself names them
    added_at: datetime | None = None
    corrected_by: str = ""
    corrected_at: datetime | None = None


class Evidence(Owned, table=True):
    """One screenshot: promised, fetched or failed; its bytes are a sealed blob of the same id."""

    __tablename__ = "evidence"
    case: str = Field(index=True)
    position: int
    state: str = "promised"
    promised_at: datetime
    media: str = ""
    size: int = 0
    sha256: str = ""


class Unprocessed(Owned, table=True):
    """A verified submission that something unexpected stopped: kept sealed until a person has looked."""

    __tablename__ = "unprocessed"
    at: datetime
    state: str = "waiting"
    fault: str = ""
