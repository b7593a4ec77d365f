"""What every one of Microsoft's services does before it looks at what it is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from workspace.teams.tenant import Tenant

Service = Callable[[Tenant, Request], Awaitable[Response]]


def refusal(tenant: Tenant, where: str, scope: str, request: Request) -> Response | None:
    """Whoever has no token for it is told so; then what a test wants to be answered."""
    tenant.calls.append((request.method, where))
    shown = request.headers.get("authorization", "").removeprefix("Bearer ")
    if scope and tenant.tokens.get(shown) != scope:
        return failed(401, "Unauthorized")
    if waiting := tenant.answers.get(where):
        return failed(*waiting.pop(0))
    return None


def failed(status: int, code: str, headers: Mapping[str, str] | None = None) -> Response:
    told = {"error": {"code": code, "message": "The stand-in says so."}}
    return JSONResponse(told, status, headers=dict(headers or {}))
