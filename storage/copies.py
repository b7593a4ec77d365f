"""Copies a whole database while it is in use, always into a SQLite file, and back into an empty one of either kind."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, inspect, make_url, select
from sqlmodel import SQLModel

from storage import engines
from storage.durable import appearing
from storage.faults import Fault
from storage.migrations import bring_up_to_date

AT_ONCE = 500


class NotEmpty(Fault):
    """There is a school in this database already."""


def copy_out(url: str, file: Path) -> None:
    """The database as it stands at one moment; whoever writes to it meanwhile does not wait."""
    if place := sqlite_file(url):
        _copy_file(place, file)
        return
    bring_up_to_date(f"sqlite:///{file}")
    with _source(engines.postgres(url, 1), "REPEATABLE READ") as source, _target(f"sqlite:///{file}") as target:
        _copy_rows(source, target)
    _make_one_file(file)


def copy_in(file: Path, url: str) -> None:
    """What copy_out made, brought up to date, into a database where no school is yet."""
    insist_on_empty(url)
    if place := sqlite_file(url):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with appearing(place) as out, file.open("rb") as content:
            while piece := content.read(1 << 20):
                out.write(piece)
        return
    bring_up_to_date(url)
    with _source(engines.sqlite_readers(f"sqlite:///{file}"), "") as source, _target(url) as target:
        _copy_rows(source, target)


def insist_on_empty(url: str) -> None:
    if place := sqlite_file(url):
        if place.exists():
            raise NotEmpty
        return
    with _source(engines.postgres(url, 1), "") as source:
        if "trusts" in inspect(source).get_table_names() and source.exec_driver_sql("SELECT 1 FROM trusts").first():
            raise NotEmpty


def sqlite_file(url: str) -> Path | None:
    parts = make_url(url)
    return Path(parts.database or "") if parts.get_backend_name() == "sqlite" else None


def _copy_file(place: Path, file: Path) -> None:
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(place)) as source, closing(sqlite3.connect(file)) as target:
        # All pages in one step: readers of a write-ahead log hold up no writer.
        source.backup(target, pages=-1)
    _make_one_file(file)


def _make_one_file(file: Path) -> None:
    """Without a log beside it, so that the file alone is everything."""
    with closing(sqlite3.connect(file)) as plain:
        plain.execute("PRAGMA journal_mode = DELETE").fetchone()


@contextmanager
def _source(engine: Engine, isolation: str) -> Iterator[Connection]:
    try:
        with engine.connect() as plain:
            yield plain.execution_options(isolation_level=isolation) if isolation else plain
    finally:
        engine.dispose()


@contextmanager
def _target(url: str) -> Iterator[Connection]:
    engine = engines.sqlite_migrator(url) if sqlite_file(url) else engines.postgres(url, 1)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _copy_rows(source: Connection, target: Connection) -> None:
    for table in SQLModel.metadata.sorted_tables:
        rows = source.execution_options(yield_per=AT_ONCE).execute(select(table)).mappings()
        for some in rows.partitions(AT_ONCE):
            values: list[Any] = [dict(row) for row in some]
            target.execute(insert(table), values)
