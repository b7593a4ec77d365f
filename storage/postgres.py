"""Writes to PostgreSQL: what waits for one trust is a transaction together, which holds that trust's ledger head."""

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from storage.faults import Busy, NotSaved, Uncertain
from storage.ledger import Heads
from storage.patience import DROPPED_AFTER
from storage.turns import Batch, Job, Line
from storage.unit import Scope

HANDS = 8
UNNOTICED = 0.02
LOCK_NOT_AVAILABLE = "55P03"


class Writers:
    """A few hands; the changes of one trust are one hand's at a time, those of two trusts do not wait for each other.

    The house has no ledger and a line of its own: whoever keeps promises must not wait for a trust.
    """

    def __init__(self, engine: Engine, scope: Callable[[str, Heads], Scope]) -> None:
        self._engine, self._scope = engine, scope
        self._hands = ThreadPoolExecutor(HANDS, "writer")
        self._lines: dict[str, Line] = defaultdict(Line)
        self._served: set[str] = set()
        self._lock = Lock()

    def submit(self, job: Job) -> "Future[Any]":
        with self._lock:
            self._lines[job.trust].add(job)
            if job.trust not in self._served:
                self._hands.submit(self._serve, job.trust)
                self._served.add(job.trust)
        return job.future

    def close(self) -> None:
        """Finish what was submitted, then stop."""
        self._hands.shutdown()
        self._engine.dispose()

    def _serve(self, trust: str) -> None:
        line = self._lines[trust]
        while True:
            self._write_together(trust, line)
            with self._lock:
                if not line:
                    self._served.discard(trust)
                    return

    def _write_together(self, trust: str, line: Line) -> None:
        batch, begun, done = Batch(self._scope), False, False
        try:
            with self._engine.connect() as connection, connection.begin():
                heads = Heads(connection, "postgresql")
                if trust:
                    _be_patient_for_the_rest(connection, line.waited())
                    _lock(heads, trust)
                begun = True
                batch.run(line, connection, heads)
                done = True
        except Busy:
            line.turn_away()
        except (SQLAlchemyError, NotSaved) as fault:
            # A server that goes away while it commits leaves it open what it kept; before that, nothing was.
            unsure = done and isinstance(fault, OperationalError)
            if begun:
                batch.fail(fault, Uncertain if unsure else NotSaved)
            else:
                batch.fail_unbegun(line, fault)
        batch.hand_back()


def _be_patient_for_the_rest(connection: Connection, waited: float) -> None:
    """A new connection waits for a lock as long as may be; what has queued before that may wait only the rest."""
    if waited > UNNOTICED:
        rest = max(1, int((DROPPED_AFTER - waited) * 1000))
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {rest}")


def _lock(heads: Heads, trust: str) -> None:
    try:
        heads.lock(trust)
    except OperationalError as fault:
        if getattr(fault.orig, "sqlstate", "") == LOCK_NOT_AVAILABLE:
            raise Busy from None
        raise
