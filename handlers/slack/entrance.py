"""Whose signature is this: what a request from Slack must look like before anything else reads it."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import Headers

from handlers.gate import Envelope, Seal, Turned, Visit
from handlers.reading import Unreadable, strictly
from handlers.remembered import Room

Payload = Mapping[str, Any]

SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
# JSON's own marks, turned back a kind at a time: the library takes them one by one, the longest part of a request.
MARKS = [(f"%{ord(mark):02X}", mark) for mark in '{}[]",:\\/']
# Chosen from the lightning menu, or from a message's own menu.
SHORTCUTS = ("shortcut", "message_action")
LONGEST_ID = 200
STAMP = re.compile(r"[0-9]{1,10}\.[0-9]{1,6}")
SECONDS = re.compile(r"[0-9]{1,11}")


class SlackEntrance:
    """Knows the signing secret and the one workspace where this app is installed."""

    def __init__(self, secret: str, team: str) -> None:
        self.secret, self.tenant, self.room = secret.encode(), team, Room()

    def seal(self, headers: Headers) -> Seal:
        """When Slack signed it, and the signature; one of each, in plain digits."""
        at = headers.getlist("x-slack-request-timestamp")
        signature = headers.getlist("x-slack-signature")
        if len(at) != 1 or len(signature) != 1:
            raise Turned(401, "unsigned")
        if not (SECONDS.fullmatch(at[0]) and SIGNATURE.fullmatch(signature[0])):
            raise Turned(400, "unsigned")
        return Seal(int(at[0]), int(at[0]), signature[0])

    async def genuine(self, seal: Seal, raw: bytes) -> bool:
        """Made with our secret over these very bytes."""
        ours = hmac.new(self.secret, b"v0:%d:%b" % (seal.since, raw), hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"v0={ours}", seal.signature)

    def read(self, media: str, raw: bytes) -> Visit:
        """The payload, read once and strictly: what was checked here is what the listeners are given."""
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise Turned(400, "text") from None
        match media.partition(";")[0].strip().lower():
            case "application/json":
                return event(values(text))
            case "application/x-www-form-urlencoded":
                fields = form(text)
                return interaction(values(fields["payload"])) if "payload" in fields else command(fields)
            case _:
                raise Turned(415, "media")

    def unfold(self, raw: bytes) -> Envelope:
        """What comes over a line of Socket Mode: an envelope with a payload, or a word about the line."""
        told = unfolded(raw)
        match told.get("type"):
            case "hello":
                return Envelope(about="hello")
            case "disconnect":
                return Envelope(about=str(told.get("reason") or "disconnect"))
        id, payload = told.get("envelope_id"), told.get("payload")
        need(isinstance(id, str) and 0 < len(id) <= LONGEST_ID and isinstance(payload, dict))
        return Envelope(str(id), carried(told.get("type"), dict(payload or {})))


def carried(kind: object, payload: Payload) -> Visit:
    """What an envelope carries: the same three kinds that come to our address."""
    match kind:
        case "slash_commands":
            return command(payload)
        case "interactive":
            return interaction(payload)
        case "events_api":
            visit = event(payload)
            need(not visit.reply)
            return visit
        case _:
            raise Turned(404, "kind")


def form(text: str) -> dict[str, str]:
    for coded, mark in MARKS:
        text = text.replace(coded, mark)
    strict: Any = {"strict_parsing": True, "errors": "strict", "max_num_fields": 50}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, **strict)
    except ValueError:
        raise Turned(400, "form") from None
    if len(fields := dict(pairs)) < len(pairs):
        raise Turned(400, "form")
    return fields


def unfolded(raw: bytes) -> Payload:
    try:
        return values(raw.decode())
    except UnicodeDecodeError:
        raise Turned(400, "text") from None


def values(text: str) -> Payload:
    try:
        found = strictly(text)
    except Unreadable:
        raise Turned(400, "json") from None
    if not isinstance(found, dict):
        raise Turned(400, "shape")
    return found


def command(fields: Mapping[str, Any]) -> Visit:
    """Somebody typed our command."""
    given = [fields.get(name) for name in ("command", "user_id", "team_id", "trigger_id")]
    need(all(each and isinstance(each, str) for each in given))
    return Visit(fields, frozenset({fields["team_id"]}), home_of(fields))


def interaction(payload: Payload) -> Visit:
    """Somebody pressed a button, sent a form or chose a shortcut."""
    kind, view = payload.get("type"), payload.get("view")
    if kind not in ("block_actions", "view_submission", "view_closed", *SHORTCUTS):
        raise Turned(404, "kind")
    need(isinstance(view, dict) or (kind in ("block_actions", *SHORTCUTS) and view is None))
    need(isinstance(person_of(payload), str) and person_of(payload))
    if kind in SHORTCUTS:
        need(all(isinstance(payload.get(name), str) and payload[name] for name in ("callback_id", "trigger_id")))
    if kind == "message_action":
        need(isinstance(inner(payload, "channel", "id"), str))
        stamp = inner(payload, "message", "ts")
        need(isinstance(stamp, str) and STAMP.fullmatch(stamp))
    if kind == "block_actions":
        need(isinstance(payload.get("actions"), list) and payload["actions"])
        need(all(isinstance(action, dict) for action in payload["actions"]))
    claims = [inner(payload, "team", "id"), inner(payload, "view", "app_installed_team_id")]
    places = frozenset(place for place in claims if isinstance(place, str))
    return Visit(payload, places, home_of(payload), typed=kind == "view_submission")


def event(payload: Payload) -> Visit:
    """Slack tells us that something happened, or asks whether we are there."""
    match payload.get("type"):
        case "url_verification":
            need(isinstance(payload.get("challenge"), str) and payload["challenge"])
            return Visit(payload, reply=payload["challenge"])
        case "event_callback" | "app_rate_limited" as kind:
            once = payload.get("event_id", "")
            need(isinstance(payload.get("team_id"), str) and isinstance(once, str))
            need(kind == "app_rate_limited" or (once and isinstance(inner(payload, "event", "type"), str)))
            return Visit(payload, installed(payload), once=once)
        case _:
            raise Turned(404, "kind")


def installed(payload: Payload) -> frozenset[str]:
    """Where the app that is told of this stands: in a shared channel, not always where it happened."""
    told = payload.get("authorizations")
    teams = [each.get("team_id") for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    return frozenset(team for team in (payload["team_id"], *teams) if isinstance(team, str))


def need(held: object) -> None:
    if not held:
        raise Turned(400, "shape")


def person_of(payload: Payload) -> Any:
    """The id of whoever did this."""
    return payload.get("user_id") or inner(payload, "user", "id") or inner(payload, "event", "user")


def home_of(payload: Payload) -> str:
    """The workspace of whoever did this: not always the one where the app is installed."""
    claims = (
        inner(payload, "user", "team_id"),
        inner(payload, "event", "user_team"),
        inner(payload, "event", "team"),
        inner(payload, "team", "id"),
        payload.get("team_id"),
    )
    return next((home for home in claims if isinstance(home, str) and home), "")


def inner(payload: Payload, outer: str, name: str) -> Any:
    found = payload.get(outer)
    return found.get(name) if isinstance(found, dict) else None
