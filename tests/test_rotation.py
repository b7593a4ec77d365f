"""The key that seals every report is replaced while the school works, and a kill in the middle costs nothing."""

import os
import secrets
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import select

from storage.models import Key
from storage.unit import Unit
from storage.vault import Vault, read_keys
from tests.machine import Machine, in_hand
from tests.world import World

MANY = 3000
KILLS = 4


@pytest.fixture
def here(world: World) -> Machine:
    return Machine.of(world)


def years_of_reports(machine: Machine) -> None:
    """Texts under keys of their own, as thousands of cases would leave."""

    def write(unit: Unit, begin: int) -> None:
        for number in range(begin, begin + 500):
            unit.seal(f"case-{number:05}-{secrets.token_hex(4)}", "account", "words")

    with in_hand(machine) as (database, trust):
        for begin in range(0, MANY, 500):
            database.run_now(trust, write, begin)


def still_under(machine: Machine, key: str) -> list[str]:
    """The data keys that open with this key alone."""
    vault = Vault([key])
    with in_hand(machine) as (database, trust):
        rows = database.look_now(trust, lambda unit: [(row.id, row.wrapped) for row in unit.find(select(Key))])
    return sorted(id for id, wrapped in rows if wrapped and not vault.needs_older(wrapped))


def let_a_minute_pass(file: Path) -> None:
    past = time.time() - 61
    os.utime(file, (past, past))


def killed(machine: Machine, marker: str) -> None:
    """`lanyard rotate`, killed from outside once this data key has been wrapped anew.

    Without one: as soon as the new key is in the file.
    """
    rows, wanted = create_engine(machine.database), text("SELECT wrapped FROM keys WHERE id = :id")

    def wrapped() -> bytes:
        with rows.connect() as connection:
            return bytes(connection.execute(wanted, {"id": marker}).scalar() or b"")

    before, until = wrapped(), time.monotonic() + 60
    errand = subprocess.Popen([sys.executable, "-m", "bot.main", "rotate"], env=machine.surroundings)
    while (wrapped() == before) if marker else (len(read_keys(machine.key)) == 1):
        assert time.monotonic() < until
        time.sleep(0.001)
    errand.send_signal(signal.SIGKILL)
    errand.wait()
    rows.dispose()


def test_a_rotation_killed_at_any_moment_is_taken_up_again_and_loses_nothing(world: World, here: Machine) -> None:
    world.teacher.reports("pupil_concern", what="before", harmed_names="Jo Bloggs")
    world.settled()
    years_of_reports(here)
    (old,) = read_keys(here.key)
    left: list[int] = []
    for kill in range(KILLS):
        killed(here, still_under(here, old)[0] if kill else "")
        new, *rest = read_keys(here.key)
        assert rest == [old]
        assert stat.S_IMODE(here.key.stat().st_mode) == 0o600
        left.append(len(still_under(here, old)))
        assert left[-1] + len(still_under(here, new)) > MANY, "a key that neither opens is words lost for ever"
        assert world.ledger_is_whole()
    assert left == sorted(left, reverse=True)
    print(f"{left} of {MANY} were still to do after each kill")
    assert 0 < left[-1] < left[0], "no kill fell in the middle"
    let_a_minute_pass(here.key)
    code, said = here.lanyard("rotate", "--finish")
    assert (code, f"{left[-1]} keys still need the old one" in said) == (1, True)
    assert "going on with it" in here.does("rotate")
    assert still_under(here, old) == []
    let_a_minute_pass(here.key)
    here.does("rotate", "--finish")
    assert read_keys(here.key) == [new]
    assert here.does("verify").endswith("The ledger is whole.\n")


def test_the_bot_takes_up_the_new_key_while_people_report(world: World, here: Machine) -> None:
    before = world.teacher.reports("pupil_concern", what="before", harmed_names="Jo Bloggs").reference
    (old,) = read_keys(here.key)
    assert "restart the bot" in here.does("rotate")
    during = world.assistant.reports("pupil_concern", what="during", harmed_names="Sam Bloggs").reference
    assert still_under(here, old) == []
    let_a_minute_pass(here.key)
    assert "Backups made before today open with the old key only" in here.does("rotate", "--finish")
    after = world.teacher.reports("pupil_concern", what="after", harmed_names="Al Bloggs").reference
    world.settled()
    for reference, said in ((before, "before"), (during, "during"), (after, "after")):
        assert said in str(world.dsl.opens(reference))
    world.stops()
    world.starts()
    assert "before" in str(world.dsl.opens(before))
    assert still_under(here, old) == []


def test_the_old_key_stays_while_a_report_may_be_on_its_way_or_a_row_needs_it(world: World, here: Machine) -> None:
    (old,) = read_keys(here.key)
    here.does("rotate")
    code, said = here.lanyard("rotate", "--finish")
    assert (code, "less than a minute old" in said) == (2, True)
    with in_hand(here) as (database, trust):
        # A bot on another machine whose copy of the key file was forgotten.
        database._vault = Vault([old])
        database.run_now(trust, lambda unit: unit.seal("elsewhere", "account", "words"))
    let_a_minute_pass(here.key)
    code, said = here.lanyard("rotate", "--finish")
    assert (code, "1 keys still need the old one" in said) == (1, True)
    assert old in read_keys(here.key)


def test_only_the_key_file_of_the_settings_is_rotated(here: Machine, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    other.write_text("not ours\n")
    before = here.key.read_bytes()
    assert here.lanyard("rotate", other)[0] == 2
    assert (other.read_text(), here.key.read_bytes()) == ("not ours\n", before)
    here.does("rotate", here.key)
    assert here.key.read_bytes().endswith(before)
