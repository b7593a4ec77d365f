"""Statements about cases: by reference, by whom they were told to, and what hangs on them."""

from sqlalchemy import Select, select

from storage.models import Case, Entry, Evidence, Involved, Party, Posted


def by_id(id: str) -> Select[tuple[Case]]:
    return select(Case).where(Case.id == id)


def by_draft(draft: str) -> Select[tuple[Case]]:
    return select(Case).where(Case.draft == draft)


def by_reference(reference: str) -> Select[tuple[str]]:
    return select(Case.id).where(Case.reference == reference)


def reported_by(person: str) -> Select[tuple[Case]]:
    """A reporter's own cases, the latest first."""
    return select(Case).where(Case.reporter == person).order_by(Case.opened_at.desc())


def told_to(person: str) -> Select[tuple[Case]]:
    """Cases with somebody now; whether they may see them is for `access` to say."""
    return (
        select(Case)
        .join(Party, Party.case == Case.id)
        .where(Party.person == person, Party.until.is_(None))
        .order_by(Case.opened_at)
    )


def open_cases() -> Select[tuple[Case]]:
    return select(Case).where(Case.state != "closed")


def parties(case: str) -> Select[tuple[Party]]:
    """Everybody ever told of a case, in the order they were."""
    return select(Party).where(Party.case == case).order_by(Party.since, Party.id)


def involved(case: str) -> Select[tuple[Involved]]:
    return select(Involved).where(Involved.case == case).order_by(Involved.id)


def evidence(case: str) -> Select[tuple[Evidence]]:
    return select(Evidence).where(Evidence.case == case).order_by(Evidence.position)


def posted(case: str, person: str, platform: str, slot: str) -> Select[tuple[Posted]]:
    return select(Posted).where(
        Posted.case == case, Posted.person == person, Posted.platform == platform, Posted.slot == slot
    )


def history(case: str) -> Select[tuple[Entry]]:
    """A case's entries in the ledger, in order."""
    return select(Entry).where(Entry.case == case).order_by(Entry.position)
