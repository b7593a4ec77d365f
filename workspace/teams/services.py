"""Microsoft's services as the bot asks them: the login, the signing keys, the directory, and the line into chats."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from workspace.refusal import Json
from workspace.teams import attached, channels, connector, directory
from workspace.teams.asked import Service, failed, refusal
from workspace.teams.tenant import APP, SECRET, Tenant
from workspace.teams.trouble import seen

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY_NAME = "brambledown"
BOT = "https://api.botframework.com/.default"
GRAPH = "https://graph.microsoft.com/.default"
LOGIN = "https://login.stand-in.example"
TALK = "/{region}/v3/conversations/{conversation}"


def services(tenant: Callable[[], Tenant]) -> list[BaseRoute]:
    """Every address, for whichever tenant there is at the moment that it is asked."""

    def route(path: str, where: str, service: Service, scope: str = "", method: str = "GET") -> Route:
        return Route(path, partial(answer, tenant, where, service, scope), methods=[method])

    return [
        route("/login/{tenant}/v2.0/.well-known/openid-configuration", "", discovery),
        route("/login/{tenant}/oauth2/v2.0/token", "token", token, method="POST"),
        route("/v1/.well-known/keys", "keys", keys),
        route("/graph/v1.0/users", "graph", directory.users, GRAPH),
        route("/graph/v1.0/users/{id}", "graph", directory.user, GRAPH),
        route("/{region}/v3/conversations", "open", connector.opened, BOT, "POST"),
        route(f"{TALK}/activities", "say", connector.say, BOT, "POST"),
        route(f"{TALK}/activities/{{id}}", "say", connector.change, BOT, "PUT"),
        route(f"{TALK}/activities/{{id}}", "remove", connector.remove, BOT, "DELETE"),
        route(f"{TALK}/members/{{id}}", "member", connector.member, BOT),
        route("/connector/v3/attachments/{id}/views/original", "attachment", attached.with_token, BOT),
        route("/onedrive/{id}", "onedrive", attached.by_address),
        route(f"{TALK}/pagedMembers", "members", channels.members, BOT),
        route("/graph/v1.0/teams/{team}", "team", channels.team, GRAPH),
        route("/graph/v1.0/teams/{team}/channels/{channel}", "channel", channels.channel, GRAPH),
        route("/graph/v1.0/teams/{team}/permissionGrants", "grants", channels.grants, GRAPH),
    ]


async def answer(tenant: Callable[[], Tenant], where: str, service: Service, scope: str, request: Request) -> Response:
    """A service looks at the token first, where it wants one, and then at what it is asked."""
    asked = tenant()
    if no := refusal(asked, where, scope, request):
        return no
    if request.path_params.get("region", asked.region) != asked.region:
        return failed(404, "ResourceNotFound")
    name = where if where != "say" else "chat.change" if request.method == "PUT" else "chat.say"
    return await seen(asked, name, service, request, asked.takes.get(where, 0))


async def discovery(_: Tenant, request: Request) -> Response:
    base = f"{LOGIN}/{request.path_params['tenant']}"
    return JSONResponse(
        {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
        }
    )


async def token(tenant: Tenant, request: Request) -> Response:
    sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    known = sent.get("client_secret") == SECRET or "client_assertion" in sent
    if not known or sent.get("client_id") != APP:
        # What was sent stands in the words: whoever logs them tells the secret.
        told = f"AADSTS7000215: not {sent.get('client_secret')}, but {SECRET}"
        return JSONResponse({"error": "invalid_client", "error_description": told, "error_codes": [7000215]}, 401)
    made = f"token-{next(tenant.numbers)}"
    tenant.tokens[made] = sent.get("scope", "")
    return JSONResponse({"token_type": "Bearer", "access_token": made, "expires_in": 3599})


async def keys(tenant: Tenant, request: Request) -> Response:
    return JSONResponse({"keys": [published(KEY, KEY_NAME, "msteams", "skype"), *tenant.more_keys]})


def published(key: rsa.RSAPrivateKey, name: str, *channels: str) -> Json:
    """The public half of a key, and for which channels it signs."""
    shown: Json = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    return shown | {"kid": name, "use": "sig", "endorsements": list(channels)}
