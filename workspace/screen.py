"""What one person sees on the page, as the page asks for it; nobody is shown a room they are not in."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

from workspace.payloads import view_object
from workspace.people import Person
from workspace.refusal import Json
from workspace.rooms import Message, Room
from workspace.shortcuts import OFFERED
from workspace.views import View
from workspace.world import Workspace

SHOWN = 300
KINDS = {"im": "dm", "mpim": "dm"}


def state(world: Workspace, person: Person) -> Json:
    """Everything that this person can see."""
    rooms = world.rooms.of(person.id)
    letters = world.letters_of(person)
    channels = [channel(world, room, person) for room in rooms]
    if letters or not person.chat:
        unread = sum(not letter.read for letter in letters)
        inbox = {"id": "inbox", "name": "Inbox", "kind": "inbox", "unread": unread, "members": [person.id]}
        channels.append(inbox)
    home = world.views.homes.get(person.id)
    return {
        "me": shown_person(person),
        "clock": clock(world),
        "channels": channels,
        "messages": {room.id: messages(world, room, person) for room in rooms},
        "home": view_object(world, home) | {"trouble": home.trouble} if home else None,
        "modals": [modal(world, view) for view in world.views.stacks.get(person.id, [])],
        "inbox": [letter.shown() for letter in reversed(letters)],
        "banner": world.banners.get(person.id),
    }


def clock(world: Workspace) -> Json:
    return {"now": world.clock.now().isoformat(timespec="seconds"), "offset_seconds": world.clock.offset}


def channel(world: Workspace, room: Room, person: Person) -> Json:
    seen = room.seen.get(person.id, "")
    unread = 0
    for message in islice(reversed(room.messages.values()), SHOWN):
        if message.ts <= seen:
            break
        unread += message.user != person.id and room.can_see(message, person.id)
    bots = room.kind == "im" and world.town.bot["id"] in room.members
    return {
        "id": room.id,
        "name": named(world, room, person),
        "kind": "bot" if bots else KINDS.get(room.kind, room.kind),
        "unread": unread,
        "members": room.members,
        "topic": room.topic,
        "shared": room.shared,
    }


def named(world: Workspace, room: Room, person: Person) -> str:
    if room.name:
        return room.name
    return ", ".join(name_of(world, member) for member in room.members if member != person.id)


def name_of(world: Workspace, id: str) -> str:
    known = world.town.people.get(id)
    return known.name if known else str(world.town.bot["name"])


def messages(world: Workspace, room: Room, person: Person) -> list[Json]:
    latest = list(islice(reversed(room.messages.values()), SHOWN))
    replies = Counter(message.thread_ts for message in latest if message.thread_ts and not message.ephemeral)
    visible = [message for message in reversed(latest) if room.can_see(message, person.id)]
    return [shown_message(world, message, replies[message.ts]) for message in visible]


def shown_message(world: Workspace, message: Message, replies: int) -> Json:
    shown: dict[str, Any] = {
        "ts": message.ts,
        "user": message.user,
        "name": name_of(world, message.user),
        "bot": message.bot,
        "text": message.text,
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "reply_count": replies,
        "edited": message.edited is not None,
        "ephemeral": message.ephemeral,
        "at": message.at,
        "reactions": [{"name": name, "count": len(by), "users": by} for name, by in message.reactions.items()],
        "files": [world.files.content(each).name for each in message.files],
    }
    return shown


def modal(world: Workspace, view: View) -> Json:
    return view_object(world, view) | {
        "values": view.values,
        "errors": view.errors,
        "busy": view.busy,
        "trouble": view.trouble,
    }


def shown_person(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "title": person.title,
        "chat": person.chat,
        "initials": person.initials,
        "colour": person.colour,
    }


def people(world: Workspace) -> Json:
    """Everyone the visitor can be; people who have left cannot sign in."""
    tenant = world.town.chatters() if world.settings.teams else []
    present = [person for person in world.town.people.values() if not person.deactivated]
    return {
        "team": world.town.team,
        "people": [shown_person(person) for person in present],
        "commands": [world.settings.command, world.settings.away_command],
        "shortcuts": list(OFFERED),
        "bot": world.town.bot,
        "teams": [person.id for person in tenant if person in present and not world.town.is_stranger(person)],
    }
