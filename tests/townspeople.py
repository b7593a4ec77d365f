"""Somebody at Brambledown with the chat open: what they do, and what they can see."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx

from workspace import payloads

if TYPE_CHECKING:
    from tests.world import World

Json = dict[str, Any]
REFERENCE = re.compile(r"\b[A-Z0-9]{2}-[A-Z0-9]{3}\b")
READ = ("title", "label", "hint", "text", "name", "element", "elements", "fields", "blocks", "options", "confirm")
KEYS = {
    "plain_text_input": "value",
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "users_select": "selected_user",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "file_input": "files",
}


@dataclass(frozen=True)
class Report:
    """What became of a report: the steps that were asked, and the page that the reporter saw last."""

    steps: tuple[str, ...]
    receipt: Json

    @property
    def reference(self) -> str:
        return REFERENCE.findall(words(self.receipt))[0]

    @property
    def case(self) -> str:
        return next(str(each["value"]) for each in buttons(self.receipt) if "value" in each)


@dataclass(frozen=True)
class Answered:
    """Everything that one request made the bot say: its HTTP answer, and its calls to the chat."""

    status: int
    body: bytes
    calls: tuple[str, ...]


class Somebody:
    """One person, by their id in the chat."""

    def __init__(self, world: "World", id: str) -> None:
        self.world, self.id = world, id

    @property
    def address(self) -> str:
        """By what the bot knows them."""
        return self.id

    @property
    def name(self) -> str:
        return str(self.world.workspace.town.people[self.id].name)

    # -- what they see

    def sees(self) -> Json:
        """Everything on their screen."""
        return self.got(self.world.page.get("/ui/state", params={"as": self.id}))

    def messages(self) -> list[Json]:
        """What the bot has written to them, the oldest first."""
        said = [each | {"room": room} for room, all in self.sees()["messages"].items() for each in all if each["bot"]]
        return sorted(said, key=lambda each: str(each["ts"]))

    def hears(self) -> list[str]:
        """The notifications of those messages, as they stand now."""
        return [each["text"] for each in self.messages()]

    def inbox(self) -> list[Json]:
        """Their e-mail, the oldest first."""
        return list(reversed(self.sees()["inbox"]))

    def modal(self) -> Json:
        """The form or page that lies on top."""
        return dict(self.sees()["modals"][-1])

    def home(self) -> Json:
        """Their App Home, opened now."""
        self.does("home")
        self.world.answered()
        return dict(self.sees()["home"])

    def card(self, containing: str = "") -> Json:
        """The newest message of the bot with these words."""
        return [each for each in self.messages() if containing in words(each)][-1]

    # -- what they do

    def does(self, deed: str, **asked: Any) -> Json:
        return self.got(self.world.page.post(f"/ui/{deed}", json={"as": self.id, **asked}))

    def types(self, command: str = "/report") -> Json:
        """A command in their first channel; the form that opens."""
        self.shuts()
        self.asks_for_the_form(command)
        return self.modal()

    def asks_for_the_form(self, command: str = "/report") -> None:
        """The same, whatever comes of it."""
        self.does("command", channel=self.sees()["channels"][0]["id"], text=command)
        self.world.answered()

    def chooses(self, shortcut: str, message: Json | None = None) -> Json:
        """A shortcut of the lightning menu, or of a message's menu; the form that opens."""
        self.shuts()
        place = {"message": {"channel": message["room"], "ts": message["ts"]}} if message else {}
        self.does("shortcut", callback_id=shortcut, **place)
        self.world.answered()
        return self.modal()

    def shuts(self) -> None:
        """Close every form."""
        if left := self.sees()["modals"]:
            self.does("close", view_id=left[-1]["id"], all=True)
            self.world.answered()

    def sends(self, form: Json, **answers: Any) -> Json:
        """Fill in a form and press its button: what lies on top then, with its errors."""
        unasked = answers.keys() - {block.get("block_id", "").replace(".", "__") for block in form["blocks"]}
        assert not unasked, f"{form.get('callback_id')} does not ask for {unasked}"
        values = dict(filled(form, answers))
        return dict(self.does("submit", view_id=form["id"], values=values)["state"]["modals"][-1])

    def reports(self, about: str, danger: str = "no", **answers: Any) -> Report:
        """A whole report: each step is given those of the answers that it asks for, and all of them must be used.

        ``same`` maps typed names to what was chosen for them; a name, "none" or "unsure".
        """
        form, left = self.types(), {"about": about, "danger": danger, **answers}
        steps: list[str] = []
        while asks(form):
            step = form["callback_id"]
            assert step not in steps or step in ("names", "details"), f"{step} again: {form['errors']}"
            steps.append(step)
            if step == "names":
                given = dict(meant(form, left.get("same", {})))
            else:
                given = {id: left.pop(id) for id in list(left) if asked_in(form, id)}
            form = self.sends(form, **given)
            assert not form["errors"], form["errors"]
        left.pop("same", None)
        assert not left, f"never asked: {left}"
        return Report(tuple(steps), form)

    def presses(self, action: str, on: Json) -> Json | None:
        """Press a button of a message, of a form or of Home; what lies on top then."""
        block, element = button_of(on, action)
        where: Json = {"where": "message", "view_id": None}
        if "room" in on:
            where["message"] = {"channel": on["room"], "ts": on["ts"]}
        else:
            where = {"where": "home" if on.get("type") == "home" else "view", "view_id": on["id"]}
        self.does("action", **where, block_id=block, action_id=element["action_id"], element=element)
        self.world.answered()
        left = self.sees()["modals"]
        return dict(left[-1]) if left else None

    def opens(self, containing: str = "") -> Json:
        """Press Open on the newest card with these words."""
        return self.presses_on_a_card("open", containing)

    def acknowledges(self, containing: str = "") -> Json:
        return self.presses_on_a_card("acknowledge", containing)

    def presses_on_a_card(self, action: str, containing: str) -> Json:
        """As it stands now: one that was edited between looking and pressing is looked at again."""
        try:
            found = self.presses(action, self.card(containing))
        except AssertionError as gone:
            if "no_such_element" not in str(gone):
                raise
            found = self.presses(action, self.card(containing))
        assert found
        return found

    def uploads(self, content: bytes, name: str = "picture.png") -> Json:
        asked = {"as": self.id, "name": name, "type": "image/png"}
        return self.got(self.world.page.put("/ui/upload", params=asked, content=content))

    def replies(self, text: str, under: Json, *files: Json) -> Json:
        """Write in the thread under a message; where that lies."""
        place = {"room": under["room"], "thread_ts": under["ts"]}
        asked = {"channel": under["room"], "thread_ts": under["ts"], "text": text, "files": [*files]}
        place["ts"] = self.does("message", **asked)["ts"]
        self.world.settled()
        return place

    def thread(self, under: Json) -> list[Json]:
        """What the bot has written in the thread under a message."""
        return [each for each in self.messages() if each["thread_ts"] == under["ts"]]

    def ticks(self, message: Json, name: str = "white_check_mark") -> None:
        """React to a message, or take that back."""
        self.does("react", channel=message["room"], ts=message["ts"], name=name)
        self.world.settled()

    def edits(self, message: Json, text: str) -> None:
        self.does("edit", channel=message["room"], ts=message["ts"], text=text)
        self.world.settled()

    def deletes(self, message: Json) -> None:
        self.does("delete", channel=message["room"], ts=message["ts"])
        self.world.settled()

    # -- what somebody with the signing secret could make up in their name

    def forges(self, action: str, subject: str) -> Answered:
        """A button with an id of the forger's choosing."""
        room = self.world.workspace.rooms.with_bot(self.id).id
        button = {"type": "button", "action_id": f"{action}~0", "block_id": "b1", "value": subject, "action_ts": "1.1"}
        return self.knocks(
            self.payload("block_actions")
            | {"container": {"type": "message", "message_ts": "1.1", "channel_id": room}, "actions": [button]}
        )

    def forges_form(self, step: str, token: str, values: Mapping[str, Json]) -> Answered:
        """A form of the forger's choosing: ``values`` are elements' states by block."""
        blocks = [{"type": "input", "block_id": id, "label": {}, "element": {}} for id in values]
        state = {id: {"answer": value} for id, value in values.items()}
        view = {"type": "modal", "id": "V1", "hash": "h1", "callback_id": step, "private_metadata": token}
        shown = view | {"title": {}, "blocks": blocks, "state": {"values": state}}
        return self.knocks(self.payload("view_submission") | {"view": shown})

    def payload(self, kind: str) -> Json:
        town = self.world.workspace
        return payloads.interaction(town, town.town.people[self.id], kind) | {
            "trigger_id": town.triggers.issue(self.id)
        }

    def knocks(self, payload: Json) -> Answered:
        """A signed request, and all that it caused."""
        before = len(self.world.workspace.calls)
        raw = urlencode({"payload": json.dumps(payload)}).encode()
        answer = self.world.page.post(f"{self.world.url}/slack/events", content=raw, headers=self.world_signs(raw))
        said = list(self.world.workspace.calls)[before:]
        return Answered(answer.status_code, answer.content, tuple(plainly(each) for each in said))

    def world_signs(self, raw: bytes) -> dict[str, str]:
        return signed(self.world.workspace.settings.signing_secret, raw)

    def got(self, answer: httpx.Response) -> Json:
        assert answer.is_success, f"{answer.status_code} {answer.text[:300]}"
        return dict(answer.json())


def signed(secret: str, raw: bytes) -> dict[str, str]:
    at = int(time.time())
    mark = hmac.new(secret.encode(), b"v0:%d:%b" % (at, raw), hashlib.sha256).hexdigest()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return form | {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={mark}"}


def plainly(call: Json) -> str:
    """A call to the chat without what the chat itself made up."""
    made_up = ("trigger_id", "view_id", "hash")
    return json.dumps([call["method"], {k: v for k, v in call["args"].items() if k not in made_up}], sort_keys=True)


def asks(form: Json) -> bool:
    return any(block["type"] == "input" for block in form["blocks"])


def asked_in(form: Json, id: str) -> bool:
    return any(block.get("block_id") == id.replace("__", ".") for block in form["blocks"])


def filled(form: Json, answers: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """A form's answers as the chat's page sends them; what is not given stays as it was."""
    for block in form["blocks"]:
        if block["type"] != "input":
            continue
        element, id = block["element"], block["block_id"]
        key = KEYS[element["type"]]
        kept = form.get("values", {}).get(id, {}).get(element["action_id"])
        if kept is None and "initial_value" in element:
            kept = {"type": element["type"], "value": element["initial_value"]}
        given = answers.get(id.replace(".", "__"))
        if given is not None:
            kept = {"type": element["type"], key: shaped(element, given)}
        yield id, {element["action_id"]: kept or {"type": element["type"]}}


def shaped(element: Json, answer: Any) -> Any:
    """A person by their id in the chat, a choice as the option that has the value."""
    kind = element["type"]
    if kind == "multi_users_select":
        return [each.id if isinstance(each, Somebody) else each for each in answer]
    if kind == "users_select":
        return answer.id
    if kind not in ("static_select", "radio_buttons", "checkboxes"):
        return answer
    offered = options(element)
    chosen = [offered[value] for value in ([answer] if isinstance(answer, str) else answer)]
    return chosen if kind == "checkboxes" else chosen[0]


def options(element: Json) -> dict[str, Json]:
    groups = element.get("option_groups") or [element]
    return {option["value"]: option for group in groups for option in group["options"]}


def meant(form: Json, same: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """For each name that the form asks about: none, unsure, or the option with that name."""
    for block in form["blocks"]:
        if block["type"] == "input":
            (typed,) = [name for name in same if f"“{name}”" in block["label"]["text"]]
            offered = {option["text"]["text"]: value for value, option in options(block["element"]).items()}
            yield block["block_id"].replace(".", "__"), offered.get(same[typed], same[typed])


def doubts(form: Json) -> dict[str, list[str]]:
    """Each name that a form asks about, with the people it offers."""
    found = {}
    for block in form["blocks"]:
        if block["type"] == "input":
            typed = block["label"]["text"].partition("“")[2].partition("”")[0]
            labels = [option["text"]["text"] for option in options(block["element"]).values()]
            found[typed] = [label for label in labels if label not in ("None of these", "Not sure")]
    return found


def buttons(shown: Json) -> list[Json]:
    return [
        element for block in shown.get("blocks") or () if block["type"] == "actions" for element in block["elements"]
    ]


def actions(shown: Json) -> list[str]:
    """What the buttons of a message or a form do."""
    return [str(each["action_id"]).partition("~")[0] for each in buttons(shown)]


def button_of(shown: Json, action: str) -> tuple[str, Json]:
    for block in shown.get("blocks") or ():
        for element in block["elements"] if block["type"] == "actions" else ():
            if element["action_id"].partition("~")[0] == action:
                return block["block_id"], element
    raise AssertionError(f"no button {action} on: {words(shown)[:200]}")


def words(shown: Any) -> str:
    """Every word that a message, a form or a Home shows."""
    if isinstance(shown, str):
        return shown
    if isinstance(shown, list):
        return " ".join(filter(None, map(words, shown)))
    if isinstance(shown, dict):
        return " ".join(filter(None, (words(shown[key]) for key in READ if key in shown)))
    return ""
