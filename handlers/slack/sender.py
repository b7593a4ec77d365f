"""What goes out to people in Slack."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from handlers.senders import Posted, Unreachable
from handlers.slack.calls import FAILURES, complaint, retry_after
from handlers.slack.cards import card_blocks, fallback
from templates.shapes import Card

WAITS = 10.0
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

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client

    async def post(self, to: str, card: Card) -> Posted:
        """A message to a person's id, or into a conversation."""
        return await sent(self.client.chat_postMessage(channel=to, **message(card)))

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
        try:
            return await sent(self.client.chat_update(channel=where.channel, ts=where.stamp, **message(card)))
        except Lost:
            return await self.post(where.channel, card)


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
        raise outcome(retry_after(error), gone=said in GONE) from None
