"""Statements about cases: found by draft or reference, seen by party, and what belongs to one."""

from typing import Any

from sqlmodel import col, select

from storage.models import Case, Evidence, Involved, Party


def by_draft(draft: str) -> Any:
    return select(Case).where(Case.draft == draft)


def by_reference(reference: str) -> Any:
    return select(Case).where(Case.reference == reference)


def reported_by(person: str) -> Any:
    return select(Case).where(Case.reporter == person).order_by(col(Case.opened_at).desc())


def open_to(person: str) -> Any:
    """The cases that a person was told of and still may see: not acknowledged first, then the oldest."""
    mine = select(Case).join(Party, col(Party.case) == Case.id).where(Party.person == person, *_still())
    return mine.order_by(col(Case.acknowledged_at).is_not(None), col(Case.opened_at))


def parties(case: str) -> Any:
    """Everybody who was ever told of a case, in the order they were told."""
    return select(Party).where(Party.case == case).order_by(col(Party.since), col(Party.id))


def told(case: str) -> Any:
    """Those who are told of a case now."""
    return select(Party).where(Party.case == case, *_still()).order_by(col(Party.since), col(Party.id))


def party(case: str, person: str) -> Any:
    return select(Party).where(Party.case == case, Party.person == person, *_still())


def involved(case: str) -> Any:
    return select(Involved).where(Involved.case == case).order_by(Involved.id)


def evidence(case: str) -> Any:
    return select(Evidence).where(Evidence.case == case).order_by(col(Evidence.position))


def _still() -> tuple[Any, ...]:
    return col(Party.until).is_(None), Party.ended == ""
