"""Statements about people: who speaks from an account, who holds a role, who is away."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, or_, select

from storage.models import Absence, Account, Person, RoleHeld, School, Trust


def trust() -> Select[tuple[Trust]]:
    return select(Trust)


def schools() -> Select[tuple[School]]:
    """The trust's schools, by their ids in school.toml."""
    return select(School).order_by(School.key)


def everybody() -> Select[tuple[Person]]:
    return select(Person)


def by_key(key: str) -> Select[tuple[Person]]:
    """Somebody by their permanent id in school.toml."""
    return select(Person).where(Person.key == key)


def by_ids(ids: Sequence[str]) -> Select[tuple[Person]]:
    return select(Person).where(Person.id.in_(ids))


def account(platform: str, workspace: str, address: str) -> Select[tuple[Account]]:
    return select(Account).where(
        Account.platform == platform, Account.workspace == workspace, Account.address == address
    )


def by_email(emails: Sequence[str]) -> Select[tuple[Person]]:
    """Persons who have one of these addresses, compared without case."""
    return (
        select(Person)
        .join(Account, Account.person == Person.id)
        .where(Account.platform == "mail", Account.address.in_([email.lower() for email in emails]))
    )


def accounts_of(people: Sequence[str]) -> Select[tuple[Account]]:
    return select(Account).where(Account.person.in_(people)).order_by(Account.platform.desc(), Account.id)


def managed() -> Select[tuple[Person]]:
    """Those who have a line manager on record."""
    return select(Person).where(Person.line_manager != "")


def roles_at(school: str, at: datetime) -> Select[tuple[RoleHeld]]:
    """Roles held at a school, or for the whole trust, at a moment, in the school's order."""
    return (
        select(RoleHeld)
        .where(RoleHeld.school.in_((school, "")), RoleHeld.since <= at)
        .where(or_(RoleHeld.until.is_(None), RoleHeld.until > at))
        .order_by(RoleHeld.role, RoleHeld.position)
    )


def roles_now(at: datetime) -> Select[tuple[RoleHeld]]:
    """Every role held anywhere in the trust at a moment."""
    return (
        select(RoleHeld)
        .where(RoleHeld.since <= at)
        .where(or_(RoleHeld.until.is_(None), RoleHeld.until > at))
        .order_by(RoleHeld.school, RoleHeld.role, RoleHeld.position)
    )


def absences(people: Sequence[str], day: date) -> Select[tuple[Absence]]:
    return select(Absence).where(Absence.person.in_(people), Absence.first <= day, Absence.last >= day)


def absences_of(person: str) -> Select[tuple[Absence]]:
    return select(Absence).where(Absence.person == person)
