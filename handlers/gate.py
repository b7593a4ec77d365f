"""What every request must pass before a platform's own code sees it: size, time, signature, tenant, once."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from handlers.remembered import Remembered, Room
from storage.faults import NotSaved
from templates.edges import TURNED

log = logging.getLogger(__name__)

LARGEST = 1_000_000
ARRIVES_WITHIN = 5.0
FRESH = 300
# Further off than this from the platform, it is our clock that is wrong: no request is that long on its way.
DRIFT = 60
# Platforms wait three seconds; what is not answered by then is answered with the truth: we cannot tell yet.
ANSWERED_WITHIN = 2.7


class Turned(Exception):
    """A request that does not come in: a status, and which of TURNED says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(frozen=True)
class Seal:
    """The moments between which a request says that it holds, in seconds since 1970, and its signature."""

    since: int
    until: int
    signature: str


@dataclass(frozen=True)
class Visit:
    """A request that may be answered.

    ``places`` are the workspaces it says it is about, ``home`` that of the person behind it; ``once`` is the
    platform's name for what may be delivered again under a new signature; ``typed`` says that words of theirs
    would be lost with it; ``reply`` answers a platform that only asks whether we are there.
    """

    payload: Mapping[str, Any]
    places: frozenset[str] = frozenset()
    home: str = ""
    once: str = ""
    typed: bool = False
    reply: str = ""


@dataclass(frozen=True)
class Envelope:
    """What came over a line of our own: ``id`` is what its answer names; without a visit it is ``about`` the line."""

    id: str = ""
    visit: Visit | None = None
    about: str = ""


class Entrance(Protocol):
    """What a platform knows about its own requests.  Each method raises Turned."""

    tenant: str
    # How long the same request may come again.
    room: Room

    def seal(self, headers: Headers) -> Seal: ...
    async def genuine(self, seal: Seal, raw: bytes) -> bool: ...
    def read(self, media: str, raw: bytes) -> Visit: ...
    def unfold(self, raw: bytes) -> Envelope: ...


class Inside(Protocol):
    """Who answers what came in."""

    async def answer(self, visit: Visit) -> Response: ...
    async def sorry(self, visit: Visit, fault: str) -> Response: ...


class Gate:
    """``keep`` stores a submission that we failed, sealed; ``alarm`` hears what makes every report fail."""

    def __init__(
        self,
        entrance: Entrance,
        inside: Inside,
        keep: Callable[[bytes, str], Awaitable[object]],
        alarm: Callable[[str], object],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.entrance, self.inside, self.keep, self.alarm, self.clock = entrance, inside, keep, alarm, clock
        self.refused: Counter[str] = Counter()
        self.remembered = Remembered(clock, entrance.room)

    async def enter(self, request: Request) -> Response:
        """The one door: an answer of the desk's, or a status from 400 to 499 and one sentence."""
        raw = b""
        try:
            seal = self.entrance.seal(request.headers)  # first: nothing is read for a stranger
            raw = await arrived(request)
            await self.check(seal, raw)
            visit = self.entrance.read(request.headers.get("content-type", ""), raw)
            self.check_tenant(visit)
        except Turned as turned:
            self.turn(turned, len(raw))
            return PlainTextResponse(TURNED[turned.reason], turned.status)
        if visit.reply:
            return PlainTextResponse(visit.reply)
        return await self.remembered.once(visit.once or seal.signature, lambda: self.answer(visit, raw))

    def unfold(self, raw: bytes) -> Envelope | None:
        """What came over a line that we opened to the platform's own host: all is checked but the signature."""
        try:
            insist_on_size(raw)
            envelope = self.entrance.unfold(raw)
            if envelope.visit:
                self.check_tenant(envelope.visit)
        except Turned as turned:
            self.turn(turned, len(raw))
            return None
        return envelope

    async def receive(self, envelope: Envelope, raw: bytes) -> Response:
        """The answer to such an envelope, the same each time it is delivered."""
        visit = envelope.visit
        assert visit  # noqa: S101 - a mistake in the calling code
        return await self.remembered.once(visit.once or envelope.id, lambda: self.answer(visit, raw))

    def turn(self, turned: Turned, size: int) -> None:
        self.refused[turned.reason] += 1
        log.warning("refused: %s, %d bytes", turned.reason, size)

    async def check(self, seal: Seal, raw: bytes) -> None:
        """Signed by the platform, and for this moment."""
        now = self.clock()
        off = max(seal.since - now, now - seal.until, 0)
        fresh = off <= FRESH
        if not await self.entrance.genuine(seal, raw):
            raise Turned(401, "forged" if fresh else "stale")
        if off > DRIFT:
            # Only a true signature rings: strangers cannot.
            self.alarm("clock")
        if not fresh:
            raise Turned(401, "stale")

    def check_tenant(self, visit: Visit) -> None:
        """Ours, or a guest from another workspace: they may always report, and are given no more."""
        ours = self.entrance.tenant in visit.places
        guest = bool(visit.home) and visit.home != self.entrance.tenant
        if not (ours or guest or visit.reply):
            raise Turned(403, "tenant")

    async def answer(self, visit: Visit, raw: bytes) -> Response:
        """What the desk says, in time."""
        work = asyncio.ensure_future(self.inside.answer(visit))
        try:
            done, _ = await asyncio.wait({work}, timeout=ANSWERED_WITHIN)
            if done:
                return work.result()
            work.add_done_callback(note_late)
            return await self.inside.sorry(visit, "uncertain")
        except Exception as error:
            fault = type(error).__name__  # its sentence may repeat people's words
            log.error("unexpected: %s, %d bytes", fault, len(raw))  # noqa: TRY400
            if fault == NotSaved.__name__:
                self.alarm("unsaved")
            return await self.apologise(visit, raw, fault)

    async def apologise(self, visit: Visit, raw: bytes, fault: str) -> Response:
        """Nothing typed is lost: kept for a person to look at, or left in the form."""
        unkept = said = "unsaved" if fault == NotSaved.__name__ else "uncertain"
        if visit.typed:
            kept = asyncio.wait_for(self.keep(raw, fault), timeout=1)
            (lost,) = await asyncio.gather(kept, return_exceptions=True)
            said = unkept if isinstance(lost, BaseException) else "kept"
        (answer,) = await asyncio.gather(self.inside.sorry(visit, said), return_exceptions=True)
        # Anything but a success leaves a form open with what was typed in it.
        return answer if isinstance(answer, Response) else PlainTextResponse(TURNED["broken"], 503)


async def arrived(request: Request) -> bytes:
    """The whole body, if it is small and comes soon."""
    raw = bytearray()
    try:
        async with asyncio.timeout(ARRIVES_WITHIN):
            async for piece in request.stream():
                raw += piece
                insist_on_size(raw)
    except TimeoutError:
        raise Turned(408, "slow") from None
    except ClientDisconnect:
        raise Turned(400, "gone") from None
    return bytes(raw)


def insist_on_size(raw: bytes | bytearray) -> None:
    if len(raw) > LARGEST:
        raise Turned(413, "size")


def note_late(work: asyncio.Future[Response]) -> None:
    if not work.cancelled() and (error := work.exception()):
        log.error("unexpected, late: %s", type(error).__name__)
