"""Knocking at the bot's door as Teams does: an activity with a signed token, and five seconds to answer."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

import httpx
import jwt

from workspace.people import Person
from workspace.refusal import Json
from workspace.teams.services import KEY, KEY_NAME
from workspace.teams.talks import profile
from workspace.teams.tenant import APP, BOT_NAME, TENANT, Tenant
from workspace.world import Workspace

ISSUER = "https://api.botframework.com"
WAITS = 5.0
TRIES = 3


class NoAnswer(Exception):
    """The bot said nothing that Teams can show."""


def activity(tenant: Tenant, somebody: Json, kind: str, more: Json) -> Json:
    """What Teams sends for them, from their own chat with the bot; `somebody` is as Graph describes them."""
    id = somebody["id"]
    return {
        "type": kind,
        "id": f"f:{uuid.uuid4()}",
        "timestamp": tenant.now(),
        "channelId": "msteams",
        "serviceUrl": tenant.service,
        "from": {"id": f"29:{id}", "name": somebody["displayName"], "aadObjectId": id},
        "recipient": {"id": f"28:{APP}", "name": BOT_NAME},
        "conversation": own(tenant, id),
        "channelData": {"tenant": {"id": TENANT}},
        **more,
    }


def own(tenant: Tenant, person: str) -> Json:
    return {"id": tenant.own(person), "conversationType": "personal", "tenantId": TENANT}


async def tell(world: Workspace, person: Person, kind: str, more: Json) -> Any:
    """The bot's answer; asked again where none comes, as Teams does.  Raises NoAnswer."""
    client = world.knock.client
    assert client, "the workspace is not running"  # noqa: S101 - a mistake in the calling code
    body = activity(world.teams, profile(person), kind, more)
    for _ in range(TRIES):
        try:
            async with asyncio.timeout(WAITS):
                headers = {"Authorization": f"Bearer {signed(world.teams)}"}
                answer = await client.post(f"{world.bot_url}/teams/api/messages", json=body, headers=headers)
            if answer.is_success:
                return answer.json() if answer.content else {}
        except (TimeoutError, httpx.HTTPError, ValueError):
            continue
    raise NoAnswer


def signed(tenant: Tenant, key: Any = KEY, kid: str = KEY_NAME, algorithm: str = "RS256", **changed: Any) -> str:
    """A token as the Bot Framework makes them, by the issuer that the bot was told of; no claim where it is None."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": APP, "nbf": now, "exp": now + 3600, "serviceurl": tenant.service, **changed}
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": kid})
