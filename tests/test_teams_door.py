"""Only Microsoft comes in by Teams's door, for this school alone, and each thing once."""

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from handlers.teams.kept import submission
from storage.faults import Busy, Uncertain
from tests.slack_door import STEP
from tests.teams_door import Door, door
from tests.teams_town import FOREIGN, Dialog, Town
from workspace.teams.knocking import signed
from workspace.teams.services import KEY, KEY_NAME
from workspace.teams.tenant import APP, TENANT

BEGIN = "composeExtension/fetchTask"


@pytest.fixture
async def school(town: Town) -> AsyncIterator[Door]:
    async with door(town) as opened:
        yield opened


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def handmade(school: Door, head: dict[str, Any], sign: Any, **changed: Any) -> str:
    """A token that no library would make."""
    now = int(time.time())
    claims = {"iss": "https://api.botframework.com", "aud": APP, "nbf": now}
    claims |= {"exp": now + 3600, "serviceurl": school.town.service, **changed}
    unsigned = f"{part(head)}.{part(claims)}"
    return f"{unsigned}.{sign(unsigned.encode())}"


def with_our_public_key(unsigned: bytes) -> str:
    """The oldest trick: the public key, which anybody has, taken as the secret of another algorithm."""
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    secret = KEY.public_key().public_bytes(*form)
    mark = hmac.new(secret, unsigned, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mark).rstrip(b"=").decode()


NOW = int(time.time())
FORGED = {
    "for another app": lambda s: signed(s.town, aud="c3c3c3c3-0000-4000-8000-000000000003"),
    "by another issuer": lambda s: signed(s.town, iss="https://sts.windows.net/x/"),
    "by an issuer of Entra's": lambda s: signed(
        s.town, iss=f"https://login.microsoftonline.com/{TENANT}/v2.0", tid=TENANT
    ),
    "ended": lambda s: signed(s.town, nbf=NOW - 4000, exp=NOW - 400),
    "without an end": lambda s: signed(s.town, exp=None),
    "without an end that is a number": lambda s: handmade(
        s, {"alg": "RS256", "kid": KEY_NAME}, lambda _: "x", exp="soon"
    ),
    "not begun": lambda s: signed(s.town, nbf=NOW + 4000, exp=NOW + 8000),
    "for another service": lambda s: signed(s.town, serviceurl="https://evil.example/"),
    "for no service": lambda s: signed(s.town, serviceurl=None),
    "by a foreign key": lambda s: signed(s.town, FOREIGN),
    "by a key of another channel": lambda s: signed(s.town, FOREIGN, "not-for-teams"),
    "by a key nobody has": lambda s: signed(s.town, FOREIGN, "k9"),
    "by no key": lambda s: handmade(s, {"alg": "none", "kid": KEY_NAME}, lambda _: ""),
    "by our public key": lambda s: handmade(s, {"alg": "HS256", "kid": KEY_NAME}, with_our_public_key),
    "changed": lambda s: signed(s.town)[:-8] + "AAAAAAAA",
    "nothing": lambda s: "",
    "no token": lambda s: "hello",
    "no JSON": lambda s: "e30.YQ.YQ",
    "very long": lambda s: signed(s.town, more="x" * 20_000),
}


@pytest.mark.parametrize("made", FORGED.values(), ids=FORGED.keys())
async def test_a_token_that_is_not_microsofts_for_us_and_now_opens_nothing(school: Door, made: Any) -> None:
    answer = await school.sends(school.priya.invoke(BEGIN, {"commandId": "report"}), made(school))
    assert answer.status_code == 401
    assert school.desk.asked == []


async def test_a_true_token_opens_the_form(school: Door) -> None:
    answer = await school.sends(school.priya.invoke(BEGIN, {"commandId": "report"}))
    assert answer.status_code == 200
    assert Dialog(school.priya, "", answer.json(), {}).step == STEP.id


async def test_a_request_without_a_token_or_with_two_opens_nothing(school: Door) -> None:
    body = school.priya.invoke(BEGIN, {"commandId": "report"})
    assert (await school.http.post("/teams/api/messages", json=body)).status_code == 401
    two = [("Authorization", f"Bearer {signed(school.town)}")] * 2
    assert (await school.http.post("/teams/api/messages", json=body, headers=two)).status_code == 401
    assert (await school.sends(body, Authorization=f"Basic {signed(school.town)}")).status_code == 401


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"serviceUrl": None}, 400),
        ({"serviceUrl": ""}, 400),
        ({"serviceUrl": "https://evil.example/"}, 401),
        ({"serviceUrl": "http://evil.example/"}, 400),
        ({"channelId": "webchat"}, 400),
        ({"type": "invoke", "name": "adaptiveCard/made-up"}, 404),
        ({"type": "trace"}, 404),
        ({"type": ["invoke"]}, 404),
        ({"name": {}}, 404),
        ({"from": None}, 400),
        ({"from": {"id": "29:../../x"}}, 400),
        ({"conversation": {"id": "a:1?x=1", "tenantId": TENANT}}, 400),
        ({"recipient": []}, 400),
        ({"value": []}, 400),
        ({"value": "x"}, 400),
    ],
)
async def test_an_activity_that_lacks_or_fakes_something_does_not_come_in(
    school: Door, changes: dict[str, Any], status: int
) -> None:
    body = {**school.priya.invoke(BEGIN, {"commandId": "report"}), **changes}
    assert (
        await school.sends({name: value for name, value in body.items() if value is not None})
    ).status_code == status
    assert school.desk.asked == []


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 100_000]
)
async def test_a_body_that_cannot_be_read_does_not_come_in(school: Door, raw: bytes) -> None:
    assert 400 <= (await school.sends(raw)).status_code < 500
    assert school.desk.asked == []


async def test_a_body_that_is_too_large_does_not_come_in(school: Door) -> None:
    assert (await school.sends(b'"' + b"x" * 1_000_001 + b'"')).status_code == 413


@pytest.mark.parametrize(
    "tenants",
    [
        {"channelData": {"tenant": {"id": "other"}}, "conversation": {"id": "a:1", "tenantId": "other"}},
        {"channelData": {"tenant": {"id": "other"}}},
        {"conversation": {"id": "a:1", "tenantId": "other"}},
        {"channelData": {}, "conversation": {"id": "a:1"}},
        {"channelData": {"tenant": {"id": 7}}, "conversation": {"id": "a:1"}},
    ],
)
async def test_another_tenant_does_not_come_in(school: Door, tenants: dict[str, Any]) -> None:
    answer = await school.sends(school.priya.invoke(BEGIN, {"commandId": "report"}, **tenants))
    assert answer.status_code == 403
    assert school.desk.asked == []


async def test_the_same_activity_again_gets_the_same_answer_and_does_nothing_twice(school: Door) -> None:
    body = school.priya.invoke("task/fetch", {"data": {"lanyard": {"press": "open", "on": "c1"}}})
    first, again = await school.sends(body), await school.sends(body, signed(school.town, more="1"))
    assert first.content == again.content
    assert school.desk.times("press") == 1


async def test_a_clock_that_is_wrong_rings(town: Town) -> None:
    async with door(town, lambda: time.time() + 3800) as school:
        assert (await school.sends(school.priya.invoke(BEGIN, {"commandId": "report"}))).status_code == 200
        assert school.alarms == ["clock"]


async def test_strangers_cannot_make_us_ask_for_keys_without_end(school: Door) -> None:
    body = school.priya.invoke(BEGIN, {"commandId": "report"})
    for n in range(20):
        assert (await school.sends(body, signed(school.town, FOREIGN, f"k{n + 2}"))).status_code == 401
    assert school.town.calls.count(("GET", "keys")) == 1


@pytest.mark.parametrize("name", ["task/fetch", "task/submit", "composeExtension/submitAction", "adaptiveCard/action"])
@pytest.mark.parametrize("data", [{}, {"lanyard": {"step": "no-such"}}, {"lanyard": {"press": 7}}, {"lanyard": "x"}])
async def test_a_step_that_is_not_known_is_answered_in_words(school: Door, name: str, data: Any) -> None:
    value = {"action": {"data": data}} if name == "adaptiveCard/action" else {"data": data}
    answer = await school.sends(school.priya.invoke(name, value))
    assert answer.status_code == 200
    assert "Sorry: expired" in answer.text


# -- when something is wrong, what was typed is not lost


async def shown(school: Door) -> Dialog:
    answer = await school.sends(school.priya.invoke(BEGIN, {"commandId": "report"}))
    return Dialog(school.priya, "composeExtension/submitAction", answer.json(), {})


@pytest.mark.parametrize(("fault", "said"), [(Busy(), "Sorry: busy"), (Uncertain(), "Sorry: uncertain")])
async def test_what_was_not_saved_stays_in_the_form(school: Door, fault: Exception, said: str) -> None:
    form = await shown(school)
    school.desk.says["answer"] = fault
    answer = await school.sends(form.sending(about="child", account="She said *no*."))
    again = Dialog(school.priya, "", answer.json(), {})
    assert again.step == form.step
    assert again.troubles[0].startswith(said)
    assert again.boxes["account"]["value"] == "She said *no*."
    assert school.kept == []


async def test_what_takes_too_long_stays_in_the_form(school: Door) -> None:
    form = await shown(school)
    school.desk.takes = 10
    answer = await school.sends(form.sending(about="child", account="Slowly"))
    again = Dialog(school.priya, "", answer.json(), {})
    assert again.troubles[0].startswith("Sorry: uncertain")
    assert again.boxes["account"]["value"] == "Slowly"


async def test_what_nobody_expected_is_kept_and_can_be_read_once_more(
    school: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    form = await shown(school)
    school.desk.says["answer"] = RuntimeError("CANARY")
    answer = await school.sends(form.sending(about="child", account="CANARY"))
    assert "Sorry: kept" in answer.text
    ((raw, fault),) = school.kept
    assert fault == "RuntimeError"
    step, token, answers, who = submission(raw.decode(), TENANT) or ("", "", {}, None)
    assert (step, token) == (STEP.id, STEP.token)
    assert answers == {"about": "child", "account": "CANARY"}
    assert who
    assert (who.platform, who.workspace, who.address) == ("teams", TENANT, school.priya.person["id"])
    assert "CANARY" not in caplog.text


async def test_what_was_kept_from_another_platform_is_not_read_as_teams() -> None:
    assert submission("payload=%7B%7D", TENANT) is None
    assert submission('{"envelope_id": "1"}', TENANT) is None


async def test_a_button_that_could_not_be_done_leaves_its_card_as_it_is(school: Door) -> None:
    school.desk.says["press"] = Busy()
    data = {"lanyard": {"press": "acknowledge", "on": "c1"}}
    answer = await school.sends(school.priya.invoke("adaptiveCard/action", {"action": {"data": data}}))
    assert answer.json()["type"] == "application/vnd.microsoft.activity.message"
    assert answer.json()["value"].startswith("Sorry: busy")


async def test_a_card_that_tells_a_story_is_never_put_where_another_stood(school: Door) -> None:
    for action in ("open", "note", "resume", "report"):
        data = {"lanyard": {"press": action, "on": "c1"}}
        answer = await school.sends(school.priya.invoke("adaptiveCard/action", {"action": {"data": data}}))
        assert "Sorry: expired" in answer.text
    assert school.desk.times("press") == 0


async def test_keys_that_cannot_be_fetched_are_a_fault_and_asked_for_again(school: Door) -> None:
    assert school.teams.faults() == ("keys",)
    await school.teams.asking
    assert school.teams.faults() == ()
