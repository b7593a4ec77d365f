"""The one hand that writes to SQLite: it takes what is waiting and commits it together."""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from storage.faults import Busy, NotSaved
from storage.ledger import Heads
from storage.patience import has_waited_too_long
from storage.unit import Scope, Unit, bound

TOGETHER = 256
NO_LONGER_THAN = 0.25


@dataclass(eq=False, slots=True)
class Job:
    """A workflow on its way in; its future is pending while it waits and running once it is begun."""

    trust: str
    work: Callable[[Unit], Any]
    future: "Future[Any]" = field(default_factory=Future)
    arrived: float = field(default_factory=time.monotonic)
    result: Any = None
    fault: BaseException | None = None

    def begin(self) -> bool:
        """Whether to run it: not if nobody waits any more, and not if it has waited too long."""
        if not self.future.set_running_or_notify_cancel():
            return False
        if has_waited_too_long(self.arrived):
            self.future.set_exception(Busy())
            return False
        return True

    def hand_back(self) -> None:
        if self.fault:
            self.future.set_exception(self.fault)
        else:
            self.future.set_result(self.result)


class Writer:
    """Runs each job in a savepoint of its own; no answer leaves before all of them are on disk."""

    def __init__(self, engine: Engine, scope: Callable[[str, Heads], Scope]) -> None:
        self._engine, self._scope = engine, scope
        self._arriving: SimpleQueue[Job | None] = SimpleQueue()
        self._waiting: deque[Job] = deque()
        self._thread = Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    def submit(self, trust: str, work: Callable[[Unit], Any]) -> "Future[Any]":
        job = Job(trust, work)
        self._arriving.put(job)
        return job.future

    def close(self) -> None:
        """Finish what was submitted, then stop."""
        self._arriving.put(None)
        self._thread.join()
        self._engine.dispose()

    def _serve(self) -> None:
        more = True
        while more or self._waiting:
            if more:
                more = self._take_what_is_waiting()
            if self._waiting:
                self._write_together()

    def _take_what_is_waiting(self) -> bool:
        """Whether there may be more to come."""
        with suppress(Empty):
            while job := self._arriving.get(block=not self._waiting):
                self._waiting.append(job)
            return False
        return True

    def _write_together(self) -> None:
        begun: list[Job] = []
        with self._engine.connect() as connection:
            try:
                # Nothing is begun before the lock is ours: what waits for it can still be dropped.
                connection.begin()
                heads = Heads(connection, "sqlite")
                self._run_some(connection, heads, begun)
                heads.save()
                connection.commit()
            except (SQLAlchemyError, NotSaved) as fault:
                for job in begun:
                    job.fault = job.fault or _not_saved(fault)
        for job in begun:
            job.hand_back()

    def _run_some(self, connection: Connection, heads: Heads, begun: list[Job]) -> None:
        stop = time.monotonic() + NO_LONGER_THAN
        while self._waiting and len(begun) < TOGETHER and time.monotonic() < stop:
            job = self._waiting.popleft()
            if job.begin():
                begun.append(job)
                self._run(connection, heads, job)

    def _run(self, connection: Connection, heads: Heads, job: Job) -> None:
        connection.exec_driver_sql("SAVEPOINT job")
        try:
            with bound(connection, self._scope(job.trust, heads)) as unit:
                job.result = job.work(unit)
            connection.exec_driver_sql("RELEASE job")
            unit._keep_head()
        except BaseException as fault:  # whatever stopped this job must not stop its neighbours, nor the writer
            # No room, or a disk that fails: the savepoint is given up, so it is certain that nothing was kept.
            job.fault = _not_saved(fault) if isinstance(fault, OperationalError) else fault
            # On a full disk SQLite itself rolls back all that was begun, neighbours included.
            if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                raise NotSaved from fault
            connection.exec_driver_sql("ROLLBACK TO job")
            connection.exec_driver_sql("RELEASE job")


def _not_saved(cause: Exception) -> NotSaved:
    fault = NotSaved()
    fault.__cause__ = cause
    return fault
