"""A school comes back from its backup and its key, and says what is missing; without the key nothing opens."""

import io
import json
import secrets
import stat
import tarfile
from pathlib import Path

import pytest

from storage.vault import create_key_file
from tests.canaries import Canaries, files_under
from tests.machine import Machine, secret
from tests.world import World
from workspace.pictures import screenshot

PICTURE = {"picture_date__1": "2026-11-19", "picture_time__1": "10:10", "picture_place__1": "an app"}
BULLIED = {"by": "pupil", "harmed": "pupil", "pictures_sexual": "no", **PICTURE, "picture_account__1": "@somebody"}


@pytest.fixture
def here(world: World) -> Machine:
    return Machine.of(world)


@pytest.fixture
def elsewhere(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> Machine:
    """An empty machine with a copy of the key, and a database of the same kind."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    sqlite = world.database.startswith("sqlite")
    database = f"sqlite:///{folder}/home/lanyard.db" if sqlite else request.getfixturevalue("new_postgres")()
    other = Machine(world.settings, folder, database)
    other.key.touch(0o600)
    other.key.write_bytes(world.key.read_bytes())
    return other


def bullied(world: World, canaries: Canaries) -> str:
    """A report with a screenshot, and everything about it done."""
    picture = world.teacher.uploads(screenshot((60, 98, 160), canaries.new("hidden in the picture")), "a.png")
    sent = world.teacher.reports("cyberbullying", what=canaries.new("what"), screenshots=[picture], **BULLIED)
    world.settled()
    return sent.reference


def size(world: World) -> int:
    return len(world.events())


def written_anew(file: Path, changed: dict[str, bytes | None], more: dict[str, bytes] | None = None) -> Path:
    """The same parcel with some of its files changed, left out (None) or added."""
    other = file.with_name(f"{secrets.token_hex(4)}.lanyard")
    with tarfile.open(file) as old, tarfile.open(other, "w") as new:
        for member in old:
            content = changed.get(member.name, old.extractfile(member).read())  # type: ignore[union-attr]
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
        for name, content in (more or {}).items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return other


def test_a_school_comes_back_from_a_backup_made_while_it_was_at_work(
    world: World, here: Machine, elsewhere: Machine, tmp_path: Path
) -> None:
    reference, file = bullied(world, Canaries()), tmp_path / "school.lanyard"
    assert "keep a copy of that key somewhere else" in here.does("backup", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "No entry is missing" in elsewhere.does("restore", file)
    assert elsewhere.does("verify").endswith("The ledger is whole.\n")
    assert elsewhere.evidence == here.evidence
    assert len(here.evidence) == 1
    world.stops()
    world.settings = world.settings.model_copy(update={"home": elsewhere.home, "database_url": secret(elsewhere)})
    world.starts()
    opened = json.dumps(world.dsl.opens(reference))
    assert "See the screenshots (1)" in opened
    assert world.leads() == {"dsl"}


def test_an_older_backup_says_how_many_entries_are_missing(
    world: World, here: Machine, elsewhere: Machine, tmp_path: Path
) -> None:
    file, kept = tmp_path / "school.lanyard", tmp_path / "friday.checkpoint"
    world.settled()  # the founding's invitations are entries of their own
    here.does("backup", file)
    before = size(world)
    world.teacher.reports("pupil_concern", what="later", harmed_names="Jo Bloggs")
    world.settled()
    here.does("checkpoint", kept)
    lost = size(world) - before
    code, said = elsewhere.lanyard("restore", file, "--checkpoint", kept)
    assert code == 1
    assert f"{lost} entries are missing" in said
    assert "The ledger is whole" in said


def test_the_folder_of_checkpoints_is_looked_at_without_being_asked(
    world: World, here: Machine, elsewhere: Machine, tmp_path: Path
) -> None:
    file = tmp_path / "school.lanyard"
    world.settled()  # the founding's invitations are entries of their own
    here.does("backup", file)
    before = size(world)
    world.teacher.reports("pupil_concern", what="later", harmed_names="Jo Bloggs")
    elsewhere.checkpoints.mkdir()
    (elsewhere.checkpoints / "2026-11-19.checkpoint").write_text("no checkpoint at all\n")
    here.does("checkpoint", elsewhere.checkpoints / "2026-11-20.checkpoint")
    assert f"{size(world) - before} entries are missing" in elsewhere.lanyard("restore", file)[1]


def test_a_backup_without_its_key_is_said_to_be_incomplete_and_nothing_is_restored(
    world: World, here: Machine, elsewhere: Machine, tmp_path: Path
) -> None:
    file = tmp_path / "school.lanyard"
    here.does("backup", file)
    elsewhere.key.unlink()
    create_key_file(elsewhere.key)
    code, said = elsewhere.lanyard("restore", file)
    assert code == 2
    assert "This backup is incomplete: no key in" in said
    assert not [place for place, _ in files_under(elsewhere.home)]
    assert elsewhere.lanyard("verify")[1].startswith("No school yet")


def test_a_restore_writes_over_nothing(world: World, here: Machine, elsewhere: Machine, tmp_path: Path) -> None:
    file = tmp_path / "school.lanyard"
    here.does("backup", file)
    elsewhere.does("restore", file)
    for machine in (here, elsewhere):
        code, said = machine.lanyard("restore", file)
        assert code == 2
        assert "writes over nothing" in said
    code, said = here.lanyard("backup", file)
    assert code == 2
    assert "never written over" in said
    assert world.ledger_is_whole()


def test_a_backup_that_was_changed_or_cut_short_is_refused(
    world: World, here: Machine, elsewhere: Machine, tmp_path: Path
) -> None:
    bullied(world, Canaries())
    file, (blob,) = tmp_path / "school.lanyard", here.evidence
    here.does("backup", file)
    picture = (here.home / "evidence" / blob).read_bytes()
    cut = tmp_path / "cut.lanyard"
    cut.write_bytes(file.read_bytes()[:-20_000])
    for damaged in (
        cut,
        written_anew(file, {f"evidence/{blob}": picture[:-1] + bytes([picture[-1] ^ 1])}),
        written_anew(file, {f"evidence/{blob}": None}),
        written_anew(file, {"manifest.json": None}),
        written_anew(file, {"manifest.json": None}, {"../escaped": b"x"}),
        written_anew(file, {}, {"evidence/more": b"x"}),
    ):
        code, said = elsewhere.lanyard("restore", damaged)
        assert code == 2, said
        assert "Nothing was restored" in said
    assert not [place for place, _ in files_under(elsewhere.home)]
    assert not (elsewhere.home.parent / "escaped").exists()
    assert "No entry is missing" in elsewhere.does("restore", file)


def test_a_picture_on_record_that_the_disk_has_lost_is_said_at_once(
    world: World, here: Machine, elsewhere: Machine, tmp_path: Path
) -> None:
    bullied(world, Canaries())
    file, (blob,) = tmp_path / "school.lanyard", here.evidence
    (here.home / "evidence" / blob).unlink()
    code, said = here.lanyard("backup", file)
    assert (code, blob in said) == (1, True)
    code, said = elsewhere.lanyard("restore", file)
    assert (code, blob in said) == (1, True)


def test_nothing_in_a_backup_can_be_read_and_the_key_is_not_in_it(world: World, here: Machine, tmp_path: Path) -> None:
    canaries, file = Canaries(), tmp_path / "school.lanyard"
    bullied(world, canaries)
    here.does("backup", file)
    assert len(canaries.boxes) == 2
    raw = file.read_bytes()
    assert canaries.found_in(raw) == set()
    assert not [line for line in world.key.read_bytes().split() if line in raw]
    with tarfile.open(file) as parcel:
        names = [member.name for member in parcel]
    assert names[-1] == "manifest.json"
    assert {name.partition("/")[0] for name in names[:-1]} == {
        "lanyard.db", "ledger.checkpoint", "ledger.vkey", "evidence",
    }  # fmt: skip
