"""The worst that somebody could try: a press of theirs, signed as the chat signs it, with another's case in it."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import httpx

from workspace.refusal import Json
from workspace.settings import Settings
from workspace.visitor import Visitor, Wrong, words

ATTEMPTS = (
    "open",
    "acknowledge",
    "note",
    "steps",
    "involve",
    "decide",
    "refer",
    "heard",
    "ask",
    "answer",
    "close",
    "reopen",
    "handover",
    "recuse",
    "add",
    "screenshots",
    "sent_pictures",
    "tell",
)


def tries_everything(bot: str, somebody: Visitor, case: str) -> dict[str, str]:
    """Each thing that can be done with a case, tried with this one from this account: what each was answered."""
    form, said = somebody.types("/report"), {}
    for action in ATTEMPTS:
        form = tries(bot, somebody, form, press(action, case))
        said[action] = words(form)
    somebody.closes(form)
    return said


def press(action: str, case: str) -> Json:
    """A press of a button with a case swapped into it."""
    label = {"type": "plain_text", "text": "Open"}
    at = {"action_id": f"{action}~0", "block_id": "swapped", "action_ts": f"{time.time():.6f}"}
    return {"type": "button", "text": label, "value": case, **at}


def tries(bot: str, somebody: Visitor, form: Json, pressed: Json) -> Json:
    """Send the press as if it came from this person's own form; what the form then shows."""
    payload = {
        "type": "block_actions",
        "team": {"id": form["team_id"]},
        "user": {"id": somebody.id, "team_id": form["team_id"]},
        "api_app_id": form["app_id"],
        "container": {"type": "view", "view_id": form["id"]},
        "trigger_id": "none",
        "view": form,
        "actions": [pressed],
    }
    knock(somebody.page, bot, payload)
    return somebody.waits(
        "an answer to a press with another's case",
        lambda now: now["modals"][-1] if now["modals"][-1]["hash"] != form["hash"] else None,
    )


def knock(client: httpx.Client, bot: str, payload: Json) -> None:
    """Signed like the chat's own requests."""
    body = urlencode({"payload": json.dumps(payload)}).encode()
    now = str(int(time.time()))
    key = Settings().signing_secret.encode()
    seal = hmac.new(key, b"v0:" + now.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": f"v0={seal}",
    }
    answer = client.post(f"{bot}/slack/events", content=body, headers=headers)
    if not answer.is_success:
        raise Wrong(f"The bot turned a signed press away with {answer.status_code}.")
