"""Puts the rooms together: what the settings say becomes a running bot."""

import asyncio
import gc
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot import daily, telemetry, upkeep
from bot.alarms import Aloud, Bell, compare
from bot.chats import Chats, chats_of
from bot.clock import Clock, machine
from bot.ground import Ground, NotReady, dice, open_ground
from bot.settings import Settings
from handlers.deliver import Deliver
from handlers.desk import Desk
from handlers.exhibiting import exhibit
from handlers.gate import Gate
from handlers.mail.sender import MailSender
from handlers.slack.socket import Socket
from handlers.web.front import House
from handlers.web.routes import pages
from storage import setting
from storage.blobs import Blobs
from storage.faults import Fault
from storage.unit import Unit
from templates.shapes import Pairs
from workflows import describe, termly, unprocessed

USUAL = 700  # new objects before Python looks for rubbish: the command line has it look less often


@dataclass(frozen=True)
class Listening:
    """Where the bot is asked; port 0 is any free one."""

    host: str = "127.0.0.1"
    port: int = 8090
    metrics: int | None = None


def serve(settings: Settings, at: Listening, demo_clock: Path | None) -> None:
    """Be the bot until told to stop."""
    telemetry.configure()
    try:
        ground = open_ground(settings, demo_clock)
    except NotReady as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(2) from None
    app = application(ground)
    if at.metrics is not None:
        from bot import metrics

        metrics.show(at.metrics, metrics.Seen(ground.database, telemetry.errors, partial(refused, app)))
    config = uvicorn.Config(
        app,
        host=at.host,
        port=at.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    try:
        Server(config).run()
    finally:
        ground.database.close()


class Server(uvicorn.Server):
    """What stands when it begins to serve is never rubbish: to look through it all takes a tenth of a second."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        gc.freeze()
        gc.set_threshold(USUAL)


def application(ground: Ground) -> Starlette:
    """The bot as an ASGI application: the chats' doors, our pages, and whether reports are being accepted."""
    settings = ground.settings
    desk = Desk(ground.database, ground.trust, ground.rules, Blobs(settings.home / "evidence"), dice)
    desk.policies = settings.home / "policies"
    routes: list[BaseRoute] = [
        Route("/healthz", Health(ground).answer, methods=["GET"]),
        Route("/slack/events", partial(at_door, "slack"), methods=["POST"]),
        Route("/teams/api/messages", partial(at_door, "teams"), methods=["POST"]),
    ]
    house = House(describe_name(ground), settings.url or "", machine, partial(contacts, desk))
    routes += pages(desk, ground.database, ground.trust, house)
    return Starlette(routes=routes, lifespan=partial(living, ground, desk))


@asynccontextmanager
async def living(ground: Ground, desk: Desk, app: Starlette) -> AsyncIterator[None]:
    """While the bot lives: the lines to the chats, the sweeper and the clock."""
    settings, chats = ground.settings, chats_of(ground.settings, ground.clock)
    mail = MailSender(settings.smtp_url.get_secret_value(), settings.mail_from, ground.clock)
    aloud = Aloud(desk, mail, settings.operator_email)
    bell = Bell(desk, aloud)
    senders, app.state.doors = chats.open(desk, partial(keep, desk), bell)
    deliver = Deliver(
        desks={ground.trust: desk},
        senders={**senders, "mail": mail},
        fetchers=chats.fetchers(),
        rooms=chats.rooms(),
        operator=settings.operator_email,
        errands={**daily.errands(settings), termly.PICTURE: partial(exhibit, chats.exhibitors())},
    )
    desk.afterwards = deliver.awake.set
    await desk.refresh()
    await aloud.learn()
    await compare(desk, settings.checkpoints, bell)
    socket = app.state.socket = await connected(chats, app.state.doors, bell)
    sweeping = asyncio.create_task(deliver.serve())
    each_minute = upkeep.every_minute(desk, chats.faults, (bell, aloud))
    wake = deliver.wake if ground.clock is machine else upkeep.each_second(desk, deliver.wake, ground.clock)
    clock = Clock(wake, each_minute, daily.jobs(desk, settings, bell))
    clock.start()
    try:
        yield
    finally:
        if socket:
            await socket.close()
        await clock.stop()
        sweeping.cancel()
        await deliver.finish()
        await chats.close()


async def connected(chats: Chats, doors: Mapping[str, Gate], bell: Bell) -> Socket | None:
    """What a platform wants before anybody speaks: Slack lines of our own, Teams its keys at hand."""
    if chats.teams:
        await chats.teams.warm()
    socket = chats.slack.socket(doors["slack"], bell) if chats.slack else None
    if socket:
        socket.start()
    return socket


async def at_door(platform: str, request: Request) -> Response:
    """A platform's own door; none where the school does not use it."""
    door: Gate | None = request.app.state.doors.get(platform)
    return await door.enter(request) if door else Response(status_code=404)


def refused(app: Starlette) -> Mapping[str, int]:
    """How many requests the gate has turned away, by reason."""
    doors: Mapping[str, Gate] = getattr(app.state, "doors", {})
    return sum((door.refused for door in doors.values()), Counter[str]())


class Health:
    """Are reports being accepted: yes or no.  A write and its fsync are the only honest answer.

    One a second at most: however often strangers ask, no report waits behind their questions.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground, self._lock = ground, asyncio.Lock()
        self._until, self._fault = 0.0, ""

    async def answer(self, request: Request) -> Response:
        async with self._lock:
            if time.monotonic() >= self._until:
                self._fault = await self._look()
                self._until = time.monotonic() + 1
        socket = request.app.state.socket
        fault = self._fault or ("NoLineToSlack" if socket and not socket.connected else "")
        if fault:
            return JSONResponse({"accepting_reports": "no", "fault": fault}, 503)
        return JSONResponse({"accepting_reports": "yes"})

    async def _look(self) -> str:
        try:
            await self._ground.database.run("", setting.tell, "healthz", self._ground.clock().isoformat())
        except Fault as fault:
            return type(fault).__name__
        return ""


async def keep(desk: Desk, raw: bytes, fault: str) -> None:
    """Something unexpected stopped a submission: it is kept, sealed, and the operator hears of it."""
    await desk.database.run(desk.trust, unprocessed.keep, raw.decode("utf-8", "replace"), fault)
    desk.afterwards()


async def contacts(desk: Desk) -> Pairs:
    return desk.words.contacts(desk.standing.outside)


def describe_name(ground: Ground) -> str:
    return ground.database.look_now(ground.trust, trust_name)


def trust_name(unit: Unit) -> str:
    return describe.trust_of(unit).name
