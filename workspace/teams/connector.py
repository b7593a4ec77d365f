"""The line into people's chats as the Connector holds it: open one, write in it, change what was written."""

from __future__ import annotations

from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from workspace.refusal import Json
from workspace.teams.asked import failed
from workspace.teams.tenant import TENANT, Said, Tenant

# What stands between a channel's name and the message whose thread is meant.
ROOT = ";messageid="


async def opened(tenant: Tenant, request: Request) -> Response:
    body = await request.json()
    person = str(body["members"][0]["id"]).removeprefix("29:")
    if body.get("tenantId") != TENANT or person not in tenant.everybody():
        return failed(404, "UserNotFound")
    if person in tenant.blocked:
        return failed(403, "BotNotInConversationRoster")
    return JSONResponse({"id": tenant.own(person)}, 201)


async def say(tenant: Tenant, request: Request) -> Response:
    place, lying = talk(tenant, request)
    if no := shut(tenant, place, lying):
        return no
    said = await heard(tenant, request)
    said.under = unquote(request.path_params["conversation"]).partition(ROOT)[2]
    tenant.stands(place, said)
    lying.append(said)
    return JSONResponse({"id": said.id}, 201)


async def change(tenant: Tenant, request: Request) -> Response:
    place, lying = talk(tenant, request)
    if no := shut(tenant, place, lying):
        return no
    said = await heard(tenant, request)
    at = next((n for n, each in enumerate(lying) if each.id == request.path_params["id"]), None)
    if at is None:
        return failed(404, "ActivityNotFoundInConversation")
    said.id, said.at, said.edited = lying[at].id, lying[at].at, True
    tenant.stands(place, said)
    lying[at] = said
    return JSONResponse({"id": said.id})


async def remove(tenant: Tenant, request: Request) -> Response:
    place, lying = talk(tenant, request)
    gone = [each for each in lying if each.id == request.path_params["id"]]
    if not gone:
        return failed(404, "ActivityNotFoundInConversation")
    lying.remove(gone[0])
    tenant.stands(place, gone[0])
    return Response()


def talk(tenant: Tenant, request: Request) -> tuple[str, list[Said]]:
    place = unquote(request.path_params["conversation"]).partition(ROOT)[0]
    return place, tenant.messages.get(place, [])


def shut(tenant: Tenant, place: str, lying: list[Said]) -> Response | None:
    """Why nobody can write there."""
    if place not in tenant.messages:
        return failed(404, "ConversationNotFound")
    return failed(403, "MessageWritesBlocked") if place.removeprefix("a:") in tenant.blocked else None


async def heard(tenant: Tenant, request: Request) -> Said:
    body = await request.json()
    card = next((each["content"] for each in body.get("attachments", ())), None)
    return Said(
        id=str(next(tenant.numbers)),
        at=tenant.now(),
        text="" if card else str(body.get("text", "")),
        card=card,
        summary=str(body.get("summary") or ""),
    )


async def member(tenant: Tenant, request: Request) -> Response:
    found = tenant.everybody().get(unquote(request.path_params["id"]).removeprefix("29:"))
    return JSONResponse(account(found)) if found else failed(404, "MemberNotFoundInConversation")


def account(profile: Json) -> Json:
    return {
        "id": f"29:{profile['id']}",
        "name": profile["displayName"],
        "email": profile["mail"],
        "userPrincipalName": profile["userPrincipalName"],
        "aadObjectId": profile["id"],
        "tenantId": TENANT,
        "userRole": "guest" if profile["userType"] == "Guest" else "user",
    }
