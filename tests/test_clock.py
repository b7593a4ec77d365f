"""The clock: what is owed is looked at each second, failures do not stop it, a demo moves on."""

import asyncio
import json
import os
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import sleep

import pytest
import time_machine

from bot.clock import Clock, Daily, DemoClock, machine

HOUR = 3600


async def nothing() -> None:
    pass


async def until(done: asyncio.Event) -> None:
    async with asyncio.timeout(5):
        await done.wait()


def moved(file: Path, seconds: float, stamp: int) -> None:
    file.write_text(json.dumps({"offset_seconds": seconds}))
    os.utime(file, ns=(stamp, stamp))


def behind(clock: DemoClock) -> timedelta:
    return timedelta(seconds=round((clock.now() - machine()).total_seconds()))


def test_a_demo_that_nobody_moved_on_shows_the_machines_time(tmp_path: Path) -> None:
    clock = DemoClock(tmp_path / "clock.json")
    assert behind(clock) == timedelta(0)
    assert clock.now().tzinfo is UTC


def test_a_demo_moves_on_when_its_file_says_so(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clock = DemoClock(file)
    moved(file, 20 * 60, stamp=1)
    assert behind(clock) == timedelta(minutes=20)
    moved(file, 24 * HOUR, stamp=2)
    assert behind(clock) == timedelta(days=1)


def test_a_demos_time_never_goes_back(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clock = DemoClock(file)
    moved(file, HOUR, stamp=1)
    assert behind(clock) == timedelta(hours=1)
    moved(file, 60, stamp=2)
    assert behind(clock) == timedelta(hours=1)
    file.unlink()
    assert behind(clock) == timedelta(hours=1)
    moved(file, 2 * HOUR, stamp=3)
    assert behind(clock) == timedelta(hours=2)


def test_a_demos_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clock = DemoClock(file)
    moved(file, 60, stamp=1)
    assert behind(clock) == timedelta(minutes=1)
    moved(file, HOUR, stamp=1)
    assert behind(clock) == timedelta(minutes=1)


async def test_promises_are_looked_at_as_soon_as_the_bot_starts_and_each_second_after() -> None:
    looks: list[datetime] = []
    twice = asyncio.Event()

    async def keep() -> None:
        looks.append(machine())
        if len(looks) == 2:
            twice.set()

    begun = machine()
    clock = Clock(keep, nothing)
    clock.start()
    await until(twice)
    await clock.stop()
    assert looks[0] - begun < timedelta(seconds=0.5)
    assert timedelta(seconds=0.5) < looks[1] - looks[0] < timedelta(seconds=2)


async def test_a_look_that_fails_is_followed_by_the_next() -> None:
    looks = 0
    recovered = asyncio.Event()

    async def keep() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise ConnectionError
        recovered.set()

    clock = Clock(keep, nothing)
    clock.start()
    await until(recovered)
    await clock.stop()


async def test_a_slow_look_is_never_joined_by_a_second_and_ends_before_the_bot_does() -> None:
    together = most = 0
    ended = False

    async def keep() -> None:
        nonlocal together, most, ended
        together += 1
        most = max(most, together)
        await asyncio.sleep(2.3)
        together -= 1
        ended = True

    clock = Clock(keep, nothing)
    clock.start()
    await asyncio.sleep(2.1)
    assert not ended
    await clock.stop()
    assert ended
    assert most == 1


async def test_the_school_day_is_looked_at_when_the_bot_starts() -> None:
    opened = asyncio.Event()

    async def open_day() -> None:
        opened.set()

    clock = Clock(nothing, open_day)
    clock.start()
    await until(opened)
    await clock.stop()


@pytest.mark.parametrize(("started", "done"), [("2026-06-11T05:59Z", False), ("2026-06-11T06:01Z", True)])
async def test_a_daily_job_whose_time_in_london_has_passed_today_is_done_at_the_start(started: str, done: bool) -> None:
    did = asyncio.Event()

    async def do() -> None:
        did.set()

    with time_machine.travel(started, tick=True):
        clock = Clock(nothing, nothing, (Daily("sweep", time(7), do),))
        clock.start()
        await asyncio.sleep(0.2)
        await clock.stop()
    assert did.is_set() is done


async def test_a_daily_job_is_late_rather_than_dropped_when_the_bot_was_busy_at_its_time() -> None:
    did = asyncio.Event()

    async def do() -> None:
        did.set()

    with time_machine.travel("2026-06-11T05:59:59.5Z", tick=True):
        clock = Clock(nothing, nothing, (Daily("sweep", time(7), do),))
        clock.start()
        sleep(2)
        await until(did)
        await clock.stop()


def test_nothing_daily_may_stand_in_the_hour_that_comes_twice_in_october() -> None:
    with pytest.raises(ValueError, match="01:00"):
        Daily("sweep", time(1, 30), nothing)
