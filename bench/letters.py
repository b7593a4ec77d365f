"""What Slack would send, written and signed before the clock starts: commands, and steps of a report."""

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from workspace.settings import Settings as Chat

TEAM = "T0BRAMBLE1"
REFERENCE = re.compile(r"\b[A-Z0-9]{2}-[A-Z0-9]{3}\b")
# Staff without a role, who report in turn.
REPORTERS = ("U0OYELARAN", "U0PEMBERTN", "U0KOWALSKA")
START = {"about": "pupil_concern", "danger": "no"}
STORY = (
    "She stayed behind after maths and said that somebody she had met in a game asks her for pictures every "
    "evening, that he knows which school she goes to, and that she has not told anybody at home. She was calm at "
    "first and cried when I asked whether she felt safe now. I listened, wrote it down at once and promised nothing. "
)
REPORT = {
    "harmed_names": "Rosie Hartley",
    "what": STORY * 2,
    "words": "He says he knows where I go after school and that he will tell everyone if I stop.",
    "where": "A building game on her tablet, account brickfox_11",
    "date": "2026-11-17",
    "time": "15:20",
    "told": "Nobody yet",
    "opinion": "She has been tired and quiet for two weeks.",
}
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


def token() -> str:
    """A draft's, as the bot makes them."""
    return secrets.token_hex(16)


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
    return request(urlencode(fields).encode())


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
        return request(urlencode({"payload": payload}).encode())


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


def request(body: bytes) -> bytes:
    """The whole HTTP request, signed now: good for five minutes."""
    at = int(time.time())
    mark = hmac.new(Chat.signing_secret.encode(), b"v0:%d:%b" % (at, body), hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {at}\r\nX-Slack-Signature: v0={mark}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
