"""Who goes one at a time: where no platform can be asked what it has taken, a crash repeats one message at most."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from handlers.senders import Unreachable

TURN = 20.0  # seconds that a message waits for those before it: with what follows, less than a lease


class Turns:
    """One line for each platform that cannot be asked; a turn lasts until what was taken is written down."""

    def __init__(self) -> None:
        self.lines: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def turn(self, platform: str) -> AsyncIterator[None]:
        """Nobody waits for none ("").  Raises Unreachable for what waited too long; it is no try."""
        if not platform:
            yield
            return
        try:
            async with asyncio.timeout(TURN):
                await self.lines[platform].acquire()
        except TimeoutError:
            raise Unreachable(1.0, tried=False) from None
        try:
            yield
        finally:
            self.lines[platform].release()
