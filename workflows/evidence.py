"""Screenshots: promised when the report is made, fetched once, sealed, and shown only through a recorded look."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from storage import sealed
from storage.events import Event
from storage.models import Case, Evidence
from storage.queries import cases as queries
from storage.unit import Unit
from workflows import access, cards, parties
from workflows.people import Who
from workflows.rules import Rules

# How long a picture that cannot be fetched is tried for before lead and reporter are told.
TRIED_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Wanted:
    """A picture still to be fetched: the platform's file id, and since when it is wanted."""

    id: str
    case: str
    file: str
    overdue: bool


@dataclass(frozen=True)
class Picture:
    """One picture as the lead sees it listed; what the reporter did not give is an empty string."""

    id: str
    case: str
    position: int
    state: str
    date: str
    time: str
    place: str
    account: str
    media: str
    sha256: str


def promise(unit: Unit, case: Case, position: int, file: Mapping[str, str]) -> None:
    """Promise to fetch a picture; its platform's id (``file``), and what was told of it, stay sealed."""
    id = unit.new_id()
    unit.add(Evidence(id=id, case=case.id, position=position, promised_at=unit.now))
    unit.seal(case.id, f"evidence.{id}", json.dumps(dict(file)))
    unit.promise("fetch", "", unit.now, about=case.id, evidence=id)


def wanted(unit: Unit, evidence_id: str) -> Wanted | None:
    """What to fetch; none where it has been fetched or given up, or its case takes no pictures any more."""
    row: Evidence = unit.get(Evidence, evidence_id)
    if row.state != "promised" or unit.get(Case, row.case).report == "indecent_images":
        return None
    return Wanted(row.id, row.case, told_of(unit, row)["file"], unit.now - row.promised_at >= TRIED_FOR)


def seal_picture(unit: Unit, wanted: Wanted, content: bytes) -> bytes:
    """The picture sealed under its case's key, ready to be put where it is durable before its row says so."""
    return sealed.seal_bytes(unit, wanted.case, ("evidence", "blob", wanted.id), content)


def fetched(unit: Unit, wanted: Wanted, media: str, size: int, sha256: str) -> None:
    """The sealed picture is durable: record it."""
    row: Evidence = unit.get(Evidence, wanted.id)
    if row.state == "fetched":
        return
    row.state, row.media, row.size, row.sha256 = "fetched", media, size, sha256
    unit.record(Event.EVIDENCE_FETCHED, row.case, "", evidence=row.id, sha256=sha256, size=size)


def failed(unit: Unit, wanted: Wanted, why: str) -> None:
    """The picture cannot be had: the lead is told, and the reporter if it came from them."""
    row: Evidence = unit.get(Evidence, wanted.id)
    row.state = "failed"
    case = unit.get(Case, row.case)
    unit.record(Event.EVIDENCE_FAILED, row.case, "", evidence=row.id, why=why)
    for party in parties.told(unit, case):
        if party.part == "lead":
            cards.say(unit, case, party.person, "lead.evidence_failed")
    if told_of(unit, row).get("by", case.reporter) == case.reporter:
        cards.say(unit, case, case.reporter, "reporter.evidence_failed")


def listed(unit: Unit, case: Case) -> tuple[Picture, ...]:
    """The pictures of a case in the order they were given, with what is known of each."""
    return tuple(picture(unit, row) for row in unit.find(queries.evidence(case.id)))


def shown(unit: Unit, rules: Rules, case_id: str, by: Who) -> tuple[Case, tuple[Picture, ...]]:
    """The pictures, for somebody entitled to the case at this moment; the look is recorded.

    Raises Refused("not_yours").
    """
    case, party, met = access.case_for(unit, rules, case_id, by)
    access.insist(party)
    unit.record(Event.EVIDENCE_VIEWED, case.id, met.person.id)
    return case, listed(unit, case)


def opened(unit: Unit, picture: Picture, sealed_blob: bytes) -> bytes:
    """The original's bytes, for the capped process that draws them again."""
    return sealed.open_bytes(unit, picture.case, ("evidence", "blob", picture.id), sealed_blob)


def picture(unit: Unit, row: Evidence) -> Picture:
    known = told_of(unit, row)
    return Picture(
        id=row.id,
        case=row.case,
        position=row.position,
        state=row.state,
        date=known.get("picture_date", ""),
        time=known.get("picture_time", ""),
        place=known.get("picture_place", ""),
        account=known.get("picture_account", ""),
        media=row.media,
        sha256=row.sha256,
    )


def told_of(unit: Unit, row: Evidence) -> Mapping[str, str]:
    """What the reporter said of a picture, and the platform's id for it."""
    kept: Mapping[str, str] = json.loads(sealed.opened_field(unit, row.case, f"evidence.{row.id}") or "{}")
    return kept
