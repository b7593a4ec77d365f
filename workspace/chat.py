"""chat.* and reactions.*: what the bot says, changes and takes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from workspace.blocks import check_message
from workspace.payloads import message_object
from workspace.refusal import Json, SlackError
from workspace.rooms import Message, Room
from workspace.world import Workspace

LONGEST = 40_000


def post(world: Workspace, args: Json) -> Json:
    room = addressed(world, args)
    text, blocks = said(args)
    message = Message(
        ts=world.rooms.next_ts(),
        user=world.town.bot["id"],
        text=text,
        blocks=blocks,
        bot=True,
        thread_ts=thread(room, args),
        metadata=metadata(args),
    )
    world.rooms.say(room, message)
    world.wake(room.members)
    return {"ok": True, "channel": room.id, "ts": message.ts, "message": message_object(world, message)}


def addressed(world: Workspace, args: Json) -> Room:
    """A channel by id or name, or a person, whose direct messages are opened.

    A deactivated person's messages are taken without a word, exactly as Slack takes them.
    """
    to = str(args.get("channel") or "")
    person = world.town.people.get(to)
    if person and person.chat:
        return world.rooms.with_bot(person.id)
    named = world.rooms.called(to.removeprefix("#"))
    return world.rooms.joined_by_bot(named.id if named else to)


def said(args: Json) -> tuple[str, list[Json] | None]:
    text, blocks = str(args.get("text") or ""), args.get("blocks")
    if blocks is not None and blocks != []:
        check_message(blocks)
    if not text and not blocks:
        raise SlackError("no_text")
    return text[:LONGEST], blocks or None


def thread(room: Room, args: Json) -> str | None:
    ts = args.get("thread_ts")
    if not ts:
        return None
    if not re.fullmatch(r"\d{1,12}\.\d{6}", str(ts)):
        raise SlackError("invalid_thread_ts")
    parent = room.messages.get(str(ts))
    if parent is None:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def metadata(args: Json) -> Json | None:
    told: Any = args.get("metadata")
    if not told:
        return None
    if not isinstance(told, dict) or not {"event_type", "event_payload"} <= set(told):
        raise SlackError("invalid_metadata_format")
    return told


def update(world: Workspace, args: Json) -> Json:
    room, message = own(world, args, "cant_update_message")
    message.text, message.blocks = said(args)
    message.edited = world.rooms.next_ts()
    world.rooms.say(room, message)
    world.wake(room.members)
    shown = message_object(world, message)
    return {"ok": True, "channel": room.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(world: Workspace, args: Json) -> Json:
    room, message = own(world, args, "cant_delete_message")
    del room.messages[message.ts]
    world.wake(room.members)
    return {"ok": True, "channel": room.id, "ts": message.ts}


def own(world: Workspace, args: Json, otherwise: str) -> tuple[Room, Message]:
    """A message of the bot's own, in a room given by id; a person's id is no room here."""
    room = world.rooms.seen_by_bot(args.get("channel"))
    message = room.message(str(args.get("ts") or ""))
    if not message.bot:
        raise SlackError(otherwise)
    return room, message


def ephemeral(world: Workspace, args: Json) -> Json:
    room = addressed(world, args)
    user = world.town.chatter(args.get("user"))
    if user.id not in room.members:
        raise SlackError("user_not_in_channel")
    text, blocks = said(args)
    ts = world.rooms.next_ts()
    message = Message(ts, world.town.bot["id"], text, blocks, bot=True, only_for=user.id)
    message.thread_ts = thread(room, args)
    world.rooms.say(room, message)
    world.wake([user.id])
    return {"ok": True, "message_ts": ts}


def react(world: Workspace, args: Json) -> Json:
    name = str(args.get("name") or "")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    room = world.rooms.joined_by_bot(args.get("channel"))
    message = room.message(str(args.get("timestamp") or ""))
    by = message.reactions.setdefault(name, [])
    if world.town.bot["id"] in by:
        raise SlackError("already_reacted")
    by.append(world.town.bot["id"])
    world.wake(room.members)
    return {"ok": True}


CHAT: dict[str, Callable[[Workspace, Json], Json]] = {
    "chat.postMessage": post,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": ephemeral,
    "reactions.add": react,
}
