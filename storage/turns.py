"""Who waits to write, whose turn it is, and what is written together: each in a savepoint of its own."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from storage.faults import Busy, Fault, NotSaved
from storage.ledger import Heads
from storage.patience import has_stood_back_long_enough, has_waited_too_long
from storage.statements import command
from storage.unit import Scope, Unit, bound

Outcome = tuple[Any, BaseException | None]
TOGETHER = 256
NO_LONGER_THAN = 0.25


@dataclass(eq=False, slots=True)
class Job:
    """A workflow on its way in; its future is pending while it waits and running once it is begun."""

    trust: str
    work: Callable[[Unit], Any]
    stands_back: bool = False
    # What it is made of, where it is several that are tried together, and each alone if that fails.
    parts: Sequence[Callable[[Unit], Any]] = ()
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


class Line:
    """Those who wait, in the order they came, but that those who stand back let the others go first for a while."""

    def __init__(self) -> None:
        self._first, self._back = deque[Job](), deque[Job]()

    def __bool__(self) -> bool:
        return bool(self._first or self._back)

    def add(self, job: Job) -> None:
        (self._back if job.stands_back else self._first).append(job)

    def next(self, came_by: float = inf) -> Job | None:
        """Whose turn it is, of those who came by a moment; nobody's if only now somebody came who goes first."""
        late = self._back and has_stood_back_long_enough(self._back[0].arrived)
        line = self._back if late or not self._first else self._first
        return line.popleft() if line and line[0].arrived <= came_by else None

    def waited(self) -> float:
        """For how long the one who came first has been waiting."""
        since = min((line[0].arrived for line in (self._first, self._back) if line), default=None)
        return 0.0 if since is None else time.monotonic() - since

    def turn_away(self) -> None:
        """Tell those who have waited too long that we are busy."""
        for line in (self._first, self._back):
            while line and has_waited_too_long(line[0].arrived):
                line.popleft().begin()


class Batch:
    """The jobs of one transaction; none of them is answered before it is over."""

    def __init__(self, scope: Callable[[str, Heads], Scope]) -> None:
        self._scope = scope
        self._begun: list[Job] = []

    def run(self, line: Line, connection: Connection, heads: Heads) -> None:
        """Whoever is waiting, within reason; whoever comes now is in the next one."""
        now = time.monotonic()
        while len(self._begun) < TOGETHER and time.monotonic() < now + NO_LONGER_THAN and (job := line.next(now)):
            if job.begin():
                self._begun.append(job)
                self._run(job, connection, heads)
        heads.save()

    def fail(self, cause: Exception, as_what: type[Fault] = NotSaved) -> None:
        """Nothing of it was kept, or nobody can tell."""
        for job in self._begun:
            job.fault = job.fault or because_of(cause, as_what)

    def fail_unbegun(self, line: Line, cause: Exception) -> None:
        """Not even a transaction could be had: whoever waits is told so, and nobody waits in vain."""
        while job := line.next():
            if job.begin():
                self._begun.append(job)
        self.fail(cause)

    def hand_back(self) -> None:
        for job in self._begun:
            job.hand_back()

    def _run(self, job: Job, connection: Connection, heads: Heads) -> None:
        run = partial(self._alone, job.trust, connection, heads)
        job.result, job.fault = run(job.work)
        if job.parts and job.fault and not isinstance(job.fault, NotSaved):
            job.result, job.fault = [run(part) for part in job.parts], None

    def _alone(self, trust: str, connection: Connection, heads: Heads, work: Callable[[Unit], Any]) -> Outcome:
        """What came of it, or what stopped it: then nothing of it was kept."""
        command(connection, "SAVEPOINT job")
        try:
            with bound(connection, self._scope(trust, heads)) as unit:
                result = work(unit)
            command(connection, "RELEASE SAVEPOINT job")
            unit._keep_head()
        except BaseException as fault:  # whatever stopped this job must not stop its neighbours, nor the writer
            # On a full disk SQLite itself rolls back all that was begun, neighbours included.
            if not getattr(connection.connection.dbapi_connection, "in_transaction", True):
                raise NotSaved from fault
            command(connection, "ROLLBACK TO SAVEPOINT job")
            command(connection, "RELEASE SAVEPOINT job")
            # No room, or a disk that fails: the savepoint is given up, so it is certain that nothing was kept.
            return None, because_of(fault) if isinstance(fault, OperationalError) else fault
        return result, None


def because_of(cause: BaseException, as_what: type[Fault] = NotSaved) -> Fault:
    fault = as_what()
    fault.__cause__ = cause
    return fault
