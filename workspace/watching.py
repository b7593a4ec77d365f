"""Server-sent events: a page is told that something its person can see has changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from workspace.world import Workspace

HEARTBEAT = 15.0
TOGETHER = 0.02


async def watch(world: Workspace, user: str) -> AsyncIterator[str]:
    """One page's stream; several changes close together are told once."""
    changed = asyncio.Event()
    world.watchers.setdefault(user, set()).add(changed)
    try:
        yield ": watching\n\n"
        while not world.closing:
            try:
                async with asyncio.timeout(HEARTBEAT):
                    await changed.wait()
            except TimeoutError:
                yield ": still here\n\n"
                continue
            await asyncio.sleep(TOGETHER)
            changed.clear()
            if not world.closing:
                yield 'data: {"changed": true}\n\n'
    finally:
        world.watchers[user].discard(changed)
        if not world.watchers[user]:
            del world.watchers[user]
