"""What is owed is claimed by one hand at a time, and comes back when that hand lets it fall."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage import promises
from storage.database import Database
from storage.models import Promise
from storage.promises import Claim
from storage.unit import Unit
from tests.storing import MORNING, Clock, opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Database]:
    with opened(database_url, tmp_path / "key", clock) as database:
        yield database


def owe(unit: Unit, count: int = 1, *, minutes: int = 0, once: str | None = None) -> None:
    for n in range(count):
        due = unit.now + timedelta(minutes=minutes, seconds=n)
        unit.promise("card.send", f"p{n}", due, once=once, about="case", message="lead.new")


def claim(database: Database, limit: int = 100) -> list[Claim]:
    return database.run_now("", promises.claim, limit, 60)


def kept(database: Database, trust: str = "oak") -> list[Any]:
    states = select(Promise.state, Promise.attempts).order_by(Promise.to)
    return [tuple(row) for row in database.look_now(trust, lambda unit: unit.find(states))]


def test_a_promise_is_claimed_when_it_is_due_and_carries_ids_alone(database: Database, clock: Clock) -> None:
    database.run_now("oak", owe, minutes=20)
    assert claim(database) == []
    clock.move(minutes=20)
    [due] = claim(database)
    assert (due.trust, due.kind, due.to, due.about) == ("oak", "card.send", "p0", "case")
    assert due.ids == {"about": "case", "message": "lead.new"}
    assert (due.made_at, due.due_at) == (MORNING, MORNING + timedelta(minutes=20))


def test_the_longest_owed_comes_first_over_all_trusts(database: Database, clock: Clock) -> None:
    for trust, minutes in (("oak", 3), ("elm", 1), ("oak", 2)):
        database.run_now(trust, owe, minutes=minutes)
    clock.move(minutes=5)
    assert [(due.trust, due.due_at.minute) for due in claim(database, limit=2)] == [("elm", 1), ("oak", 2)]


async def test_two_claimers_never_hold_the_same_promise(database: Database, clock: Clock) -> None:
    for trust in ("oak", "elm"):
        database.run_now(trust, owe, 150)
    clock.move(minutes=5)
    claims = await asyncio.gather(*(database.run("", promises.claim, 7, 60) for _ in range(60)))
    held = [due.id for claimed in claims for due in claimed]
    assert len(held) == len(set(held)) == 300


async def test_two_processes_never_hold_the_same_promise(
    database_url: str, database: Database, tmp_path: Path, clock: Clock
) -> None:
    database.run_now("oak", owe, 200)
    clock.move(minutes=5)
    with opened(database_url, tmp_path / "key", clock) as other:
        claims = await asyncio.gather(
            *(hands.run("", promises.claim, 9, 60) for _ in range(15) for hands in (database, other))
        )
    held = [due.id for claimed in claims for due in claimed]
    assert len(held) == len(set(held)) == 200


def test_a_promise_let_fall_comes_back_when_its_lease_is_over(database: Database, clock: Clock) -> None:
    database.run_now("oak", owe)
    [first] = claim(database)
    clock.move(seconds=59)
    assert claim(database) == []
    clock.move(seconds=1)
    [second] = claim(database)
    assert second.id == first.id
    assert second.lease != first.lease


def test_what_a_dead_process_had_in_hand_is_taken_over_at_once(database: Database) -> None:
    for trust in ("oak", "elm"):
        database.run_now(trust, owe)
    before = {due.id: due for due in claim(database)}
    assert claim(database) == []
    database.run_now("", promises.release)
    after = claim(database)
    assert {due.id for due in after} == before.keys()
    assert not any(database.run_now(due.trust, promises.keep, due.id, before[due.id].lease) for due in after)
    assert all(database.run_now(due.trust, promises.keep, due.id, due.lease) for due in after)
    database.run_now("", promises.release)
    assert claim(database) == [], "what was kept stays kept"


@pytest.mark.parametrize("finish", [promises.keep, promises.drop])
def test_a_promise_is_finished_by_whoever_holds_its_lease_and_once(
    database: Database, clock: Clock, finish: Any
) -> None:
    database.run_now("oak", owe)
    [late] = claim(database)
    clock.move(seconds=61)
    [due] = claim(database)
    assert not database.run_now("oak", finish, due.id, late.lease)
    assert not database.run_now("oak", finish, due.id, "")
    assert not database.run_now("elm", finish, due.id, due.lease)
    assert kept(database) == [("waiting", 0)]
    assert database.run_now("oak", finish, due.id, due.lease)
    assert not database.run_now("oak", finish, due.id, due.lease)
    clock.move(days=30)
    assert claim(database) == []


def test_a_promise_put_off_is_due_again_later(database: Database, clock: Clock) -> None:
    database.run_now("oak", owe)
    [due] = claim(database)
    later = clock.now + timedelta(minutes=5)
    assert not database.run_now("oak", promises.put_off, replace(due, lease="another"), later, 1)
    assert database.run_now("oak", promises.put_off, due, later, 1)
    assert not database.run_now("oak", promises.keep, due.id, due.lease)
    clock.move(minutes=4)
    assert claim(database) == []
    clock.move(minutes=1)
    [again] = claim(database)
    assert (again.id, again.attempts, again.doubt) == (due.id, 1, False)


def test_a_promise_that_somebody_let_fall_may_have_been_heard_and_so_it_stays(database: Database, clock: Clock) -> None:
    database.run_now("oak", owe)
    [first] = claim(database)
    assert not first.doubt
    clock.move(seconds=60)
    [fallen] = claim(database)
    assert fallen.doubt
    database.run_now("oak", promises.put_off, fallen, clock.now, 1)
    [again] = claim(database)
    assert again.doubt


def test_a_promise_that_a_dead_process_had_in_hand_may_have_been_heard(database: Database) -> None:
    database.run_now("oak", owe, 2)
    [in_hand] = claim(database, limit=1)
    database.run_now("", promises.release)
    assert {due.id: due.doubt for due in claim(database)}.pop(in_hand.id)


def test_a_promise_put_off_in_doubt_is_in_doubt_when_it_is_due_again(database: Database, clock: Clock) -> None:
    database.run_now("oak", owe)
    [due] = claim(database)
    database.run_now("oak", promises.put_off, due, clock.now, 1, True)
    [again] = claim(database)
    assert (again.attempts, again.doubt) == (1, True)


def test_what_is_promised_once_is_not_promised_twice(database: Database) -> None:
    for _ in range(3):
        database.run_now("oak", owe, 2, once="digest:2026-11-20")
    database.run_now("elm", owe, once="digest:2026-11-20")
    assert len(kept(database)) == len(kept(database, "elm")) == 1
    database.run_now("oak", owe, 3)
    assert len(kept(database)) == 4


def test_a_promise_made_by_a_change_that_failed_is_not_owed(database: Database) -> None:
    def fail(unit: Unit) -> None:
        owe(unit)
        unit.find(select(Promise))
        raise KeyError

    with pytest.raises(KeyError):
        database.run_now("oak", fail)
    assert claim(database) == []


def test_keeping_a_promise_and_what_follows_from_it_are_one_change(database: Database) -> None:
    database.run_now("oak", owe)
    [due] = claim(database)

    def keep_and_fail(unit: Unit) -> None:
        assert promises.keep(unit, due.id, due.lease)
        raise KeyError

    with pytest.raises(KeyError):
        database.run_now("oak", keep_and_fail)
    assert kept(database) == [("waiting", 0)]
