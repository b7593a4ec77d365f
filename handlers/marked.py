"""Marks as done what a platform has done, even when the database is busy: else it would be done again."""

from collections.abc import Awaitable, Callable
from typing import Any

from storage.faults import Busy, Uncertain

WITHIN = 8  # tries, of two seconds each


class Unmarked(Exception):
    """A message was sent, and the database would not have it written down."""


async def marked(mark: Callable[..., Awaitable[Any]], *args: Any) -> Any:
    """Run it until it is kept: its answer.  Raises Unmarked."""
    for _ in range(WITHIN):
        try:
            return await mark(*args)
        except (Busy, Uncertain):
            continue
    raise Unmarked
