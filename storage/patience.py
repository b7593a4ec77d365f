"""Whose turn it is: how long a change may wait, who stands back, and how long somebody at a form waits."""

import asyncio
import time
from concurrent.futures import Future
from contextvars import ContextVar
from typing import TypeVar

from storage.faults import Busy, Uncertain

Answer = TypeVar("Answer")
DROPPED_AFTER = 2.0
UNCERTAIN_AFTER = 2.5
AT_A_TERMINAL = 60.0
# Who stands back lets everybody go first, but not for longer.
STANDS_BACK_FOR = 0.25
_standing_back = ContextVar("standing_back", default=False)


def stand_back() -> None:
    """From now on, whatever this task and those it starts ask for lets go first what somebody waits for."""
    _standing_back.set(True)


def stands_back() -> bool:
    return _standing_back.get()


def has_stood_back_long_enough(arrived: float) -> bool:
    return time.monotonic() - arrived > STANDS_BACK_FOR


def has_waited_too_long(arrived: float) -> bool:
    return time.monotonic() - arrived > DROPPED_AFTER


async def answer(future: "Future[Answer]") -> Answer:
    """The answer; Busy where the change was dropped unbegun, Uncertain where it began and is not done."""
    waiting = asyncio.wrap_future(future)
    # An answer that comes after we stopped waiting is nobody's; asyncio would complain of it.
    waiting.add_done_callback(lambda late: late.cancelled() or late.exception())
    if not (await asyncio.wait({waiting}, timeout=DROPPED_AFTER))[0]:
        if future.cancel():
            raise Busy
        if not (await asyncio.wait({waiting}, timeout=UNCERTAIN_AFTER - DROPPED_AFTER))[0]:
            raise Uncertain
    return waiting.result()


def answer_now(future: "Future[Answer]") -> Answer:
    """The same, for the command line: what has begun there may take its time, nobody waits at a form."""
    for patience in (DROPPED_AFTER, AT_A_TERMINAL):
        try:
            return future.result(patience)
        except TimeoutError:
            if future.cancel():
                raise Busy from None
            if future.done():  # the workflow itself timed out, or was just in time
                return future.result()
    raise Uncertain
