"""What people wrote stands in no backup and no dump of the database: a reported message least of all."""

import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.canaries import Canaries
from tests.machine import Machine
from tests.test_shortcuts import chosen, finishes, writes
from tests.townspeople import words
from tests.world import World


def dump(world: World, cluster: str) -> str:
    """The whole database as text, as its own tool writes it."""
    if cluster:
        tool = next(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))
        name = world.database.partition("?")[0].rpartition("/")[2]
        command = [tool, "-h", cluster, "-U", "lanyard", name]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    with sqlite3.connect(world.database.removeprefix("sqlite:///")) as file:
        return "\n".join(file.iterdump())


def test_a_reported_message_and_a_report_stand_in_no_backup_and_no_dump(
    world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    canaries, here = Canaries(), Machine.of(world)
    cluster = "" if world.database.startswith("sqlite") else request.getfixturevalue("postgres_cluster")
    said = canaries.new("the message")
    form = chosen(world.teacher, writes(world.other_teacher, f"Look at this, {said}"))
    reference = finishes(world.teacher, form)
    world.teacher.reports("pupil_concern", what=canaries.new("what"), harmed_names=canaries.new("who"))
    world.settled()
    assert said in words(world.head.opens(reference)["blocks"]), "where it is opened it stands"
    here.does("backup", tmp_path / "school.lanyard")
    text = dump(world, cluster)
    assert reference in text, "it is the whole database"
    assert canaries.found_in(text) == set()
    assert canaries.found_in((tmp_path / "school.lanyard").read_bytes()) == set()
