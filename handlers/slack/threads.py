"""What people write and do under a card in Slack: parse, one call to the desk, render."""

import asyncio
from collections.abc import Mapping
from typing import Any

from handlers.desk import Desk
from handlers.senders import Posted
from handlers.slack.entrance import home_of, inner, person_of
from handlers.slack.people import People
from handlers.slack.quoted import readable, users_in, words_of
from handlers.slack.sender import SlackSender
from storage.faults import Busy, Uncertain
from templates.shapes import Card
from workflows.conversations import Place, Said
from workflows.people import Who

Payload = Mapping[str, Any]

SLACK = "slack"
TICKS = ("white_check_mark", "heavy_check_mark", "ballot_box_with_check")
# A person's own new message; whatever else has a subtype is Slack's own, or a bot's.
SPOKEN = (None, "file_share", "thread_broadcast")
DIRECT = "im"


class Threads:
    """Listens to replies, reactions, edits and deletions; only what lies under a card of ours is looked at."""

    def __init__(self, desk: Desk, people: People, sender: SlackSender) -> None:
        self.desk, self.people, self.sender = desk, people, sender

    async def happened(self, body: Payload) -> None:
        """Somebody wrote, reacted, edited, deleted or came in."""
        event = body["event"]
        if is_ours(body):
            return
        if is_reply(event):
            await self.replied(body)
        elif is_spoken_to_us(event):
            await self.sender.post(event["channel"], await self.desk.greet(await self.who(body)))
        elif event["type"] == "reaction_added":
            await self.reacted(body)
        elif event["type"] == "member_joined_channel" and isinstance(event.get("channel"), str):
            await self.desk.came_in(SLACK, event["channel"])
        elif altered := alteration(event):
            await self.desk.altered(*altered)

    async def replied(self, body: Payload) -> None:
        event = body["event"]
        under, direct = place(event["channel"], event["thread_ts"]), event["channel_type"] == DIRECT
        if not await self.desk.is_ours(under):
            if direct:
                await self.answer(body, await self.desk.greet(await self.who(body)))
            return
        words = words_of(event)
        who, faces = await asyncio.gather(self.who(body), self.people.lookup(users_in(words)))
        text = readable(words, {face.address: face.name for face in faces if face.name})
        said = Said(place(event["channel"], event["ts"]), under, text, files_in(event), direct)
        try:
            card = await self.desk.hear(said, who)
        except (Busy, Uncertain):
            card = await self.desk.sorry("unheard")
        if card:
            await self.answer(body, card)

    async def excuse(self, body: Payload) -> None:
        """Something unexpected stopped it: whoever wrote must not believe that it was kept."""
        if is_reply(body["event"]):
            await self.answer(body, await self.desk.sorry("unheard"))

    async def answer(self, body: Payload, card: Card) -> None:
        """In the thread; among others, to the one who wrote alone."""
        event = body["event"]
        await self.say(Posted(event["channel"], event["thread_ts"]), event["user"], card)

    async def say(self, under: Posted, user: str, card: Card) -> None:
        if under.channel.startswith("D"):
            await self.sender.reply(under, card)
        else:
            await self.sender.whisper(under, user, card)

    async def reacted(self, body: Payload) -> None:
        event, item = body["event"], body["event"].get("item")
        if event.get("reaction") not in TICKS or not isinstance(item, dict) or not isinstance(event.get("user"), str):
            return
        channel, stamp = item.get("channel"), item.get("ts")
        if not (isinstance(channel, str) and isinstance(stamp, str)):
            return
        at = place(channel, stamp)
        if await self.desk.is_ours(at):
            card = await self.desk.tick(at, await self.who(body))
            if card:
                await self.say(Posted(channel, stamp), event["user"], card)

    async def who(self, body: Payload) -> Who:
        return await self.people.who(person_of(body), home_of(body))


def place(channel: str, stamp: str) -> Place:
    return Place(SLACK, channel, stamp)


def is_ours(body: Payload) -> bool:
    """Whether the app said it: Slack tells of a picture of ours as of a person's, without any ``bot_id``."""
    installed, event = body.get("authorizations"), body["event"]
    apps = [each for each in installed if isinstance(each, dict)] if isinstance(installed, list) else []
    ours = [each.get("user_id") for each in apps if each.get("is_bot")]
    return event["type"] == "message" and bool(event.get("user")) and event.get("user") in ours


def is_reply(event: Payload) -> bool:
    """A person's own new message in a thread of a conversation that we are in."""
    threaded = isinstance(event.get("thread_ts"), str) and event["thread_ts"] != event.get("ts")
    return threaded and isinstance(event.get("ts"), str) and is_spoken(event, DIRECT, "group")


def is_spoken_to_us(event: Payload) -> bool:
    """A person's own new message in the bot's direct messages, not an edit, and not our own."""
    return is_spoken(event, DIRECT)


def is_spoken(event: Payload, *kinds: str) -> bool:
    theirs = event.get("subtype") in SPOKEN and not event.get("bot_id") and isinstance(event.get("user"), str)
    here = isinstance(event.get("channel"), str) and event.get("channel_type") in kinds
    return event["type"] == "message" and here and theirs


def alteration(event: Payload) -> tuple[Place, str] | tuple[Place] | None:
    """Which message was edited, with a name for the edit, or deleted; Slack says so too when only a preview changed."""
    channel, kind = event.get("channel"), event.get("subtype")
    if event["type"] != "message" or not isinstance(channel, str):
        return None
    if kind == "message_deleted" and isinstance(event.get("deleted_ts"), str):
        return (place(channel, event["deleted_ts"]),)
    stamp, edit = inner(event, "message", "ts"), event.get("ts") or event.get("event_ts")
    if kind != "message_changed" or not (isinstance(stamp, str) and isinstance(edit, str)):
        return None
    same = inner(event, "message", "text") == inner(event, "previous_message", "text")
    return None if same or inner(event, "message", "bot_id") else (place(channel, stamp), edit)


def files_in(event: Payload) -> tuple[str, ...]:
    files = event.get("files")
    found = [each.get("id") for each in files if isinstance(each, dict)] if isinstance(files, list) else []
    return tuple(each for each in found if isinstance(each, str))
