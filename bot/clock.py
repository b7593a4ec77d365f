"""What the time is, and what happens because of it: two ticks and a few daily jobs."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from workflows.calendar import LONDON

Tick = Callable[[], Awaitable[object]]


def machine() -> datetime:
    """The machine's own clock, aware and in UTC."""
    return datetime.now(UTC)


class DemoClock:
    """The machine's time, moved on by the seconds that a file says; while the bot runs it never goes back."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """Read the file only when it has changed: this is asked for every unit of work."""
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            return machine() + self._offset
        if (seen := (stat.st_mtime_ns, stat.st_ino)) != self._seen:
            self._offset = max(self._offset, self._read())
            self._seen = seen
        return machine() + self._offset

    def _read(self) -> timedelta:
        return timedelta(seconds=json.loads(self._file.read_text())["offset_seconds"])


@dataclass(frozen=True)
class Daily:
    """Something done each day at a time in London; doing it twice on one date must change nothing."""

    name: str
    at: time
    do: Tick

    def __post_init__(self) -> None:
        # On two nights a year this hour comes twice or not at all.
        if self.at.hour == 1:
            raise ValueError("a daily job may not stand between 01:00 and 02:00")


class Clock:
    """Ticks while the bot serves.  What is owed is in the database: a tick that was missed loses nothing."""

    def __init__(self, keep_promises: Tick, open_school_day: Tick, daily: tuple[Daily, ...] = ()) -> None:
        self._ticks = {"keep promises": (keep_promises, 1), "open school day": (open_school_day, 60)}
        self._daily = daily
        self._running: set[asyncio.Task[None]] = set()
        # The default grace silently drops what is late; one late tick does the work of all that were missed.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        """Begin at once, also with today's daily jobs whose time is past: the bot may have been down then."""
        now = machine()
        for name, (do, seconds) in self._ticks.items():
            self._add(name, do, IntervalTrigger(seconds=seconds, timezone=UTC), now)
        for job in self._daily:
            trigger = CronTrigger(hour=job.at.hour, minute=job.at.minute, timezone=LONDON)
            missed = now.astimezone(LONDON).time() >= job.at
            self._add(job.name, job.do, trigger, now if missed else trigger.get_next_fire_time(None, now))
        self._scheduler.start()

    async def stop(self, patience: float = 5) -> None:
        """Start nothing more, and let what is being done come to its end."""
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        self._scheduler.shutdown(wait=False)

    def _add(self, name: str, do: Tick, trigger: IntervalTrigger | CronTrigger, first: datetime | None) -> None:
        self._scheduler.add_job(partial(self._run, do), trigger, id=name, name=name, next_run_time=first)

    async def _run(self, do: Tick) -> None:
        task = asyncio.current_task()
        assert task  # noqa: S101 - the scheduler runs a coroutine as a task
        self._running.add(task)
        try:
            await do()
        finally:
            self._running.discard(task)
