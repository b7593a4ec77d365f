"""What was answered lately, so that the same request seen again gets the same answer and does nothing twice.

The memory is one process's: across several, a case's unique key still keeps a report from counting twice.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property

from starlette.responses import PlainTextResponse, Response

from templates.edges import TURNED


@dataclass(frozen=True)
class Room:
    """How long and how much is remembered.  A request dated 300 s ahead stays fresh for 600 s."""

    seconds: float = 600
    keys: int = 250_000
    octets: int = 8_000_000


class Remembered:
    """Answers by key, the oldest forgotten first."""

    def __init__(self, clock: Callable[[], float], room: Room) -> None:
        self.clock, self.room = clock, room
        self.answers: OrderedDict[str, tuple[float, asyncio.Future[Response]]] = OrderedDict()
        self.bodies: deque[tuple[str, int]] = deque()
        self.octets = 0

    async def once(self, key: str, answer: Callable[[], Awaitable[Response]]) -> Response:
        """The first request's very answer, awaited when it is still being made."""
        self.forget()
        if key not in self.answers:
            # A task of its own: a sender who hangs up does not break off a report half made.
            self.answers[key] = (self.clock(), asyncio.ensure_future(answer()))
            self.answers[key][1].add_done_callback(lambda made: self.weigh(key, made))
        return await asyncio.shield(self.answers[key][1])

    def forget(self) -> None:
        """Let go of what is old, and of the oldest where there is no more room."""
        old = self.clock() - self.room.seconds
        while self.answers:
            key, (at, answer) = next(iter(self.answers.items()))
            if not answer.done() or (at >= old and len(self.answers) < self.room.keys):
                break
            del self.answers[key]
        while self.bodies and (self.octets > self.room.octets or self.bodies[0][0] not in self.answers):
            self.lighten(*self.bodies.popleft())

    def weigh(self, key: str, made: asyncio.Future[Response]) -> None:
        if not made.cancelled() and made.exception() is None:
            self.octets += (weight := len(made.result().body))
            self.bodies.append((key, weight))

    def lighten(self, key: str, weight: int) -> None:
        # The key stays: a request whose answer is forgotten still has no second effect.
        self.octets -= weight
        if weight and key in self.answers:
            self.answers[key] = (self.answers[key][0], self.forgotten)

    @cached_property
    def forgotten(self) -> asyncio.Future[Response]:
        """The one answer that stands for every one there was no more room for."""
        made: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        made.set_result(PlainTextResponse(TURNED["again"], 409))
        return made
