"""Where files lie that people send to the bot: what they pasted with the Connector, what they attached in OneDrive."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from workspace.refusal import Json
from workspace.teams.asked import failed
from workspace.teams.tenant import Tenant


@dataclass
class File:
    """As it is given out."""

    content: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def pasted(tenant: Tenant, content: bytes, **how: object) -> Json:
    """The attachment of a message into which somebody pasted a picture."""
    url = f"{tenant.service}/v3/attachments/{put(tenant, content, how)}/views/original"
    return {"contentType": "image/*", "contentUrl": url}


def attached(tenant: Tenant, content: bytes, **how: object) -> Json:
    """The attachment of a message with a file."""
    url = f"{tenant.url}/onedrive/{put(tenant, content, how)}"
    told = {"downloadUrl": url, "uniqueId": "1", "fileType": "png"}
    return {"contentType": "application/vnd.microsoft.teams.file.download.info", "content": told, "name": "shot.png"}


def put(tenant: Tenant, content: bytes, how: dict[str, object]) -> str:
    id = f"0-{next(tenant.numbers)}"
    tenant.files[id] = File(content, **how)  # type: ignore[arg-type]  # a test's own words
    return id


async def with_token(tenant: Tenant, request: Request) -> Response:
    return given(tenant, request)


async def by_address(tenant: Tenant, request: Request) -> Response:
    """The address opens it by itself; whoever shows a token there has given it away."""
    tenant.given_away |= "authorization" in request.headers
    return given(tenant, request)


def given(tenant: Tenant, request: Request) -> Response:
    found = tenant.files.get(request.path_params["id"])
    if not found:
        return failed(404, "NotFound")
    return Response(found.content, found.status, headers=found.headers, media_type="image/png")
