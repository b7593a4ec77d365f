"""A small school's worth of storing, for the tests of what is remembered."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.database import Database
from storage.events import Event
from storage.models import Case, Party
from storage.unit import Unit
from storage.vault import Vault, create_key_file

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@contextmanager
def opened(url: str, key_file: Path, clock: Clock | None = None) -> Iterator[Database]:
    if not key_file.exists():
        create_key_file(key_file)
    vault = Vault.from_key_file(key_file)
    database = Database.open(url, vault=vault, clock=clock or Clock(), dice=lambda: secrets.token_hex(16))
    try:
        yield database
    finally:
        database.close()


def a_case(unit: Unit, **known: str) -> Case:
    return Case(
        id=unit.new_id(),
        school="brambledown",
        draft=known.get("draft", unit.new_id()),
        reference=unit.new_id()[-6:],
        report="pupil_concern",
        policy="oak-trees",
        klass="day",
        reporter="teacher",
        opened_at=unit.now,
    )


def a_party(unit: Unit, case: str, person: str) -> Party:
    told = {"role": "dsl", "part": "lead", "source": "oak-trees", "why": "§8"}
    return Party(id=unit.new_id(), case=case, person=person, since=unit.now, **told)


def report(unit: Unit, words: str = "He has not eaten.", **known: str) -> str:
    """A report as it is made: rows, words, records and promises; the answer is the case."""
    case = unit.add(a_case(unit, **known)).id
    unit.seal(case, "account", words)
    unit.record(Event.REPORT_SUBMITTED, case, "teacher", files=0)
    for person in ("dsl", "deputy", "head", "chair"):
        unit.add(a_party(unit, case, person))
        unit.record(Event.CASE_TOLD, case, "teacher", person=person)
        unit.promise("card.send", person, unit.now, about=case, message="lead.new")
    return case
