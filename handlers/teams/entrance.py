"""Whose token is this: what a request from Teams must look like before anything else reads it."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import jwt
from starlette.datastructures import Headers

from handlers.gate import Envelope, Seal, Turned, Visit
from handlers.reading import Unreadable, strictly
from handlers.remembered import Room
from handlers.teams.cards import OURS
from handlers.teams.graph import GUID
from handlers.teams.places import Places

Payload = Mapping[str, Any]

TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*")
LONGEST = 16_000
# A visitor has no account in any directory.
NOBODY = "00000000-0000-0000-0000-000000000000"
# They become parts of addresses.
ID = re.compile(r"[^/?#%\s\\\x00-\x1f\x7f]{1,500}")
# Half of a pair: it can be written in JSON, and neither stored nor sent on.
ESCAPED, HALF = re.compile(rb"\\u[dD][89a-fA-F]"), re.compile(r"[\ud800-\udfff]")
# A token holds for an hour, and a few minutes on either side: so long may a request be sent again.
AGAIN = Room(seconds=2 * 3600)
SPOKEN = (
    "message",
    "messageUpdate",
    "messageDelete",
    "messageReaction",
    "installationUpdate",
    "conversationUpdate",
    "typing",
    "event",
)
# What a person does that wants an answer; nothing else is answered, and least of all with nothing.
ASKED = (
    "task/fetch",
    "task/submit",
    "composeExtension/fetchTask",
    "composeExtension/submitAction",
    "adaptiveCard/action",
)
SUBMITTED = ("task/submit", "composeExtension/submitAction")


class Keys(Protocol):
    async def ready(self, name: object) -> None: ...


class Validator(Protocol):
    """Microsoft's own: signature, audience, issuer, expiry, and that it was made for this service's address."""

    async def validate_token(self, raw_token: str, service_url: str | None = None) -> Any: ...


class TeamsEntrance:
    """Knows the app's id, the one tenant where it is installed, and Microsoft's keys."""

    room = AGAIN

    def __init__(self, tenant: str, validator: Validator, keys: Keys, places: Places) -> None:
        self.tenant, self.validator, self.keys, self.places = tenant.lower(), validator, keys, places

    def seal(self, headers: Headers) -> Seal:
        """The token, and when it holds by its own word; one without an end is none (Microsoft's code takes it)."""
        given = headers.getlist("authorization")
        kind, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        if kind.lower() != "bearer" or len(token) > LONGEST or not TOKEN.fullmatch(token):
            raise Turned(401, "unsigned")
        claims = part(token, 1)
        since, until = claims.get("nbf", claims.get("iat", 0)), claims.get("exp")
        if type(since) is not int or type(until) is not int:
            raise Turned(401, "unsigned")
        return Seal(since, until, token)

    async def genuine(self, seal: Seal, raw: bytes) -> bool:
        """Signed by Microsoft for this app, and for the very service that the body names."""
        service = values(raw).get("serviceUrl")
        # Without one Microsoft's code leaves that check out.
        need(isinstance(service, str) and self.places.may_be_spoken_to(service))
        await self.keys.ready(part(seal.signature, 0).get("kid"))
        try:
            await self.validator.validate_token(seal.signature, service)
        except jwt.PyJWTError:
            return False
        return True

    def read(self, media: str, raw: bytes) -> Visit:
        """The activity, read once and strictly: what was checked here is what the listeners are given."""
        if media.partition(";")[0].strip().lower() != "application/json":
            raise Turned(415, "media")
        body = values(raw)
        kind, name = body.get("type"), body.get("name")
        if kind not in SPOKEN and not (kind == "invoke" and name in ASKED):
            raise Turned(404, "kind")
        need(body.get("channelId") == "msteams")
        need(all(ID.fullmatch(text(body, outer, "id")) for outer in ("from", "conversation", "recipient")))
        need(GUID.fullmatch(text(body, "from", "aadObjectId") or NOBODY))
        if kind == "invoke":
            need(isinstance(body.get("value"), dict))
        typed = name in SUBMITTED and "form" in inner(inner(body["value"], "data"), OURS)
        return Visit(body, frozenset({self.only_one(tenants(body))}), once=once(body, raw), typed=typed)

    def only_one(self, named: Iterable[str]) -> str:
        """The tenant, where all who speak of one mean the same."""
        found = {each.lower() for each in named}
        if len(found) != 1:
            raise Turned(403, "tenant")
        return found.pop()

    def unfold(self, raw: bytes) -> Envelope:
        """Teams has no lines of our own opening."""
        raise Turned(404, "kind")


def tenants(body: Payload) -> list[str]:
    """Every tenant that an activity says it is of."""
    tenant = inner(inner(body, "channelData"), "tenant")
    named = (inner(body, "conversation").get("tenantId"), tenant.get("id"), inner(body, "from").get("tenantId"))
    return [each for each in named if isinstance(each, str) and each]


def once(body: Payload, raw: bytes) -> str:
    """Its name, under which it may be delivered again; an edit has that of the message it changes, and its own time."""
    id = body.get("id")
    if not (isinstance(id, str) and id):
        return hashlib.sha256(raw).hexdigest()
    told = (body["type"], str(body.get("name", "")), body["conversation"]["id"], id, when(body))
    return hashlib.sha256("\n".join(told).encode("utf-8", "replace")).hexdigest()


def when(body: Payload) -> str:
    return str(body.get("timestamp", "")) if body["type"] == "messageUpdate" else ""


def part(token: str, at: int) -> Payload:
    """The header or the claims of a token, as it says them itself."""
    piece = token.split(".")[at]
    try:
        return values(base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)))
    except (binascii.Error, ValueError, Turned):
        raise Turned(401, "unsigned") from None


def values(raw: bytes) -> Payload:
    try:
        found = whole(strictly(raw.decode()), raw)
    except UnicodeDecodeError:
        raise Turned(400, "text") from None
    except Unreadable:
        raise Turned(400, "json") from None
    if not isinstance(found, dict):
        raise Turned(400, "shape")
    return found


def whole(found: Any, raw: bytes) -> Any:
    """The same with a mark where half a character stood: whatever else was typed beside it is kept."""
    if not ESCAPED.search(raw):
        return found
    return strictly(HALF.sub("?", json.dumps(found, ensure_ascii=False)))


def inner(payload: Payload, name: str) -> Payload:
    """What stands under a name, where it is an object; else one with nothing in it."""
    found = payload.get(name)
    return found if isinstance(found, dict) else {}


def text(payload: Payload, outer: str, name: str) -> str:
    found = inner(payload, outer).get(name)
    return found if isinstance(found, str) else ""


def need(held: object) -> None:
    if not held:
        raise Turned(400, "shape")
