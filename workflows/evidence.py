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
# Of these no picture is ever taken (floor rule 6).
NEVER_FETCHED = "indecent_images"
# Kept as it came; the process that draws pictures again has no reader for it.
HEIC = "image/heic"


@dataclass(frozen=True)
class Wanted:
    """A picture still to be fetched: the platform, its id of the file, and since when it is wanted."""

    id: str
    case: str
    platform: str
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


@dataclass(frozen=True)
class Came:
    """A picture that is sealed and durable: its id, what it is by its content, its size and its hash."""

    id: str
    media: str
    size: int
    sha256: str


def never(case: Case) -> bool:
    """Whether no picture may come to this report, whatever the rules have made of it since."""
    return NEVER_FETCHED in (case.report, case.reported)


def join(unit: Unit, case: Case, by: str, told: Mapping[str, str], came: Came) -> None:
    """A picture that came by our own page takes its place after the others; what was told of it stays sealed."""
    last = max((row.position for row in unit.find(queries.evidence(case.id))), default=0)
    row = Evidence(id=came.id, case=case.id, position=last + 1, state="fetched", promised_at=unit.now)
    row.media, row.size, row.sha256 = came.media, came.size, came.sha256
    unit.add(row)
    unit.seal(case.id, f"evidence.{came.id}", json.dumps(dict(told)))
    unit.record(Event.EVIDENCE_SENT, case.id, by, evidence=came.id, sha256=came.sha256, size=came.size)


def promise(unit: Unit, case: Case, position: int, file: Mapping[str, str]) -> None:
    """Promise to fetch a picture; its platform's id (``file``), and what was told of it, stay sealed."""
    id = unit.new_id()
    unit.add(Evidence(id=id, case=case.id, position=position, promised_at=unit.now))
    unit.seal(case.id, f"evidence.{id}", json.dumps(dict(file)))
    unit.promise("fetch", "", unit.now, about=case.id, evidence=id)


def wanted(unit: Unit, evidence_id: str) -> Wanted | None:
    """What to fetch; none where it has been fetched or given up, or its case takes no pictures any more."""
    row: Evidence = unit.get(Evidence, evidence_id)
    if row.state != "promised" or never(unit.get(Case, row.case)):
        return None
    told = told_of(unit, row)
    return Wanted(
        row.id, row.case, told.get("platform", "slack"), told["file"], unit.now - row.promised_at >= TRIED_FOR
    )


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


def all_told(unit: Unit, case: Case) -> list[Mapping[str, str]]:
    """What was told of each picture of a case, in order."""
    return [told_of(unit, row) for row in unit.find(queries.evidence(case.id))]


def told_of(unit: Unit, row: Evidence) -> Mapping[str, str]:
    """What the reporter said of a picture, and the platform's id for it."""
    kept: Mapping[str, str] = json.loads(sealed.opened_field(unit, row.case, f"evidence.{row.id}") or "{}")
    return kept
