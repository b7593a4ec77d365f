"""What goes out to people in Slack."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from handlers.allowance import Allowance, Limit
from handlers.senders import Mark, Posted, Unreachable
from handlers.slack.calls import BARRED, FAILURES, complaint, retry_after, undone
from handlers.slack.cards import card_blocks, fallback
from templates.shapes import Card

WAITS = 10.0
# Slack asks us to wait and does not say whether it means one conversation or all: all wait, but no longer than this.
ALL_WAIT = 30.0
# One message a second in each conversation, in short bursts: Slack's own words for chat.postMessage.  For the workspace
# as a whole, and for edits, it names no number that holds: there Slack says when it is enough.
LIMITS: Sequence[Limit] = ((20, 20.0),)
# For what is said in answer to somebody, and never said again.
ONCE = Mark("")
# Our clock and Slack's may differ when we look back for a message of ours.
APART = timedelta(hours=1)
PAGE = 200
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

    A dropped line or a crash leaves it open whether Slack took the message: then we look for it before we say it again.
    It is known by the ``block_id`` of its first block, which Slack gives back to whoever may read the message.  Its
    ``metadata`` would do as well, but every app of the workspace may read that.
    """

    recalls = True

    def __init__(
        self, client: AsyncWebClient, clock: Callable[[], float] = time.time, limits: Sequence[Limit] = LIMITS
    ) -> None:
        self.client, self.clock, self.allowance = client, clock, Allowance(limits, clock)
        self.quiet: dict[str, float] = {}  # by method: until when Slack is left alone

    async def post(self, to: str, card: Card, mark: Mark = ONCE) -> Posted:
        """A message to a person's id, or into a conversation; what stands already is made to say this."""
        self.heed("post")
        self.allowance.take(to)
        if stands := await self.standing(to, mark):
            with suppress(Lost):
                return await self.change(stands, card, mark)
        return await self.says("post", lambda: self.client.chat_postMessage(channel=to, **message(card, mark)))

    async def reply(self, under: Posted, card: Card) -> Posted:
        """A message in the thread under another."""
        said = self.client.chat_postMessage(channel=under.channel, thread_ts=under.stamp, **message(card))
        return await sent(said)

    async def whisper(self, under: Posted, user: str, card: Card) -> None:
        """The same, shown to one person only, and gone when they look again."""
        where: dict[str, Any] = {"channel": under.channel, "thread_ts": under.stamp, "user": user}
        shown = self.client.chat_postEphemeral(**where, text=fallback(card), blocks=card_blocks(card))
        await taken(shown, lambda answer: answer.data["message_ts"])

    async def edit(self, where: Posted, card: Card, mark: Mark) -> Posted:
        """The same message, saying something else; posted again where Slack no longer has it."""
        try:
            return await self.change(where, card, mark)
        except Lost:
            return await self.post(where.channel, card, mark)

    async def change(self, where: Posted, card: Card, mark: Mark) -> Posted:
        said = message(card, mark)
        change = self.client.chat_update
        return await self.says("edit", lambda: change(channel=where.channel, ts=where.stamp, **said))

    async def standing(self, to: str, mark: Mark) -> Posted | None:
        """Our message, if an earlier try was heard; whatever hinders us from seeing it, it is then said again."""
        if mark.since is None:
            return None
        oldest = f"{(mark.since - APART).timestamp():.6f}"
        try:
            async with asyncio.timeout(WAITS):
                channel = await self.conversation(to)
                pages = await self.client.conversations_history(channel=channel, oldest=oldest, limit=PAGE)
                async for page in pages:
                    for each in page["messages"]:
                        if bears(each, mark):
                            return Posted(channel, each["ts"])
        except FAILURES:
            return None
        return None

    async def conversation(self, to: str) -> str:
        """Where a person's direct messages lie; a conversation's own id stays what it is."""
        if not to.startswith(("U", "W")):
            return to
        answer = await self.client.conversations_open(users=to)
        return str(answer["channel"]["id"])

    async def says(self, method: str, call: Callable[[], Awaitable[Any]]) -> Posted:
        """Unless Slack has asked for quiet: it is not asked again before the time that it named."""
        self.heed(method)
        try:
            return await sent(call())
        except Unreachable as no:
            if no.retry_after:
                self.quiet[method] = self.clock() + min(no.retry_after, ALL_WAIT)
            raise

    def heed(self, method: str) -> None:
        if (left := self.quiet.get(method, 0.0) - self.clock()) > 0:
            raise Unreachable(left, tried=False)


class Lost(Unreachable):
    """Slack no longer has this message, or no longer lets us change it."""


def bears(message: dict[str, Any], mark: Mark) -> bool:
    return any(block.get("block_id") == mark.token for block in message.get("blocks", ()))


def message(card: Card, mark: Mark = ONCE) -> dict[str, Any]:
    blocks = card_blocks(card)
    if mark.token:
        blocks[0]["block_id"] = mark.token
    # Unfurling would make Slack visit addresses that a card names.
    return {
        "text": fallback(card),
        "blocks": blocks,
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
        no = {"gone": said in GONE, "barred": said in BARRED, "unsure": not undone(error)}
        raise outcome(retry_after(error), **no) from None
