"""Putting the workspace on the network: its routes, its post box, and the command line."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from workspace.api import call, respond
from workspace.files import LOGIN_PAGE
from workspace.mail import Letter, Sink
from workspace.page import ROUTES
from workspace.refusal import SlackError
from workspace.settings import HERE, Settings
from workspace.uploads import arrive
from workspace.world import Workspace

STATIC = HERE / "static"


def build(settings: Settings) -> Starlette:
    """The whole workspace as an application; `.state.workspace` is its memory."""
    world, teams = Workspace(settings), list[BaseRoute]()
    if settings.teams:  # what signs its tokens is installed with the bot's Teams
        from workspace.teams.page import ROUTES as page
        from workspace.teams.services import services

        teams = [*page, *services(lambda: world.teams)]
    app = Starlette(
        routes=[
            Route("/", front),
            Mount("/static", StaticFiles(directory=STATIC, check_dir=False)),
            Route("/api/{method:path}", call, methods=["GET", "POST"]),
            Route("/respond/{token}", respond, methods=["POST"]),
            Route("/upload/v1/{ticket}", arrive, methods=["POST"]),
            Route("/files/{id}/{name}", download),
            Route("/files/{id}/download/{name}", download),
            *ROUTES,
            *teams,
        ],
        lifespan=living,
    )
    app.state.workspace = world
    return app


async def front(request: Request) -> Response:
    return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})


async def download(request: Request) -> Response:
    """A file's bytes for the bot's token; anybody else gets a 200 and a page to sign in on, as from Slack."""
    world: Workspace = request.app.state.workspace
    if request.headers.get("authorization") != f"Bearer {world.settings.bot_token}":
        return HTMLResponse(LOGIN_PAGE)
    try:
        upload = world.files.content(request.path_params["id"])
    except SlackError:
        return HTMLResponse("<h1>File not found</h1>", status_code=404)
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(upload.content, media_type=upload.mimetype, headers=headers)


@contextlib.asynccontextmanager
async def living(app: Starlette) -> AsyncIterator[None]:
    """While the application lives: the post box is open and the bot's door can be knocked at."""
    world: Workspace = app.state.workspace

    def keep(letter: Letter) -> None:
        world.letters.append(letter)
        world.moment("mail:received", letter.shown())
        world.wake(person.id for person in world.town.people.values() if letter.is_for(person.email))

    await world.knock.open()
    sink = Sink(keep, world.clock.now)
    settings = world.settings
    post = await asyncio.get_running_loop().create_server(sink.protocol, settings.host, settings.smtp_port)
    world.smtp_port = post.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        post.close()
        for task in list(world.tasks):
            task.cancel()
        await world.knock.close()


class Served(uvicorn.Server):
    """uvicorn, except that pages which watch are let go first, and a connection can be cut on purpose."""

    def __init__(self, app: Starlette, tell: Callable[[str], None] | None = None) -> None:
        settings = app.state.workspace.settings
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                log_level="warning",
                # Its own settings would silence the bot's log where both run in one process.
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=2,
                timeout_keep_alive=75,
            )
        )
        self.workspace: Workspace = app.state.workspace
        self.workspace.cut = self.cut
        self.tell = tell

    def cut(self, client: tuple[str, int]) -> None:
        for connection in list(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport and transport.get_extra_info("peername") == client:
                transport.abort()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.servers:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self.workspace.url = f"http://{host}:{port}"
            if self.tell:
                self.tell(json.dumps({"url": self.workspace.url, "smtp_port": self.workspace.smtp_port}))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.workspace.hush()
        await super().shutdown(sockets)


def main() -> None:
    """python -m workspace"""
    known = Settings()
    ask = argparse.ArgumentParser(prog="workspace", description="Stands in for Slack and for Microsoft Teams.")
    ask.add_argument("--host", default=known.host)
    ask.add_argument("--port", type=int, default=8080)
    ask.add_argument("--smtp-port", type=int, default=8025)
    ask.add_argument("--bot", default=known.bot, help="where the bot is; it is asked at /slack/events")
    ask.add_argument("--signing-secret", default=known.signing_secret)
    ask.add_argument("--bot-token", default=known.bot_token)
    ask.add_argument("--clock-file", type=Path)
    ask.add_argument("--command", default=known.command)
    ask.add_argument("--teams", action="store_true", help="be a Microsoft Teams as well, at /teams")
    # One line that a starting script can read: which ports were free.
    Served(build(Settings(**vars(ask.parse_args()))), tell=partial(print, flush=True)).run()
