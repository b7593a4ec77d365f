"""The bell: whatever part of the bot notices a fault of the machine rings it, and the operator gets mail."""

import asyncio
import logging
import secrets
import time
from pathlib import Path

from handlers.desk import Desk
from handlers.senders import Mark, Sender
from storage import promises, setting, witnesses
from storage.faults import Fault
from storage.unit import Unit
from storage.witnesses import Seen
from workflows import alarms

log = logging.getLogger(__name__)

# However often a fault is noticed, the database is asked about it no more often than this.
QUIET = 300.0
LATE = 60.0
HOURLY = 3600.0
UNSAVED = "unsaved"


class Bell:
    """Rung from inside the loop; it never waits and never fails whoever rings it."""

    def __init__(self, desk: Desk, aloud: "Aloud | None" = None) -> None:
        self._desk, self._aloud = desk, aloud
        self._rung: dict[str, float] = {}
        self._ringing: set[asyncio.Task[None]] = set()

    def __call__(self, fault: str, count: int = 1) -> None:
        """In the log at once, and to people as a promise."""
        now = time.monotonic()
        if now - self._rung.get(fault, -QUIET) < QUIET:
            return
        self._rung[fault] = now
        log.error("alarm: %s, %d", fault, count)
        task = asyncio.get_running_loop().create_task(self._promise(fault, count))
        self._ringing.add(task)
        task.add_done_callback(self._ringing.discard)

    async def _promise(self, fault: str, count: int) -> None:
        if fault == UNSAVED and self._aloud:
            # A promise might just fit, and then not be kept: keeping one is written down as well.
            await self._aloud.say(fault, count)
            return
        try:
            await self._desk.database.run(self._desk.trust, alarms.ring, fault, count)
        except Fault as no:
            # Rung again as soon as it is noticed again: the log line alone reaches nobody.
            self._rung.pop(fault, None)
            log.error("alarm not kept: %s", type(no).__name__)  # noqa: TRY400 - names only
            if self._aloud:
                await self._aloud.say(fault, count)
        else:
            self._desk.afterwards()


class Aloud:
    """Letters that go without the database, to those whom it named last: where nothing can be kept, no promise can."""

    def __init__(self, desk: Desk, post: Sender, operator: str) -> None:
        self._desk, self._post, self._operator = desk, post, operator
        self._school, self._phoned = "", tuple[str, ...]()
        self._said: dict[str, float] = {}

    async def learn(self) -> None:
        """Whom to write to, while the database can say so."""
        self._school, self._phoned = await self._desk.look(alarms.phoned)

    async def say(self, fault: str, count: int) -> None:
        """The operator once an hour for as long as it lasts; those who will be phoned, once an hour for all faults."""
        known, values = alarms.FAULTS[fault], {"school": self._school, "count": count}
        to = [(self._operator, known.message)] if self._due(fault) else []
        if known.phone_in and self._due(alarms.PHONE_IN):
            to += [(box, alarms.PHONE_IN) for box in self._phoned]
        mark = Mark(secrets.token_hex(16))
        sent = (self._post.post(box, self._desk.words.card(name, values), mark) for box, name in to)
        await asyncio.gather(*sent, return_exceptions=True)  # the log has said so where mail fails, too

    def _due(self, what: str) -> bool:
        """Whether this was not said within the hour; from now on it was."""
        now = time.monotonic()
        if now - self._said.get(what, -HOURLY) < HOURLY:
            return False
        self._said[what] = now
        return True


class SaveWatch:
    """Whether anything can be kept, asked when nobody reports; not on two looks in a row, and the bell rings."""

    def __init__(self, desk: Desk, bell: Bell) -> None:
        self._desk, self._bell, self._failed = desk, bell, False

    async def look(self) -> None:
        (fault,) = await asyncio.gather(self._keep(), return_exceptions=True)
        failed = isinstance(fault, BaseException)
        if failed and self._failed:
            self._bell(UNSAVED)
        self._failed = failed

    async def _keep(self) -> None:
        """There is room for a row, and nobody holds the trust's ledger."""
        await self._desk.database.run("", saved)
        await self._desk.database.run(self._desk.trust, nothing)


class QueueWatch:
    """Late on two looks in a row: once may be a machine that has just woken up and is at work on it."""

    def __init__(self, desk: Desk, bell: Bell) -> None:
        self._desk, self._bell, self._was_late = desk, bell, False

    async def look(self) -> None:
        late: float = await self._desk.database.look("", promises.overdue)
        if late > LATE and self._was_late:
            self._bell("queue")
        self._was_late = late > LATE


async def compare(desk: Desk, folder: Path | None, bell: Bell, *, whole: bool = False) -> bool:
    """Whether the ledger still holds what the newest checkpoint in the folder has seen.

    At the start only its size is asked for; with ``whole``, every entry that the checkpoint covers.
    """
    seen: Seen | None = await desk.look(found, folder) if folder else None
    if seen is None:
        return True
    if seen.missing:
        log.error("ledger rolled back: %d entries missing", seen.missing)
        bell("rolled_back", seen.missing)
        return False
    if whole and not await desk.look(witnesses.grew_from, seen):
        bell("rewritten")
        return False
    return True


def saved(unit: Unit) -> None:
    setting.tell(unit, "saved", unit.now.isoformat())


def nothing(unit: Unit) -> None:
    """Nothing, when it is this trust's turn."""


def found(unit: Unit, folder: Path) -> Seen | None:
    return witnesses.newest(unit, (folder,))
