"""Asks one trust's database for what several promises need at once, and gives each its own answer."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from storage.database import Database
from storage.unit import Unit

P = ParamSpec("P")
T = TypeVar("T")
Waiting = tuple[Callable[[Unit], Any], "asyncio.Future[Any]"]

# Few enough that somebody who presses Send does not notice who was before them.
AT_ONCE = 16


class Together:
    """Who asks first is answered at once; whoever asks meanwhile is answered together, after that."""

    def __init__(self, database: Database, trust: str) -> None:
        self.database, self.trust = database, trust
        self.waiting: list[Waiting] = []
        self.answering: asyncio.Task[None] | None = None

    async def run(self, workflow: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As ``Database.run``: everything that it did is durable, or none of it."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.waiting.append((partial(called, workflow, args, kwargs), answer))
        if self.answering is None:
            self.answering = asyncio.create_task(self.serve())
        return await answer

    async def serve(self) -> None:
        while self.waiting:
            these, self.waiting = self.waiting[:AT_ONCE], self.waiting[AT_ONCE:]
            asked = self.database.run_each(self.trust, [work for work, _ in these])
            [came] = await asyncio.gather(asked, return_exceptions=True)
            outcomes = [(None, came)] * len(these) if isinstance(came, BaseException) else came
            for (_, answer), (result, fault) in zip(these, outcomes, strict=True):
                if answer.done():
                    continue
                if fault:
                    answer.set_exception(fault)
                else:
                    answer.set_result(result)
        self.answering = None


def called(workflow: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any], unit: Unit) -> T:
    return workflow(unit, *args, **kwargs)
