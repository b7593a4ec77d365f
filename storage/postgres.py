"""Writes to PostgreSQL: each change a transaction that holds its trust's ledger head."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from storage.faults import Busy, NotSaved, Uncertain
from storage.ledger import Heads
from storage.patience import DROPPED_AFTER, has_waited_too_long
from storage.unit import Scope, Unit, bound

HANDS = 8
UNNOTICED = 0.02
LOCK_NOT_AVAILABLE = "55P03"


class Writers:
    """A few hands; two changes of one trust wait for each other, those of two trusts do not."""

    def __init__(self, engine: Engine, scope: Callable[[str, Heads], Scope]) -> None:
        self._engine, self._scope = engine, scope
        self._hands = ThreadPoolExecutor(HANDS, "writer")

    def submit(self, trust: str, work: Callable[[Unit], Any]) -> "Future[Any]":
        return self._hands.submit(self._run, trust, work, time.monotonic())

    def close(self) -> None:
        self._hands.shutdown()
        self._engine.dispose()

    def _run(self, trust: str, work: Callable[[Unit], Any], arrived: float) -> Any:
        done = False
        try:
            with self._engine.connect() as connection, connection.begin():
                result = self._write(connection, trust, work, arrived)
                done = True
        except OperationalError as fault:
            # No room, or a server that went away: unless that was while it committed, nothing was kept.
            raise (Uncertain() if done else NotSaved()) from fault
        return result

    def _write(self, connection: Connection, trust: str, work: Callable[[Unit], Any], arrived: float) -> Any:
        heads = Heads(connection, "postgresql")
        # The house has no ledger, and whoever keeps promises must not wait for a trust.
        if trust:
            _be_patient_for_the_rest(connection, time.monotonic() - arrived)
            _lock(heads, trust)
        if has_waited_too_long(arrived):
            raise Busy
        with bound(connection, self._scope(trust, heads)) as unit:
            result = work(unit)
        unit._keep_head()
        heads.save()
        return result


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
