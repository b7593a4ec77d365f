"""A file of the bot's own: an address for it, its bytes, and sharing it where the bot may speak, step by step."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from workspace.files import LARGEST, Upload
from workspace.payloads import message_object, shared_by_bot
from workspace.refusal import Json, SlackError
from workspace.rooms import Message
from workspace.scopes import insist
from workspace.talking import told
from workspace.world import Workspace

LONGEST_ALT = 1000


@dataclass
class Waiting:
    """A file that was announced: its id, and its bytes once they have come."""

    id: str
    name: str
    length: int
    alt: str
    content: bytes = b""


def address(world: Workspace, args: Json) -> Json:
    """Where the bytes are to be sent, once."""
    insist(world, "files:write")
    name, length, alt = (str(args.get(key) or "") for key in ("filename", "length", "alt_txt"))
    if not name or not re.fullmatch(r"[1-9]\d*", length) or int(length) > LARGEST or len(alt) > LONGEST_ALT:
        raise SlackError("invalid_arguments")
    ticket, file = secrets.token_hex(12), "F" + secrets.token_hex(5).upper()
    world.files.waiting[ticket] = Waiting(file, name, int(length), alt)
    return {"ok": True, "upload_url": f"{world.url}/upload/v1/{ticket}", "file_id": file}


async def arrive(request: Request) -> Response:
    """The bytes, at the address that was given; as many as were announced."""
    world: Workspace = request.app.state.workspace
    waiting = world.files.waiting.get(request.path_params["ticket"])
    content = await request.body()
    if waiting is None or waiting.content or len(content) != waiting.length:
        return PlainTextResponse("error", status_code=400)
    waiting.content = content
    return PlainTextResponse(f"OK - {len(content)}")


def complete(world: Workspace, args: Json) -> Json:
    """Share what has arrived in one conversation."""
    insist(world, "files:write")
    try:
        asked: Any = json.loads(str(args.get("files") or ""))
        ids = [str(each["id"]) for each in asked]
    except (ValueError, TypeError, LookupError):
        raise SlackError("invalid_arguments") from None
    room = world.rooms.joined_by_bot(str(args.get("channel_id") or ""))
    arrived = {each.id: (ticket, each) for ticket, each in world.files.waiting.items() if each.content}
    if not ids or not set(ids) <= arrived.keys():
        raise SlackError("file_not_found")
    bot, team = world.town.bot["id"], world.town.team["id"]
    for id in ids:
        ticket, each = arrived[id]
        del world.files.waiting[ticket]
        world.files.keep(Upload(bot, team, each.name, "image/png", each.content, each.alt), id)
    message = Message(ts=world.rooms.next_ts(), user=bot, text="", bot=True, files=tuple(ids))
    world.rooms.say(room, message)
    world.wake(room.members)
    # Whoever listens to a conversation is told of the bot's own files there, too.
    told(world, room, shared_by_bot(world, room, message))
    shown = message_object(world, message)["files"]
    return {"ok": True, "files": [{"id": each["id"], "title": each["title"]} for each in shown]}


UPLOADS: dict[str, Callable[[Workspace, Json], Json]] = {
    "files.getUploadURLExternal": address,
    "files.completeUploadExternal": complete,
}
