"""What goes out to people in Slack."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from handlers.senders import Posted, Unreachable
from handlers.slack.calls import BARRED, FAILURES, complaint, retry_after
from handlers.slack.cards import card_blocks, fallback
from templates.shapes import Card

WAITS = 10.0
# Slack asks us to wait and does not say whether it means one conversation or all: all wait, but no longer than this.
ALL_WAIT = 30.0
# This address will not work again; everything else may work later.  Not account_inactive: that is our own token's
# account, when the app was taken out of the workspace, and says nothing of whoever was written to.
GONE = {
    "user_not_found",
    "user_disabled",
    "channel_not_found",
    "is_archived",
    "not_in_channel",
}
LOST = {"message_not_found", "cant_update_message", "edit_window_closed"}


class SlackSender:
    """Direct messages through one workspace's bot token.

    A dropped line leaves it open whether Slack took the message: it is said again, rarely twice.
    """

    def __init__(self, client: AsyncWebClient, clock: Callable[[], float] = time.time) -> None:
        self.client, self.clock = client, clock
        self.quiet: dict[str, float] = {}  # by method: until when Slack is left alone

    async def post(self, to: str, card: Card) -> Posted:
        """A message to a person's id, or into a conversation."""
        return await self.says("post", lambda: self.client.chat_postMessage(channel=to, **message(card)))

    async def reply(self, under: Posted, card: Card) -> Posted:
        """A message in the thread under another."""
        said = self.client.chat_postMessage(channel=under.channel, thread_ts=under.stamp, **message(card))
        return await sent(said)

    async def whisper(self, under: Posted, user: str, card: Card) -> None:
        """The same, shown to one person only, and gone when they look again."""
        where: dict[str, Any] = {"channel": under.channel, "thread_ts": under.stamp, "user": user}
        shown = self.client.chat_postEphemeral(**where, text=fallback(card), blocks=card_blocks(card))
        await taken(shown, lambda answer: answer.data["message_ts"])

    async def edit(self, where: Posted, card: Card) -> Posted:
        """The same message, saying something else; posted again where Slack no longer has it."""
        said = message(card)
        try:
            return await self.says(
                "edit", lambda: self.client.chat_update(channel=where.channel, ts=where.stamp, **said)
            )
        except Lost:
            return await self.post(where.channel, card)

    async def says(self, method: str, call: Callable[[], Awaitable[Any]]) -> Posted:
        """Unless Slack has asked for quiet: it is not asked again before the time that it named."""
        if (left := self.quiet.get(method, 0.0) - self.clock()) > 0:
            raise Unreachable(left, tried=False)
        try:
            return await sent(call())
        except Unreachable as no:
            if no.retry_after:
                self.quiet[method] = self.clock() + min(no.retry_after, ALL_WAIT)
            raise


class Lost(Unreachable):
    """Slack no longer has this message, or no longer lets us change it."""


def message(card: Card) -> dict[str, Any]:
    # Unfurling would make Slack visit addresses that a card names.
    return {
        "text": fallback(card),
        "blocks": card_blocks(card),
        "unfurl_links": False,
        "unfurl_media": False,
    }


async def sent(call: Awaitable[Any]) -> Posted:
    answer = await taken(call, lambda answer: (answer.data["channel"], answer.data["ts"]))
    return Posted(*answer)


async def taken(call: Awaitable[Any], read: Callable[[Any], Any]) -> Any:
    """What is read in Slack's answer.  Raises Unreachable."""
    try:
        async with asyncio.timeout(WAITS):
            return read(await call)
    except FAILURES as error:
        said = complaint(error)
        outcome = Lost if said in LOST else Unreachable
        raise outcome(retry_after(error), gone=said in GONE, barred=said in BARRED) from None
