"""Statements about what people are asked to do."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.asked import kept
from storage.models import Certificate, Person, PolicyVersion, Task


@kept
def tasks_at(school: str) -> SelectOfScalar[Task]:
    """Every task of a school, whoever's and however it stands."""
    return select(Task).where(col(Task.school) == school).order_by(col(Task.due_on), col(Task.id))


@kept
def open_tasks(person: str) -> SelectOfScalar[Task]:
    """What somebody has still to do, in no order."""
    return select(Task).where(col(Task.person) == person, col(Task.state) == "open")


@kept
def open_at(school: str, duty: str) -> SelectOfScalar[Task]:
    """What a school has still to do of one duty."""
    return select(Task).where(col(Task.school) == school, col(Task.duty) == duty, col(Task.state) == "open")


@kept
def finished(person: str) -> SelectOfScalar[Task]:
    """What somebody has done, the latest first."""
    return select(Task).where(col(Task.person) == person, col(Task.state) == "done").order_by(col(Task.done_on).desc())


@kept
def by_ids(ids: Sequence[str]) -> SelectOfScalar[Task]:
    return select(Task).where(col(Task.id).in_(ids))


@kept
def waiting(school: str, day: date) -> SelectOfScalar[Task]:
    """What somebody at a school is to be reminded of by this day."""
    return select(Task).where(col(Task.school) == school, col(Task.state) == "open", col(Task.next_on) <= day)


@kept
def overdue(school: str, day: date) -> SelectOfScalar[Task]:
    """What should have been done before this day, or cannot be, and is not yet the headteacher's to know."""
    return select(Task).where(
        col(Task.school) == school,
        col(Task.state).in_(("open", "unable")),
        (col(Task.due_on) < day) | (col(Task.state) == "unable"),
        col(Task.raised) < 2,
    )


@kept
def staff() -> SelectOfScalar[Person]:
    """Everybody on the list of staff, or in school.toml."""
    return select(Person).where(col(Person.staff).is_(True) | col(Person.key).is_not(None)).order_by(col(Person.id))


@kept
def versions(policy: str) -> SelectOfScalar[PolicyVersion]:
    """A policy's versions, the newest first."""
    return (
        select(PolicyVersion)
        .where(col(PolicyVersion.policy) == policy)
        .order_by(col(PolicyVersion.approved_on).desc(), col(PolicyVersion.added_at).desc())
    )


@kept
def certificates(tasks: Sequence[str]) -> SelectOfScalar[Certificate]:
    """The certificates of some tasks, the newest first."""
    return (
        select(Certificate)
        .where(col(Certificate.task).in_(tasks))
        .order_by(col(Certificate.added_at).desc(), col(Certificate.id))
    )
