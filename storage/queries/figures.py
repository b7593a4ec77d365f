"""Statements about what governors are shown: a term's cases, who leads, and what was published before."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.asked import kept
from storage.models import Case, Entry, RoleHeld, TermFigures


@kept
def opened_between(school: str, first: datetime, before: datetime) -> SelectOfScalar[Case]:
    """What was reported at a school from one moment on and before another, practice included."""
    return (
        select(Case)
        .where(col(Case.school) == school, col(Case.opened_at) >= first, col(Case.opened_at) < before)
        .order_by(col(Case.id))
    )


@kept
def ever_held(roles: Sequence[str]) -> SelectOfScalar[str]:
    """Everybody who holds or ever held one of these roles, anywhere in the trust."""
    return select(col(RoleHeld.person)).where(col(RoleHeld.role).in_(roles)).distinct()


@kept
def holders(roles: Sequence[str], school: str, at: datetime) -> SelectOfScalar[str]:
    """Who holds one of these roles at a school, or for the whole trust, at a moment."""
    held = (col(RoleHeld.since) <= at) & (col(RoleHeld.until).is_(None) | (col(RoleHeld.until) > at))
    here = col(RoleHeld.school).in_((school, ""))
    return select(col(RoleHeld.person)).where(col(RoleHeld.role).in_(roles), here, held).distinct()


@kept
def first_entry() -> SelectOfScalar[Entry]:
    """The ledger's first entry: since when anything is known."""
    return select(Entry).order_by(col(Entry.position)).limit(1)


@kept
def counted(school: str) -> SelectOfScalar[TermFigures]:
    """The terms of a school ("" for the trust) that were counted, the earliest first."""
    return select(TermFigures).where(col(TermFigures.school) == school).order_by(col(TermFigures.last))
