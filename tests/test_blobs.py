"""A screenshot is kept once, whole, and for good, or not at all."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from storage.blobs import AlreadyKept, Blobs
from storage.faults import Missing


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "evidence")


def test_what_is_put_is_there(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put("e1", b"sealed")
    assert blobs.get("e1") == b"sealed"
    assert [file.name for file in (tmp_path / "evidence").iterdir()] == ["e1"]
    assert oct((tmp_path / "evidence" / "e1").stat().st_mode & 0o777) == "0o600"
    assert oct((tmp_path / "evidence").stat().st_mode & 0o777) == "0o700"


def test_nothing_is_ever_put_in_its_place(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put("e1", b"first")
    with pytest.raises(AlreadyKept):
        blobs.put("e1", b"second")
    assert blobs.get("e1") == b"first"
    assert [file.name for file in (tmp_path / "evidence").iterdir()] == ["e1"]


def test_what_a_crash_left_half_written_is_no_blob_and_in_nobodys_way(blobs: Blobs, tmp_path: Path) -> None:
    (tmp_path / "evidence" / "e1.part").write_bytes(b"ha")
    with pytest.raises(Missing):
        blobs.get("e1")
    blobs.put("e1", b"whole")
    assert blobs.get("e1") == b"whole"


@pytest.mark.parametrize("id", ["../key", "/etc/passwd", "", ".", "a/b", "a\0b", "e1.part", "x" * 65])
def test_a_name_that_leads_elsewhere_is_no_blob(blobs: Blobs, id: str) -> None:
    with pytest.raises(Missing):
        blobs.get(id)
    with pytest.raises(Missing):
        blobs.put(id, b"sealed")


def test_what_no_row_speaks_of_is_swept_unless_its_row_may_be_on_its_way(blobs: Blobs, tmp_path: Path) -> None:
    for name, age in (("known", 100), ("orphan", 100), ("young", 0), ("half.part", 100)):
        (tmp_path / "evidence" / name).write_bytes(b"sealed")
        os.utime(tmp_path / "evidence" / name, (1000 - age, 1000 - age))
    assert blobs.sweep({"known"}, older_than=950) == ["half.part", "orphan"]
    assert sorted(file.name for file in (tmp_path / "evidence").iterdir()) == ["known", "young"]


@pytest.mark.skipif(not shutil.which("strace"), reason="no strace here to watch the system calls")
def test_a_blob_and_its_name_are_on_disk_before_anybody_is_told(tmp_path: Path) -> None:
    put = f"from pathlib import Path; from storage.blobs import Blobs; Blobs(Path({str(tmp_path)!r})).put('e1', b'x')"
    log = tmp_path / "strace.log"
    watched = ["strace", "-y", "-o", log, "-e", "trace=fsync,link,linkat", sys.executable, "-c", put]
    subprocess.run(watched, check=True, timeout=60)
    written, named, kept = [line for line in log.read_text().splitlines() if "(" in line][-3:]
    assert re.match(r"fsync\(\d+<.*/e1\.part>\) += 0", written)
    assert re.match(r"link(at)?\(.*e1\.part.*e1.*\) += 0", named)
    assert re.match(rf"fsync\(\d+<{tmp_path}>\) += 0", kept)


def test_a_blob_that_comes_piece_by_piece_is_seen_when_it_is_whole_and_not_before(blobs: Blobs, tmp_path: Path) -> None:
    growing, broken = blobs.begin("e1"), blobs.begin("e2")
    for each in (growing, broken):
        each.write(b"sea")
    with pytest.raises(Missing):
        blobs.get("e1")
    growing.write(b"led")
    growing.keep()
    for each in (growing, broken):
        each.drop()
    assert blobs.get("e1") == b"sealed"
    assert [file.name for file in (tmp_path / "evidence").iterdir()] == ["e1"]
    again = blobs.begin("e1")
    with pytest.raises(AlreadyKept):
        again.keep()
    again.drop()
    assert blobs.get("e1") == b"sealed"
