"""What people say to each other, in rooms and in threads: write, edit, delete, react; the bot hears where it is in."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from workspace import interactions, payloads
from workspace.people import Person
from workspace.refusal import Json, SlackError
from workspace.rooms import Message, Room
from workspace.world import Workspace

# What an app can ask to be told of; nobody offers this one messages of public channels.
HEARD = ("im", "private")


def room_of(world: Workspace, person: Person, id: str) -> Room:
    room = world.rooms.room(id)
    if person.id not in room.members:
        raise SlackError("channel_not_found")
    return room


def told(world: Workspace, room: Room, event: Json) -> None:
    """The bot hears of it, where it is one of the members."""
    world.wake(room.members)
    if room.kind in HEARD and world.town.bot["id"] in room.members:
        world.soon(interactions.tell(world, event))


async def message(world: Workspace, person: Person, asked: Json) -> Json:
    """Something new, on its own or in a thread, with files or without."""
    room, text = room_of(world, person, asked["channel"]), asked["text"].strip()
    files = tuple(str(own_file(world, person, each)["id"]) for each in asked.get("files") or ())
    if not text and not files:
        raise SlackError("no_text")
    thread = asked.get("thread_ts")
    if thread:
        room.message(thread)
    said = Message(world.rooms.next_ts(), person.id, text, typed(text), thread_ts=thread, files=files)
    world.rooms.say(room, said)
    told(world, room, payloads.said_to_bot(world, room, said))
    return {"ok": True, "ts": said.ts}


def typed(text: str) -> list[Json]:
    runs = [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}]
    return [{"type": "rich_text", "elements": runs}]


def own_file(world: Workspace, person: Person, given: Any) -> Json:
    which = given["id"] if isinstance(given, dict) else given
    if world.files.content(which).user != person.id:
        raise SlackError("file_not_found")
    return world.files.described(which, world.url)


async def edit(world: Workspace, person: Person, asked: Json) -> Json:
    """Say something of one's own differently."""
    room, mine = own(world, person, asked, "cant_update_message")
    text = asked["text"].strip()
    if not text:
        raise SlackError("no_text")
    before = payloads.message_object(world, mine)
    mine.text, mine.blocks, mine.edited = text, typed(text), world.rooms.next_ts()
    world.rooms.say(room, mine)
    told(world, room, payloads.altered(world, room, before, payloads.message_object(world, mine)))
    return {"ok": True}


async def delete(world: Workspace, person: Person, asked: Json) -> Json:
    """Take something of one's own back; an owner of the workspace may take back anybody's."""
    room, message = own(world, person, asked, "cant_delete_message")
    del room.messages[message.ts]
    told(world, room, payloads.altered(world, room, payloads.message_object(world, message), None))
    return {"ok": True}


def own(world: Workspace, person: Person, asked: Json, otherwise: str) -> tuple[Room, Message]:
    room = room_of(world, person, asked["channel"])
    message = room.message(asked["ts"])
    if message.user != person.id and not (person.owner and otherwise == "cant_delete_message"):
        raise SlackError(otherwise)
    return room, message


async def react(world: Workspace, person: Person, asked: Json) -> Json:
    """Put a reaction under a message, or take one's own away."""
    room, name = room_of(world, person, asked["channel"]), str(asked["name"])
    if not re.fullmatch(r"[a-z0-9_+'-]+", name):
        raise SlackError("invalid_name")
    about = room.message(asked["ts"])
    by = about.reactions.setdefault(name, [])
    away = person.id in by
    if away:
        by.remove(person.id)
    else:
        by.append(person.id)
    if not by:
        del about.reactions[name]
    kind = "reaction_removed" if away else "reaction_added"
    told(world, room, payloads.reacted(world, room, (person, about), name, kind))
    return {"ok": True}


DEEDS: dict[str, Callable[[Workspace, Person, Json], Awaitable[Json]]] = {
    "message": message,
    "edit": edit,
    "delete": delete,
    "react": react,
}
