"""conversations.history: what was said in a room, newest first, a page at a time, for an app that may read it."""

from __future__ import annotations

import base64
import binascii
import re

from workspace.payloads import message_object
from workspace.refusal import Json, SlackError
from workspace.rooms import Message, Room
from workspace.scopes import insist
from workspace.world import Workspace

TRUE = (True, 1, "true", "1")
READING = {"im": "im:history", "mpim": "mpim:history", "private": "groups:history", "channel": "channels:history"}
USUAL, MOST = 100, 999
STAMP = re.compile(r"\d{1,12}(\.\d{1,6})?")
NEXT = "next_ts:"


def history(world: Workspace, args: Json) -> Json:
    """One page; the cursor of the next one names the message that it begins with."""
    room = readable(world, args)
    told = sorted(between(room, args), key=lambda message: micros(message.ts), reverse=True)
    most, begins = limit(args), cursor(args)
    left = [message for message in told if begins is None or micros(message.ts) <= begins]
    page, rest = left[:most], left[most:]
    answer: Json = {
        "ok": True,
        "messages": [shown(world, message, args) for message in page],
        "has_more": bool(rest),
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }
    if rest:
        answer["response_metadata"] = {"next_cursor": base64.b64encode(f"{NEXT}{micros(rest[0].ts)}".encode()).decode()}
    return answer


def readable(world: Workspace, args: Json) -> Room:
    """A person's id is no room here; and each kind of room asks for a scope of its own."""
    room = world.rooms.seen_by_bot(args.get("channel"))
    insist(world, READING[room.kind])
    return world.rooms.joined_by_bot(room.id)


def between(room: Room, args: Json) -> list[Message]:
    """What stands in the room itself: no thread's replies, and nothing that only one person ever saw."""
    oldest, latest = stamp(args, "oldest"), stamp(args, "latest")
    reach = int(args.get("inclusive") in TRUE)
    return [
        message
        for ts, message in room.messages.items()
        if not message.ephemeral
        and message.thread_ts in (None, ts)
        and (oldest is None or micros(ts) > oldest - reach)
        and (latest is None or micros(ts) < latest + reach)
    ]


def shown(world: Workspace, message: Message, args: Json) -> Json:
    said = message_object(world, message)
    if message.metadata and args.get("include_all_metadata") not in TRUE:
        said["metadata"] = {"event_type": message.metadata["event_type"]}
    return said


def limit(args: Json) -> int:
    given = args.get("limit")
    if given in (None, ""):
        return USUAL
    if not str(given).isdecimal() or not 0 < int(str(given)) <= MOST:
        raise SlackError("invalid_limit")
    return int(str(given))


def cursor(args: Json) -> int | None:
    given = args.get("cursor")
    if not given:
        return None
    try:
        name, colon, at = base64.b64decode(str(given), validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        raise SlackError("invalid_cursor") from None
    if name + colon != NEXT or not at.isdecimal():
        raise SlackError("invalid_cursor")
    return int(at)


def stamp(args: Json, name: str) -> int | None:
    given = args.get(name)
    if given in (None, "", 0, "0"):
        return None
    if not STAMP.fullmatch(str(given)):
        raise SlackError(f"invalid_ts_{name}")
    return micros(str(given))


def micros(ts: str) -> int:
    whole, _, part = ts.partition(".")
    return int(whole) * 1_000_000 + int(part.ljust(6, "0") or 0)
