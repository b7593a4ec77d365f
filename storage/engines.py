"""Opens connections: what is asked of SQLite and PostgreSQL before either is trusted with a report."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from storage.statements import leave_out_the_detail

READERS = 8
# The writer asks again itself, so that it can drop what has waited too long.
WRITER_WAITS_MS = 200
READER_WAITS_MS = 2000
MIGRATOR_WAITS_MS = 30000
HEAD_LOCK_WAITS_MS = 2000
HARDENED = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA foreign_keys = ON",
    # What is not at hand here the machine mostly has: nine connections must not hold the file nine times.
    "PRAGMA cache_size = -2048",
    # Changed pages are written back from the log 16 MB at a time.
    "PRAGMA wal_autocheckpoint = 4000",
    # Without it, INSERT OR REPLACE deletes rows and no trigger is told.
    "PRAGMA recursive_triggers = ON",
)

# A report is written to some forty pages, and reads more: what is ordered by a name or a person lies all over the file.
WRITERS_CACHE = "PRAGMA cache_size = -16384"


def sqlite_writer(url: str) -> Engine:
    _owned_by_us_alone(url)
    engine = create_engine(url, hide_parameters=True, pool_size=1, max_overflow=1)
    return _begins(engine, "BEGIN IMMEDIATE", (*HARDENED, WRITERS_CACHE, f"PRAGMA busy_timeout = {WRITER_WAITS_MS}"))


def sqlite_readers(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, pool_size=READERS)
    query_only = "PRAGMA query_only = ON"
    return _begins(engine, "BEGIN", (*HARDENED, f"PRAGMA busy_timeout = {READER_WAITS_MS}", query_only))


def sqlite_migrator(url: str) -> Engine:
    _owned_by_us_alone(url)
    engine = create_engine(url, hide_parameters=True)
    return _begins(engine, "BEGIN IMMEDIATE", (*HARDENED, f"PRAGMA busy_timeout = {MIGRATOR_WAITS_MS}"))


def postgres(url: str, connections: int) -> Engine:
    settings = f"-c lock_timeout={HEAD_LOCK_WAITS_MS} -c timezone=UTC"
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=connections,
        pool_pre_ping=True,
        connect_args={"options": settings},
    )

    @event.listens_for(engine, "handle_error", retval=True)
    def tell_less(context: ExceptionContext) -> BaseException | None:
        """PostgreSQL quotes the values of a row that it refuses."""
        fault, wrapped = context.original_exception, context.sqlalchemy_exception
        if not isinstance(wrapped, DBAPIError) or not leave_out_the_detail(fault):
            return None
        return type(wrapped)(context.statement, None, fault, hide_parameters=True)

    return engine


def _begins(engine: Engine, how: str, pragmas: tuple[str, ...]) -> Engine:
    @event.listens_for(engine, "connect")
    def harden(connection: Any, _: object) -> None:
        # The driver would begin transactions of its own, and only at the first change.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(how)

    return engine


def _owned_by_us_alone(url: str) -> None:
    """Make the file before SQLite does: its -wal and -shm files take over its mode."""
    path = Path(make_url(url).database or "")
    # One that is there is never opened: closing it would take away the locks of everybody in this process, and
    # the next process to leave would delete the log under them.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    path.chmod(0o600)
