"""Marks as done what a platform has done, even when the database is busy: else it would be done again."""

from collections.abc import Callable
from typing import Any

from handlers.desk import Desk
from storage.faults import Busy, Uncertain

WITHIN = 8  # tries, of two seconds each


class Unmarked(Exception):
    """A message was sent, and the database would not have it written down."""


async def marked(desk: Desk, workflow: Callable[..., Any], *args: Any) -> Any:
    """Run it until it is kept: its answer.  Raises Unmarked."""
    for _ in range(WITHIN):
        try:
            return await desk.database.run(desk.trust, workflow, *args)
        except (Busy, Uncertain):
            continue
    raise Unmarked
