"""The one hand that writes to SQLite: it takes what is waiting and commits it together."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Event, Thread
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.faults import NotSaved
from storage.ledger import Heads
from storage.turns import Batch, Job, Line
from storage.unit import Scope


class Writer:
    """Runs each job in a savepoint of its own; no answer leaves before all of them are on disk."""

    def __init__(self, engine: Engine, scope: Callable[[str, Heads], Scope]) -> None:
        self._engine, self._scope, self._line = engine, scope, Line()
        self._awake, self._closing = Event(), False
        self._thread = Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> "Future[Any]":
        self._line.add(job)
        self._awake.set()
        return job.future

    def close(self) -> None:
        """Finish what was submitted, then stop."""
        self._closing = True
        self._awake.set()
        self._thread.join()
        self._engine.dispose()

    def _serve(self) -> None:
        while self._line or not self._closing:
            self._awake.wait()
            self._awake.clear()
            while self._line:
                self._write_together()

    def _write_together(self) -> None:
        batch = Batch(self._scope)
        with self._engine.connect() as connection:
            try:
                # Nothing is begun before the lock is ours: what waits for it can still be dropped.
                connection.begin()
                batch.run(self._line, connection, Heads(connection, "sqlite"))
                connection.commit()
            except (SQLAlchemyError, NotSaved) as fault:
                batch.fail(fault)
        batch.hand_back()
