"""What goes out to people in Slack."""

import asyncio
from collections.abc import Awaitable
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
    try:
        async with asyncio.timeout(WAITS):
            answer = await call
        return Posted(channel=answer.data["channel"], stamp=answer.data["ts"])
    except FAILURES as error:
        said = complaint(error)
        outcome = Lost if said in LOST else Unreachable
        raise outcome(retry_after(error), gone=said in GONE) from None
