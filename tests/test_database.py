"""A change is kept whole or not at all, by one trust, on the record, and nobody is told so too early."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, make_url, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import aliased

from bot.ground import dice
from storage.database import Database
from storage.events import Event
from storage.faults import Busy, Foreign, Missing, NotSaved, ReadOnly, Uncertain, Unrecorded
from storage.models import Case, DeskSetting, Entry, Evidence, Involved, Key, Party, Person, Promise, Trust
from storage.patience import STANDS_BACK_FOR, stand_back
from storage.unit import Unit
from storage.verify import verify
from tests.storing import a_case, a_party, opened, report


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    with opened(database_url, tmp_path / "key") as database:
        yield database


def count(unit: Unit, table: Any) -> int:
    return unit.find(select(func.count()).select_from(table))[0]  # type: ignore[no-any-return]


def counts(database: Database, trust: str = "oak") -> dict[str, int]:
    tables = {"cases": Case, "parties": Party, "entries": Entry, "promises": Promise}
    return {name: database.look_now(trust, count, table) for name, table in tables.items()}


async def test_two_hundred_reports_at_once_are_all_kept_in_one_unbroken_ledger(database: Database) -> None:
    async def insist() -> str:
        """Press Send again for as long as the bot says that nothing was kept."""
        while True:
            try:
                return await database.run("oak", report)
            except Busy:
                await asyncio.sleep(0.1)

    cases = await asyncio.gather(*(insist() for _ in range(200)))
    assert len(set(cases)) == 200
    assert counts(database) == {"cases": 200, "parties": 800, "entries": 1000, "promises": 800}
    found = database.look_now("oak", verify)
    assert found.whole
    assert found.size == 1000


async def test_reports_of_two_trusts_at_once_keep_two_ledgers(database: Database) -> None:
    await asyncio.gather(*(database.run(trust, report) for trust in ("oak", "elm") * 40))
    for trust in ("oak", "elm"):
        assert counts(database, trust)["cases"] == 40
        assert database.look_now(trust, verify).whole


async def test_a_report_that_fails_harms_none_beside_it(database: Database) -> None:
    def fail(unit: Unit, way: int) -> None:
        case = report(unit)
        if way % 3 == 0:
            raise ValueError("after everything was done")
        if way % 3 == 1:
            unit.find(select(Promise))  # everything is in the database by now
            raise KeyError(case)
        unit.add(Case(**{**a_case(unit).model_dump(), "id": case}))  # the database itself refuses

    attempts = [database.run("oak", fail, n // 2) if n % 2 else database.run("oak", report) for n in range(60)]
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    assert {type(answer) for answer in answers[1::2]} == {ValueError, KeyError, IntegrityError}
    assert all(isinstance(answer, str) for answer in answers[::2])
    assert counts(database) == {"cases": 30, "parties": 120, "entries": 150, "promises": 120}
    assert database.look_now("oak", verify).whole


def test_the_next_entry_takes_the_place_of_one_that_was_rolled_back(database: Database) -> None:
    def fail(unit: Unit) -> None:
        unit.record(Event.PEOPLE_APPLIED, "", "operator")
        raise KeyError

    with pytest.raises(KeyError):
        database.run_now("oak", fail)
    database.run_now("oak", lambda unit: unit.record(Event.PEOPLE_APPLIED, "", "operator"))
    assert database.look_now("oak", lambda unit: unit.find(select(Entry.position))) == [0]


async def all_at_once(database: Database, *workflows: Any) -> list[Any]:
    """Submit them while the writer is held up, so that they are taken together."""
    begun, go = threading.Event(), threading.Event()

    def hold_up(unit: Unit) -> None:
        begun.set()
        assert go.wait(2)

    first = asyncio.create_task(database.run("oak", hold_up))
    await asyncio.to_thread(begun.wait, 2)
    rest = [asyncio.create_task(database.run("oak", workflow)) for workflow in workflows]
    await asyncio.sleep(0.05)
    go.set()
    await first
    return await asyncio.gather(*rest, return_exceptions=True)


ORPHAN = "INSERT INTO child VALUES ('nobody')"


async def test_when_the_commit_fails_nobody_in_it_is_told_that_it_was_kept(database: Database) -> None:
    def make_a_check_that_only_the_commit_does(unit: Unit) -> None:
        unit.find(text("CREATE TABLE parent (id TEXT PRIMARY KEY)"))
        unit.find(text("CREATE TABLE child (id TEXT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)"))

    def orphan(unit: Unit) -> None:
        report(unit)
        unit.find(text(ORPHAN))

    database.run_now("oak", make_a_check_that_only_the_commit_does)
    answers = await all_at_once(database, report, report, orphan, report)
    kept = [answer for answer in answers if isinstance(answer, str)]
    assert counts(database)["cases"] == len(kept)
    assert [type(answer) for answer in answers] == [NotSaved] * 4
    assert await database.run("oak", report)
    assert database.look_now("oak", verify).whole


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_on_a_full_disk_no_report_is_said_to_be_kept_that_is_not(database: Database) -> None:
    def allow(unit: Unit, pages: int) -> int:
        return unit.find(text(f"PRAGMA max_page_count = {pages}"))[0]  # type: ignore[no-any-return]

    await database.run("oak", report)
    full = await database.run("oak", allow, 1) + 12  # at least as large as it is
    await database.run("oak", allow, full)
    answers = [
        await asyncio.gather(*(database.run("oak", report) for _ in range(9)), return_exceptions=True) for _ in range(9)
    ]
    kept = [answer for row in answers for answer in row if isinstance(answer, str)]
    assert 0 < len(kept) < 81
    assert counts(database)["cases"] == len(kept) + 1
    await database.run("oak", allow, 1_000_000)
    assert await database.run("oak", report)
    assert database.look_now("oak", verify).whole


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("change", ["new", "altered"])
async def test_what_sqlite_rolls_back_with_a_failed_report_is_not_said_to_be_kept(
    database: Database, change: str
) -> None:
    """As on a full disk, SQLite may give up all that was begun and not only the change that failed."""

    def prepare(unit: Unit) -> None:
        for moment in ("INSERT", "UPDATE"):
            then = "WHEN NEW.name = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'all of it'); END"
            unit.find(text(f"CREATE TRIGGER {moment}_fails BEFORE {moment} ON desk_settings {then}"))
        unit.add(DeskSetting(name="good", value=""))

    def fail(unit: Unit) -> None:
        report(unit)
        if change == "new":
            unit.add(DeskSetting(name="bad", value=""))
        else:
            unit.get(DeskSetting, "good").name = "bad"

    database.run_now("", prepare)
    *before, failed, after = await all_at_once(database, report, report, fail, report)
    assert [type(answer) for answer in before] == [NotSaved, NotSaved]
    assert isinstance(failed, DBAPIError | NotSaved)
    assert isinstance(after, str)
    assert counts(database) == {"cases": 1, "parties": 4, "entries": 5, "promises": 4}
    assert database.look_now("oak", verify).whole


async def test_even_a_workflow_that_tries_to_stop_everything_stops_only_itself(database: Database) -> None:
    def leave(unit: Unit) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        await asyncio.to_thread(database.run_now, "oak", leave)
    assert await database.run("oak", report)


def slow(unit: Unit, seconds: float) -> str:
    time.sleep(seconds)
    return report(unit)


async def test_a_report_still_waiting_after_two_seconds_is_dropped_and_nothing_kept(database: Database) -> None:
    first = asyncio.create_task(database.run("oak", slow, 2.3))
    await asyncio.sleep(0.1)
    asked = time.monotonic()
    with pytest.raises(Busy):
        await database.run("oak", report)
    assert 1.8 < time.monotonic() - asked < 2.45
    await first
    await asyncio.sleep(0.3)
    assert counts(database)["cases"] == 1


async def test_somebody_at_a_form_is_told_when_it_is_not_known_whether_it_was_kept(database: Database) -> None:
    asked = time.monotonic()
    with pytest.raises(Uncertain):
        await database.run("oak", slow, 2.8)
    assert 2.4 < time.monotonic() - asked < 2.75
    await asyncio.sleep(0.8)
    assert counts(database)["cases"] == 1


@pytest.mark.parametrize("how", ["awaiting", "blocking"])
async def test_a_database_locked_from_outside_answers_in_time(database_url: str, database: Database, how: str) -> None:
    await database.run("oak", report)
    if database.dialect == "sqlite":
        other: Any = sqlite3.connect(make_url(database_url).database or "", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
    else:
        other = psycopg.connect(database_url.replace("+psycopg", ""))
        other.execute("SELECT * FROM ledger_heads FOR UPDATE")
    asked = time.monotonic()
    with pytest.raises(Busy):
        await (database.run("oak", report) if how == "awaiting" else asyncio.to_thread(database.run_now, "oak", report))
    assert time.monotonic() - asked < 2.5
    other.close()
    assert await database.run("oak", report)
    assert counts(database)["cases"] == 2


async def test_a_look_waits_for_nobody_who_writes(database: Database) -> None:
    writing = asyncio.create_task(database.run("oak", slow, 1))
    await asyncio.sleep(0.1)
    asked = time.monotonic()
    assert await database.look("oak", count, Case) == 0
    assert time.monotonic() - asked < 0.5
    await writing


def test_a_look_changes_nothing(database: Database) -> None:
    case = database.run_now("oak", report)

    def close(unit: Unit) -> None:
        unit.get(Case, case).state = "closed"
        unit.find(select(Case))

    changes: list[Any] = [
        lambda unit: unit.add(a_case(unit)),
        lambda unit: unit.record(Event.CASE_VIEWED, case, "dsl"),
        lambda unit: unit.promise("card.send", "dsl", unit.now),
        lambda unit: unit.seal(case, "account", "nothing"),
        lambda unit: unit.find(update(Case).values(state="closed")),
        close,
    ]
    for change in changes:
        with pytest.raises(ReadOnly):
            database.look_now("oak", change)
    assert database.look_now("oak", lambda unit: unit.get(Case, case).state) == "received"


def test_a_look_sees_one_moment_whatever_is_written_meanwhile(database: Database) -> None:
    """A ledger in use must never seem to have been tampered with."""
    database.run_now("oak", report)

    def looking(unit: Unit) -> tuple[int, int, bool]:
        before = count(unit, Entry)
        database.run_now("oak", report)
        found = verify(unit)
        return before, found.size, found.whole

    assert database.look_now("oak", looking) == (5, 5, True)
    assert database.look_now("oak", verify).size == 10


def test_a_case_that_changes_unrecorded_is_not_kept(database: Database) -> None:
    case = database.run_now("oak", report)

    def evidence(unit: Unit) -> Evidence:
        return Evidence(id=unit.new_id(), case=case, position=1, promised_at=unit.now)

    changes: list[Any] = [
        lambda unit: unit.add(a_case(unit)),
        lambda unit: unit.add(a_party(unit, case, "governor")),
        lambda unit: unit.add(Involved(id=unit.new_id(), case=case, part="subject")),
        lambda unit: unit.add(evidence(unit)),
        lambda unit: setattr(unit.get(Case, case), "state", "closed"),
        lambda unit: setattr(unit.find(select(Party))[0], "ended", "recused"),
        lambda unit: unit.find(update(Case).values(state="closed")),
    ]
    for change in changes:
        with pytest.raises(Unrecorded):
            database.run_now("oak", change)
    assert counts(database) == {"cases": 1, "parties": 4, "entries": 5, "promises": 4}
    assert database.look_now("oak", lambda unit: unit.get(Case, case).state) == "received"


def test_what_changes_on_the_record_is_kept_whenever_it_changes(database: Database) -> None:
    def acknowledge(unit: Unit) -> str:
        case = unit.add(a_case(unit))
        assert unit.get(Case, case.id) is case
        case.proof = unit.record(Event.REPORT_SUBMITTED, case.id, "teacher")
        unit.find(select(Case))
        case.state = "acknowledged"
        return case.id

    case = database.run_now("oak", acknowledge)
    kept = database.look_now("oak", lambda unit: unit.get(Case, case))
    assert (kept.state, len(kept.proof)) == ("acknowledged", 64)

    def close(unit: Unit) -> None:
        kept.state = "closed"
        unit.add(kept)
        unit.record(Event.CASE_CLOSED, kept.id, "dsl")

    database.run_now("oak", close)
    assert database.look_now("oak", lambda unit: unit.get(Case, case).state) == "closed"


def test_another_trusts_rows_are_as_if_they_were_not_there(database: Database) -> None:
    ours, theirs = database.run_now("oak", report), database.run_now("elm", report)
    database.run_now("elm", lambda unit: unit.add(Trust(id="elm", name="Elm Trust", pack="elm")))
    other = aliased(Case)

    def snoop(unit: Unit) -> None:
        with pytest.raises(Missing):
            unit.get(Case, theirs)
        for table in (Case, Party, Entry, Promise, Key, Trust):
            assert theirs not in str(unit.find(select(table)))
        assert unit.find(select(Case.id)) == [ours]
        assert unit.find(select(other.id)) == [ours]
        assert unit.find(select(Case.id).join(Party, Party.case == Case.id).distinct()) == [ours]
        assert unit.find(select(Party.person).where(Party.case.in_(select(Case.id).where(Case.id == theirs)))) == []
        assert unit.find(select(func.count(Case.id)).where(Case.id == theirs)) == [0]
        assert unit.find(select(Trust)) == []
        unit.find(update(Case).values(state="closed"))
        unit.record(Event.CASE_CLOSED, ours, "dsl")

    database.run_now("oak", snoop)
    assert database.look_now("elm", lambda unit: unit.get(Case, theirs).state) == "received"
    assert database.look_now("", lambda unit: unit.find(select(Case))) == []
    assert len(database.look_now("", lambda unit: unit.find(select(Trust)))) == 1


def test_a_row_of_another_trust_is_not_taken_in(database: Database) -> None:
    person = Person(id="p", trust="elm", name="Rosalind Ferns")
    with pytest.raises(Foreign):
        database.run_now("oak", lambda unit: unit.add(person))


def test_a_fault_of_the_database_does_not_tell_what_was_reported(database: Database) -> None:
    def twice(unit: Unit) -> None:
        unit.add(a_case(unit, draft="canary"))
        unit.add(a_case(unit, draft="canary"))

    with pytest.raises(IntegrityError) as fault:
        database.run_now("oak", twice)
    assert "canary" not in str(fault.value)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_file_of_the_database_is_its_owners_alone(database_url: str, database: Database) -> None:
    database.run_now("oak", report)
    folder = Path(make_url(database_url).database or "").parent
    assert {file.name for file in folder.iterdir()} == {"lanyard.db", "lanyard.db-wal", "lanyard.db-shm"}
    assert {oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == {"0o600"}


def test_a_unit_offers_eight_things_and_no_more(database: Database) -> None:
    offered = database.look_now("oak", lambda unit: {name for name in dir(unit) if not name.startswith("_")})
    assert offered == {"now", "new_id", "get", "find", "add", "record", "promise", "seal"}


def a_time(database: Database) -> Any:
    return database.look_now("oak", lambda unit: unit.now)


async def test_who_stands_back_lets_a_report_go_first_and_is_not_forgotten(database: Database) -> None:
    """Messages that go out wait for whoever presses Send, but for a moment only."""
    done: list[str] = []
    begun, go = threading.Event(), threading.Event()

    def hold_up(unit: Unit) -> None:
        begun.set()
        assert go.wait(2)

    def write(unit: Unit, what: str) -> None:
        done.append(what)
        report(unit)

    async def messages(many: int) -> None:
        stand_back()
        await asyncio.gather(*(database.run("oak", write, "message") for _ in range(many)))

    async def submitted() -> None:
        for _ in range(3):  # a task, those that it makes, and their first step
            await asyncio.sleep(0)

    first = asyncio.create_task(database.run("oak", hold_up))
    await asyncio.to_thread(begun.wait, 2)
    behind = asyncio.create_task(messages(2))
    await submitted()
    reports = [asyncio.create_task(database.run("oak", write, "report")) for _ in range(3)]
    await submitted()
    go.set()
    await asyncio.gather(first, behind, *reports)
    assert done == ["report"] * 3 + ["message"] * 2

    done.clear()
    begun.clear()
    go.clear()
    first = asyncio.create_task(database.run("oak", hold_up))
    await asyncio.to_thread(begun.wait, 2)
    behind = asyncio.create_task(messages(1))
    await asyncio.sleep(STANDS_BACK_FOR + 0.1)
    reports = [asyncio.create_task(database.run("oak", write, "report"))]
    await submitted()
    go.set()
    await asyncio.gather(first, behind, *reports)
    assert done == ["message", "report"]


async def test_of_several_messages_written_down_together_one_that_fails_stops_no_other(database: Database) -> None:
    def fail(unit: Unit) -> None:
        report(unit)
        unit.find(select(Promise))  # everything is in the database by now
        raise KeyError

    def unrecorded(unit: Unit) -> None:
        unit.add(a_case(unit))

    assert [type(fault) for _, fault in await database.run_each("oak", [report] * 3)] == [type(None)] * 3
    works: list[Any] = [report, fail, report, unrecorded, report]
    outcomes = await database.run_each("oak", works)
    assert [type(fault) for _, fault in outcomes] == [type(None), KeyError, type(None), Unrecorded, type(None)]
    assert len({case for case, fault in outcomes if not fault}) == 3
    assert counts(database)["cases"] == 6
    assert database.look_now("oak", verify).whole


async def test_what_is_written_down_together_is_each_held_to_the_record(database: Database) -> None:
    async def together(*works: Any) -> list[Any]:
        return [type(fault) for _, fault in await database.run_each("oak", works)]

    assert await together(report, lambda unit: unit.add(a_case(unit))) == [type(None), Unrecorded]
    assert await together(lambda unit: unit.add(a_case(unit)), report) == [Unrecorded, type(None)]
    assert counts(database)["cases"] == 2


def test_ids_made_one_after_the_other_lie_together_and_tell_nothing_of_each_other() -> None:
    ids = [dice() for _ in range(500)]
    assert ids[:1] + ids[-1:] == sorted(ids[:1] + ids[-1:])
    assert len({each[:10] for each in ids}) <= 2, "they stand side by side in an index"
    assert len({each[12:] for each in ids}) == 500
    assert {len(each) for each in ids} == {32}
