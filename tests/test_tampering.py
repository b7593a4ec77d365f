"""Whoever changes the ledger behind the bot's back is found out by `lanyard verify` and a checkpoint kept elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from storage.ledger import ENTRIES
from tests.machine import Machine
from tests.test_ledger import Rows, add, cut_off, edit, exchange_facts, remove, swap, tamper
from tests.world import World

CHILD = {"what": "CANARYNARRATIVE", "harmed_names": "Jo Bloggs"}


@pytest.fixture
def machine(world: World) -> Machine:
    """A school with two reports, one of them taken on; a checkpoint; then the bot is stopped."""
    for _ in range(2):
        world.teacher.reports("pupil_concern", **CHILD)
    world.settled().dsl.acknowledges()
    world.settled()
    here = Machine.of(world)
    here.checkpoints.mkdir()
    here.does("checkpoint", kept_elsewhere(here))
    world.stops()
    assert "The ledger is whole" in here.does("verify", "--checkpoint", kept_elsewhere(here))
    return here


def move(rows: Rows) -> Rows:
    """What was last done to one case is said of the other."""
    last = max(n for n, row in enumerate(rows) if row["case"])
    other = next(row["case"] for row in rows if row["case"] not in ("", rows[last]["case"]))
    return [*rows[:last], {**rows[last], "case": other}, *rows[last + 1 :]]


WAYS = (edit, remove, add, swap, move, exchange_facts, cut_off)


def kept_elsewhere(machine: Machine) -> Any:
    return machine.checkpoints / "friday.checkpoint"


def rows_of(machine: Machine) -> Rows:
    engine = create_engine(machine.database)
    with engine.connect() as connection:
        rows = [dict(row._mapping) for row in connection.execute(select(ENTRIES).order_by(ENTRIES.c.position))]
    engine.dispose()
    return rows


def test_every_way_of_changing_the_ledger_is_found_by_the_command(machine: Machine) -> None:
    """Edited, removed, inserted, swapped, moved, cut off; each clumsily, and with every hash after it mended."""
    before = rows_of(machine)
    ways: list[tuple[str, Callable[[Rows], Rows], bool]] = [
        (f"{way.__name__}, {'mended' if careful else 'clumsy'}", way, careful)
        for way in WAYS
        for careful in (False, True)
    ]
    for name, way, careful in ways:
        tamper(machine.database, way, carefully=careful)
        assert rows_of(machine) != before, name
        code, said = machine.lanyard("verify", "--checkpoint", kept_elsewhere(machine))
        assert (code, "The ledger is NOT whole" in said) == (1, True), name
        assert "CANARY" not in said
        tamper(machine.database, lambda _: before, carefully=True)
        assert machine.lanyard("verify", "--checkpoint", kept_elsewhere(machine))[0] == 0, f"after {name}"


def test_a_roll_back_that_the_bot_went_on_from_is_found_by_the_command(world: World, machine: Machine) -> None:
    """Nobody looks at once: the shorter ledger is whole by itself, and grows past the checkpoint again."""
    before = len(rows_of(machine))
    tamper(machine.database, lambda rows: rows[:-6], carefully=True)
    assert machine.lanyard("verify")[0] == 0
    world.starts()
    while len(world.events()) <= before:
        world.teacher.reports("pupil_concern", **CHILD)
        world.settled()
    world.stops()
    assert machine.lanyard("verify")[0] == 0
    code, said = machine.lanyard("verify", "--checkpoint", kept_elsewhere(machine))
    assert code == 1
    assert "differs" in said
