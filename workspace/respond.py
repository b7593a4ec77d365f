"""Response addresses: what an app may say back to a command or button, five times within half an hour."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from workspace.refusal import SlackError

USES = 5
SECONDS = 30 * 60


@dataclass
class Reply:
    """Where an answer goes: to this person in this room, and about this message if there is one."""

    user: str
    room: str
    message_ts: str | None
    since: float
    uses: int = 0


class Replies:
    """The response addresses given out."""

    def __init__(self) -> None:
        self.given: dict[str, Reply] = {}

    def give(self, user: str, room: str, message_ts: str | None = None) -> str:
        """The path of a new response address."""
        token = secrets.token_urlsafe(18)
        self.given[token] = Reply(user, room, message_ts, time.monotonic())
        if len(self.given) > 10_000:
            del self.given[next(iter(self.given))]
        return f"/respond/{token}"

    def take(self, token: str) -> Reply:
        reply = self.given.get(token)
        if reply is None or time.monotonic() - reply.since > SECONDS:
            raise SlackError("expired_url")
        if reply.uses >= USES:
            raise SlackError("used_url")
        reply.uses += 1
        return reply
