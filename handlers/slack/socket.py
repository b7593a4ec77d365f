"""Slack over lines that we open ourselves, so that a school needs no public address (Slack's Socket Mode)."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from starlette.responses import Response

from handlers.gate import Envelope, Gate
from handlers.slack.calls import FAILURES, complaint, retry_after

log = logging.getLogger(__name__)

# To open a line; without a sign of life for this long it is dead.
OPENED_WITHIN, HEARTBEAT = 10.0, 20.0
CLOSED_WITHIN = aiohttp.ClientWSTimeout(ws_close=2.0)
# Above what the gate takes, so that the gate says it and not the library, which would cut the line.
MOST_OCTETS = 4_000_000


@dataclass(frozen=True)
class Pace:
    """How many lines, and in seconds: how long one lasts that lasted, waits between tries, alarm, and the end."""

    lines: int = 2
    lasting: float = 10.0
    first: float = 1.0
    longest: float = 30.0
    silent: float = 120.0
    drain: float = 5.0


CALM = Pace()


@dataclass(eq=False)
class Line:
    """One connection; ``up`` once Slack has greeted us on it, ``going`` once it is to be replaced."""

    socket: aiohttp.ClientWebSocketResponse
    since: float
    up: bool = False
    going: asyncio.Event = field(default_factory=asyncio.Event)


class Socket:
    """Two lines, so that one can be replaced while the other listens; ``dial`` asks Slack where the next begins."""

    def __init__(
        self,
        dial: Callable[[], Awaitable[str]],
        session: aiohttp.ClientSession,
        gate: Gate,
        alarm: Callable[[str], object],
        pace: Pace = CALM,
    ) -> None:
        self.dial, self.session, self.gate, self.alarm, self.pace = dial, session, gate, alarm, pace
        self.lines: set[Line] = set()
        self.work: set[asyncio.Task[None]] = set()
        self.answering: set[asyncio.Task[None]] = set()
        self.closing = False

    def start(self) -> None:
        for _ in range(self.pace.lines):
            self.begin(self.hold(), self.work)
        self.begin(self.watch(), self.work)

    @property
    def connected(self) -> bool:
        return any(line.up and not line.socket.closed for line in self.lines)

    async def close(self) -> None:
        """Take nothing more, answer what came in, then hang up."""
        self.closing = True
        if self.answering:
            await asyncio.wait(self.answering, timeout=self.pace.drain)
        for task in self.work:
            task.cancel()
        await asyncio.gather(*(line.socket.close() for line in self.lines))
        await asyncio.gather(*self.work, return_exceptions=True)

    async def hold(self) -> None:
        """Keep one place filled: a line that lasted is followed at once, any other after ever longer waits."""
        tries = 0
        while True:
            line, wait = await self.opened()
            if line:
                await line.going.wait()
            lasted = line is not None and line.up and now() - line.since > self.pace.lasting
            tries = 0 if lasted else tries + 1
            if tries:
                await asyncio.sleep(wait or min(self.pace.longest, self.pace.first * 2 ** min(tries - 1, 6)))

    async def opened(self) -> tuple[Line | None, float | None]:
        """A line, or none and how long Slack asks us to wait."""
        try:
            async with asyncio.timeout(OPENED_WITHIN):
                place = await self.dial()
                socket = await self.session.ws_connect(
                    place, heartbeat=HEARTBEAT, max_msg_size=MOST_OCTETS, timeout=CLOSED_WITHIN
                )
        except FAILURES as error:
            log.warning("no line: %s", complaint(error) or type(error).__name__)
            return None, retry_after(error)
        line = Line(socket, now())
        self.lines.add(line)
        self.begin(self.read(line), self.work)
        return line, None

    async def read(self, line: Line) -> None:
        """To its end: Slack goes on using a line for some seconds after it has said that it will go."""
        try:
            async for message in line.socket:
                if message.type is aiohttp.WSMsgType.TEXT and not self.closing:
                    self.heard(line, message.data.encode())
        finally:
            self.lines.discard(line)
            line.going.set()

    def heard(self, line: Line, raw: bytes) -> None:
        envelope = self.gate.unfold(raw)
        if envelope is None:
            return
        if envelope.visit:
            self.begin(self.answer(line, envelope, raw), self.answering)
        elif envelope.about == "hello":
            line.up = True
        else:
            log.info("line going: %s", envelope.about)
            line.going.set()

    async def answer(self, line: Line, envelope: Envelope, raw: bytes) -> None:
        """What the gate says; a refusal is not answered, and Slack shows its own error or sends an event again."""
        answer = await self.gate.receive(envelope, raw)
        if answer.status_code >= 300:
            return
        try:
            await line.socket.send_str(json.dumps({"envelope_id": envelope.id, **payload_of(answer)}))
        except (aiohttp.ClientError, OSError) as error:
            log.warning("answered in vain: %s", type(error).__name__)

    async def watch(self) -> None:
        """Without a line for two minutes nobody can report: the bell is rung, and rings no more than it should."""
        since = now()
        while True:
            await asyncio.sleep(min(1.0, self.pace.silent / 4))
            if self.connected:
                since = now()
            elif now() - since >= self.pace.silent:
                self.alarm("socket")

    def begin(self, work: Any, among: set[asyncio.Task[None]]) -> None:
        task = asyncio.ensure_future(work)
        among.add(task)
        task.add_done_callback(among.discard)


def payload_of(answer: Response) -> dict[str, Any]:
    """The body of an answer as the payload of an envelope's."""
    body = bytes(answer.body)
    return {"payload": json.loads(body)} if body.startswith(b"{") else {}


def now() -> float:
    return asyncio.get_running_loop().time()
