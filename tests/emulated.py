"""Brambledown with somebody else's idea of Slack for its Web API; what people do comes in as signed requests.

The emulator takes nearly every method by POST with a body alone, where Slack's SDK says GET or puts the arguments into
the address: a bridge stands before it.  It gives blocks no ids of its own, it opens no form when somebody presses and
knows nothing of files in forms: that part of Slack is played here.
"""

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import uvicorn
import yaml
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.settings import Settings
from tests.slack_door import interaction, payload
from tests.townspeople import Json, Somebody, button_of, filled, signed
from tests.world import PATIENCE, PEOPLE, World, until
from workspace.running import Address

TEAM = "T000000001"  # the emulator's only one
APP = {"app_id": "A0LANYARD1", "bot_id": "B0LANYARD1"}
BOT = "xoxb-lanyard"
FORM = "application/x-www-form-urlencoded"


class Bridge:
    """Between the bot and the emulator: the same calls by POST, and a record of what was answered."""

    def __init__(self, port: int) -> None:
        self.behind = f"http://127.0.0.1:{port}"
        self.answers: list[tuple[str, Json, Json]] = []
        self.loses: dict[str, int] = {}  # by method: how many answers do not come back

    @asynccontextmanager
    async def living(self, _: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as self.client:
            yield

    async def call(self, request: Request) -> Response:
        method, body = request.path_params["method"], await request.body()
        kind = request.headers.get("content-type", FORM)
        if not body:
            body, kind = urlencode(request.query_params.multi_items()).encode(), FORM
        headers = {"Authorization": request.headers.get("authorization", ""), "Content-Type": kind}
        answer = await self.client.post(f"{self.behind}/api/{method}", content=body, headers=headers)
        asked = json.loads(body) if kind.startswith("application/json") else dict(parse_qsl(body.decode()))
        self.answers.append((method, asked, answer.json()))
        if self.loses.get(method, 0):
            self.loses[method] -= 1
            return Response(status_code=502)
        return Response(answer.content, answer.status_code, media_type=answer.headers["content-type"])

    async def file(self, request: Request) -> Response:
        headers = {"Authorization": request.headers.get("authorization", "")}
        content, send = await request.body(), self.client.build_request
        asked = send(request.method, f"{self.behind}{request.url.path}", content=content, headers=headers)
        answer = await self.client.send(asked)
        return Response(answer.content, answer.status_code, media_type=answer.headers["content-type"])

    def refused(self) -> set[tuple[str, str]]:
        """What the emulator did not do, and why."""
        return {(method, answer["error"]) for method, _, answer in self.answers if not answer["ok"]}

    def views(self) -> list[Json]:
        return [answer["view"] for _, _, answer in self.answers if "view" in answer]


class Member(Somebody):
    """One person, whose screen is what the emulator was told to show them."""

    world: "Elsewhere"

    def __init__(self, world: "Elsewhere", id: str, handle: str) -> None:
        super().__init__(world, id)
        self.handle = handle
        self.stack: list[Json] = []

    def asks(self, method: str, token: str = BOT, **asked: Any) -> Json:
        headers = {"Authorization": f"Bearer {token}"}
        answer: Json = self.world.page.post(f"{self.world.at}/api/{method}", json=asked, headers=headers).json()
        assert answer["ok"], (method, answer)
        return answer

    def messages(self) -> list[Json]:
        room = self.asks("conversations.open", users=self.id)["channel"]["id"]
        said = self.asks("conversations.history", channel=room)["messages"]
        return [identified(each) | {"room": room} for each in reversed(said) if each.get("blocks")]

    def modal(self) -> Json:
        return self.stack[-1]

    def trigger(self) -> str:
        return str(self.asks("views.generateTriggerId", user_id=self.id)["trigger_id"])

    def payload(self, kind: str) -> Json:
        """What Slack tells with everything that somebody does."""
        user = {"id": self.id, "team_id": TEAM}
        return payload(kind, team={"id": TEAM}, user=user, trigger_id=self.trigger(), api_app_id=APP["app_id"])

    def does_as_slack(self, raw: bytes) -> Any:
        """A signed request, and the newest view that came of it."""
        before = len(self.world.bridge.views())
        address = f"{self.world.url}/slack/events"
        answer = self.world.page.post(address, content=raw, headers=signed(self.world.secret, raw))
        assert answer.status_code == 200, answer.text
        told = answer.json() if answer.content else {}
        if "view" in told:
            self.stack = [{**self.stack[-1], **told["view"], "errors": {}}]
        elif "errors" in told:
            self.stack[-1] = {**self.stack[-1], "errors": told["errors"]}
        else:
            until(lambda: len(self.world.bridge.views()) > before, "a view")
            self.stack = [{**self.world.bridge.views()[-1], "errors": {}}]
        return told

    def types(self, command: str = "/report") -> Json:
        asked = {"command": command, "text": "", "trigger_id": self.trigger(), "channel_id": "C000000001"}
        who = {"user_id": self.id, "team_id": TEAM, "response_url": f"{self.world.at}/nowhere"}
        self.does_as_slack(urlencode({**asked, **who}).encode())
        return self.modal()

    def sends(self, form: Json, **answers: Any) -> Json:
        view = form | {"state": {"values": dict(filled(form, answers))}}
        self.does_as_slack(interaction(self.payload("view_submission") | {"view": view})[0])
        return self.modal()

    def presses(self, action: str, on: Json) -> Json | None:
        block, element = button_of(on, action)
        pressed = {**element, "block_id": block, "action_ts": "1.1"}
        where: Json = {"view": on, "container": {"type": "view", "view_id": on.get("id")}}
        if "room" in on:
            place = {"message_ts": on["ts"], "channel_id": on["room"]}
            where = {"container": {"type": "message", **place}, "message": on, "channel": {"id": on["room"]}}
        self.does_as_slack(interaction(self.payload("block_actions") | where | {"actions": [pressed]})[0])
        return self.modal()

    def uploads(self, content: bytes, name: str = "picture.png") -> Json:
        """Where Slack's own form gives the bot a file, here it is shared with the bot."""
        token = f"xoxp-{self.handle}"
        given = self.asks("files.getUploadURLExternal", token, filename=name, length=len(content))
        self.world.page.post(given["upload_url"], content=content)
        room = self.asks("conversations.open", users=self.id)["channel"]["id"]
        files = [{"id": given["file_id"], "title": name}]
        return dict(self.asks("files.completeUploadExternal", token, files=files, channel_id=room)["files"][0])


class Elsewhere(World):
    """The school, its post box and its clock as ever; its Slack is the emulator."""

    bridge: Bridge
    at: str

    def __init__(self, chat: Address, folder: Path, database_url: str, bridge: tuple[Bridge, str]) -> None:
        self.bridge, self.at = bridge
        super().__init__(chat, folder, database_url)
        self.secret = self.workspace.settings.signing_secret
        for name, id in PEOPLE.items():
            known = self.workspace.town.people[id]
            if known.chat and known.team == self.workspace.town.team["id"]:
                setattr(self, name, Member(self, self.id_of(known.email), known.handle))

    def id_of(self, email: str) -> str:
        asked = {"headers": {"Authorization": f"Bearer {BOT}"}, "data": {"email": email}}
        answer = self.page.post(f"{self.at}/api/users.lookupByEmail", **asked).json()
        return str(answer["user"]["id"])

    def decided(self) -> Settings:
        ours = {"slack_url": f"{self.at}/api/", "slack_team": TEAM, "slack_bot_token": SecretStr(BOT)}
        return super().decided().model_copy(update=ours)

    def founds(self, changes: dict[str, str]) -> None:
        """Anew each time: the emulator gives everybody another id."""
        self.applies(changes)


def identified(message: Json) -> Json:
    """Slack gives every block an id; here a block has only the one that the bot gave it."""
    return message | {"blocks": [{"block_id": f"b{at}", **block} for at, block in enumerate(message["blocks"])]}


def people(chat: Address) -> list[Json]:
    town = chat.workspace.town
    here = [each for each in town.people.values() if each.chat and each.team == town.team["id"]]
    return [{"name": each.handle, "real_name": each.name, "email": each.email} for each in here]


def seed(chat: Address) -> Json:
    """Our people, our app with the scopes of its own manifest and no other, and a token for whoever uploads."""
    scopes = yaml.safe_load(Path("app_manifest.yaml").read_text())["oauth_config"]["scopes"]["bot"]
    app = {"client_id": "1.1", "client_secret": "only-here", "name": "Lanyard", "redirect_uris": [], "scopes": scopes}
    token = {"token": BOT, "type": "bot", "user": "lanyard", "scopes": scopes, **APP}
    named = people(chat)
    own = [{"token": f"xoxp-{each['name']}", "user": each["name"], "scopes": ["files:write"]} for each in named]
    return {
        "team": {"name": "Brambledown", "domain": "brambledown"},
        "users": named,
        "oauth_apps": [app | APP],
        "tokens": [token, *own],
        "strict_scopes": True,
    }


@contextmanager
def emulated(folder: Path, chat: Address) -> Iterator[tuple[Bridge, str]]:
    """The emulator and the bridge before it; the bridge's address is the only one that anybody knows."""
    with socket.socket() as before, socket.socket() as free:
        before.bind(("127.0.0.1", 0))
        free.bind(("127.0.0.1", 0))
        at, port = f"http://127.0.0.1:{before.getsockname()[1]}", free.getsockname()[1]
        free.close()
        bridge = Bridge(port)
        told = json.dumps({"port": port, "baseUrl": at, "slack": seed(chat)})
        node = subprocess.Popen(
            [str(shutil.which("node")), "serve.mjs", told],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert node.stdout
            assert node.stdout.readline(), "the emulator did not start"
            with crossing(bridge, before):
                yield bridge, at
        finally:
            node.terminate()
            node.communicate(timeout=PATIENCE)


@contextmanager
def crossing(bridge: Bridge, port: socket.socket) -> Iterator[None]:
    routes = [
        Route("/api/{method}", bridge.call, methods=["GET", "POST"]),
        Route("/{path:path}", bridge.file, methods=["GET", "POST"]),
    ]
    app = Starlette(routes=routes, lifespan=bridge.living)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([port],), daemon=True)
    thread.start()
    until(lambda: server.started, "the bridge")
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
