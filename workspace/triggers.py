"""Trigger ids: each lives three seconds and opens one modal."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict

from workspace.refusal import SlackError

REMEMBERED = 10_000


class Triggers:
    """The trigger ids handed out lately, each with its person and its age."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.issued: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self.used: set[str] = set()

    def issue(self, user: str) -> str:
        new = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**9)}.{secrets.token_hex(16)}"
        self.issued[new] = user, time.monotonic()
        if len(self.issued) > REMEMBERED:
            self.used.discard(self.issued.popitem(last=False)[0])
        return new

    def person(self, id: str) -> str:
        """Whose trigger this is, if it can still be used."""
        if id not in self.issued:
            raise SlackError("invalid_trigger_id")
        if id in self.used:
            raise SlackError("exchanged_trigger_id")
        user, since = self.issued[id]
        if time.monotonic() - since > self.seconds:
            raise SlackError("expired_trigger_id")
        return user

    def spend(self, id: str) -> None:
        self.used.add(id)
