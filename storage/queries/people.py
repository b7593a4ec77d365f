"""Statements about people: who speaks from an account, who holds a role, who is away."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Delete
from sqlmodel import col, delete, or_, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from storage.asked import Asked, kept
from storage.models import Absence, Account, Conversation, Hole, Person, RoleHeld, School, Trust


@kept
def trust() -> SelectOfScalar[Trust]:
    return select(Trust)


@kept
def schools() -> SelectOfScalar[School]:
    """The trust's schools, by their ids in school.toml."""
    return select(School).order_by(col(School.key))


@kept
def everybody() -> SelectOfScalar[Person]:
    return select(Person)


@kept
def by_key(key: str) -> SelectOfScalar[Person]:
    """Somebody by their permanent id in school.toml."""
    return select(Person).where(col(Person.key) == key)


@kept
def by_ids(ids: Sequence[str]) -> SelectOfScalar[Person]:
    return select(Person).where(col(Person.id).in_(ids))


@kept
def account(platform: str, workspace: str, address: str) -> SelectOfScalar[Account]:
    return select(Account).where(
        col(Account.platform) == platform,
        col(Account.workspace) == workspace,
        col(Account.address) == address,
    )


def by_email(emails: Sequence[str]) -> Asked:
    """Persons who have one of these addresses, compared without case."""
    return by_small_email([email.lower() for email in emails])


@kept
def by_small_email(emails: Sequence[str]) -> SelectOfScalar[Person]:
    return (
        select(Person)
        .join(Account, col(Account.person) == col(Person.id))
        .where(col(Account.platform) == "mail", col(Account.address).in_(emails))
    )


@kept
def accounts_of(people: Sequence[str]) -> SelectOfScalar[Account]:
    return (
        select(Account).where(col(Account.person).in_(people)).order_by(col(Account.platform).desc(), col(Account.id))
    )


@kept
def standing_of(people: Sequence[str]) -> Select[str, str, str]:
    """The accounts of these persons as values: person, platform and state."""
    asked = select(col(Account.person), col(Account.platform), col(Account.state))
    return asked.where(col(Account.person).in_(people))


@kept
def conversation(platform: str, workspace: str, address: str) -> SelectOfScalar[Conversation]:
    """Where an account's owner has their own conversation with the bot."""
    return select(Conversation).where(
        col(Conversation.platform) == platform,
        col(Conversation.workspace) == workspace,
        col(Conversation.address) == address,
    )


@kept
def service(workspace: str) -> SelectOfScalar[str]:
    """The service by which somebody of a workspace was reached last."""
    return (
        select(col(Conversation.service))
        .where(col(Conversation.workspace) == workspace)
        .order_by(col(Conversation.seen_at).desc())
        .limit(1)
    )


@kept
def managed_by(manager: str) -> SelectOfScalar[str]:
    """Somebody whose line manager this is, if anybody's."""
    return select(col(Person.id)).where(col(Person.line_manager) == manager).limit(1)


@kept
def managed() -> SelectOfScalar[Person]:
    """Those who have a line manager on record."""
    return select(Person).where(col(Person.line_manager) != "")


@kept
def line_managers() -> Select[str, str]:
    """Persons, each with the line manager on record."""
    return select(col(Person.id), col(Person.line_manager)).where(col(Person.line_manager) != "")


@kept
def roles_at(school: str, at: datetime) -> SelectOfScalar[RoleHeld]:
    """Roles held at a school, or for the whole trust, at a moment, in the school's order."""
    return (
        select(RoleHeld)
        .where(col(RoleHeld.school).in_((school, "")), held(at))
        .order_by(col(RoleHeld.role), col(RoleHeld.position))
    )


@kept
def seats_at(school: str, at: datetime) -> Select[str, str]:
    """The same as values: role and person."""
    return (
        select(col(RoleHeld.role), col(RoleHeld.person))
        .where(col(RoleHeld.school).in_((school, "")), held(at))
        .order_by(col(RoleHeld.role), col(RoleHeld.position))
    )


@kept
def offices(school: str) -> SelectOfScalar[str]:
    """Every role that was ever held at a school, or for the whole trust."""
    return select(RoleHeld.role).where(col(RoleHeld.school).in_((school, ""))).distinct()


@kept
def roles_now(at: datetime) -> SelectOfScalar[RoleHeld]:
    """Every role held anywhere in the trust at a moment."""
    return select(RoleHeld).where(held(at)).order_by(col(RoleHeld.school), col(RoleHeld.role), col(RoleHeld.position))


@kept
def roles_of(person: str, at: datetime) -> SelectOfScalar[RoleHeld]:
    """The roles that somebody holds at a moment, anywhere in the trust."""
    return (
        select(RoleHeld)
        .where(col(RoleHeld.person) == person, held(at))
        .order_by(col(RoleHeld.school), col(RoleHeld.role), col(RoleHeld.position))
    )


def held(at: datetime) -> ColumnElement[bool]:
    """Whether a role is held at a moment: from ``since`` on, and no longer at ``until``."""
    return (col(RoleHeld.since) <= at) & or_(col(RoleHeld.until).is_(None), col(RoleHeld.until) > at)


@kept
def away_on(people: Sequence[str], day: date) -> SelectOfScalar[str]:
    """Who of these persons is away that day; without an end it goes on until they are back."""
    return select(col(Absence.person)).where(
        col(Absence.person).in_(people),
        col(Absence.first) <= day,
        or_(col(Absence.last).is_(None), col(Absence.last) >= day),
        or_(col(Absence.back).is_(None), col(Absence.back) > day),
    )


@kept
def holes() -> SelectOfScalar[Hole]:
    """The places where a report could find nobody, as they were last told of."""
    return select(Hole)


def mended(digest: str) -> Delete:
    return delete(Hole).where(col(Hole.digest) == digest).execution_options(synchronize_session=False)


@kept
def absences_of(person: str) -> SelectOfScalar[Absence]:
    return select(Absence).where(col(Absence.person) == person).order_by(col(Absence.first))
