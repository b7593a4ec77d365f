"""What is looked after by the clock: role-holders' accounts, old drafts, and checkpoints kept elsewhere."""

import asyncio
from collections import deque
from datetime import time
from functools import partial
from pathlib import Path

from bot.clock import Daily, Tick
from handlers.desk import Desk
from handlers.slack.people import People
from storage import checkpoints
from storage.models import Account
from workflows import accounts, drafts


def every_minute(desk: Desk, slack: People) -> Tick:
    """Learn anew what stands on every form, destroy old drafts, look at one role-holder's account in turn."""
    turn: deque[Account] = deque()

    async def tick() -> None:
        await desk.refresh()
        await expire(desk)
        if not turn:
            turn.extend(await desk.look(accounts.watched))
        if turn:
            for who in await slack.lookup([turn.popleft().address]):
                await desk.run(accounts.stood, who)

    return tick


def daily(desk: Desk, folder: Path | None) -> tuple[Daily, ...]:
    """Early each morning; a second time on one date changes nothing that matters."""
    if not folder:
        return ()
    return (Daily("write a checkpoint", time(3, 20), partial(keep_checkpoint, desk, folder)),)


async def expire(desk: Desk) -> None:
    await desk.database.run(desk.trust, drafts.expire)


async def keep_checkpoint(desk: Desk, folder: Path) -> None:
    """Whole checkpoints go to the operator's folder only: their size is a count of entries."""
    text: str = await desk.database.run(desk.trust, checkpoints.make, "")
    await asyncio.to_thread(write, folder / f"{await desk.today():%Y-%m-%d}.checkpoint", text)


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
