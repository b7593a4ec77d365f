"""The bell: whatever part of the bot notices a fault of the machine rings it, and the operator gets mail."""

import asyncio
import logging
import time
from pathlib import Path

from handlers.desk import Desk
from storage import promises, witnesses
from storage.faults import Fault
from storage.unit import Unit
from storage.witnesses import Seen
from workflows import alarms

log = logging.getLogger(__name__)

# However often a fault is noticed, the database is asked about it no more often than this.
QUIET = 300.0
LATE = 60.0


class Bell:
    """Rung from inside the loop; it never waits and never fails whoever rings it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
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
        try:
            await self._desk.database.run(self._desk.trust, alarms.ring, fault, count)
        except Fault as no:
            # Rung again as soon as it is noticed again: the log line alone reaches nobody.
            self._rung.pop(fault, None)
            log.error("alarm not kept: %s", type(no).__name__)  # noqa: TRY400 - names only
        else:
            self._desk.afterwards()


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


def found(unit: Unit, folder: Path) -> Seen | None:
    return witnesses.newest(unit, (folder,))
