"""The tables come up to date by themselves, and the ledger's guards stand after every upgrade."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from storage.migrations import bring_up_to_date, current, guards, newest, settings, upgrade


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(
            text("""INSERT INTO ledger (trust, position, entry, leaf, "case", facts)
                    VALUES ('oak', 0, '{}', :leaf, '', :leaf)"""),
            {"leaf": b"leaf"},
        )
    yield engine
    engine.dispose()


def refusals(engine: Engine) -> list[str]:
    """What the database answers to each way of rewriting the ledger."""
    ways = ["UPDATE ledger SET entry = '{1}'", "DELETE FROM ledger"]
    sqlite = engine.dialect.name == "sqlite"
    ways.append("REPLACE INTO ledger SELECT * FROM ledger" if sqlite else "TRUNCATE ledger")
    return [refusal(engine, way) for way in ways]


def refusal(engine: Engine, way: str) -> str:
    try:
        with engine.begin() as connection:
            connection.execute(text(way))
    except DBAPIError as refused:
        return str(refused.orig).splitlines()[0]
    return "done"


def test_the_tables_are_those_that_the_rows_are_written_for(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_nobody_can_edit_or_remove_what_the_ledger_holds(engine: Engine) -> None:
    assert refusals(engine) == [guards.REFUSED] * 3


def test_a_migration_that_rebuilds_the_ledger_leaves_it_guarded(engine: Engine) -> None:
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("ledger", recreate="always" if is_sqlite(engine) else "auto") as batch:
            batch.drop_index("ix_ledger_case")
    if is_sqlite(engine):  # the rebuilding drops them without a word: this is what setting them anew is for
        with engine.connect() as connection:
            assert not connection.scalar(
                text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger'")
            )
    with engine.begin() as connection:
        connection.execute(text('CREATE INDEX ix_ledger_case ON ledger ("case")'))
        upgrade(connection)
    assert refusals(engine) == [guards.REFUSED] * 3


def test_eight_processes_that_start_at_once_bring_it_up_to_date_once(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        SQLModel.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    with ThreadPoolExecutor(8) as starting:
        list(starting.map(bring_up_to_date, [database_url] * 8))
    with engine.connect() as connection:
        newest = ScriptDirectory.from_config(settings()).get_current_head()
        assert connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [newest]
    engine.dispose()


def test_what_stood_in_the_first_tables_stands_in_the_newest(database_url: str) -> None:
    """The oldest database there is, with a school, people and an entry in it, brought up to date in one go."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        SQLModel.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    with engine.begin() as connection:
        first = settings()
        first.attributes["connection"] = connection
        command.upgrade(first, "0001")
        connection.execute(
            text("INSERT INTO schools (id, trust, key, name, phone) VALUES ('s', 'oak', 'b', 'Brambledown', '')")
        )
        for row in OLD:
            connection.execute(text(row), {"at": "2026-11-20 10:00:00.000000"})
        connection.execute(
            text("""INSERT INTO ledger (trust, position, entry, leaf, "case", facts)
                    VALUES ('oak', 0, '{}', :leaf, '', :leaf)"""),
            {"leaf": b"leaf"},
        )
    bring_up_to_date(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id, name FROM schools")).all() == [("s", "Brambledown")]
        assert connection.execute(text("SELECT person, said_by, back FROM absences")).all() == [("p", "", None)]
        assert connection.scalar(text("SELECT name FROM persons")) == "Rosalind Ferns"
        assert connection.scalar(text("SELECT state FROM promises")) == "kept"
        assert connection.execute(text("SELECT leaf FROM ledger")).scalars().all() == [b"leaf"]
    assert refusals(engine) == [guards.REFUSED] * 3
    engine.dispose()


OLD = (
    "INSERT INTO absences (id, trust, person, first, last) VALUES ('a', 'elm', 'p', '2026-12-18', '2027-01-05')",
    """INSERT INTO persons (id, trust, name, also, phone, school, line_manager, met_at)
       VALUES ('p', 'elm', 'Rosalind Ferns', '[]', '', '', '', :at)""",
    """INSERT INTO promises (id, trust, kind, "to", about, ids, due_at, made_at, state, attempts, lease, kept_at)
       VALUES ('q', 'elm', 'say', 'p', '', '{}', :at, :at, 'kept', 1, '', :at)""",
)


def test_the_newest_migration_is_the_one_that_the_others_lead_to(tmp_path: Path) -> None:
    """It is told by its file's name, so that a start need not read them all."""
    assert newest() == ScriptDirectory.from_config(settings()).get_current_head()
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        assert current(connection) == ""
    bring_up_to_date(f"sqlite:///{tmp_path}/lanyard.db")
    with create_engine(f"sqlite:///{tmp_path}/lanyard.db").connect() as connection:
        assert current(connection) == newest()


def test_a_new_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    bring_up_to_date(f"sqlite:///{tmp_path}/lanyard.db")
    assert [oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()] == ["0o600"]


def is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"
