"""A question as it can be seen from outside: when it came, when it was answered, and how all of them may go wrong."""

from __future__ import annotations

import asyncio
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from workspace.mischief import STATUS, Mischief
from workspace.refusal import Json
from workspace.teams.asked import Service, failed
from workspace.teams.tenant import Tenant


class Cut(Response):
    """The line drops: whoever asked cannot know whether it is done."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
        await send(start)
        # The server sees that nothing follows, and closes.
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def seen(tenant: Tenant, name: str, service: Service, request: Request, takes: float) -> Response:
    """What the service answers after so many seconds, unless something is ordered to go wrong."""
    talk = unquote(request.path_params.get("conversation", ""))
    about: Json = {"conversation": talk, "body": (await request.body()).decode(errors="replace")}
    tenant.counts[name] += 1
    tenant.moment(f"{name}:received", about)
    if away := await turned_away(tenant.mischief, name):
        return away
    await asyncio.sleep(takes)
    said = await service(tenant, request)
    tenant.moment(f"{name}:answered", about)
    return Cut() if tenant.mischief.strikes("drop", name) is not None else said


async def turned_away(mischief: Mischief, name: str) -> Response | None:
    """What was asked is not done: too much was asked, they are out of order, say nothing, or know us no more."""
    if mischief.strikes("revoked", name) is not None:
        return failed(401, "Unauthorized")
    for kind, status in STATUS.items():
        seconds = mischief.strikes(kind, name)
        if seconds is not None:
            return failed(status, kind, {"Retry-After": str(int(seconds))} if kind == "limited" else {})
    seconds = mischief.strikes("silent", name)
    if seconds is not None:
        await asyncio.sleep(seconds)
        return Cut()
    return None
