"""What is looked after by the clock: role-holders' accounts, old drafts, and checkpoints kept elsewhere."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

from bot.alarms import Aloud, Bell, QueueWatch, SaveWatch, compare
from bot.clock import Tick
from handlers.desk import Desk
from storage import checkpoints
from storage.durable import appearing
from storage.models import Account
from storage.witnesses import SUFFIX, VERIFIER
from workflows import accounts, drafts, nudges
from workflows.calendar import day_of


def every_minute(desk: Desk, faults: Callable[[], Iterable[str]], ringing: tuple[Bell, Aloud]) -> Tick:
    """Learn anew what stands on every form, destroy old drafts, look at one role-holder's account in turn.

    First of all: can anything be kept, and does what is owed go out?  The rest may fail where that does.
    """
    turn: deque[Account] = deque()
    bell, aloud = ringing
    keeping, queue = SaveWatch(desk, bell), QueueWatch(desk, bell)
    begun: set[date] = set()

    async def tick() -> None:
        await keeping.look()
        await queue.look()
        await aloud.learn()
        await desk.refresh()
        await begin_day(desk, begun)
        await expire(desk)
        if not turn:
            turn.extend(await desk.look(accounts.watched))
        if turn:
            account = turn.popleft()
            lookup = desk.lookups.get(account.platform)
            for who in await lookup([account.address]) if lookup else ():
                await desk.run(accounts.stood, who)
        for fault in faults():
            bell(fault)

    return tick


def each_second(desk: Desk, wake: Tick, moved: Callable[[], datetime]) -> Tick:
    """What a demo's clock does besides, which may be moved by weeks at any moment: the day begins at once."""
    begun: set[date] = set()

    async def tick() -> None:
        if day_of(moved()) not in begun:
            await begin_day(desk, begun)
        await wake()

    return tick


async def begin_day(desk: Desk, begun: set[date]) -> None:
    """Once a day is enough; again after a start, which promises nothing twice."""
    if (today := await desk.today()) not in begun:
        await desk.database.run(desk.trust, nudges.begin)
        begun.add(today)


async def expire(desk: Desk) -> None:
    await desk.database.run(desk.trust, drafts.expire)


async def keep_checkpoint(desk: Desk, folder: Path, bell: Bell) -> None:
    """Whole checkpoints go to the operator's folder only: their size is a count of entries.

    A ledger that an earlier checkpoint contradicts gets no new one, which would take the place of the proof.
    """
    if not await compare(desk, folder, bell, whole=True):
        return
    text: str = await desk.database.run(desk.trust, checkpoints.make, "")
    vkey: str = await desk.look(checkpoints.verifier_key)
    await asyncio.to_thread(write, folder / f"{await desk.today():%Y-%m-%d}{SUFFIX}", text)
    if not (folder / VERIFIER).exists():
        await asyncio.to_thread(write, folder / VERIFIER, vkey)


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with appearing(file) as out:
        out.write(text.encode())
