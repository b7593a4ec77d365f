"""Microsoft's side in tests: the demo's stand-in with a tenant of the tests' own, and a foreign key beside its own.

People in it (``Member``) do what people do in Teams: they open dialogs, fill them in and press buttons.
"""

import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette

from handlers.teams.cards import IN_PLACE, OURS
from tests.adaptive_rules import parts, problems, words
from tests.townspeople import Answered
from workspace.teams.channels import Team, reply
from workspace.teams.knocking import activity, signed
from workspace.teams.services import published, services
from workspace.teams.tenant import TENANT, Said, Tenant

Json = dict[str, Any]

FOREIGN = rsa.generate_private_key(public_exponent=65537, key_size=2048)
REFERENCE = re.compile(r"\b[A-Z0-9]{2}-[A-Z0-9]{3}\b")


class Town(Tenant):
    """The tenant of the tests: whoever moves in, and whatever its services are made to answer."""

    def __init__(self, address: str = "") -> None:
        super().__init__()
        self.address = address
        self.people: dict[str, Json] = {}
        self.ear: Callable[[str, Any], None] | None = None
        self.more_keys = [published(FOREIGN, "not-for-teams", "webchat")]

    @property
    def url(self) -> str:
        return self.address

    def everybody(self) -> Mapping[str, Json]:
        return self.people

    def now(self) -> str:
        return "2026-11-20T10:00:00.000Z"

    def stands(self, place: str, said: Said) -> None:
        assert said.card
        assert problems(said.card) == []
        if self.ear and not said.edited:
            self.ear("teams:received", said.card)

    def afresh(self) -> None:
        """As on the first morning."""
        self.__dict__.update(Town(self.address).__dict__)

    def moves_in(self, name: str, email: str, **more: Any) -> Json:
        """Somebody with an account; their id is made of their address."""
        id = str(uuid.uuid5(uuid.NAMESPACE_URL, email))
        shown = {"id": id, "displayName": name, "mail": email, "userPrincipalName": email}
        self.people[id] = {**shown, "userType": "Member", "accountEnabled": True, **more}
        return self.people[id]


@contextmanager
def teams_town() -> Iterator[Town]:
    """The tenant behind a port of its own, in a thread of its own."""
    town = Town()
    app = Starlette(routes=services(lambda: town))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, name="teams", daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < end
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    town.address = f"http://127.0.0.1:{port}"
    try:
        yield town
    finally:
        server.should_exit = True
        thread.join(20)


class Member:
    """Somebody in the tenant with Teams open; ``door`` is the bot's address."""

    def __init__(self, town: Town, door: str, person: Json) -> None:
        self.town, self.door, self.person = town, door, person
        self.http = httpx.Client(timeout=20)
        self.own = town.own(person["id"])

    @property
    def address(self) -> str:
        """By what the bot knows them: their id in the directory, or a visitor's in Teams."""
        return f"29:{self.person['id']}" if self.person.get("userType") == "Visitor" else str(self.person["id"])

    # -- what Teams sends for them

    def activity(self, kind: str, **more: Any) -> Json:
        told = activity(self.town, self.person, kind, more)
        if self.person.get("userType") == "Visitor":
            del told["from"]["aadObjectId"]
        return told

    def invoke(self, name: str, value: Json, **more: Any) -> Json:
        return self.activity("invoke", name=name, value=value, **more)

    def posts(self, activity: Json, token: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or signed(self.town)}", "Content-Type": "application/json"}
        # As a JavaScript client writes it: half a character can be in it.
        raw = json.dumps(activity).encode()
        return self.http.post(f"{self.door}/teams/api/messages", content=raw, headers=headers)

    def got(self, activity: Json) -> Json:
        answer = self.posts(activity)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text[:300]}"
        return dict(answer.json()) if answer.content else {}

    # -- what they do

    def installs(self) -> None:
        self.got(self.activity("installationUpdate", action="add"))

    def removes(self) -> None:
        self.got(self.activity("installationUpdate", action="remove"))

    def writes(self, text: str) -> None:
        self.got(self.activity("message", text=text))

    def sends(self, *attachments: Json, text: str = "") -> Json:
        """Pictures in their own chat; what the bot answers."""
        before = len(self.messages())
        self.got(self.activity("message", text=text, attachments=[*attachments]))
        end = time.monotonic() + 60
        while len(self.messages()) == before:
            assert time.monotonic() < end
            time.sleep(0.01)
        return self.messages()[-1]

    def replies(self, text: str, under: Json, team: Team, *, mention: bool = True, **more: Any) -> Json:
        """What they write under a message in their team's channel; what Teams sent of it."""
        sent = self.activity("message", **{**reply(team, under["id"], text, mention=mention), **more})
        self.got(sent)
        return sent

    def types(self) -> "Dialog":
        """The slash command, in a channel where the bot is not."""
        where = {"id": "19:general@thread.tacv2", "conversationType": "channel", "tenantId": TENANT}
        return self.opens(("composeExtension/", "submitAction"), "composeExtension/fetchTask", {}, where)

    def reports_message(self, payload: Json) -> "Dialog":
        """The command of a message's own menu."""
        where = {"id": "19:general@thread.tacv2", "conversationType": "channel", "tenantId": TENANT}
        value = {"commandContext": "message", "messagePayload": payload}
        return self.opens(("composeExtension/", "submitAction"), "composeExtension/fetchTask", value, where)

    def opens(self, then: tuple[str, str], name: str, value: Json, where: Json | None = None) -> "Dialog":
        more = {"conversation": where} if where else {}
        told = {"commandId": "report", **value} if name.startswith("compose") else value
        return Dialog(self, "".join(then), self.got(self.invoke(name, told, **more)), more)

    def presses(self, title: str, message: Json, where: Json | None = None) -> Any:
        """A button of a message, in a channel or in one's own chat: a dialog, or what stands in its place then."""
        more = {"conversation": where} if where else {}
        button = button_of(message["card"], title)
        if button["type"] == "Action.Execute":
            value = {"action": {**button, "type": "Action.Execute"}, "trigger": "manual"}
            answer = self.got(self.invoke("adaptiveCard/action", value, replyToId=message["id"], **more))
            assert answer["statusCode"] == 200
            if "card" in answer["type"]:
                assert problems(answer["value"]) == []
            return answer["value"]
        assert button["data"]["msteams"] == {"type": "task/fetch"}
        return self.opens(("task/", "submit"), "task/fetch", {"data": button["data"]}, where)

    def keeps(self, offer: Json, case: str, **more: str) -> Any:
        """The button of a card that offers to keep what was written or sent, with a case picked."""
        (button,) = offer["card"]["actions"]
        value = {"action": {**button, "data": {**button["data"], "case": case, **more}}, "trigger": "manual"}
        return self.got(self.invoke("adaptiveCard/action", value, replyToId=offer["id"]))["value"]

    def reports(self, about: str, danger: str = "no", **answers: Any) -> "Dialog":
        """A whole report by the slash command; each step takes those of the answers that it asks for."""
        return self.types().fills({"about": about, "danger": danger, **answers})

    # -- what somebody with a key of Microsoft's could make up in their name

    def forges(self, action: str, subject: str) -> Answered:
        """A button with an id of the forger's choosing, as what it does is asked for."""
        data = {OURS: {"press": action, "on": subject}}
        if action in IN_PLACE:
            value = {"action": {"type": "Action.Execute", "verb": action, "data": data}, "trigger": "manual"}
            return self.knocks(self.invoke("adaptiveCard/action", value))
        return self.knocks(self.invoke("task/fetch", {"data": data}))

    def forges_form(self, step: str, token: str, values: Mapping[str, str]) -> Answered:
        """A form of the forger's choosing: ``values`` are what was picked in its boxes."""
        fields = [{"id": id, "label": "?", "kind": "choice"} for id in values]
        form = {"id": step, "title": "?", "submit": "?", "token": token, "fields": fields}
        data = {OURS: {"step": step, "token": token, "form": form}, **values}
        return self.knocks(self.invoke("task/submit", {"data": data}))

    def knocks(self, activity: Json) -> Answered:
        answer = self.posts(activity)
        return Answered(answer.status_code, answer.content, ())

    # -- what they see

    def messages(self) -> list[Json]:
        return [asdict(each) for each in self.town.messages[self.own]]

    def hears(self) -> list[str]:
        return [each["summary"] for each in self.messages()]

    def card(self, containing: str = "") -> Json:
        """The newest message of the bot with these words, when it has come."""
        end = time.monotonic() + 60
        while not (found := [each for each in self.messages() if containing in words(each["card"])]):
            assert time.monotonic() < end, f"no message with {containing!r}"
            time.sleep(0.01)
        return found[-1]

    def closes(self) -> None:
        self.http.close()


class Dialog:
    """A dialog on somebody's screen, and the name under which what is pressed in it comes to the bot."""

    def __init__(self, member: Member, name: str, answer: Json, more: Json) -> None:
        self.member, self.name, self.more = member, name, more
        assert answer["task"]["type"] == "continue", answer
        self.title = answer["task"]["value"]["title"]
        self.card = answer["task"]["value"]["card"]["content"]
        assert problems(self.card) == [], problems(self.card)

    @property
    def step(self) -> str:
        """Which step of a form it is; nothing for a card."""
        sending = [part for part in self.card.get("actions", ()) if "form" in part.get("data", {}).get("lanyard", {})]
        return str(sending[0]["data"]["lanyard"]["step"]) if sending else ""

    @property
    def said(self) -> str:
        return f"{self.title} {words(self.card)}"

    @property
    def reference(self) -> str:
        return REFERENCE.findall(self.said)[0]

    @property
    def boxes(self) -> dict[str, Json]:
        return {part["id"]: part for part in parts(self.card) if str(part.get("type")).startswith("Input.")}

    @property
    def troubles(self) -> list[str]:
        said = [words(part) for part in parts(self.card) if part.get("type") == "RichTextBlock"]
        return [each.removeprefix("▲ ") for each in said if each.startswith("▲ ")]

    def sending(self, **answers: Any) -> Json:
        """What Teams sends when the form's button is pressed."""
        assert not answers.keys() - self.boxes.keys(), f"{self.step} does not ask for {answers.keys()}"
        (send,) = [part for part in self.card["actions"] if "form" in part["data"].get("lanyard", {})]
        kept = {id: box["value"] for id, box in self.boxes.items() if "value" in box}
        value = {"data": {**send["data"], **kept, **answers}, "commandId": "report"}
        return self.member.invoke(self.name, value, **self.more)

    def sends(self, **answers: Any) -> "Dialog":
        return Dialog(self.member, self.name, self.member.got(self.sending(**answers)), self.more)

    def presses(self, title: str) -> "Dialog":
        """Another of its buttons."""
        value = {"data": button_of(self.card, title)["data"], "commandId": "report"}
        return Dialog(
            self.member, self.name, self.member.got(self.member.invoke(self.name, value, **self.more)), self.more
        )

    def fills(self, answers: Json) -> "Dialog":
        """Step after step, to the end; ``same`` is what every doubtful name means."""
        shown, left, steps = self, dict(answers), list[str]()
        while shown.step:
            given = {id: left.pop(id) for id in list(left) if id in shown.boxes}
            given |= {id: left.get("same", "none") for id in shown.boxes if id.startswith("same.")}
            steps.append(shown.step)
            shown = shown.sends(**given)
            assert not shown.troubles, shown.troubles
            assert len(steps) < 12
        left.pop("same", None)
        assert not left, f"never asked: {left}"
        return shown


def button_of(card: Json, title: str) -> Json:
    """The button that says so, also one that asks once more: then the one that goes through with it."""
    for part in parts(card):
        if part.get("title") == title and str(part.get("type")).startswith("Action."):
            return dict(part["card"]["actions"][0]) if part["type"] == "Action.ShowCard" else part
    raise AssertionError(f"no button {title} on: {words(card)[:300]}")
