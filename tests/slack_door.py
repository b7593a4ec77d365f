"""Slack's side of the door in tests: signed requests in through the real gate, and a tiny Web API."""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
from aiohttp import web
from starlette.applications import Starlette
from starlette.routing import Route

from handlers.gate import Gate
from handlers.slack.app import Answering, Slack, Workspace
from handlers.slack.entrance import SlackEntrance
from templates.shapes import Answers, Button, Card, Field, Form, Option
from workflows.conversations import Place, Said
from workflows.drafts import Quoted
from workflows.people import Who

TEAM, ELSEWHERE = "T0BRAMBLE", "T0OTHER"
SECRET, TOKEN = "0123456789abcdef0123456789abcdef", "xoxb-only-for-the-web-api"
PRIYA = "U0PRIYA"

STEP = Form(
    id="what",
    title="Make a report",
    submit="Next",
    token="draft-1",
    danger=("If a child is in danger now, call 999.", "Then tell us."),
    contacts=(("Social care", "01632 960101"), ("Out of hours", "01632 960102")),
    intro=("You can stop at any time.",),
    fields=(
        Field("about", "What is it about?", "choice", True, options=(Option("child", "A child", "Children"),)),
        Field("account", "What happened?", "text", True),
    ),
)
NEXT = Form(id="more", title="A few more questions", submit="Send", token="draft-1", fields=(Field("who", "Who?"),))
RECEIPT = Card("Thank you", short="Received", body=("Your report is K7-3FQ.",), facts=(("State", "Received"),))
OFFER = Card(
    "You had begun a report",
    body=("You can go on with it.",),
    buttons=(Button("Go on", "resume", "draft-0", "primary"), Button("Discard", "discard", "draft-0")),
)
CASE = Card(
    "K7-3FQ",
    short="K7-3FQ",
    quotes=(("What happened?", "She said *no*."),),
    buttons=(Button("Seen", "acknowledge", "c1"),),
)
GREETING = Card("Do you want to report something?", short="Report", buttons=(Button("Report", "report"),))
SORRY = {
    fault: Card(f"Sorry: {fault}", short=f"Sorry: {fault}", contacts=(("The school", "01632 960100"),))
    for fault in ("busy", "uncertain", "kept", "unheard")
}


class RememberingDesk:
    """A desk of the tests' own: set pieces, answered as the contract says, and what was asked, remembered."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.says: dict[str, Any] = {"offer": None, "answer": NEXT, "press": CASE, "attach": None, "home": (GREETING,)}
        self.says |= {"is_ours": True, "hear": None, "tick": None, "altered": None, "came_in": None}
        self.takes = 0.0

    def start(self, message: Quoted | None = None) -> Form:
        self.asked.append(("start", message) if message else ("start",))
        return STEP

    async def attach(self, token: str, message: Quoted, author: Who | None, who: Who) -> None:
        await self.say("attach", token, message, author, who)

    async def offer(self, who: Who) -> Card | None:
        return await self.say("offer", who)

    async def answer(self, step: str, token: str, answers: Answers, who: Who) -> Form | Card:
        return await self.say("answer", step, token, answers, who)

    async def press(self, action: str, subject: str, who: Who) -> Form | Card | None:
        return await self.say("press", action, subject, who)

    async def home(self, who: Who) -> tuple[Card, ...]:
        return await self.say("home", who)

    async def heard(self, who: Who) -> None:
        self.asked.append(("heard", who))

    async def greet(self, who: Who) -> Card:
        self.asked.append(("greet", who))
        return GREETING

    async def is_ours(self, place: Place) -> bool:
        return bool(await self.say("is_ours", place))

    async def hear(self, said: Said, who: Who) -> Card | None:
        return await self.say("hear", said, who)

    async def tick(self, at: Place, who: Who) -> Card | None:
        return await self.say("tick", at, who)

    async def altered(self, at: Place, edit: str = "") -> None:
        await self.say("altered", at, edit)

    async def came_in(self, platform: str, channel: str) -> None:
        await self.say("came_in", platform, channel)

    async def sorry(self, fault: str) -> Card:
        return SORRY[fault]

    async def say(self, what: str, *asked: Any) -> Any:
        self.asked.append((what, *asked))
        await asyncio.sleep(self.takes)
        if isinstance(self.says[what], Exception):
            raise self.says[what]
        return self.says[what]

    def times(self, what: str) -> int:
        return sum(asked[0] == what for asked in self.asked)


class Api:
    """A real HTTP server that answers the Web API's methods as told, and remembers what it was sent."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.files: dict[str, Callable[[web.Request], Any]] = {}
        self.requested: list[web.Request] = []
        self.takes: dict[str, float] = {}
        self.numbers = itertools.count(1)
        self.says: dict[str, Any] = {
            "views.open": lambda _: {"view": {"id": "V1", "hash": "h1"}},
            "views.update": lambda _: {"view": {"id": "V1", "hash": "h2"}},
            "views.publish": lambda _: {"view": {"id": "V2", "hash": "h1"}},
            "chat.postMessage": lambda sent: {
                "channel": f"D-{sent['channel']}",
                "ts": f"1.{next(self.numbers)}",
            },
            "chat.update": lambda sent: {"channel": sent["channel"], "ts": sent["ts"]},
            "users.info": lambda sent: {"user": person(sent["user"])},
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requested.append(request)
        method = request.match_info["method"]
        body = await request.read()
        json_sent = request.content_type == "application/json"
        sent = json.loads(body) if json_sent else {**request.query, **await request.post()}
        self.calls.append((method, dict(sent)))
        await asyncio.sleep(self.takes.get(method, 0))
        said = self.says[method]
        if isinstance(said, str):
            return web.json_response({"ok": False, "error": said})
        if callable(said):
            said = said(sent)
        return said if isinstance(said, web.StreamResponse) else web.json_response({"ok": True, **said})

    async def file(self, request: web.Request) -> web.StreamResponse:
        self.requested.append(request)
        answer = self.files[request.match_info["name"]](request)
        return await answer if asyncio.iscoroutine(answer) else answer

    def sent(self, method: str) -> list[dict[str, Any]]:
        return [sent for called, sent in self.calls if called == method]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        app = web.Application(client_max_size=30_000_000)
        app.router.add_route("*", "/api/{method}", self.answer)
        app.router.add_route("GET", "/files/{name}", self.file)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            await runner.cleanup()


def person(user: str, **more: Any) -> dict[str, Any]:
    profile = {"real_name": "Priya Nair", "email": "Priya@brambledown.example"}
    return {"id": user, "team_id": TEAM, "profile": profile, "is_email_confirmed": True, **more}


class Door:
    """The bot's HTTP door with a desk behind it, as Slack sees it."""

    def __init__(self, api: Api, slack: Slack, clock: Callable[[], float] = time.time) -> None:
        self.api, self.slack, self.desk = api, slack, RememberingDesk()
        self.kept: list[tuple[bytes, str]] = []
        self.keeps: Exception | None = None
        self.alarms: list[str] = []
        self.inside = Answering(self.desk, slack.client, slack.people, self.alarms.append)
        self.gate = Gate(SlackEntrance(SECRET, TEAM), self.inside, self.keep, self.alarms.append, clock)
        app = Starlette(routes=[Route("/slack/events", self.gate.enter, methods=["POST"])])
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://lanyard.example")

    async def keep(self, raw: bytes, fault: str) -> None:
        if self.keeps:
            raise self.keeps
        self.kept.append((raw, fault))

    async def send(self, raw: bytes, media: str, at: int | None = None) -> httpx.Response:
        return await self.http.post("/slack/events", content=raw, headers=signed(raw, media, at))

    async def command(self, **more: str) -> httpx.Response:
        return await self.send(*typed(**more))

    async def interact(self, payload: Mapping[str, Any], at: int | None = None) -> httpx.Response:
        return await self.send(*interaction(payload), at)

    async def event(self, payload: Mapping[str, Any], at: int | None = None) -> httpx.Response:
        return await self.send(json.dumps(payload).encode(), "application/json", at)

    async def settled(self) -> None:
        """What happens after the answer has happened."""
        while self.inside.listeners.afterwards:
            await asyncio.wait(self.inside.listeners.afterwards)


@asynccontextmanager
async def door(clock: Callable[[], float] = time.time) -> AsyncIterator[Door]:
    api = Api()
    async with api.open() as url:
        slack = Slack(Workspace(TEAM, TOKEN, SECRET, f"{url}/api/"))
        opened = Door(api, slack, clock)
        try:
            yield opened
            await opened.settled()
        finally:
            await opened.http.aclose()
            await slack.close()


def signed(raw: bytes, media: str, at: int | None = None, secret: str = SECRET) -> dict[str, str]:
    at = int(time.time()) if at is None else at
    mark = hmac.new(secret.encode(), b"v0:%d:%b" % (at, raw), hashlib.sha256).hexdigest()
    return {"Content-Type": media, "X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={mark}"}


def typed(**more: str) -> tuple[bytes, str]:
    fields = {
        "command": "/report",
        "text": "",
        "trigger_id": "1.2.abc",
        "user_id": PRIYA,
        "team_id": TEAM,
        "channel_id": "C1",
        "response_url": "https://slack.example/answer",
    }
    return urlencode({**fields, **more}).encode(), "application/x-www-form-urlencoded"


def interaction(payload: Mapping[str, Any]) -> tuple[bytes, str]:
    return urlencode({"payload": json.dumps(payload)}).encode(), "application/x-www-form-urlencoded"


def payload(kind: str, **more: Any) -> dict[str, Any]:
    base = {
        "type": kind,
        "team": {"id": TEAM},
        "user": {"id": PRIYA, "team_id": TEAM},
        "trigger_id": "1.2.abc",
    }
    return {**base, **more}


def shown(view: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A view as Slack sends it back: with an id, a hash and what was filled in."""
    return {"id": "V1", "hash": "h1", "state": {"values": values or {}}, **view}


def pressing(action_id: str, value: str = "", view: Mapping[str, Any] | None = None) -> dict[str, Any]:
    action = {"type": "button", "action_id": action_id, "block_id": "b1", "value": value, "action_ts": "1.1"}
    where = {"view": view, "container": {"type": "view"}} if view else {"container": {"type": "message"}}
    return payload("block_actions", actions=[action], **where)


def happening(event: Mapping[str, Any], id: str = "Ev1", team: str = TEAM) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": team, "event_id": id, "event_time": 1, "event": event}


def message(text: str = "report", **more: Any) -> dict[str, Any]:
    event = {
        "type": "message",
        "channel_type": "im",
        "channel": "D1",
        "user": PRIYA,
        "text": text,
        "ts": "1.1",
    }
    return {**event, **more}
