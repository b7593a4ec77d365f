"""Microsoft at the edge where a question leaves the machine: its login, and Graph with a school's people in it."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import respx

APP = "a1a1a1a1-0000-4000-8000-000000000001"
TENANT = "b2b2b2b2-0000-4000-8000-000000000002"
SECRET = "a-secret-of-the-tests-own"
CATALOGUE = "c3c3c3c3-0000-4000-8000-000000000003"
LOGIN = f"https://login.microsoftonline.com/{TENANT}"
GRAPH = "https://graph.microsoft.com/v1.0"
UNGRANTED = "Missing role permissions on the request. API requires one of 'TeamsAppInstallation…'. Roles on it ''."
BLOCKED = "The app is blocked by app permission policy."
Json = dict[str, Any]


@dataclass
class Edge:
    """Who has an account, and who has the app; ``busy`` answers come before any other, ``blocked`` are persons."""

    accounts: dict[str, str] = field(default_factory=dict)  # id by e-mail address
    have: dict[str, str] = field(default_factory=dict)  # id in the catalogue by person's id
    blocked: set[str] = field(default_factory=set)
    ungranted: bool = False
    others: dict[str, str] = field(default_factory=dict)  # by person's id, the manifest's id of another upload
    door: httpx.Response = field(default_factory=lambda: httpx.Response(401))
    refusal: str = ""  # Microsoft's sentence when no token is given
    refusals: list[str] = field(default_factory=list)  # and for the next questions alone
    clock: timedelta = timedelta()
    readable: bool = False  # whether the catalogue may be read
    busy: list[httpx.Response] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)

    def moves_in(self, email: str, *, app: bool = False) -> str:
        id = self.accounts[email] = str(uuid.uuid5(uuid.NAMESPACE_URL, email))
        if app:
            self.have[id] = CATALOGUE
        return id

    def stands(self, router: respx.MockRouter) -> None:
        endpoints = {name: f"{LOGIN}/oauth2/v2.0/{name[:5]}" for name in ("token_endpoint", "authorization_endpoint")}
        told = {"issuer": f"{LOGIN}/v2.0", **endpoints}
        router.get(f"{LOGIN}/v2.0/.well-known/openid-configuration").respond(json=told)
        router.post(f"{LOGIN}/oauth2/v2.0/token").mock(side_effect=lambda _: self.token())
        router.get("https://login.botframework.com/v1/.well-known/keys").mock(
            side_effect=lambda _: httpx.Response(
                200, json={"keys": []}, headers={"Date": format_datetime(datetime.now(UTC) + self.clock, usegmt=True)}
            )
        )
        router.post("https://lanyard.brambledown.example/teams/api/messages").mock(side_effect=lambda _: self.door)
        router.route(url__startswith=f"{GRAPH}/").mock(side_effect=self.answers)

    def token(self) -> httpx.Response:
        if refusal := self.refusals.pop(0) if self.refusals else self.refusal:
            return httpx.Response(401, json={"error": "invalid_client", "error_description": refusal})
        given = {"token_type": "Bearer", "access_token": "graph-token", "expires_in": 3599}
        return httpx.Response(200, json=given)

    def answers(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer graph-token"
        if self.busy:
            return self.busy.pop(0)
        path = request.url.path.removeprefix("/v1.0")
        if path == "/users":
            return self.users(request.url.params["$filter"])
        if path == "/appCatalogs/teamsApps":
            return found([{"id": CATALOGUE, "externalId": APP}]) if self.readable else refused(403, "Forbidden")
        person = re.fullmatch(r"/users/([^/]+)/teamwork/installedApps", path)
        assert person, path
        if self.ungranted:
            return refused(403, UNGRANTED)
        if request.method == "GET":
            return self.installed(person[1], request.url.params.get("$filter", ""))
        return self.given(person[1], json.loads(request.content))

    def users(self, asked: str) -> httpx.Response:
        wanted = re.fullmatch(r"(mail|userPrincipalName) eq '(.*)'", asked)
        assert wanted
        id = self.accounts.get(wanted[2].lower())
        row = {"id": id, "displayName": spoken(wanted[2]), "mail": wanted[2], "accountEnabled": True}
        return found([row] if id else [])

    def installed(self, person: str, asked: str) -> httpx.Response:
        """Filtered by the id of the manifest, or everything that somebody has."""
        if asked:
            assert asked == f"teamsApp/externalId eq '{APP}'"
            there = self.have.get(person)
            return found([{"id": "x", "teamsApp": {"id": there, "externalId": APP}}] if there else [])
        other = self.others.get(person)
        made = {"teamsApp": {"externalId": other}, "teamsAppDefinition": {"azureADAppId": APP}}
        return found([{"teamsApp": {"externalId": "store"}}, made] if other else [])

    def given(self, person: str, body: Json) -> httpx.Response:
        app = body["teamsApp@odata.bind"].removeprefix(f"{GRAPH}/appCatalogs/teamsApps/")
        self.posts.append(person)
        if person in self.blocked:
            return refused(403, BLOCKED)
        if person in self.have:
            return refused(409, "There already.")
        self.have[person] = app
        return httpx.Response(201)


@contextmanager
def microsoft() -> Iterator[Edge]:
    """Nothing but this machine and Microsoft's login and Graph is there."""
    with respx.mock(assert_all_called=False) as router:
        router.route(host="127.0.0.1").pass_through()
        edge = Edge()
        edge.stands(router)
        yield edge


def spoken(email: str) -> str:
    """A name as an administrator may have typed it: "n.rahman" is N Rahman."""
    return email.partition("@")[0].replace(".", " ").title()


def found(rows: list[Json]) -> httpx.Response:
    return httpx.Response(200, json={"value": rows})


def refused(status: int, message: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": "Forbidden", "message": message}}, headers=headers)
