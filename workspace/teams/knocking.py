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
from workspace.teams.talks import APP, TENANT, conversation, entra
from workspace.world import Workspace

WAITS = 5.0
TRIES = 3


class NoAnswer(Exception):
    """The bot said nothing that Teams can show."""


def activity(world: Workspace, person: Person, kind: str, more: Json) -> Json:
    """What Teams sends for this person, from their own chat with the bot."""
    return {
        "type": kind,
        "id": f"f:{uuid.uuid4()}",
        "timestamp": world.clock.now().isoformat(timespec="milliseconds"),
        "channelId": "msteams",
        "serviceUrl": service(world),
        "from": {"id": f"29:{entra(person)}", "name": person.name, "aadObjectId": entra(person)},
        "recipient": {"id": f"28:{APP}", "name": world.town.bot["name"]},
        "conversation": own(person),
        "channelData": {"tenant": {"id": TENANT}},
        **more,
    }


def own(person: Person) -> Json:
    return {"id": conversation(person), "conversationType": "personal", "tenantId": TENANT}


async def tell(world: Workspace, body: Json) -> Any:
    """The bot's answer; asked again where none comes, as Teams does.  Raises NoAnswer."""
    client = world.knock.client
    assert client, "the workspace is not running"  # noqa: S101 - a mistake in the calling code
    for _ in range(TRIES):
        try:
            async with asyncio.timeout(WAITS):
                headers = {"Authorization": f"Bearer {signed(world)}"}
                answer = await client.post(f"{world.bot_url}/teams/api/messages", json=body, headers=headers)
            if answer.is_success:
                return answer.json() if answer.content else {}
        except (TimeoutError, httpx.HTTPError, ValueError):
            continue
    raise NoAnswer


def signed(world: Workspace) -> str:
    """A token as the Bot Framework makes them, by the issuer that the bot was told of."""
    now = int(time.time())
    claims = {"iss": "https://api.botframework.com", "aud": APP, "nbf": now, "exp": now + 3600}
    return jwt.encode(claims | {"serviceurl": service(world)}, KEY, algorithm="RS256", headers={"kid": KEY_NAME})


def service(world: Workspace) -> str:
    return f"{world.url}/connector"
