"""Socket Mode from Slack's side: the app asks where a line begins, and hears on it what else would knock."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from workspace.refusal import Json, SlackError

if TYPE_CHECKING:
    from workspace.world import Workspace

MOST_LINES = 10
TYPES = {"command": "slash_commands", "event": "events_api"}


class Socket:
    """The app's lines.  Once one was asked for, nothing goes to the app's address any more, as in Slack."""

    def __init__(self, host: str) -> None:
        self.host, self.port = host, 0
        self.used = False
        self.tickets: set[str] = set()
        self.lines: list[web.WebSocketResponse] = []
        self.waiting: dict[str, asyncio.Future[bytes]] = {}
        self.turn = 0
        self.runner: web.AppRunner | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    async def open(self) -> None:
        self.loop = asyncio.get_running_loop()
        app = web.Application()
        app.router.add_get("/link", self.link)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self.runner.setup()
        await web.TCPSite(self.runner, self.host, 0).start()
        self.port = self.runner.addresses[0][1]

    async def close(self) -> None:
        for line in list(self.lines):
            await line.close()
        if self.runner:
            await self.runner.cleanup()

    def invite(self) -> str:
        """Where the next line begins; good for one."""
        if len(self.lines) >= MOST_LINES:
            raise SlackError("too_many_websockets")
        self.used = True
        ticket = secrets.token_hex(16)
        self.tickets.add(ticket)
        return f"ws://{self.host}:{self.port}/link?ticket={ticket}"

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            raise web.HTTPForbidden
        self.tickets.discard(ticket)
        line = web.WebSocketResponse(heartbeat=10)
        await line.prepare(request)
        self.lines.append(line)
        try:
            await line.send_json({"type": "hello", "num_connections": len(self.lines)})
            async for message in line:
                if message.type is WSMsgType.TEXT:
                    self.heard(json.loads(message.data))
        finally:
            self.lines.remove(line)
        return line

    def heard(self, said: Json) -> None:
        asked = self.waiting.get(str(said.get("envelope_id")))
        if asked and not asked.done():
            asked.set_result(json.dumps(said["payload"]).encode() if said.get("payload") else b"")

    async def send(self, kind: str, payload: Json, retry: tuple[int, str] = (0, "")) -> bytes:
        """One envelope on one of the lines, and the app's answer; ConnectionError where nobody listens."""
        if not self.lines:
            raise ConnectionError
        self.turn += 1
        line = self.lines[self.turn % len(self.lines)]
        named = str(payload.get("event_id") or payload.get("trigger_id") or secrets.token_hex(8))
        id = hashlib.sha256(f"{kind} {named}".encode()).hexdigest()[:32]
        told: Json = {"envelope_id": id, "type": TYPES.get(kind, "interactive"), "payload": payload}
        told["accepts_response_payload"] = kind != "event"
        if kind == "event":
            told |= {"retry_attempt": retry[0], "retry_reason": retry[1]}
        asked = self.waiting.setdefault(id, asyncio.get_running_loop().create_future())
        try:
            await line.send_json(told)
            return await asyncio.shield(asked)
        finally:
            self.waiting.pop(id, None)

    def says(self, word: Json) -> None:
        """Something about the lines, to all of them; from any thread."""
        self.calls(lambda: [asyncio.ensure_future(line.send_json(word)) for line in self.lines])

    def cuts(self) -> None:
        """Every line drops without a word; from any thread."""
        self.calls(lambda: [cut(line) for line in self.lines])

    def calls(self, work: Any) -> None:
        assert self.loop, "the workspace is not running"  # noqa: S101 - a mistake in the calling code
        self.loop.call_soon_threadsafe(work)


def cut(line: web.WebSocketResponse) -> None:
    if line._req and line._req.transport:
        line._req.transport.abort()


def opened(world: Workspace, args: Json) -> Json:
    return {"ok": True, "url": world.knock.socket.invite()}


CONNECTIONS = {"apps.connections.open": opened}
