"""The key on paper: printed, typed back after the machine is gone, and right to the last letter or refused."""

import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer.testing
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as some

from bot.main import app
from storage import paper
from storage.vault import add_key, read_keys
from tests.office import Office

ROW = re.compile(r"<td>((?:[0-9A-Z]{4} ?){4})</td>")
KEYS = some.binary(min_size=32, max_size=32).map(lambda secret: paper.key_of([secret]))


def lanyard(*words: object, typed: str = "") -> tuple[int, str]:
    said = typer.testing.CliRunner().invoke(app(), [str(word) for word in words], input=typed)
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    return said.exit_code, said.output


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "lanyard.key"
    assert lanyard("key", file)[0] == 0
    return file


def printed(key: Path, tmp_path: Path) -> list[str]:
    """What stands on the sheet."""
    page = tmp_path / "sheet.html"
    page.unlink(missing_ok=True)
    assert lanyard("key", key, "--sheet", page, "--school", "Brambledown")[0] == 0
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    return ROW.findall(page.read_text(encoding="utf-8"))


def test_a_school_whose_machine_is_gone_types_its_key_in_from_paper(key: Path, tmp_path: Path) -> None:
    rows = printed(key, tmp_path)
    typed = "\n".join([*(row.lower().replace(" ", "") for row in rows), "n", ""])
    code, said = lanyard("key", tmp_path / "new.key", "--from-sheet", typed=typed)
    assert code == 0, said
    assert (tmp_path / "new.key").read_text() == key.read_text()
    assert stat.S_IMODE((tmp_path / "new.key").stat().st_mode) == 0o600
    assert paper.mark(read_keys(key)[0]) in said


def test_a_backup_opens_with_the_key_from_the_paper(chat: Any, tmp_path: Path, new_sqlite: Callable[[], str]) -> None:
    """The whole way: set up, back up, lose the machine, type the sheet in, restore elsewhere."""
    office = Office(tmp_path, chat, new_sqlite()).founds()
    rows = printed(tmp_path / "lanyard.key", tmp_path)
    assert office.lanyard("practice", "--by", "o.fairclough@brambledown.example")[0] == 0
    assert office.lanyard("backup", str(tmp_path / "monday.lanyard"))[0] == 0
    (tmp_path / "lanyard.key").unlink()
    elsewhere = tmp_path / "spare.key"
    assert lanyard("key", elsewhere, "--from-sheet", typed="\n".join([*rows, "n", ""]))[0] == 0
    office.env |= {
        "LANYARD_HOME": str(tmp_path / "spare"),
        "LANYARD_KEY_FILE": str(elsewhere),
        "LANYARD_DATABASE_URL": f"sqlite:///{tmp_path / 'spare' / 'lanyard.db'}",
    }
    code, out, err = office.lanyard("restore", str(tmp_path / "monday.lanyard"))
    assert (code, err) == (0, "")
    assert "The ledger is whole." in out
    assert "PRACTICE" in office.lanyard("practice", "--list")[1]


def test_a_slip_is_said_at_once_and_only_that_row_is_asked_for_again(key: Path, tmp_path: Path) -> None:
    rows = printed(key, tmp_path)
    slip = rows[1][:-1] + ("0" if rows[1][-1] != "0" else "1")
    typed = "\n".join([rows[0], slip, rows[2], rows[1], *rows[2:], "n", ""])
    code, said = lanyard("key", tmp_path / "new.key", "--from-sheet", typed=typed)
    assert code == 0
    assert said.count("Row 2 is not right") == 2, "a wrong letter, and another row in its place"
    assert (tmp_path / "new.key").read_text() == key.read_text()


def test_a_sheet_is_proved_without_restoring_anything(key: Path, tmp_path: Path) -> None:
    rows = printed(key, tmp_path)
    code, said = lanyard("key", key, "--compare", typed="\n".join(rows) + "\n")
    assert (code, "it brings this key back" in said) == (0, True)
    other = tmp_path / "other.key"
    lanyard("key", other)
    code, said = lanyard("key", other, "--compare", typed="\n".join(rows) + "\n")
    assert (code, "another key's" in said) == (1, True)


def test_after_a_rotation_the_sheet_has_both_keys_and_both_come_back(key: Path, tmp_path: Path) -> None:
    add_key(key)
    rows = printed(key, tmp_path)
    assert len(rows) == 8
    typed = "\n".join([*rows[:4], "y", *rows[4:], "n", ""])
    assert lanyard("key", tmp_path / "new.key", "--from-sheet", typed=typed)[0] == 0
    assert (tmp_path / "new.key").read_text() == key.read_text()


def test_neither_a_key_nor_a_sheet_is_written_over(key: Path, tmp_path: Path) -> None:
    before = key.read_text()
    printed(key, tmp_path)
    for words in ((key,), (key, "--from-sheet"), (key, "--sheet", tmp_path / "sheet.html")):
        code, said = lanyard("key", *words)
        assert (code, "never written over" in said) == (2, True)
    assert key.read_text() == before


@given(KEYS, some.data())
def test_any_one_wrong_letter_is_noticed(key: str, data: some.DataObject) -> None:
    number = data.draw(some.integers(1, paper.ROWS))
    row = paper.rows(key)[number - 1].replace(" ", "")
    place = data.draw(some.integers(0, 15))
    wrong = data.draw(some.sampled_from([each for each in paper.ALPHABET if each != row[place]]))
    typed = row[:place] + wrong + row[place + 1 :]
    try:
        read = paper.row_read(typed, number)
    except paper.Mistyped:
        return
    # Sixteen bits of check: one slip in 65,536 looks right, and the key's mark tells it from the true one.
    assert read != paper.row_read(row, number)


@given(KEYS)
def test_every_key_comes_back_from_its_rows_however_they_are_typed(key: str) -> None:
    typed = [row.lower().replace("0", "o").replace("1", "l").replace(" ", "-") for row in paper.rows(key)]
    assert paper.key_of([paper.row_read(row, number) for number, row in enumerate(typed, 1)]) == key
    Fernet(key)
