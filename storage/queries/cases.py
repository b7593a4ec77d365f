"""Statements about cases: by reference, by whom they were told to, and what hangs on them."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.asked import kept
from storage.models import Case, Entry, Evidence, Involved, Party, Posted, Unprocessed


@kept
def by_id(id: str) -> SelectOfScalar[Case]:
    return select(Case).where(col(Case.id) == id)


@kept
def by_draft(draft: str) -> SelectOfScalar[Case]:
    return select(Case).where(col(Case.draft) == draft)


@kept
def by_reference(reference: str) -> SelectOfScalar[str]:
    return select(col(Case.id)).where(col(Case.reference) == reference)


@kept
def reported_by(person: str) -> SelectOfScalar[Case]:
    """A reporter's own cases, the latest first."""
    return select(Case).where(col(Case.reporter) == person).order_by(col(Case.opened_at).desc())


@kept
def told_to(person: str) -> SelectOfScalar[Case]:
    """Cases with somebody now; whether they may see them is for `access` to say."""
    return (
        select(Case)
        .join(Party, col(Party.case) == col(Case.id))
        .where(col(Party.person) == person, col(Party.until).is_(None))
        .order_by(col(Case.opened_at))
    )


@kept
def open_cases() -> SelectOfScalar[Case]:
    return select(Case).where(col(Case.state) != "closed")


@kept
def practised() -> SelectOfScalar[Case]:
    """Reports made for practice, the latest first: counted and listed apart from every real one."""
    return select(Case).where(col(Case.practice)).order_by(col(Case.opened_at).desc())


@kept
def parties(case: str) -> SelectOfScalar[Party]:
    """Everybody ever told of a case, in the order they were."""
    return select(Party).where(col(Party.case) == case).order_by(col(Party.since), col(Party.id))


@kept
def involved(case: str) -> SelectOfScalar[Involved]:
    """Everybody named, as it stands now."""
    stands = col(Involved.corrected_at).is_(None)
    return select(Involved).where(col(Involved.case) == case, stands).order_by(col(Involved.id))


@kept
def ever_involved(case: str) -> SelectOfScalar[Involved]:
    """Everybody ever named, corrected since or not."""
    return select(Involved).where(col(Involved.case) == case).order_by(col(Involved.id))


@kept
def evidence(case: str) -> SelectOfScalar[Evidence]:
    return select(Evidence).where(col(Evidence.case) == case).order_by(col(Evidence.position))


@kept
def posted(case: str, person: str, platform: str, slot: str) -> SelectOfScalar[Posted]:
    return select(Posted).where(
        col(Posted.case) == case,
        col(Posted.person) == person,
        col(Posted.platform) == platform,
        col(Posted.slot) == slot,
    )


@kept
def slots(case: str, person: str) -> SelectOfScalar[str]:
    """Where everything lies that somebody was ever told about a case."""
    return select(col(Posted.slot)).where(col(Posted.case) == case, col(Posted.person) == person)


@kept
def history(case: str) -> SelectOfScalar[Entry]:
    """A case's entries in the ledger, in order."""
    return select(Entry).where(col(Entry.case) == case).order_by(col(Entry.position))


@kept
def unprocessed() -> SelectOfScalar[Unprocessed]:
    """Kept submissions that have not gone through yet, the oldest first."""
    return select(Unprocessed).where(col(Unprocessed.state) == "waiting").order_by(col(Unprocessed.at))


@kept
def fetched() -> SelectOfScalar[str]:
    """Every screenshot that is on disk, by its row."""
    return select(col(Evidence.id)).where(col(Evidence.state) == "fetched").order_by(col(Evidence.id))
