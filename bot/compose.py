"""Puts the rooms together: what the settings say becomes a running bot."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot import metrics, telemetry, upkeep
from bot.alarms import Aloud, Bell, compare
from bot.clock import Clock, machine
from bot.ground import Ground, NotReady, dice, open_ground, slack_of
from bot.settings import Settings
from handlers.deliver import Deliver
from handlers.desk import Desk
from handlers.mail.sender import MailSender
from handlers.web.front import House
from handlers.web.routes import pages
from storage import setting
from storage.blobs import Blobs
from storage.faults import Fault
from storage.unit import Unit
from templates.shapes import Pairs
from workflows import describe, unprocessed


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
        uvicorn.Server(config).run()
    finally:
        ground.database.close()


def application(ground: Ground) -> Starlette:
    """The bot as an ASGI application: Slack's door, our pages, and whether reports are being accepted."""
    settings = ground.settings
    desk = Desk(ground.database, ground.trust, ground.rules, Blobs(settings.home / "evidence"), dice)
    desk.policies = settings.home / "policies"
    routes: list[BaseRoute] = [
        Route("/healthz", Health(ground).answer, methods=["GET"]),
        Route("/slack/events", at_slacks_door, methods=["POST"]),
    ]
    house = House(describe_name(ground), settings.url or "", machine, partial(contacts, desk))
    routes += pages(desk, ground.database, ground.trust, house)
    return Starlette(routes=routes, lifespan=partial(living, ground, desk))


@asynccontextmanager
async def living(ground: Ground, desk: Desk, app: Starlette) -> AsyncIterator[None]:
    """While the bot lives: Slack's connection, the sweeper and the clock."""
    settings = ground.settings
    slack = slack_of(settings, ground.clock)
    mail = MailSender(settings.smtp_url.get_secret_value(), settings.mail_from, ground.clock)
    deliver = Deliver(
        desks={ground.trust: desk},
        senders={"slack": slack.sender, "mail": mail},
        fetchers={"slack": slack.files},
        rooms={"slack": slack.rooms},
        operator=settings.operator_email,
    )
    desk.lookups["slack"] = slack.people.lookup
    desk.afterwards = deliver.awake.set
    await desk.refresh()
    aloud = Aloud(desk, mail, settings.operator_email)
    await aloud.learn()
    bell = Bell(desk, aloud)
    await compare(desk, settings.checkpoints, bell)
    app.state.door = slack.door(desk, partial(keep, desk), bell)
    socket = app.state.socket = slack.socket(app.state.door, bell)
    if socket:
        socket.start()
    sweeping = asyncio.create_task(deliver.serve())
    daily = upkeep.daily(desk, settings.checkpoints, bell)
    clock = Clock(deliver.wake, upkeep.every_minute(desk, slack.people, (bell, aloud)), daily)
    clock.start()
    try:
        yield
    finally:
        if socket:
            await socket.close()
        await clock.stop()
        sweeping.cancel()
        await deliver.finish()
        await slack.close()


async def at_slacks_door(request: Request) -> Response:
    answer: Response = await request.app.state.door.enter(request)
    return answer


def refused(app: Starlette) -> Mapping[str, int]:
    """How many requests the gate has turned away, by reason."""
    door = getattr(app.state, "door", None)
    return door.refused if door else {}


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
