"""What Slack would send: commands, and steps of a report, signed as Slack signs."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from bench.letters import Ask, request
from bench.load import Sent
from handlers.slack.surface import form_view
from templates.shapes import Form
from workflows.people import Who
from workspace.settings import Settings as Chat

TEAM = "T0BRAMBLE1"
REPORTERS = ("U0OYELARAN", "U0PEMBERTN", "U0KOWALSKA")
# Which key of an element's state holds what was given.
KEYS = {
    "plain_text_input": "value",
    "url_text_input": "value",
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
}
EMPTY: Mapping[str, Any] = {"selected_options": [], "selected_users": []}


class Slack:
    """Slack's stand-in is asked for triggers, and for when it saw each form."""

    name, floor, way = "slack", "bench.slack_floor", "/report to views.open"
    reporters = REPORTERS

    def __init__(self) -> None:
        self.issued: list[str] = []

    def settings(self, url: str) -> Mapping[str, str]:
        return {
            "LANYARD_SLACK_URL": f"{url}/api/",
            "LANYARD_SLACK_SIGNING_SECRET": Chat.signing_secret,
            "LANYARD_SLACK_BOT_TOKEN": Chat.bot_token,
            "LANYARD_SLACK_TEAM": TEAM,
        }

    def somebody(self) -> Who:
        return Who("slack", TEAM, REPORTERS[0], name="Tolu Oyelaran", emails=("t.oyelaran@brambledown.example",))

    def drawn(self, form: Form) -> Mapping[str, Any]:
        return form_view(form)

    def commands(self, ask: Ask, number: int) -> list[bytes]:
        self.issued = ask(f"/bench/triggers?users={','.join(REPORTERS)}&number={number}")
        return [command(REPORTERS[each % len(REPORTERS)], trigger) for each, trigger in enumerate(self.issued)]

    def opened(self, ask: Ask, sent: Sent) -> tuple[list[float], Mapping[str, Any]]:
        seen = ask("/bench/opened")
        waited = [seen["at"][trigger] - at for trigger, at in zip(self.issued, sent.at, strict=True)]
        return waited, seen["view"]

    def step(self, ask: Ask, shown: Mapping[str, Any], answers: Mapping[str, str]) -> "Step":
        return Step(shown, answers)

    def turned(self, body: bytes) -> bool:
        return b'"errors"' in body[:60]


def command(user: str, trigger: str) -> bytes:
    """Somebody types /report."""
    fields = {
        "command": Chat.command,
        "text": "",
        "trigger_id": trigger,
        "user_id": user,
        "team_id": TEAM,
        "channel_id": "C0STAFFROM",
        "response_url": "http://127.0.0.1/respond/none",
    }
    return signed(urlencode(fields).encode())


class Step:
    """One step of a form as the bot showed it, filled in once; each letter is the same but for its draft."""

    def __init__(self, view: Mapping[str, Any], answers: Mapping[str, str]) -> None:
        shown = {**view, "id": "V0BENCH", "hash": "1.bench", "state": {"values": filled(view["blocks"], answers)}}
        self.drawn_for = view["private_metadata"]
        self.text = json.dumps(shown)

    def letter(self, user: str, draft: str) -> bytes:
        person = {"id": user, "username": "somebody", "name": "somebody", "team_id": TEAM}
        about = {"type": "view_submission", "team": {"id": TEAM}, "user": person, "trigger_id": draft}
        view = self.text.replace(self.drawn_for, draft)
        payload = f'{json.dumps(about)[:-1]}, "view": {view}}}'
        return signed(urlencode({"payload": payload}).encode())


def filled(blocks: Iterable[Mapping[str, Any]], answers: Mapping[str, str]) -> dict[str, Any]:
    """``state.values`` of a view: what is answered, and every other element empty."""
    values: dict[str, Any] = {}
    for block in blocks:
        element = block.get("element") or {}
        if key := KEYS.get(element.get("type", "")):
            given: Any = answers.get(block["block_id"], EMPTY.get(key))
            if key == "selected_option" and given:
                given = {"text": {"type": "plain_text", "text": given}, "value": given}
            values[block["block_id"]] = {element["action_id"]: {"type": element["type"], key: given}}
    return values


def signed(body: bytes) -> bytes:
    """The whole HTTP request, signed now: good for five minutes."""
    at = int(time.time())
    mark = hmac.new(Chat.signing_secret.encode(), b"v0:%d:%b" % (at, body), hashlib.sha256).hexdigest()
    shown = {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={mark}"}
    return request("/slack/events", {"Content-Type": "application/x-www-form-urlencoded", **shown}, body)
