"""Statements about people: who they are, how to reach them, what they hold and when they are away."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import col, select

from storage.models import Absence, Account, Person, RoleHeld, School, Trust


def trusts() -> Any:
    return select(Trust).order_by(Trust.id)


def schools() -> Any:
    return select(School).order_by(School.name)


def school(key: str) -> Any:
    return select(School).where(School.key == key)


def everyone() -> Any:
    return select(Person).order_by(Person.name)


def by_key(key: str) -> Any:
    return select(Person).where(Person.key == key)


def by_account(platform: str, workspace: str, address: str) -> Any:
    return (
        select(Person)
        .join(Account, col(Account.person) == Person.id)
        .where(*_is(platform, workspace, address))
    )


def by_emails(emails: tuple[str, ...]) -> Any:
    """People with one of these e-mail addresses, whatever its case."""
    lowered = [email.casefold() for email in emails]
    mine = Account.platform == "mail", func.lower(Account.address).in_(lowered)
    return select(Person).join(Account, col(Account.person) == Person.id).where(*mine).distinct()


def account(platform: str, workspace: str, address: str) -> Any:
    return select(Account).where(*_is(platform, workspace, address))


def accounts_of(*people: str) -> Any:
    return select(Account).where(col(Account.person).in_(people)).order_by(Account.platform, Account.address)


def roles_at(school: str, at: datetime) -> Any:
    """Every role held at a school at a moment, in the school's order."""
    return (
        select(RoleHeld)
        .where(RoleHeld.school == school, *_held(at))
        .order_by(RoleHeld.role, col(RoleHeld.position))
    )


def roles_of(person: str, at: datetime) -> Any:
    return select(RoleHeld).where(RoleHeld.person == person, *_held(at)).order_by(RoleHeld.role)


def roles(at: datetime) -> Any:
    """Every role held in the trust at a moment."""
    return select(RoleHeld).where(*_held(at)).order_by(RoleHeld.school, RoleHeld.role, col(RoleHeld.position))


def away_on(day: date) -> Any:
    return select(Absence).where(Absence.first <= day, Absence.last >= day)


def absences_of(person: str) -> Any:
    return select(Absence).where(Absence.person == person).order_by(col(Absence.first))


def _is(platform: str, workspace: str, address: str) -> tuple[Any, ...]:
    return Account.platform == platform, Account.workspace == workspace, Account.address == address


def _held(at: datetime) -> tuple[Any, ...]:
    return RoleHeld.since <= at, or_(col(RoleHeld.until).is_(None), col(RoleHeld.until) > at)
