"""What is asked of Microsoft Graph, at the edge where it leaves us: with our own token, patiently, of nobody else."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import respx
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from handlers.senders import Unreachable
from handlers.teams.graph import Graph
from handlers.teams.installing import Apps, Denied, Refused
from handlers.teams.places import GRAPH, Places
from handlers.teams.tokens import Registration, Tokens
from storage.certificate import make

APP = "a1a1a1a1-0000-4000-8000-000000000001"
TENANT = "b2b2b2b2-0000-4000-8000-000000000002"
PRIYA = "0c0c0c0c-1111-4222-8333-444444444444"
SECRET = "a-secret-of-the-tests-own"
LOGIN = f"https://login.microsoftonline.com/{TENANT}"
TOKEN = f"{LOGIN}/oauth2/v2.0/token"
USERS = "https://graph.microsoft.com/v1.0/users"
THEIRS = f"{USERS}/{PRIYA}/teamwork/installedApps"
Json = dict[str, Any]


class Issuer:
    """Microsoft's login as MSAL meets it: a token for whoever proves to be the app, by secret or certificate."""

    def __init__(self, certificate: bytes = b"") -> None:
        self.certificate, self.given, self.assertions = certificate, list[str](), list[Json]()

    def stands(self, edge: respx.MockRouter) -> None:
        endpoints = {"authorization_endpoint": f"{LOGIN}/oauth2/v2.0/authorize", "token_endpoint": TOKEN}
        edge.get(f"{LOGIN}/v2.0/.well-known/openid-configuration").respond(
            json={"issuer": f"{LOGIN}/v2.0", **endpoints}
        )
        edge.post(TOKEN).mock(side_effect=self.answers)

    def answers(self, request: httpx.Request) -> httpx.Response:
        sent = dict(httpx.QueryParams(request.content.decode()))
        assert (sent["client_id"], sent["scope"], sent["grant_type"]) == (APP, GRAPH, "client_credentials")
        if not (self.proven(sent["client_assertion"]) if self.certificate else sent["client_secret"] == SECRET):
            told = {"error": "invalid_client", "error_description": f"AADSTS7000215: not {SECRET}"}
            return httpx.Response(401, json=told)
        self.given.append(f"token-{len(self.given) + 1}")
        return httpx.Response(200, json={"token_type": "Bearer", "access_token": self.given[-1], "expires_in": 3599})

    def proven(self, assertion: str) -> bool:
        """Signed for this very address by the key of the certificate that was uploaded, and named by its print."""
        known = x509.load_pem_x509_certificate(self.certificate)
        header = jwt.get_unverified_header(assertion)
        prints = {"x5t": known.fingerprint(hashes.SHA1()), "x5t#S256": known.fingerprint(hashes.SHA256())}
        wanted = {name: base64.urlsafe_b64encode(made).decode() for name, made in prints.items()}
        if not any(header.get(name) == shown for name, shown in wanted.items()):
            return False
        key: Any = known.public_key()
        claims = jwt.decode(assertion, key, algorithms=["RS256", "PS256"], audience=TOKEN)
        self.assertions.append(claims)
        return claims["iss"] == claims["sub"] == APP


@pytest.fixture
def edge() -> Any:
    """Nothing leaves the machine: what is asked of nobody's address fails."""
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture
def issuer(edge: respx.MockRouter) -> Issuer:
    made = Issuer()
    made.stands(edge)
    return made


class Asked:
    """Graph as the bot asks it; ``slept`` is how long it waited between two questions."""

    def __init__(self, us: Registration, http: httpx.AsyncClient) -> None:
        self.tokens, self.slept = Tokens(us, Places()), list[float]()
        self.graph = Graph(http, self.tokens, Places(), self.sleep)
        self.apps = Apps(self.graph, APP)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@asynccontextmanager
async def asking(us: Registration) -> AsyncIterator[Asked]:
    async with httpx.AsyncClient() as http:
        asked = Asked(us, http)
        yield asked
        asked.tokens.close()


@pytest.fixture
async def ours(issuer: Issuer) -> AsyncIterator[Asked]:
    async with asking(Registration(APP, TENANT, SECRET)) as asked:
        yield asked


def refusal(status: int, code: str, message: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": message}}, headers=headers)


def page(*values: Json, more: str = "") -> httpx.Response:
    return httpx.Response(200, json={"value": list(values)} | ({"@odata.nextLink": more} if more else {}))


PRIYAS = {"id": PRIYA, "displayName": "Priya Nair", "mail": "priya@brambledown.example", "accountEnabled": True}


# -- page after page


async def test_a_long_answer_is_read_to_its_end(edge: respx.MockRouter, ours: Asked) -> None:
    asked = edge.get(url__startswith=USERS)
    asked.side_effect = [page({"mail": "other@brambledown.example"}, more=f"{USERS}?$skiptoken=x"), page(PRIYAS)]
    assert await ours.graph.by_email("priya@brambledown.example") == PRIYAS
    assert [call.request.url.params.get("$skiptoken") for call in asked.calls] == [None, "x"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://graph.microsoft.com.evil.example/v1.0/users?$skiptoken=x",
        "https://evil.example/v1.0/users",
        "http://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com@evil.example/v1.0/users",
        "https://graph.microsoft.com/beta/users",
    ],
)
async def test_a_next_page_somewhere_else_is_not_asked_for(edge: respx.MockRouter, ours: Asked, elsewhere: str) -> None:
    edge.get(url__startswith=USERS).mock(return_value=page(more=elsewhere))
    stolen = edge.route(url=elsewhere)
    with pytest.raises(ValueError, match=r"^$"):
        await ours.graph.by_email("priya@brambledown.example")
    assert not stolen.called


async def test_an_answer_without_end_is_no_answer(edge: respx.MockRouter, ours: Asked) -> None:
    asked = edge.get(url__startswith=USERS).mock(return_value=page(more=f"{USERS}?$skiptoken=again"))
    with pytest.raises(ValueError, match=r"^$"):
        await ours.graph.by_email("priya@brambledown.example")
    assert asked.call_count == 20


# -- when Graph is busy, fails, or no longer takes the token


@pytest.mark.parametrize("status", [429, 503])
async def test_graph_is_asked_again_after_as_long_as_it_says(edge: respx.MockRouter, ours: Asked, status: int) -> None:
    edge.get(url__startswith=USERS).side_effect = [refusal(status, "x", **{"Retry-After": "17"}), page(PRIYAS)]
    assert await ours.graph.by_email("priya@brambledown.example")
    assert ours.slept == [17]


async def test_the_moment_may_be_said_as_a_date(edge: respx.MockRouter, ours: Asked) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    edge.get(url__startswith=USERS).side_effect = [refusal(429, "x", **{"Retry-After": soon}), page(PRIYAS)]
    assert await ours.graph.by_email("priya@brambledown.example")
    assert 40 < ours.slept[0] <= 50


async def test_who_is_told_to_come_back_in_an_hour_is_not_kept_at_the_terminal(
    edge: respx.MockRouter, ours: Asked
) -> None:
    asked = edge.get(url__startswith=USERS).mock(return_value=refusal(429, "x", **{"Retry-After": "3600"}))
    with pytest.raises(httpx.HTTPStatusError):
        await ours.graph.by_email("priya@brambledown.example")
    assert (asked.call_count, ours.slept) == (1, [])


@pytest.mark.parametrize("fails", [refusal(500, "x"), refusal(502, "x"), refusal(504, "x"), httpx.ConnectTimeout("x")])
async def test_graph_is_asked_more_and_more_slowly_while_it_fails(
    edge: respx.MockRouter, ours: Asked, fails: Any
) -> None:
    edge.get(url__startswith=USERS).side_effect = [fails] * 4
    with pytest.raises(httpx.HTTPError):
        await ours.graph.by_email("priya@brambledown.example")
    assert ours.slept == [1, 2, 4]


async def test_a_token_that_is_no_longer_taken_is_asked_for_anew_once(
    edge: respx.MockRouter, ours: Asked, issuer: Issuer
) -> None:
    asked = edge.get(f"{USERS}/{PRIYA}")
    asked.side_effect = [refusal(401, "InvalidAuthenticationToken"), httpx.Response(200, json=PRIYAS)]
    assert await ours.graph.user(PRIYA) == PRIYAS
    assert [call.request.headers["authorization"] for call in asked.calls] == ["Bearer token-1", "Bearer token-2"]
    asked.side_effect = [refusal(401, "InvalidAuthenticationToken")] * 2
    with pytest.raises(httpx.HTTPStatusError):
        await ours.graph.user(PRIYA)
    assert len(issuer.given) == 3


# -- the app in somebody's own Teams


async def test_the_app_is_given_by_its_name_in_the_catalogue(edge: respx.MockRouter, ours: Asked) -> None:
    asked = edge.post(THEIRS).respond(201)
    assert await ours.apps.give(PRIYA, "in-the-catalogue")
    bound = {"teamsApp@odata.bind": "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/in-the-catalogue"}
    assert json.loads(asked.calls.last.request.content) == bound


async def test_whoever_has_the_app_already_is_no_fault(edge: respx.MockRouter, ours: Asked) -> None:
    edge.post(THEIRS).mock(return_value=refusal(409, "Conflict"))
    assert not await ours.apps.give(PRIYA, "in-the-catalogue")


async def test_whoever_has_the_app_says_what_it_is_called_in_the_catalogue(edge: respx.MockRouter, ours: Asked) -> None:
    asked = edge.get(url__startswith=THEIRS)
    asked.side_effect = [page({"id": "x", "teamsApp": {"id": "in-the-catalogue", "externalId": APP}}), page()]
    assert await ours.apps.of(PRIYA) == "in-the-catalogue"
    assert await ours.apps.of(PRIYA) == ""
    assert asked.calls.last.request.url.params["$filter"] == f"teamsApp/externalId eq '{APP}'"


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("Missing role permissions on the request. API requires one of 'TeamsAppInstallation…'.", "permission"),
        (f"AAD App Id '{APP}' is not allowed to manage the Teams App ''", "app"),
    ],
)
async def test_what_is_forbidden_to_us_is_told_from_what_is_kept_from_one_person(
    edge: respx.MockRouter, ours: Asked, message: str, why: str
) -> None:
    edge.post(THEIRS).mock(return_value=refusal(403, "Forbidden", message))
    with pytest.raises(Denied, match=f"^{why}$"):
        await ours.apps.give(PRIYA, "in-the-catalogue")


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_one_person_who_cannot_be_given_the_app_does_not_stop_the_others(
    edge: respx.MockRouter, ours: Asked, status: int
) -> None:
    edge.post(THEIRS).mock(return_value=refusal(status, "Forbidden", "The app is blocked by app permission policy."))
    with pytest.raises(Refused):
        await ours.apps.give(PRIYA, "in-the-catalogue")


async def test_a_catalogue_that_we_may_not_read_says_nothing(edge: respx.MockRouter, ours: Asked) -> None:
    edge.get(url__startswith="https://graph.microsoft.com/v1.0/appCatalogs").mock(return_value=refusal(403, "x"))
    assert await ours.apps.in_catalogue() == ""


# -- how we prove who we are


async def test_a_secret_that_is_wrong_is_told_to_nobody(
    edge: respx.MockRouter, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with asking(Registration(APP, TENANT, "the-wrong-one")) as asked:
        with pytest.raises(Unreachable) as no:
            await asked.graph.user(PRIYA)
    assert "the-wrong-one" not in caplog.text + repr(no.value)
    assert not issuer.given


async def test_a_certificate_proves_who_we_are_by_a_signature_that_holds_for_minutes(
    edge: respx.MockRouter, tmp_path: Path
) -> None:
    file = tmp_path / "lanyard-teams.pem"
    issuer = Issuer(make(file, "Brambledown Primary School", datetime.now(UTC)).public)
    issuer.stands(edge)
    edge.get(f"{USERS}/{PRIYA}").respond(json=PRIYAS)
    async with asking(Registration(APP, TENANT, certificate=file)) as asked:
        assert await asked.graph.user(PRIYA) == PRIYAS
    (shown,) = issuer.assertions
    assert shown["exp"] - shown["iat"] <= 600
    sent = b"".join(call.request.content for call in edge.calls)
    assert b"PRIVATE" not in sent


async def test_another_certificate_is_not_taken_for_ours(edge: respx.MockRouter, tmp_path: Path) -> None:
    uploaded = make(tmp_path / "uploaded.pem", "Brambledown Primary School", datetime.now(UTC)).public
    make(tmp_path / "another.pem", "Brambledown Primary School", datetime.now(UTC))
    issuer = Issuer(uploaded)
    issuer.stands(edge)
    async with asking(Registration(APP, TENANT, certificate=tmp_path / "another.pem")) as asked:
        with pytest.raises(Unreachable):
            await asked.graph.user(PRIYA)
    assert not issuer.given
