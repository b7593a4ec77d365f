"""Teams with their channels: who is in one, what it is, what its owner granted to the app, and what is said there."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from workspace.refusal import Json
from workspace.teams.asked import failed
from workspace.teams.connector import ROOT, account
from workspace.teams.tenant import APP, BOT_NAME, TENANT, Tenant

# The demo's safeguarding team: its id and its channel, and who is in it.
SAFEGUARDING = ("c3c3c3c3-0000-4000-8000-0000000000b1", "19:safeguarding@thread.tacv2")
LEADS = ("U0RAHMAN01", "U0FAIRCLGH")


@dataclass
class Team:
    """One team with one channel; ``members`` are ids in the directory, ``others`` are as the Connector lists them."""

    id: str
    channel: str
    members: list[str] = field(default_factory=list)
    others: list[Json] = field(default_factory=list)
    visibility: str = "private"
    archived: bool = False
    kind: str = "standard"
    grants: list[Json] = field(default_factory=list)


def opens(tenant: Tenant, team: Team) -> Team:
    """The app is in the team from now on."""
    tenant.teams[team.id] = team
    tenant.messages.setdefault(team.channel, [])
    return team


def grant(permission: str) -> Json:
    return {"clientAppId": APP, "permissionType": "Application", "permission": permission}


def link(team: Team) -> str:
    """What the channel's menu copies."""
    thread = team.channel.replace(":", "%3A").replace("@", "%40")
    return f"https://teams.microsoft.com/l/channel/{thread}/Safeguarding?groupId={team.id}&tenantId={TENANT}"


def reply(team: Team, root: str, text: str, *, mention: bool = True) -> Json:
    """What is different in a message that somebody writes under another in the channel."""
    said = f"<at>{BOT_NAME}</at> {text}" if mention else text
    us = {"type": "mention", "text": f"<at>{BOT_NAME}</at>", "mentioned": {"id": f"28:{APP}", "name": BOT_NAME}}
    return {
        "text": said,
        "entities": [us] if mention else [],
        "attachments": [{"contentType": "text/html", "content": f"<div>{said}</div>"}],
        "conversation": there(team, root),
        "channelData": {"tenant": {"id": TENANT}, "channel": {"id": team.channel}, "team": {"id": team.channel}},
    }


def there(team: Team, root: str) -> Json:
    return {"id": f"{team.channel}{ROOT}{root}", "conversationType": "channel", "isGroup": True, "tenantId": TENANT}


# -- as Microsoft's services tell it


async def team(tenant: Tenant, request: Request) -> Response:
    found = tenant.teams.get(request.path_params["team"])
    if not found:
        return failed(404, "NotFound")
    return JSONResponse({"id": found.id, "visibility": found.visibility, "isArchived": found.archived})


async def channel(tenant: Tenant, request: Request) -> Response:
    found = tenant.teams.get(request.path_params["team"])
    if not found or unquote(request.path_params["channel"]) != found.channel:
        return failed(404, "NotFound")
    return JSONResponse({"id": found.channel, "membershipType": found.kind})


async def grants(tenant: Tenant, request: Request) -> Response:
    found = tenant.teams.get(request.path_params["team"])
    return JSONResponse({"value": found.grants}) if found else failed(404, "NotFound")


async def members(tenant: Tenant, request: Request) -> Response:
    """Page after page, as many at once as the tenant has on a page."""
    place = unquote(request.path_params["conversation"])
    found = next((each for each in tenant.teams.values() if each.channel == place), None)
    if not found:
        return failed(404, "ConversationNotFound")
    everybody = tenant.everybody()
    inside = [*(account(everybody[each]) for each in found.members), *found.others]
    skip, size = int(request.query_params.get("continuationToken", 0)), tenant.page_size
    page: Json = {"members": inside[skip : skip + size]}
    if len(inside) > skip + size:
        page["continuationToken"] = str(skip + size)
    return JSONResponse(page)
