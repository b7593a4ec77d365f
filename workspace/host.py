"""What belongs to the workspace rather than to a person in it: clock, mischief, log, and a fresh start."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from workspace.interactions import tell, verify
from workspace.people import Person
from workspace.refusal import Json, SlackError
from workspace.rooms import Room
from workspace.screen import clock as showing
from workspace.world import Workspace

Order = Callable[[Workspace, Json], Awaitable[Json]]
# A term's first morning goes by before everybody's eyes, as messages go out over it: so many steps, seconds apart.
MORNING, STEP, APART = 6, "20m", 0.4


async def clock(world: Workspace, asked: Json) -> Json:
    world.clock.forward(asked["forward"])
    world.wake(world.town.people)
    for _ in range(MORNING if asked["forward"] == "term" else 0):
        await asyncio.sleep(APART)
        world.clock.forward(STEP)
        world.wake(world.town.people)
    return showing(world)


async def mischief(world: Workspace, asked: Json) -> Json:
    times, seconds = int(asked.get("times", 1)), float(asked.get("seconds", 0))
    world.mischief.order(asked["kind"], times, seconds, str(asked.get("only", "")))
    return {}


async def reset(world: Workspace, asked: Json) -> Json:
    world.reset()
    return {}


async def bot(world: Workspace, asked: Json) -> Json:
    """Where the bot is, when it started after the workspace; asks it the question Slack asks."""
    world.bot_url = str(asked.get("url") or world.bot_url).rstrip("/")
    return {"verified": await verify(world)}


async def person(world: Workspace, asked: Json) -> Json:
    """Somebody's account is deactivated, made a guest, given back or renamed; the bot is told."""
    somebody = world.town.chatter(asked["id"])
    somebody.deactivated = bool(asked.get("deactivated", somebody.deactivated))
    somebody.guest = bool(asked.get("guest", somebody.guest))
    somebody.name = str(asked.get("name", somebody.name))
    world.wake(world.town.people)
    world.soon(tell(world, changed(world, somebody)))
    return {}


async def channel(world: Workspace, asked: Json) -> Json:
    """A channel is made, its members are set, it is shared, archived or gone; the bot hears who joined."""
    if asked["id"] not in world.rooms.rooms:
        world.rooms.furnish({"members": [], **asked})
    room = world.rooms.room(asked["id"])
    before = room.members
    room.members = [*(asked.get("members") or before)]
    room.shared = bool(asked.get("shared", room.shared))
    room.archived = bool(asked.get("archived", room.archived))
    room.kind = {True: "private", False: "channel"}[bool(asked.get("private", room.kind == "private"))]
    if asked.get("gone"):
        del world.rooms.rooms[room.id]
    for member in room.members:
        if member not in before and world.town.bot["id"] in room.members:
            world.soon(tell(world, joined(world, room, member)))
    world.wake(world.town.people)
    return {}


def joined(world: Workspace, room: Room, member: str) -> Json:
    return {
        "type": "member_joined_channel",
        "user": member,
        "channel": room.id,
        "channel_type": "C" if room.kind == "channel" else "G",
        "team": world.town.team["id"],
        "event_ts": f"{time.time():.6f}",
    }


def changed(world: Workspace, person: Person) -> Json:
    """Somebody's profile or account is not what it was."""
    stamp = time.time()
    return {
        "type": "user_change",
        "user": world.town.described(person),
        "cache_ts": int(stamp),
        "event_ts": f"{stamp:.6f}",
    }


def ordered(order: Order) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        try:
            asked: Any = await request.json() if await request.body() else {}
            return JSONResponse({"ok": True, **await order(request.app.state.workspace, asked)})
        except SlackError as wrong:
            return JSONResponse(wrong.answer(), status_code=404)
        except (ValueError, KeyError, TypeError) as wrong:
            return JSONResponse({"ok": False, "error": str(wrong)}, status_code=400)

    return handle


async def log(request: Request) -> Response:
    world: Workspace = request.app.state.workspace
    return JSONResponse(list(world.calls))


async def counts(request: Request) -> Response:
    world: Workspace = request.app.state.workspace
    return JSONResponse(world.counts)


ORDERS: dict[str, Order] = {
    "clock": clock,
    "mischief": mischief,
    "reset": reset,
    "bot": bot,
    "person": person,
    "channel": channel,
}
HOST_ROUTES: list[BaseRoute] = [
    Route("/ui/log", log),
    Route("/ui/counts", counts),
    *(Route(f"/ui/{name}", ordered(order), methods=["POST"]) for name, order in ORDERS.items()),
]
