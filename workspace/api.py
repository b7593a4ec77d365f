"""The Web API's door: arguments however they come, the token, the log, ordered mischief, and the answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from workspace.chat import CHAT
from workspace.directory import DIRECTORY
from workspace.mischief import BARRED, STATUS
from workspace.modals import MODALS
from workspace.refusal import Json, SlackError
from workspace.replying import say_back
from workspace.scopes import provided
from workspace.socket import CONNECTIONS
from workspace.uploads import UPLOADS
from workspace.world import Workspace

Method = Callable[[Workspace, Json], Json]
METHODS: dict[str, Method] = {**CHAT, **DIRECTORY, **MODALS, **CONNECTIONS, **UPLOADS}
WRITTEN_AS_JSON = ("blocks", "view", "metadata", "attachments")


async def call(request: Request) -> Response:
    """One call of the Web API."""
    world: Workspace = request.app.state.workspace
    name = request.path_params["method"]
    args = await arguments(request)
    try:
        refuse_strangers(world, request, args)
        world.called(name, args)
        if turned := await turn_away(world, request, name):
            return turned
        answer = METHODS[name](world, args) if name in METHODS else {"ok": False, "error": "unknown_method"}
    except SlackError as wrong:
        answer = wrong.answer()
    world.moment(f"{name}:answered", args)
    return await misbehave(world, request, name) or JSONResponse(answer, headers={"x-oauth-scopes": provided(world)})


async def turn_away(world: Workspace, request: Request, name: str) -> Response | None:
    """What was asked is not done: too much was asked, Slack is out of order, says nothing, or knows us no more."""
    for kind, error in BARRED.items():
        if world.mischief.strikes(kind, name) is not None:
            raise SlackError(error)
    for kind, status in STATUS.items():
        seconds = world.mischief.strikes(kind, name)
        if seconds is not None:
            if kind == "limited":
                said = SlackError("ratelimited").answer()
                return JSONResponse(said, status, headers={"Retry-After": str(int(seconds))})
            return PlainTextResponse("upstream error", status)
    seconds = world.mischief.strikes("silent", name)
    if seconds is not None:
        await asyncio.sleep(seconds)
        return await cut(world, request)
    return None


async def misbehave(world: Workspace, request: Request, name: str) -> Response | None:
    seconds = world.mischief.strikes("slow", name)
    if seconds is not None:
        await asyncio.sleep(seconds)
    if world.mischief.strikes("drop", name) is not None:
        return await cut(world, request)
    return None


async def cut(world: Workspace, request: Request) -> Response:
    """Break the connection: the caller cannot know whether what was asked is done."""
    if world.cut and request.client:
        world.cut((request.client.host, request.client.port))
    # Once the server has noticed, what is answered here goes nowhere.
    await asyncio.sleep(0.01)
    return PlainTextResponse("", status_code=502)


async def arguments(request: Request) -> Json:
    """GET, a posted form and posted JSON mean the same."""
    args: Json = dict(request.query_params)
    body = await request.body() if request.method == "POST" else b""
    kind = request.headers.get("content-type", "")
    try:
        if kind.startswith("application/json"):
            told = json.loads(body or b"{}")
            args |= told if isinstance(told, dict) else {}
        elif kind.startswith("multipart/form-data"):
            form = await request.form()
            args |= {key: value for key, value in form.items() if isinstance(value, str)}
        else:
            args |= dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    except ValueError:
        return args
    for key in WRITTEN_AS_JSON:
        if isinstance(args.get(key), str):
            args[key] = unpacked(args[key])
    return args


def unpacked(written: str) -> Any:
    try:
        return json.loads(written)
    except ValueError:
        return written


def refuse_strangers(world: Workspace, request: Request, args: Json) -> None:
    header = request.headers.get("authorization", "")
    token = header.removeprefix("Bearer ").strip() or args.get("token")
    args.pop("token", None)
    if not token:
        raise SlackError("not_authed")
    apps = request.path_params["method"] in CONNECTIONS
    if token != (world.settings.app_token if apps else world.settings.bot_token):
        raise SlackError("invalid_auth")


async def respond(request: Request) -> Response:
    """A response address; no token, the address itself is the permission."""
    world: Workspace = request.app.state.workspace
    args = await arguments(request)
    world.called("response_url", args)
    try:
        say_back(world, world.replies.take(request.path_params["token"]), args)
    except SlackError as wrong:
        return JSONResponse(wrong.answer(), status_code=404)
    return PlainTextResponse("ok")
