"""Microsoft's side in tests: keys that sign real tokens, the line that carries messages, and the directory.

One small server plays them all: the login that MSAL asks, the keys of the Bot Framework, Graph, and the Connector.
People in it (``Member``) do what people do in Teams: they open dialogs, fill them in and press buttons.
"""

import asyncio
import itertools
import json
import re
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx
import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.adaptive_rules import parts, problems, words

Json = dict[str, Any]

APP = "a1a1a1a1-0000-4000-8000-000000000001"
TENANT = "b2b2b2b2-0000-4000-8000-000000000002"
SECRET = "a-secret-of-the-tests-own"
ISSUER = "https://api.botframework.com"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN = rsa.generate_private_key(public_exponent=65537, key_size=2048)
REFERENCE = re.compile(r"\b[A-Z0-9]{2}-[A-Z0-9]{3}\b")


@dataclass
class Town:
    """The tenant: who is in it, what the bot said to them, and how the services fare."""

    url: str = ""
    people: dict[str, Json] = field(default_factory=dict)
    messages: dict[str, list[Json]] = field(default_factory=dict)
    conversations: dict[str, str] = field(default_factory=dict)  # person's id by conversation
    blocked: set[str] = field(default_factory=set)
    # What the next calls are answered with, by the place they are made to: status, code, headers.
    answers: dict[str, list[tuple[int, str, dict[str, str]]]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    page_size: int = 100
    takes: dict[str, float] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def service(self) -> str:
        return f"{self.url}/connector"

    def moves_in(self, name: str, email: str, **more: Any) -> Json:
        """Somebody with an account; their id is made of their address."""
        id = str(uuid.uuid5(uuid.NAMESPACE_URL, email))
        shown = {"id": id, "displayName": name, "mail": email, "userPrincipalName": email}
        self.people[id] = {**shown, "userType": "Member", "accountEnabled": True, **more}
        return self.people[id]

    # -- the login

    async def discovery(self, request: Request) -> Response:
        base = f"https://login.stand-in.example/{request.path_params['tenant']}"
        return JSONResponse(
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
            }
        )

    async def token(self, request: Request) -> Response:
        self.calls.append(("POST", "token"))
        sent = httpx.QueryParams((await request.body()).decode())
        known = sent.get("client_secret") == SECRET or "client_assertion" in sent
        if refusal := self.refusal("token"):
            return refusal
        if not known or sent.get("client_id") != APP:
            return JSONResponse({"error": "invalid_client", "error_description": f"AADSTS7000215: not {SECRET}"}, 401)
        token = f"token-{next(self.numbers)}"
        self.tokens[token] = sent["scope"]
        return JSONResponse({"token_type": "Bearer", "access_token": token, "expires_in": 3599})

    async def keys(self, request: Request) -> Response:
        self.calls.append(("GET", "keys"))
        await asyncio.sleep(self.takes.get("keys", 0))
        ours = json.loads(RSAAlgorithm.to_jwk(KEY.public_key()))
        other = json.loads(RSAAlgorithm.to_jwk(FOREIGN.public_key()))
        return JSONResponse(
            {
                "keys": [
                    {**ours, "kid": "k1", "use": "sig", "endorsements": ["msteams", "skype"]},
                    {**other, "kid": "not-for-teams", "use": "sig", "endorsements": ["webchat"]},
                ]
            }
        )

    # -- the directory

    async def user(self, request: Request) -> Response:
        if refusal := self.refusal("graph", request, "https://graph.microsoft.com/.default"):
            return refusal
        await asyncio.sleep(self.takes.get("graph", 0))
        found = self.people.get(request.path_params["id"])
        return JSONResponse(found) if found else failed(404, "Request_ResourceNotFound")

    async def users(self, request: Request) -> Response:
        if refusal := self.refusal("graph", request, "https://graph.microsoft.com/.default"):
            return refusal
        asked = re.fullmatch(r"(\w+) eq '(.*)'", request.query_params["$filter"])
        assert asked
        name, wanted = asked[1], asked[2].replace("''", "'")
        found = [one for one in self.people.values() if str(one[name]).lower() == wanted.lower()]
        skip = int(request.query_params.get("$skiptoken", 0))
        page: Json = {"value": found[skip : skip + self.page_size]}
        if len(found) > skip + self.page_size:
            params = httpx.QueryParams({**request.query_params, "$skiptoken": skip + self.page_size})
            page["@odata.nextLink"] = f"{self.url}/graph/v1.0/users?{params}"
        return JSONResponse(page)

    # -- the Connector

    async def open(self, request: Request) -> Response:
        if refusal := self.refusal("open", request, "https://api.botframework.com/.default"):
            return refusal
        asked = await request.json()
        assert asked["tenantId"] == TENANT
        person = str(asked["members"][0]["id"]).removeprefix("29:")
        if person not in self.people:
            return failed(404, "UserNotFound")
        if person in self.blocked:
            return failed(403, "BotNotInConversationRoster")
        return JSONResponse({"id": self.own(person)}, 201)

    async def say(self, request: Request) -> Response:
        return await self.said(request, str(next(self.numbers)), 201)

    async def change(self, request: Request) -> Response:
        return await self.said(request, request.path_params["id"], 200)

    async def said(self, request: Request, id: str, status: int) -> Response:
        if refusal := self.refusal("say", request, "https://api.botframework.com/.default"):
            return refusal
        await asyncio.sleep(self.takes.get("say", 0))
        place = unquote(request.path_params["conversation"])
        if place not in self.messages:
            return failed(404, "ConversationNotFound")
        if self.conversations[place] in self.blocked:
            return failed(403, "MessageWritesBlocked")
        sent = await request.json()
        lying = self.messages[place]
        if status == 200 and id not in [each["id"] for each in lying]:
            return failed(404, "ActivityNotFoundInConversation")
        (held,) = sent["attachments"]
        assert problems(held["content"]) == []
        shown = {"id": id, "summary": sent.get("summary", ""), "card": held["content"], "conversation": place}
        self.messages[place] = [shown if each["id"] == id else each for each in lying]
        if status == 201:
            self.messages[place].append(shown)
        return JSONResponse({"id": id}, status)

    async def member(self, request: Request) -> Response:
        if refusal := self.refusal("member", request, "https://api.botframework.com/.default"):
            return refusal
        found = self.people.get(unquote(request.path_params["id"]).removeprefix("29:"))
        if not found:
            return failed(404, "MemberNotFoundInConversation")
        return JSONResponse(
            {
                "id": f"29:{found['id']}",
                "name": found["displayName"],
                "email": found["mail"],
                "userPrincipalName": found["userPrincipalName"],
                "aadObjectId": found["id"],
                "tenantId": TENANT,
                "userRole": "guest" if found["userType"] == "Guest" else "user",
            }
        )

    def own(self, person: str) -> str:
        """The conversation that somebody has with the bot."""
        place = f"a:{person}"
        self.messages.setdefault(place, [])
        self.conversations[place] = person
        return place

    def refusal(self, where: str, request: Request | None = None, scope: str = "") -> Response | None:
        """What a service answers before it looks at what is asked."""
        if request:
            self.calls.append((request.method, where))
            shown = request.headers.get("authorization", "").removeprefix("Bearer ")
            if self.tokens.get(shown) != scope:
                return failed(401, "Unauthorized")
        if waiting := self.answers.get(where):
            status, code, headers = waiting.pop(0)
            return failed(status, code, headers)
        return None

    def application(self) -> Starlette:
        talk = "/connector/v3/conversations/{conversation}"
        return Starlette(
            routes=[
                Route("/login/{tenant}/v2.0/.well-known/openid-configuration", self.discovery),
                Route("/login/{tenant}/oauth2/v2.0/token", self.token, methods=["POST"]),
                Route("/v1/.well-known/keys", self.keys),
                Route("/graph/v1.0/users", self.users),
                Route("/graph/v1.0/users/{id}", self.user),
                Route("/connector/v3/conversations", self.open, methods=["POST"]),
                Route(f"{talk}/activities", self.say, methods=["POST"]),
                Route(f"{talk}/activities/{{id}}", self.change, methods=["PUT"]),
                Route(f"{talk}/members/{{id}}", self.member),
            ]
        )


def failed(status: int, code: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(
        {"error": {"code": code, "message": "as the test wants it"}}, status, headers=dict(headers or {})
    )


@contextmanager
def teams_town() -> Iterator[Town]:
    """The tenant behind a port of its own, in a thread of its own."""
    town = Town()
    server = uvicorn.Server(uvicorn.Config(town.application(), port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, name="teams", daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < end
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    town.url = f"http://127.0.0.1:{port}"
    try:
        yield town
    finally:
        server.should_exit = True
        thread.join(20)


def signed(town: Town, key: Any = KEY, kid: str = "k1", algorithm: str = "RS256", **changed: Any) -> str:
    """A token as the Bot Framework makes them; a claim that is None is left out."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": APP, "nbf": now, "exp": now + 3600, "serviceurl": town.service, **changed}
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": kid})


class Member:
    """Somebody in the tenant with Teams open; ``door`` is the bot's address."""

    def __init__(self, town: Town, door: str, person: Json) -> None:
        self.town, self.door, self.person = town, door, person
        self.http = httpx.Client(timeout=20)
        self.own = town.own(person["id"])

    # -- what Teams sends for them

    def activity(self, kind: str, **more: Any) -> Json:
        return {
            "type": kind,
            "id": f"f:{uuid.uuid4()}",
            "timestamp": "2026-11-20T10:00:00.000Z",
            "channelId": "msteams",
            "serviceUrl": self.town.service,
            "from": {
                "id": f"29:{self.person['id']}",
                "name": self.person["displayName"],
                "aadObjectId": self.person["id"],
            },
            "recipient": {"id": f"28:{APP}", "name": "Lanyard"},
            "conversation": {"id": self.own, "conversationType": "personal", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
            **more,
        }

    def invoke(self, name: str, value: Json, **more: Any) -> Json:
        return self.activity("invoke", name=name, value=value, **more)

    def posts(self, activity: Json, token: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or signed(self.town)}"}
        return self.http.post(f"{self.door}/teams/api/messages", json=activity, headers=headers)

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

    def presses(self, title: str, message: Json) -> Any:
        """A button of a message: a dialog, or what stands in its place then."""
        button = button_of(message["card"], title)
        if button["type"] == "Action.Execute":
            value = {"action": {**button, "type": "Action.Execute"}, "trigger": "manual"}
            answer = self.got(self.invoke("adaptiveCard/action", value, replyToId=message["id"]))
            assert answer["statusCode"] == 200
            if "card" in answer["type"]:
                assert problems(answer["value"]) == []
            return answer["value"]
        assert button["data"]["msteams"] == {"type": "task/fetch"}
        return self.opens(("task/", "submit"), "task/fetch", {"data": button["data"]})

    def keeps(self, offer: Json, case: str) -> Any:
        """The button of a card that offers to keep what was written, with a case picked."""
        (button,) = offer["card"]["actions"]
        value = {"action": {**button, "data": {**button["data"], "case": case}}, "trigger": "manual"}
        return self.got(self.invoke("adaptiveCard/action", value, replyToId=offer["id"]))["value"]

    def reports(self, about: str, danger: str = "no", **answers: Any) -> "Dialog":
        """A whole report by the slash command; each step takes those of the answers that it asks for."""
        return self.types().fills({"about": about, "danger": danger, **answers})

    # -- what they see

    def messages(self) -> list[Json]:
        return list(self.town.messages[self.own])

    def hears(self) -> list[str]:
        return [each["summary"] for each in self.messages()]

    def card(self, containing: str = "") -> Json:
        """The newest message of the bot with these words."""
        return [each for each in self.messages() if containing in words(each["card"])][-1]

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
