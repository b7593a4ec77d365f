"""Rows about what people are asked to do: one task for each duty, person and period, and the policy's versions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from storage.models.owned import Owned


class Task(Owned, table=True):
    """One duty of one person for one period; once it is done nothing of it changes again.

    ``policy`` is the pack that asks for it.  ``next_on`` is the next day on which they are reminded, none when they
    are not.  ``raised`` says who else has heard that it is overdue: nobody, the line manager, the headteacher.
    ``version`` and ``sha256`` name the policy's text that somebody attested to.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("school", "person", "duty", "period"),
        CheckConstraint("state in ('open','done','unable','ended')", name="task_state"),
        CheckConstraint("raised between 0 and 2", name="task_raised"),
    )
    school: str = Field(index=True)
    person: str = Field(index=True)
    duty: str
    period: str
    policy: str
    opened_on: date
    due_on: date
    next_on: date | None = Field(default=None, index=True)
    state: str = "open"
    put_off: int = 0
    raised: int = 0
    shown_at: datetime | None = None
    done_on: date | None = None
    done_at: datetime | None = None
    version: str = ""
    sha256: str = ""


class PolicyVersion(Owned, table=True):
    """One version of a policy's text, approved; `file` is its name under `LANYARD_HOME/policies`.

    ``changes`` says in the office's own words what is new, "" where it said nothing.
    """

    __tablename__ = "policy_versions"
    __table_args__ = (UniqueConstraint("trust", "policy", "version"),)
    policy: str
    version: str
    file: str
    sha256: str
    approved_by: str
    office: str
    approved_on: date
    changes: str = ""
    added_at: datetime


class Certificate(Owned, table=True):
    """A file that somebody keeps with what they did; its bytes are a sealed blob under this id, and the task's key."""

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("task", "sha256"),)
    task: str = Field(index=True)
    person: str
    media: str
    size: int
    sha256: str
    added_at: datetime
