"""Microsoft's services as the bot asks them: the login, the signing keys, the directory, and the line into chats."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, unquote

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from workspace.people import Person
from workspace.refusal import Json
from workspace.teams.talks import APP, SECRET, TENANT, Said, conversation, entra, member, members, profile
from workspace.world import Workspace

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY_NAME = "brambledown"
BOT = "https://api.botframework.com/.default"
GRAPH = "https://graph.microsoft.com/.default"
LOGIN = "https://login.stand-in.example"
# By token, what it was given for.
GIVEN: dict[str, str] = {}

Service = Callable[[Workspace, Request], Awaitable[Response]]


def failed(status: int, code: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": "The stand-in says so."}}, status)


def asked(service: Service, scope: str = "") -> Callable[[Request], Awaitable[Response]]:
    """A service that looks at the token first, where it wants one."""

    async def handle(request: Request) -> Response:
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        if scope and GIVEN.get(shown) != scope:
            return failed(401, "Unauthorized")
        return await service(request.app.state.workspace, request)

    return handle


async def discovery(_: Workspace, request: Request) -> Response:
    base = f"{LOGIN}/{request.path_params['tenant']}"
    return JSONResponse(
        {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
        }
    )


async def token(_: Workspace, request: Request) -> Response:
    sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    if sent.get("client_id") != APP or sent.get("client_secret") != SECRET:
        return JSONResponse(
            {"error": "invalid_client", "error_description": "AADSTS7000215", "error_codes": [7000215]}, 401
        )
    made = secrets.token_urlsafe(24)
    GIVEN[made] = sent.get("scope", "")
    return JSONResponse({"token_type": "Bearer", "access_token": made, "expires_in": 3599})


async def keys(_: Workspace, request: Request) -> Response:
    ours: Json = json.loads(RSAAlgorithm.to_jwk(KEY.public_key()))
    return JSONResponse({"keys": [ours | {"kid": KEY_NAME, "use": "sig", "endorsements": ["msteams"]}]})


async def user(world: Workspace, request: Request) -> Response:
    found = member(world.town, request.path_params["id"])
    return JSONResponse(profile(found)) if found else failed(404, "Request_ResourceNotFound")


async def users(world: Workspace, request: Request) -> Response:
    wanted = re.fullmatch(r"(mail|userPrincipalName) eq '(.*)'", request.query_params.get("$filter", ""))
    if not wanted:
        return failed(400, "BadRequest")
    address = wanted[2].replace("''", "'").lower()
    return JSONResponse({"value": [profile(each) for each in members(world.town) if each.email.lower() == address]})


async def opened(world: Workspace, request: Request) -> Response:
    body = await request.json()
    found = member(world.town, str(body["members"][0]["id"]))
    if body.get("tenantId") != TENANT or not found:
        return failed(404, "UserNotFound")
    return JSONResponse({"id": conversation(found)}, 201)


async def say(world: Workspace, request: Request) -> Response:
    found = member(world.town, unquote(request.path_params["conversation"]))
    if not found:
        return failed(404, "ConversationNotFound")
    said = await heard(world, request)
    world.teams.of(found).append(said)
    world.wake([found.id])
    return JSONResponse({"id": said.id}, 201)


async def change(world: Workspace, request: Request) -> Response:
    found = member(world.town, unquote(request.path_params["conversation"]))
    lying = world.teams.of(found) if found else []
    at = next((n for n, each in enumerate(lying) if each.id == request.path_params["id"]), None)
    if not found or at is None:
        return failed(404, "ActivityNotFoundInConversation")
    said = await heard(world, request)
    said.id, said.at, said.edited = lying[at].id, lying[at].at, True
    lying[at] = said
    world.wake([found.id])
    return JSONResponse({"id": said.id})


async def heard(world: Workspace, request: Request) -> Said:
    body = await request.json()
    card = next((each["content"] for each in body.get("attachments", ())), None)
    return Said(
        id=str(secrets.randbits(48)),
        at=world.clock.now().isoformat(timespec="milliseconds"),
        text="" if card else str(body.get("text", "")),
        card=card,
        summary=str(body.get("summary") or ""),
    )


async def listed(world: Workspace, request: Request) -> Response:
    found = member(world.town, unquote(request.path_params["id"]))
    return JSONResponse(account(found)) if found else failed(404, "MemberNotFoundInConversation")


def account(person: Person) -> Json:
    return {
        "id": f"29:{entra(person)}",
        "name": person.name,
        "email": person.email,
        "userPrincipalName": person.email,
        "aadObjectId": entra(person),
        "tenantId": TENANT,
        "userRole": "guest" if person.guest else "user",
    }


TALK = "/connector/v3/conversations/{conversation}"
SERVICES: list[BaseRoute] = [
    Route("/login/{tenant}/v2.0/.well-known/openid-configuration", asked(discovery)),
    Route("/login/{tenant}/oauth2/v2.0/token", asked(token), methods=["POST"]),
    Route("/v1/.well-known/keys", asked(keys)),
    Route("/graph/v1.0/users", asked(users, GRAPH)),
    Route("/graph/v1.0/users/{id}", asked(user, GRAPH)),
    Route("/connector/v3/conversations", asked(opened, BOT), methods=["POST"]),
    Route(f"{TALK}/activities", asked(say, BOT), methods=["POST"]),
    Route(f"{TALK}/activities/{{id}}", asked(change, BOT), methods=["PUT"]),
    Route(f"{TALK}/members/{{id}}", asked(listed, BOT)),
]
