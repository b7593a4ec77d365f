"""Words are kept under a key of their own, open in their own place alone, and are gone with that key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import IntegrityError

from storage import sealed
from storage.database import Database
from storage.faults import Destroyed, Unopenable
from storage.models import Key, Sealed
from storage.unit import Unit
from storage.vault import KEPT_UNWRAPPED, Place, Vault, create_key_file
from tests.storing import opened, report

PLACE = Place("oak", "sealed", "text", "case/account")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    create_key_file(tmp_path / "key")
    return Vault.from_key_file(tmp_path / "key")


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    with opened(database_url, tmp_path / "key") as database:
        yield database


def change(url: str, statement: str, **values: object) -> None:
    """What somebody does who has the database but not the bot."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


def words(database: Database, case: str, trust: str = "oak") -> dict[str, str]:
    return database.look_now(trust, sealed.opened, case)


def test_what_is_sealed_opens_again(vault: Vault) -> None:
    key = vault.new_key()
    assert (
        vault.open(key, PLACE, vault.seal(key, PLACE, "It hurts – “there”".encode())).decode() == "It hurts – “there”"
    )


@pytest.mark.parametrize("part", Place._fields)
def test_it_opens_in_its_own_place_alone(vault: Vault, part: str) -> None:
    key = vault.new_key()
    kept = vault.seal(key, PLACE, b"words")
    with pytest.raises(Unopenable):
        vault.open(key, PLACE._replace(**{part: "other"}), kept)


def test_nothing_of_it_can_be_altered(vault: Vault) -> None:
    key = vault.new_key()
    kept = vault.seal(key, PLACE, b"words")
    for at in range(len(kept)):
        altered = kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :]
        with pytest.raises(Unopenable):
            vault.open(key, PLACE, altered)
    for cut in range(len(kept)):
        with pytest.raises(Unopenable):
            vault.open(key, PLACE, kept[:cut])


def test_the_same_words_never_look_the_same(vault: Vault) -> None:
    key = vault.new_key()
    assert len({vault.seal(key, PLACE, b"words") for _ in range(100)}) == 100


def test_another_key_file_opens_nothing(vault: Vault, tmp_path: Path) -> None:
    create_key_file(tmp_path / "other")
    wrapped = vault.wrap(vault.new_key())
    with pytest.raises(Unopenable):
        Vault.from_key_file(tmp_path / "other").unwrap(wrapped)


def test_a_key_file_that_others_can_read_is_refused(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(PermissionError):
        Vault.from_key_file(tmp_path / "key")


def test_a_key_file_is_never_written_over(tmp_path: Path) -> None:
    create_key_file(tmp_path / "key")
    assert oct((tmp_path / "key").stat().st_mode & 0o777) == "0o600"
    with pytest.raises(FileExistsError):
        create_key_file(tmp_path / "key")


def test_a_new_key_file_takes_over_without_sealing_anything_anew(vault: Vault, tmp_path: Path) -> None:
    create_key_file(tmp_path / "newer")
    both = tmp_path / "both"
    both.touch(0o600)
    both.write_text((tmp_path / "newer").read_text() + (tmp_path / "key").read_text())
    key = vault.new_key()
    wrapped = Vault.from_key_file(both).rewrap(vault.wrap(key))
    assert Vault.from_key_file(tmp_path / "newer").unwrap(wrapped) == key
    with pytest.raises(Unopenable):
        Vault.from_key_file(tmp_path / "key").unwrap(wrapped)


def test_only_so_many_keys_lie_open_in_memory(vault: Vault) -> None:
    for _ in range(KEPT_UNWRAPPED + 50):
        vault.wrap(vault.new_key())
    assert len(vault._unwrapped) == KEPT_UNWRAPPED


def test_a_report_is_read_again_as_it_was_written(database: Database) -> None:
    case = database.run_now("oak", report, "She said “don’t tell”. 🙁")
    assert words(database, case) == {"account": "She said “don’t tell”. 🙁"}
    assert database.look_now("oak", sealed.opened_field, case, "account") == "She said “don’t tell”. 🙁"
    assert database.look_now("oak", sealed.opened_field, case, "where") is None


def test_a_field_written_again_replaces_what_was_there(database: Database) -> None:
    def write(unit: Unit, *texts: str) -> None:
        for written in texts:
            unit.seal("draft", "account", written)

    database.run_now("oak", write, "First", "Second")
    assert words(database, "draft") == {"account": "Second"}
    database.run_now("oak", write, "Third")
    assert words(database, "draft") == {"account": "Third"}
    assert len(database.look_now("oak", lambda unit: unit.find(select(Sealed)))) == 1


def test_words_moved_to_another_field_or_case_do_not_open(database_url: str, database: Database) -> None:
    case, other = database.run_now("oak", report, "Ours"), database.run_now("oak", report, "Theirs")
    change(database_url, "UPDATE sealed SET field = 'exact_words' WHERE owner = :owner", owner=case)
    with pytest.raises(Unopenable):
        words(database, case)
    change(database_url, "UPDATE sealed SET owner = :other WHERE owner = :owner", owner=case, other=other)
    with pytest.raises(Unopenable):
        words(database, other)


def test_words_moved_with_their_key_to_another_trust_do_not_open(database_url: str, database: Database) -> None:
    case = database.run_now("oak", report)
    for table in ("sealed", "keys"):
        change(database_url, f"UPDATE {table} SET trust = 'elm'")
    with pytest.raises(Unopenable):
        words(database, case, "elm")


def test_another_trust_neither_reads_nor_writes_over_our_words(database: Database) -> None:
    case = database.run_now("oak", report, "Ours")
    assert words(database, case, "elm") == {}
    with pytest.raises(IntegrityError):
        database.run_now("elm", lambda unit: unit.seal(case, "account", "Theirs"))
    database.run_now("elm", lambda unit: sealed.destroy(unit, case))
    assert words(database, case) == {"account": "Ours"}


def test_a_destroyed_case_says_nothing_ever_again(database: Database) -> None:
    case, other = database.run_now("oak", report), database.run_now("oak", report, "Still here")
    words(database, case)  # its key lies open in memory by now
    wrapped = database.look_now("oak", lambda unit: unit.get(Key, case).wrapped)
    assert wrapped in database._vault._unwrapped
    database.run_now("oak", lambda unit: sealed.destroy(unit, case))
    assert words(database, case) == {}
    assert wrapped not in database._vault._unwrapped
    assert words(database, other) == {"account": "Still here"}
    assert database.look_now("oak", lambda unit: unit.get(Key, case).wrapped) == b""
    with pytest.raises(Destroyed):
        database.run_now("oak", lambda unit: unit.seal(case, "account", "Again"))


def test_a_discarded_draft_leaves_not_even_the_mark_of_a_key(database: Database) -> None:
    database.run_now("oak", lambda unit: unit.seal("draft", "account", "Unfinished"))
    database.run_now("oak", lambda unit: sealed.destroy(unit, "draft"))
    assert database.look_now("oak", lambda unit: unit.find(select(Key))) == []


def test_a_screenshot_is_sealed_under_its_case_for_its_own_place(database: Database) -> None:
    case = database.run_now("oak", report)
    place = ("evidence", "blob", "e1")
    kept = database.run_now("oak", sealed.seal_bytes, case, place, b"picture")
    assert database.look_now("oak", sealed.open_bytes, case, place, kept) == b"picture"
    with pytest.raises(Unopenable):
        database.look_now("oak", sealed.open_bytes, case, ("evidence", "blob", "e2"), kept)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_word_of_a_report_is_in_any_file(database_url: str, database: Database) -> None:
    database.run_now("oak", report, "canary " * 50)
    folder = Path(make_url(database_url).database or "").parent
    assert sum(file.stat().st_size for file in folder.iterdir()) > 10_000
    assert not [file.name for file in folder.iterdir() if b"canary" in file.read_bytes()]


@pytest.mark.parametrize("pieces", [[], [b""], [b"one"], [b"o" * 70_000, b"", b"ne"]])
def test_what_is_sealed_piece_by_piece_opens_as_if_it_had_been_whole(tmp_path: Path, pieces: list[bytes]) -> None:
    create_key_file(tmp_path / "key")
    vault = Vault.from_key_file(tmp_path / "key")
    key, place, other = vault.new_key(), Place("t", "evidence", "blob", "e1"), Place("t", "evidence", "blob", "e2")
    sealing = vault.sealing(key, place)
    whole = sealing.head + b"".join(sealing.add(each) for each in pieces) + sealing.end()
    assert vault.open(key, place, whole) == b"".join(pieces)
    for where, broken in ((place, whole[:-1]), (place, whole[:-1] + bytes([whole[-1] ^ 1])), (other, whole)):
        with pytest.raises(Unopenable):
            vault.open(key, where, broken)
