"""Writes a governors' or trust report into files, as its readers get it: nobody who prints it sees any more."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.ground import Ground, errand
from bot.settings import Settings
from storage.models import School
from storage.queries import people as queries
from storage.unit import Unit
from templates import documents
from workflows import describe, summaries, written_up
from workflows.rules import Rules
from workflows.summaries import Period, Report

NOT_TWO = "Ask for one of them: --term, --year, or days with --from and --to."
NOT_PDF = "--out must end in .pdf: a .csv and a .png of the same name are written beside it."
NO_TERM = """There is nothing to report yet: no such term has ended since Lanyard began to be used here.
Term dates come from `lanyard calendar apply FILE`; a term is counted once, when it is over."""
WRITTEN = """Written: {files}
It holds figures only, and is the same for every reader. It is for {readers}.
Each term in it was counted once, and stays as it was counted."""
KEPT = "The checkpoint is in {file}. It counts entries: keep it apart, and show it to nobody else."


@dataclass(frozen=True)
class Asked:
    """What somebody wants in which files; days are London's."""

    term: bool
    year: bool
    first: datetime | None
    last: datetime | None
    out: Path
    checkpoint: Path | None

    @property
    def wrong(self) -> str:
        if self.term + self.year + bool(self.first or self.last) > 1:
            return NOT_TWO
        return "" if self.out.suffix == ".pdf" else NOT_PDF

    @property
    def period(self) -> Period:
        first, last = self.first and self.first.date(), self.last and self.last.date()
        return Period(year=self.year, first=first, last=last)


Found = tuple[Mapping[str, Any], str]


def write_for_school(settings: Settings, key: str, asked: Asked) -> int:
    """A school's; 2 where there is nothing to write."""
    with errand(settings) as ground:
        schools: list[School] = ground.database.look_now(ground.trust, Unit.find, queries.schools())
        known = [school.key for school in schools]
        chosen = key or (known[0] if len(known) == 1 else "")
        if chosen not in known:
            print(f"Say which school with --school: there is {', '.join(known)}.", file=sys.stderr)
            return 2
        return written(ground, asked, for_school, chosen)


def write_for_trust(settings: Settings, asked: Asked) -> int:
    """The trust's; 2 where there is nothing to write."""
    with errand(settings) as ground:
        return written(ground, asked, for_trust)


def for_school(unit: Unit, rules: Rules, period: Period, key: str) -> Found | None:
    (school,) = (each for each in unit.find(queries.schools()) if each.key == key)
    return readable(unit, rules, summaries.of_school(unit, rules, school, period))


def for_trust(unit: Unit, rules: Rules, period: Period) -> Found | None:
    return readable(unit, rules, summaries.of_trust(unit, rules, describe.trust_of(unit).name, period))


def readable(unit: Unit, rules: Rules, report: Report | None) -> Found | None:
    if report is None:
        return None
    summaries.made(unit, report)
    return written_up.content(rules, report), report.terms[-1].checkpoint


def written(ground: Ground, asked: Asked, find: Any, *about: str) -> int:
    if asked.wrong:
        print(asked.wrong, file=sys.stderr)
        return 2
    found: Found | None = ground.database.run_now(ground.trust, find, ground.rules, asked.period, *about)
    if found is None:
        print(NO_TERM, file=sys.stderr)
        return 2
    content, checkpoint = found
    files = [asked.out.with_suffix(suffix) for suffix in (".pdf", ".csv", ".png")]
    made = (documents.pdf(content), documents.table(content).encode(), documents.png(content))
    for file, bytes_ in zip(files, made, strict=True):
        file.write_bytes(bytes_)
    readers = str(content["readers"]).removeprefix("For ")
    print(WRITTEN.format(files=", ".join(map(str, files)), readers=readers))
    if asked.checkpoint:
        asked.checkpoint.write_text(checkpoint, encoding="utf-8")
        print(KEPT.format(file=asked.checkpoint))
    return 0
