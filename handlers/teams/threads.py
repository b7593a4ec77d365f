"""What people write under a card in a channel: parse, one call to the desk, an answer to whoever wrote."""

import re
from collections.abc import Iterator
from typing import Any

from handlers.desk import Desk
from handlers.senders import Mark, Unreachable
from handlers.teams.cards import chat_card, summary
from handlers.teams.entrance import Payload, inner, text
from handlers.teams.people import People, address_of
from handlers.teams.rooms import TeamsRooms
from handlers.teams.sender import TeamsSender
from storage.faults import Busy, Uncertain
from templates.shapes import Card
from workflows import rooms
from workflows.conversations import Place, Said

TEAMS = "teams"
ROOT = ";messageid="
# Teams repeats what was written as a page; that is no file.
PAGE = "text/html"
NAMED = re.compile(r"<at(?:\s[^<>]*)?>([^<]*)</at>")
EDITED = "editMessage"


class Threads:
    """Listens to replies, edits and deletions in channels; only what lies under a card of ours is looked at."""

    def __init__(self, desk: Desk, people: People, sender: TeamsSender, rooms: TeamsRooms) -> None:
        self.desk, self.people, self.sender, self.rooms = desk, people, sender, rooms

    async def replied(self, body: Payload) -> bool:
        """Whether this was written under a card of ours: then it is heard, or left as the card says."""
        under, to_us = root(body), mentions_us(body)
        if under is None or not await self.desk.is_ours(under):
            return False
        if not (to_us or await self.hears_every(under)):
            return True
        at = Place(under.platform, under.channel, text_of(body, "id"))
        said = Said(at, under, words_of(body), direct=to_us, left=files_in(body))
        try:
            card = await self.desk.hear(said, await self.people.who(body))
        except (Busy, Uncertain):
            card = await self.desk.sorry("unheard")
        if card:
            await self.answer(body, card)
        return True

    async def hears_every(self, under: Place) -> bool:
        """Whether what does not mention the bot is heard there too."""
        channel = await self.desk.look(rooms.channel_of, under)
        return bool(channel) and await self.rooms.replies(channel) == "every"

    async def excuse(self, body: Payload) -> None:
        """Something unexpected stopped it: whoever spoke to us must not believe that it was kept."""
        if mentions_us(body):
            await self.answer(body, await self.desk.sorry("unheard"))

    async def answer(self, body: Payload, card: Card) -> None:
        """To the one who wrote alone, in their own chat; in the thread where they have none with us."""
        try:
            await self.sender.post(address_of(body), card, Mark(""))
        except Unreachable as no:
            if no.gone:
                where = text(body, "conversation", "id")
                await self.sender.answer(str(body["serviceUrl"]), where, chat_card(card), summary(card))

    async def altered(self, body: Payload) -> None:
        """A message in a channel was edited or deleted; a preview that Teams adds by itself is neither."""
        at = root(body)
        if at is None:
            return
        at = Place(at.platform, at.channel, text_of(body, "id"))
        if body["type"] == "messageDelete":
            await self.desk.altered(at)
        elif inner(body, "channelData").get("eventType") == EDITED:
            await self.desk.altered(at, text_of(body, "timestamp") or "edited")


def is_direct(body: Payload) -> bool:
    """Whether this is of somebody's own chat with us."""
    return inner(body, "conversation").get("conversationType") == "personal"


def root(body: Payload) -> Place | None:
    """What this was written under, in a channel."""
    channel, found, stamp = text(body, "conversation", "id").partition(ROOT)
    in_channel = inner(body, "conversation").get("conversationType") == "channel"
    return Place(TEAMS, channel, stamp) if found and in_channel else None


def mentions_us(body: Payload) -> bool:
    return any(True for _ in ours(body))


def ours(body: Payload) -> Iterator[str]:
    """How each mention of the bot stands in the text."""
    us, found = text(body, "recipient", "id"), body.get("entities")
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict) and each.get("type") == "mention" and text(each, "mentioned", "id") == us:
            yield text_of(each, "text")


def words_of(body: Payload) -> str:
    """What was written, without the mention of the bot, and with others' names as people read them."""
    said = text_of(body, "text")
    for mention in filter(None, ours(body)):
        said = said.replace(mention, " ")
    said = NAMED.sub(lambda named: f"@{named[1]}", said).replace("&nbsp;", " ").replace("\xa0", " ")
    return said.strip().encode("utf-8", "replace").decode()


def files_in(body: Payload) -> int:
    """How many files lie with it; they stay where they are."""
    found = body.get("attachments")
    held: list[Any] = found if isinstance(found, list) else []
    return sum(isinstance(each, dict) and each.get("contentType") != PAGE for each in held)


def text_of(payload: Payload, name: str) -> str:
    found = payload.get(name)
    return found if isinstance(found, str) else ""
