"""The door to what is remembered: runs workflows, each wholly or not at all, and answers looks."""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, Literal, ParamSpec, Self, TypeVar

from sqlalchemy import make_url

from storage import engines
from storage.ledger import Heads
from storage.migrations import bring_up_to_date
from storage.patience import answer, answer_now, stands_back
from storage.postgres import HANDS, Writers
from storage.turns import Job, Outcome
from storage.unit import Scope, Unit, bound, in_turn
from storage.vault import Vault
from storage.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")
Workflow = Callable[Concatenate[Unit, P], T]

# A look asks several questions: a ledger that grows between two of them would seem to have been tampered with.
# SQLite keeps to one moment by itself, and its readers cannot write.
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "sqlite": {},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


class Database:
    """Runs workflows and looks for one trust at a time; trust "" is the house itself, which has no ledger."""

    dialect: Literal["sqlite", "postgresql"]

    def __init__(self, url: str, vault: Vault, clock: Callable[[], datetime], dice: Callable[[], str]) -> None:
        self._vault, self._clock, self._dice = vault, clock, dice
        self._asked: dict[int, float] = {}
        self._numbers = itertools.count()
        self._lookers = ThreadPoolExecutor(engines.READERS, "looker")
        if make_url(url).get_backend_name() == "sqlite":
            self.dialect = "sqlite"
            self._readers = engines.sqlite_readers(url)
            self._writer: Writer | Writers = Writer(engines.sqlite_writer(url), self._scope)
        else:
            self.dialect = "postgresql"
            self._readers = engines.postgres(url, HANDS + engines.READERS)
            self._writer = Writers(self._readers, self._scope)

    @classmethod
    def open(cls, url: str, *, vault: Vault, clock: Callable[[], datetime], dice: Callable[[], str]) -> Self:
        """Bring the tables up to date, then open; sqlite:///path or postgresql+psycopg://…"""
        bring_up_to_date(url)
        return cls(url, vault, clock, dice)

    async def run(self, trust: str, workflow: Workflow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Everything the workflow did, durable, or none of it."""
        result: T = await answer(self._submit(Job(trust, partial(_call, workflow, args, kwargs), stands_back())))
        return result

    async def run_each(self, trust: str, works: Sequence[Callable[[Unit], Any]]) -> list[Outcome]:
        """What came of each of them, or what stopped it: together they cost less, and none depends on another.

        They do not stand back: somebody waits for each, and there are never more of them than were taken up.
        """
        job = Job(trust, partial(in_turn, works), parts=works)
        outcomes: list[Outcome] = await answer(self._submit(job))
        return outcomes

    def run_now(self, trust: str, workflow: Workflow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for the command line: waits where it stands."""
        result: T = answer_now(self._submit(Job(trust, partial(_call, workflow, args, kwargs), stands_back())))
        return result

    async def look(self, trust: str, query: Workflow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a query finds at one moment, on a connection that cannot write and never waits for one that does."""
        looking = partial(self.look_now, trust, query, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._lookers, looking)

    def look_now(self, trust: str, query: Workflow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._readers.connect() as plain:
            connection = plain.execution_options(**LOOKS[self.dialect])
            with connection.begin():
                scope = self._scope(trust, Heads(connection, self.dialect), writing=False)
                with bound(connection, scope) as unit:
                    return query(unit, *args, **kwargs)

    def longest_wait(self) -> float:
        """For how many seconds the oldest change has been waiting for its answer; 0 where none is."""
        since = min(self._asked.copy().values(), default=None)
        return 0.0 if since is None else time.monotonic() - since

    def close(self) -> None:
        self._lookers.shutdown()
        self._writer.close()
        self._readers.dispose()

    def _submit(self, job: Job) -> "Future[Any]":
        asked, number = self._asked, next(self._numbers)
        asked[number] = time.monotonic()
        future = self._writer.submit(job)
        future.add_done_callback(lambda _: asked.pop(number, None))
        return future

    def _scope(self, trust: str, heads: Heads, *, writing: bool = True) -> Scope:
        return Scope(trust, self._clock(), self._dice, self._vault, heads, writing)


def _call(workflow: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any], unit: Unit) -> T:
    return workflow(unit, *args, **kwargs)
