"""Rows about who there is: trusts, schools, people, their accounts, roles, appointments and absences."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.models.owned import Owned


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
    # When its school time begins and ends in London, "08:00"; the floor's where it has given none.
    opens: str = ""
    closes: str = ""


class CalendarSpan(Owned, table=True):
    """Days in a school's calendar, the last included: a term, a half-term, or days of one kind on their own."""

    __tablename__ = "calendar"
    __table_args__ = (
        UniqueConstraint("school", "kind", "first"),
        CheckConstraint("kind in ('term','half_term','inset','closed','open')", name="calendar_kind"),
    )
    school: str = Field(index=True)
    kind: str
    name: str = ""
    first: date
    last: date


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
    # Whether they are on the list of staff, teach, and in which team; the weekdays on which somebody part-time works,
    # by name (none: every day that school has); the day on which they began or leave.
    staff: bool = False
    teaches: bool = False
    team: str = ""
    works: list[str] = Field(default=[], sa_column=Column(JSON, nullable=False))
    joined: date | None = None
    leaves: date | None = None


class Account(Owned, table=True):
    """One way to reach a person; ``state`` is active, guest, foreign, deactivated, unconfirmed or shut.

    ``shut`` is a good account where the bot was taken out or is blocked: its owner has it back when they speak.
    """

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("platform", "workspace", "address"),)
    person: str = Field(index=True)
    platform: str
    workspace: str = ""
    address: str
    state: str = "active"
    spoke_at: datetime | None = None  # to the minute


class Conversation(Owned, table=True):
    """A person's own conversation with the bot, where a platform has to be told; empty when they took it out."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("platform", "workspace", "address"),)
    platform: str
    workspace: str
    address: str
    service: str
    conversation: str
    member: str
    seen_at: datetime


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
    """A span in which a person is away: whole days, the last included; none where they do not know it yet.

    ``said_by`` is whoever said so themselves, "" where school.toml does; ``back`` the day from which they are here
    after all.
    """

    __tablename__ = "absences"
    trust: str = Field(default="", index=True)
    person: str = Field(index=True)
    first: date
    last: date | None = None
    said_by: str = ""
    back: date | None = None


class TeamRoom(Owned, table=True):
    """A private channel for the team of a role at a school; a case is shown there only while all in it may see it."""

    __tablename__ = "team_rooms"
    __table_args__ = (UniqueConstraint("school", "role"),)
    school: str
    role: str
    platform: str
    channel: str


class Appointment(Owned, table=True):
    """An office that school.toml gives to somebody, and that another holder must say yes to first."""

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint("state in ('waiting','yes','no','lapsed','withdrawn')", name="appointment_state"),
    )
    school: str
    person: str = Field(index=True)
    role: str
    state: str = "waiting"
    asked_at: datetime
    lapses_at: datetime
    answered_by: str = ""
    answered_at: datetime | None = None


class Hole(Owned, table=True):
    """A place where a report could find nobody, as a digest of its sentence: so that it is not said every day."""

    __tablename__ = "holes"
    __table_args__ = (UniqueConstraint("trust", "digest"),)
    digest: str
    said_at: datetime
