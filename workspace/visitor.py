"""Somebody at the demo's page, without a browser: the HTTP that the page itself uses, and no other door."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import httpx

from workspace.refusal import Json

Found = TypeVar("Found")
PATIENCE = 15.0  # seconds in which what somebody waits for has to be there
# What each kind of question keeps its answer under, as the page sends it.
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


class Wrong(Exception):
    """Something is not as it should be; the sentence says what."""


def insist(held: object, otherwise: str) -> None:
    """Wrong, with this sentence, unless it holds."""
    if not held:
        raise Wrong(otherwise)


class Visitor:
    """One of the school's people, with the page open."""

    def __init__(self, page: httpx.Client, id: str, name: str) -> None:
        self.page, self.id, self.name = page, id, name

    def sees(self) -> Json:
        """Everything that is on this person's page."""
        return self.answered(self.page.get("/ui/state", params={"as": self.id}))

    def waits(self, what: str, look: Callable[[Json], Found | None]) -> Found:
        """Look until it is there; Wrong when it does not come."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if (found := look(self.sees())) is not None:
                return found
            time.sleep(0.02)
        raise Wrong(f"{self.name} waited {PATIENCE:.0f} seconds for {what}, and it did not come.")

    def types(self, command: str) -> Json:
        """Close what is open and type a command in the first channel; the form that opens."""
        if left := self.sees()["modals"]:
            self.closes(left[-1])
        self.says("command", channel=self.sees()["channels"][0]["id"], text=command)
        return self.waits("a form", lambda now: now["modals"][-1] if now["modals"] else None)

    def sends(self, form: Json, answers: Mapping[str, Any]) -> Json:
        """Fill in a form and send it: what stands there then."""
        unasked = set(answers) - {block.get("block_id") for block in form["blocks"]}
        if unasked:
            raise Wrong(f"The form “{form['title']['text']}” does not ask for {', '.join(sorted(unasked))}.")
        said = self.says("submit", view_id=form["id"], values=dict(filled(form, answers)))
        if said.get("trouble"):
            raise Wrong(f"{self.name} was told: {said['trouble']}")
        if not said["state"]["modals"]:
            raise Wrong(f"The form “{form['title']['text']}” closed without a word.")
        return dict(said["state"]["modals"][-1])

    def attaches(self, name: str, content: bytes) -> Json:
        """Upload a file: what a form is given for it."""
        asked = {"as": self.id, "name": name, "type": "image/png"}
        return self.answered(self.page.put("/ui/upload", params=asked, content=content))

    def message(self, containing: str, button: str = "") -> tuple[str, Json]:
        """The newest message of the bot with these words (and this button): its channel and itself."""

        def newest(now: Json) -> tuple[str, Json] | None:
            said = [(room, each) for room, all in now["messages"].items() for each in all if each["bot"]]
            fit = [one for one in said if containing in words(one[1]) and (not button or named(one[1], button))]
            return max(fit, key=lambda one: str(one[1]["ts"]), default=None)

        return self.waits(f"a message that says “{containing}”", newest)

    def presses(self, button: str, *, message: tuple[str, Json] | None = None, form: Json | None = None) -> Json:
        """Press a button, in a message or in the open form; the form that stands there afterwards."""
        now = self.sees()
        before = [(view["id"], view["hash"]) for view in now["modals"]]
        if message:
            # As it stands this moment: a card may have been edited since it was found.
            room, ts = message[0], message[1]["ts"]
            shown = next(each for each in now["messages"][room] if each["ts"] == ts)
            where: Json = {"where": "message", "view_id": None, "message": {"channel": room, "ts": ts}}
        else:
            shown = form or {}
            where = {"where": "view", "view_id": shown["id"]}
        found = named(shown, button)
        if found is None:
            raise Wrong(f"There is no button “{button}” for {self.name}.")
        block, element = found
        self.says("action", **where, block_id=block, action_id=element["action_id"], element=element)

        def changed(now: Json) -> Json | None:
            open_now = now["modals"]
            fresh = open_now and (open_now[-1]["id"], open_now[-1]["hash"]) not in before
            return open_now[-1] if fresh else None

        return self.waits(f"what “{button}” shows", changed)

    def closes(self, form: Json) -> None:
        """Close every form that is open."""
        self.says("close", view_id=form["id"], all=True)
        self.waits("the form to close", lambda now: None if now["modals"] else True)

    def home(self) -> Json:
        """The App Home, drawn anew."""
        before = (self.sees()["home"] or {}).get("hash")
        self.says("home")
        return self.waits("Home", lambda now: now["home"] if (now["home"] or {}).get("hash") != before else None)

    def says(self, deed: str, **asked: Any) -> Json:
        return self.answered(self.page.post(f"/ui/{deed}", json={"as": self.id, **asked}))

    def answered(self, answer: httpx.Response) -> Json:
        if not answer.is_success:
            raise Wrong(f"The page answered {self.name} with {answer.status_code}: {answer.text[:200]}")
        return dict(answer.json())


def filled(form: Json, answers: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """A form's answers as the page sends them; what is not given stays as the form brought it."""
    for block in form["blocks"]:
        if block["type"] != "input":
            continue
        element, id = block["element"], block["block_id"]
        if id in answers:
            given = {"type": element["type"], KEYS[element["type"]]: shaped(element, answers[id])}
        else:
            kept = form["values"].get(id, {}).get(element["action_id"])
            given = kept or {"type": element["type"], KEYS[element["type"]]: initial(element)}
        yield id, {element["action_id"]: given}


def shaped(element: Json, answer: Any) -> Any:
    """An answer in the shape of its question: a choice is the option that has the value."""
    if element["type"] not in {"static_select", "radio_buttons", "checkboxes"}:
        return answer
    groups = element.get("option_groups") or [element]
    offered = {option["value"]: option for group in groups for option in group["options"]}
    wanted = answer if isinstance(answer, list) else [answer]
    if missing := [value for value in wanted if value not in offered]:
        raise Wrong(f"Nobody is offered the answer {missing[0]} here.")
    chosen = [offered[value] for value in wanted]
    return chosen if isinstance(answer, list) else chosen[0]


def initial(element: Json) -> Any:
    found = [value for key, value in element.items() if key.startswith("initial_")]
    return found[0] if found else [] if KEYS[element["type"]].endswith("s") else None


def named(shown: Json, button: str) -> tuple[str, Json] | None:
    """The button that begins with these words, and its block."""
    for block in shown.get("blocks") or ():
        for element in block["elements"] if block["type"] == "actions" else ():
            if element["text"]["text"].startswith(button):
                return block["block_id"], element
    return None


def words(shown: Any) -> str:
    """Every word that a message, a form or a Home shows."""
    if isinstance(shown, str):
        return shown
    if isinstance(shown, list | tuple):
        return " ".join(filter(None, map(words, shown)))
    if isinstance(shown, dict):
        return " ".join(filter(None, (words(shown[key]) for key in READ if key in shown)))
    return ""


READ = ("title", "label", "hint", "text", "name", "element", "elements", "fields", "blocks", "options", "confirm")


def case_in(message: Json) -> str:
    """The opaque id that a card's buttons act on."""
    values = [each.get("value") for block in message["blocks"] for each in block.get("elements", ())]
    return next(str(value) for value in values if value)


def reference_in(text: str) -> str:
    """The reference that a receipt gives."""
    found = re.search(r"reference is ([0-9A-Z]{2,3}-[0-9A-Z]{3})", text)
    if found is None:
        raise Wrong("The receipt gives no reference.")
    return found[1]
