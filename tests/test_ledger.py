"""Nobody can edit, remove, insert, swap, cut off, re-chain or roll back what happened without it showing."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, select, update

from storage import checkpoints, sealed
from storage.checkpoints import NotACheckpoint
from storage.database import Database
from storage.events import Event
from storage.ledger import ENTRIES, HEADS, canonical, packed
from storage.merkle import Head, leaf_hash
from storage.migrations import guards
from storage.verify import Findings, Problem, verify
from tests.storing import opened, report

Rows = list[dict[str, Any]]


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    with opened(database_url, tmp_path / "key") as database:
        yield database


@pytest.fixture
def checkpoint(database: Database) -> str:
    """Three reports, then a checkpoint that is kept elsewhere; its own record is entry 15."""
    for _ in range(3):
        database.run_now("oak", report)
    return database.run_now("oak", checkpoints.make, "operator")


def found(database: Database, checkpoint: str | None = None) -> Findings:
    return database.look_now("oak", verify, checkpoint)


def tamper(url: str, change: Callable[[Rows], Rows], *, carefully: bool) -> None:
    """What somebody does who has the database and no key; with care, they mend every hash and the head."""
    engine = create_engine(url)
    with engine.begin() as connection:
        rows = [dict(row._mapping) for row in connection.execute(select(ENTRIES).order_by(ENTRIES.c.position))]
        lower_the_guards(connection)
        rows = change(rows)
        if carefully:
            mend(connection, rows)
        connection.execute(delete(ENTRIES))
        connection.execute(insert(ENTRIES), rows)
        guards.set_anew(connection)
    engine.dispose()


def lower_the_guards(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    for name in guards.SQLITE if sqlite else guards.POSTGRES:
        connection.exec_driver_sql(f"DROP TRIGGER {name}" + ("" if sqlite else " ON ledger"))


def mend(connection: Connection, rows: Rows) -> None:
    head = Head()
    for row in rows:
        row["position"] = head.size
        row["entry"] = canonical({**json.loads(row["entry"]), "position": head.size, "case": row["case"]})
        row["leaf"] = leaf_hash(row["entry"].encode())
        head = head.grown_by(row["leaf"])
    connection.execute(update(HEADS).values(packed(rows[0]["trust"], head)))


def rewritten(row: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {**row, "entry": canonical({**json.loads(row["entry"]), **changed})}


def edit(rows: Rows) -> Rows:
    """Somebody else is made to have been told."""
    return [*rows[:7], rewritten(rows[7], actor="somebody"), *rows[8:]]


def remove(rows: Rows) -> Rows:
    return rows[:7] + rows[8:]


def add(rows: Rows) -> Rows:
    """A view that never was, copied from another entry."""
    return [*rows, {**rewritten(rows[7], event="case.viewed", position=len(rows)), "position": len(rows)}]


def swap(rows: Rows) -> Rows:
    five, six = {**rows[6], "position": 5}, {**rows[5], "position": 6}
    return [*rows[:5], five, six, *rows[7:]]


def move_to_another_case(rows: Rows) -> Rows:
    return [*rows[:7], {**rows[7], "case": rows[12]["case"]}, *rows[8:]]


def exchange_facts(rows: Rows) -> Rows:
    return [*rows[:7], {**rows[7], "facts": rows[8]["facts"]}, *rows[8:]]


def cut_off(rows: Rows) -> Rows:
    return rows[:10]


WAYS = [edit, remove, add, swap, move_to_another_case, exchange_facts, cut_off]


def test_a_ledger_nobody_touched_is_whole(database: Database, checkpoint: str) -> None:
    database.run_now("oak", report)
    findings = found(database, checkpoint)
    assert findings.whole
    assert (findings.size, findings.closed) == (21, ())
    assert findings.checkpoint
    assert findings.checkpoint.size == 16


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_clumsy_hand_shows_without_any_checkpoint(
    database_url: str, database: Database, checkpoint: str, way: Callable[[Rows], Rows]
) -> None:
    tamper(database_url, way, carefully=False)
    assert not found(database).whole
    assert not found(database, checkpoint).whole


@pytest.mark.parametrize("way", [way for way in WAYS if way is not cut_off], ids=lambda way: way.__name__)
def test_a_careful_hand_without_the_keys_shows_without_any_checkpoint(
    database_url: str, database: Database, checkpoint: str, way: Callable[[Rows], Rows]
) -> None:
    """It mends every hash and the head, but cannot seal facts for the entries it made."""
    tamper(database_url, way, carefully=True)
    assert {problem.name for problem in found(database).problems} == {"facts"}
    assert not found(database, checkpoint).whole


def test_a_tail_cut_off_with_care_shows_only_by_a_checkpoint(
    database_url: str, database: Database, checkpoint: str
) -> None:
    """The same as a roll-back to an old backup: what is left is a whole, shorter ledger."""
    tamper(database_url, cut_off, carefully=True)
    assert found(database).whole
    assert found(database, checkpoint).problems == (Problem("ahead", 10),)


def test_a_roll_back_that_went_on_shows_only_by_a_checkpoint(
    database_url: str, database: Database, checkpoint: str
) -> None:
    tamper(database_url, cut_off, carefully=True)
    for _ in range(3):
        database.run_now("oak", report)
    assert found(database).whole
    assert found(database, checkpoint).problems == (Problem("differs", 16),)


def test_an_erased_cases_entries_edited_with_care_show_only_by_a_checkpoint(
    database_url: str, database: Database
) -> None:
    case = database.run_now("oak", report)
    checkpoint = database.run_now("oak", checkpoints.make, "operator")
    database.run_now("oak", lambda unit: sealed.destroy(unit, case))

    def edit_the_last_but_one(rows: Rows) -> Rows:
        return [*rows[:4], rewritten(rows[4], actor="somebody"), *rows[5:]]

    tamper(database_url, lambda rows: edit_the_last_but_one(rows)[:5], carefully=True)
    assert found(database).whole
    assert not found(database, checkpoint).whole


def test_after_erasure_the_tree_is_whole_and_says_what_can_no_longer_be_opened(
    database: Database, checkpoint: str
) -> None:
    case = database.run_now("oak", report)
    database.run_now("oak", lambda unit: sealed.destroy(unit, case))
    database.run_now("oak", lambda unit: unit.record(Event.CASE_CLOSED, case, "operator"))
    findings = found(database, checkpoint)
    assert findings.whole
    assert findings.closed == (16, 17, 18, 19, 20)
    assert findings.size == 22


def test_the_ledger_holds_no_fact_in_the_clear(database: Database) -> None:
    leaf = database.run_now("oak", lambda unit: unit.record(Event.CASE_TOLD, "", "dsl", person="canary"))
    [row] = database.look_now("oak", lambda unit: unit.find(select(ENTRIES).where(ENTRIES.c.trust == "oak")))
    entry = json.loads(row.entry)
    assert set(entry) == {"trust", "position", "at", "event", "actor", "case", "commitment"}
    assert "canary" not in row.entry
    assert b"canary" not in row.facts
    assert leaf == row.leaf.hex()


def test_a_checkpoint_has_the_form_that_others_can_read(database: Database, checkpoint: str) -> None:
    origin, size, root, empty, signature, end = checkpoint.split("\n")
    assert (origin, size, empty, end) == ("lanyard/oak", "16", "", "")
    assert signature.startswith("— lanyard/oak ")
    vkey = database.look_now("oak", checkpoints.verifier_key)
    assert vkey
    assert vkey.startswith("lanyard/oak+")
    assert checkpoints.read(checkpoint, vkey).root.hex() == found(database, checkpoint).root
    assert len(root) == 44


def test_a_checkpoint_that_this_ledger_did_not_sign_is_refused(database: Database, checkpoint: str) -> None:
    database.run_now("elm", report)
    other = database.run_now("elm", checkpoints.make, "operator")
    wrong = [checkpoint.replace("\n16\n", "\n17\n"), other, other.replace("elm", "oak"), "", "nothing", checkpoint[:-9]]
    for text in wrong:
        assert Problem("signature", 0) in found(database, text).problems
    vkey = database.look_now("oak", checkpoints.verifier_key) or ""
    for text in wrong:
        with pytest.raises(NotACheckpoint):
            checkpoints.read(text, vkey)


def test_a_cosigned_checkpoint_is_still_ours(database: Database, checkpoint: str) -> None:
    assert found(database, checkpoint + "— witness.example AAAAAA==\n").whole
    assert found(database, checkpoint.replace("\n", "\r\n")).whole


def test_a_verifier_key_kept_elsewhere_unmasks_a_ledger_that_was_signed_anew(
    database_url: str, database: Database, checkpoint: str
) -> None:
    vkey = database.look_now("oak", checkpoints.verifier_key)
    assert vkey
    assert database.look_now("oak", verify, checkpoint, vkey).whole
    database.run_now("elm", report)
    database.run_now("elm", checkpoints.make, "operator")
    strange = database.look_now("elm", checkpoints.verifier_key)
    assert not database.look_now("oak", verify, checkpoint, strange).whole
