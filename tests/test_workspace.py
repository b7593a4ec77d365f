"""The demo workspace is as strict as Slack, and tells the bot what Slack would tell it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import aiosmtplib
import httpx
import pytest
import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from workspace.running import Address, running
from workspace.settings import HERE, Settings

Json = dict[str, Any]
SECRET = "a-signing-secret-for-tests"
TOKEN = "xoxb-tests"
TEACHER, ASSISTANT, DSL, HEAD = "U0OYELARAN", "U0KOWALSKA", "U0RAHMAN01", "U0WHITLOCK"
GUEST, STRANGER, LEAVER, BOT = "U0MURPHY01", "U0HOLROYD1", "U0SINCLAIR", "U0LANYARD1"
CHAIR = "M0OKAFOR01"
STAFFROOM, YEAR_FOUR, LEADERS = "C0STAFFRM1", "C0YEARFOUR", "C0SENIORLD"


class FakeBot:
    """Whatever knocks is checked for its signature and kept; what it answers is set by each test."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: list[tuple[str, Json, dict[str, str]]] = []
        self.replies: dict[str, Callable[[Json], Response]] = {}
        self.delay = 0.0

    async def door(self, request: Request) -> Response:
        body = await request.body()
        signed = SignatureVerifier(SECRET).is_valid_request(body, dict(request.headers))
        kind, payload = understood(request.headers["content-type"], body)
        self.heard.append((kind, payload, dict(request.headers)))
        await asyncio.sleep(self.delay)
        if not signed:
            return Response(status_code=401)
        return self.replies.get(kind, lambda _: Response())(payload)

    def payloads(self, kind: str) -> list[Json]:
        return [payload for heard, payload, _ in self.heard if heard == kind]


def understood(type: str, body: bytes) -> tuple[str, Json]:
    if type == "application/json":
        envelope = json.loads(body)
        return envelope.get("event", envelope)["type"], envelope
    fields = {key: values[0] for key, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    if "payload" in fields:
        payload = json.loads(fields["payload"])
        return payload["type"], payload
    return "command", fields


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


@pytest.fixture(scope="module")
def one_bot() -> Iterator[FakeBot]:
    fake = FakeBot()
    with served(Starlette(routes=[Route("/slack/events", fake.door, methods=["POST"])])) as fake.url:
        yield fake


@pytest.fixture(scope="module")
def one_chat(one_bot: FakeBot) -> Iterator[Address]:
    with running(quick(one_bot.url)) as url:
        yield url


def quick(bot_url: str, clock_file: Path | None = None) -> Settings:
    """Half a second where Slack waits three."""
    return Settings(
        bot=bot_url,
        signing_secret=SECRET,
        bot_token=TOKEN,
        clock_file=clock_file,
        ack_seconds=0.5,
        trigger_seconds=0.5,
        retries=(0.0, 0.05, 0.05),
    )


@pytest.fixture
def bot(one_bot: FakeBot) -> FakeBot:
    one_bot.heard, one_bot.replies, one_bot.delay = [], {}, 0.0
    return one_bot


@pytest.fixture
def chat(one_chat: Address, bot: FakeBot) -> Address:
    """The workspace as on its first morning."""
    httpx.post(f"{one_chat}/ui/reset", trust_env=False)
    httpx.post(f"{one_chat}/ui/bot", json={"url": bot.url}, trust_env=False)
    one_chat.workspace.on_call.clear()
    bot.heard.clear()
    return one_chat


@pytest.fixture
def slack(chat: Address) -> AsyncWebClient:
    return AsyncWebClient(token=TOKEN, base_url=f"{chat}/api/", retry_handlers=[])


class Page:
    """One person's browser tab, without the browser."""

    def __init__(self, url: str, me: str, client: httpx.AsyncClient) -> None:
        self.url, self.me, self.client = url, me, client

    async def state(self) -> Json:
        return (await self.client.get(f"{self.url}/ui/state", params={"as": self.me})).json()

    async def do(self, deed: str, **said: Any) -> Json:
        return (await self.client.post(f"{self.url}/ui/{deed}", json={"as": self.me, **said})).json()

    async def messages(self, room: str) -> list[Json]:
        return (await self.state())["messages"].get(room, [])

    async def bot_room(self) -> str:
        return next(c["id"] for c in (await self.state())["channels"] if c["kind"] == "bot")


@pytest.fixture
async def page(chat: Address) -> AsyncIterator[Callable[[str], Page]]:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        yield lambda me: Page(chat, me, client)


async def until(true: Callable[[], Any], seconds: float = 5) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "it never happened"
        await asyncio.sleep(0.01)
    return found


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def asking(block: str, element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": block, "label": plain("A question"), "element": element, **more}


def typing(block: str = "what", action: str = "answer", **more: Any) -> Json:
    return asking(block, {"type": "plain_text_input", "action_id": action}, **more)


def form(*blocks: Json, **more: Any) -> Json:
    shown = {"type": "modal", "title": plain("Report"), "submit": plain("Send"), "close": plain("Cancel")}
    return shown | {"blocks": list(blocks) or [typing()]} | more


def typed(text: str, block: str = "what", action: str = "answer") -> Json:
    return {block: {action: {"type": "plain_text_input", "value": text}}}


async def trigger(page: Page, bot: FakeBot) -> str:
    """A fresh trigger id, got as the bot gets one: somebody types the command."""
    before = len(bot.payloads("command"))
    await page.do("command", channel=STAFFROOM, text="/report")
    await until(lambda: len(bot.payloads("command")) > before)
    return bot.payloads("command")[-1]["trigger_id"]


async def opened(page: Page, bot: FakeBot, slack: AsyncWebClient, view: Json) -> Json:
    answer = await slack.views_open(trigger_id=await trigger(page, bot), view=view)
    return answer["view"]


async def refusal(call: Any) -> tuple[str, str]:
    with pytest.raises(SlackApiError) as refused:
        await call
    told = refused.value.response
    return told["error"], " ".join(told.get("response_metadata", {}).get("messages", []))


# --- commands and triggers ---------------------------------------------------------------------------


async def test_a_teachers_command_reaches_the_bot_signed_and_in_slacks_own_shape(page, bot):
    await page(TEACHER).do("command", channel=STAFFROOM, text="/report  something odd")
    told = await until(lambda: bot.payloads("command"))
    assert (
        told[0].items()
        >= {
            "command": "/report",
            "text": "something odd",
            "user_id": TEACHER,
            "user_name": "tolu.oyelaran",
            "team_id": "T0BRAMBLE1",
            "channel_id": STAFFROOM,
            "channel_name": "staffroom",
            "api_app_id": "A0LANYARD1",
            "is_enterprise_install": "false",
        }.items()
    )
    assert (await page(TEACHER).state())["banner"] is None


async def test_the_bots_form_appears_for_the_person_who_asked_and_for_nobody_else(page, bot, slack):
    view = await opened(page(TEACHER), bot, slack, form(private_metadata="draft-1", callback_id="report"))
    mine = (await page(TEACHER).state())["modals"]
    assert [m["id"] for m in mine] == [view["id"]]
    assert mine[0]["private_metadata"] == "draft-1"
    assert mine[0]["values"] == {"what": {"answer": {"type": "plain_text_input", "value": None}}}
    assert (await page(ASSISTANT).state())["modals"] == []


async def test_a_trigger_opens_one_form_and_no_more(page, bot, slack):
    once = await trigger(page(TEACHER), bot)
    await slack.views_open(trigger_id=once, view=form())
    assert (await refusal(slack.views_open(trigger_id=once, view=form())))[0] == "exchanged_trigger_id"


async def test_a_trigger_is_gone_after_its_time(page, bot, slack):
    late = await trigger(page(TEACHER), bot)
    await asyncio.sleep(0.6)
    assert (await refusal(slack.views_open(trigger_id=late, view=form())))[0] == "expired_trigger_id"
    assert (await refusal(slack.views_open(trigger_id="1.2.made-up", view=form())))[0] == "invalid_trigger_id"


def test_people_wait_three_seconds_and_triggers_live_three_seconds_as_in_slack():
    assert (Settings().ack_seconds, Settings().trigger_seconds) == (3.0, 3.0)


async def test_a_form_that_slack_would_refuse_does_not_use_the_trigger_up(page, bot, slack):
    once = await trigger(page(TEACHER), bot)
    assert (await refusal(slack.views_open(trigger_id=once, view=form(title=plain("x" * 25)))))[0] == (
        "invalid_arguments"
    )
    assert (await slack.views_open(trigger_id=once, view=form()))["ok"]


async def test_a_bot_that_is_late_shows_the_red_error_to_that_person_only(page, bot):
    bot.delay = 1.0
    await page(TEACHER).do("command", channel=STAFFROOM, text="/report")
    await asyncio.sleep(0.7)
    assert (await page(TEACHER).state())["banner"] == "/report failed with the error 'operation_timeout'"
    assert (await page(ASSISTANT).state())["banner"] is None


async def test_a_bot_that_answers_badly_shows_another_red_error(page, bot):
    bot.replies["command"] = lambda _: Response(status_code=500)
    await page(TEACHER).do("command", channel=STAFFROOM, text="/report")
    await until(lambda: bot.payloads("command"))
    await asyncio.sleep(0.1)
    assert (await page(TEACHER).state())["banner"] == "/report failed with the error 'dispatch_failed'"


async def test_what_a_command_answers_is_seen_by_the_one_who_typed_it(page, bot):
    bot.replies["command"] = lambda _: Response("One moment.")
    await page(TEACHER).do("command", channel=STAFFROOM, text="/report")
    await until(lambda: bot.payloads("command"))
    await asyncio.sleep(0.1)
    last = (await page(TEACHER).messages(STAFFROOM))[-1]
    assert (last["text"], last["ephemeral"], last["bot"]) == ("One moment.", True, True)
    assert "One moment." not in [m["text"] for m in await page(ASSISTANT).messages(STAFFROOM)]


async def test_a_response_address_can_be_used_five_times(page, bot):
    await trigger(page(TEACHER), bot)
    hook = AsyncWebhookClient(bot.payloads("command")[0]["response_url"])
    answers = [(await hook.send(text=f"answer {n}")).status_code for n in range(6)]
    assert answers == [200] * 5 + [404]
    assert [m["text"] for m in await page(TEACHER).messages(STAFFROOM)][-5:] == [f"answer {n}" for n in range(5)]


# --- sending a form ----------------------------------------------------------------------------------


async def test_a_required_question_left_empty_is_stopped_before_the_bot_hears_of_it(page, bot, slack):
    view = await opened(page(TEACHER), bot, slack, form(typing(), typing("more", optional=True)))
    answer = await page(TEACHER).do("submit", view_id=view["id"], values=typed("  kept", "more"))
    assert not answer["ok"]
    modal = answer["state"]["modals"][0]
    assert modal["errors"] == {"what": "Please complete this required field."}
    assert modal["values"]["more"]["answer"]["value"] == "  kept"
    assert bot.payloads("view_submission") == []


async def test_every_kind_of_answer_reaches_the_bot_in_slacks_shape(page, bot, slack, chat):
    option = {"text": plain("Online"), "value": "online"}
    elements = {
        "line": {"type": "plain_text_input"},
        "pick": {"type": "static_select", "options": [option]},
        "radio": {"type": "radio_buttons", "options": [option]},
        "boxes": {"type": "checkboxes", "options": [option]},
        "who": {"type": "users_select"},
        "whom": {"type": "multi_users_select"},
        "date": {"type": "datepicker"},
        "time": {"type": "timepicker"},
        "when": {"type": "datetimepicker"},
        "files": {"type": "file_input", "max_files": 3},
        "untouched": {"type": "multi_users_select"},
    }
    blocks = [asking(name, {**each, "action_id": "a"}, optional=name == "untouched") for name, each in elements.items()]
    blocks[0]["element"]["initial_value"] = "already there"
    view = await opened(page(TEACHER), bot, slack, form(*blocks))
    sent = await page(TEACHER).client.put(
        f"{chat}/ui/upload",
        params={"as": TEACHER, "name": "Screen shot.png", "type": "image/png"},
        content=b"png",
    )
    given = {
        "pick": {"selected_option": option},
        "radio": {"selected_option": option},
        "boxes": {"selected_options": [option]},
        "who": {"selected_user": HEAD},
        "whom": {"selected_users": [HEAD, DSL]},
        "date": {"selected_date": "2026-11-20"},
        "time": {"selected_time": "09:15"},
        "when": {"selected_date_time": 1_790_000_000},
        "files": {"files": [{"id": sent.json()["id"]}]},
    }
    values = {name: {"a": {"type": elements[name]["type"], **each}} for name, each in given.items()}
    assert (await page(TEACHER).do("submit", view_id=view["id"], values=values))["ok"]
    payload = bot.payloads("view_submission")[0]
    state = payload["view"]["state"]["values"]
    assert state["line"]["a"] == {"type": "plain_text_input", "value": "already there"}
    assert state["untouched"]["a"] == {"type": "multi_users_select", "selected_users": []}
    for name in given.keys() - {"files"}:
        assert state[name]["a"] == {"type": elements[name]["type"], **given[name]}
    assert state["files"]["a"]["files"] == [sent.json()]
    assert payload["user"] == {
        "id": TEACHER,
        "username": "tolu.oyelaran",
        "name": "tolu.oyelaran",
        "team_id": "T0BRAMBLE1",
    }
    assert payload["team"] == {"id": "T0BRAMBLE1", "domain": "brambledown"}
    assert payload["is_enterprise_install"] is False
    assert payload["view"]["hash"] == view["hash"]


async def test_an_empty_acknowledgement_closes_the_form(page, bot, slack):
    view = await opened(page(TEACHER), bot, slack, form())
    answer = await page(TEACHER).do("submit", view_id=view["id"], values=typed("words"))
    assert answer["ok"]
    assert answer["state"]["modals"] == []
    assert (await page(TEACHER).do("submit", view_id=view["id"], values={}))["error"] == "not_found"


async def test_errors_stand_under_their_questions_and_what_was_typed_stays(page, bot, slack):
    bot.replies["view_submission"] = lambda _: JSONResponse(
        {"response_action": "errors", "errors": {"what": "Please say a little more."}}
    )
    view = await opened(page(TEACHER), bot, slack, form())
    answer = await page(TEACHER).do("submit", view_id=view["id"], values=typed("hm"))
    modal = answer["state"]["modals"][0]
    assert (answer["ok"], modal["errors"]) == (False, {"what": "Please say a little more."})
    assert modal["values"] == typed("hm")
    assert (modal["busy"], modal["trouble"]) == (False, None)


@pytest.mark.parametrize(
    "said",
    [
        {"response_action": "errors", "errors": {"no-such-block": "?"}},
        {"response_action": "errors", "errors": {"heading": "?"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "dance"},
        {"response_action": "update", "view": {"type": "modal", "blocks": []}},
    ],
)
async def test_an_answer_slack_would_not_understand_is_trouble_and_loses_nothing(page, bot, slack, said):
    bot.replies["view_submission"] = lambda _: JSONResponse(said)
    heading = {"type": "header", "block_id": "heading", "text": plain("About")}
    view = await opened(page(TEACHER), bot, slack, form(heading, typing()))
    answer = await page(TEACHER).do("submit", view_id=view["id"], values=typed("kept"))
    assert (answer["ok"], answer["trouble"]) == (False, "We had some trouble connecting. Try again?")
    assert answer["state"]["modals"][0]["values"] == typed("kept")


@pytest.mark.parametrize("how", ["late", "broken", "not json"])
async def test_no_good_answer_in_time_keeps_the_form_and_says_so(page, bot, slack, how):
    view = await opened(page(TEACHER), bot, slack, form())
    bot.delay = 1.0 if how == "late" else 0.0
    if how != "late":
        answer = Response(status_code=500) if how == "broken" else Response("fine")
        bot.replies["view_submission"] = lambda _: answer
    answer = await page(TEACHER).do("submit", view_id=view["id"], values=typed("kept"))
    assert (answer["ok"], answer["trouble"]) == (False, "We had some trouble connecting. Try again?")
    assert answer["state"]["modals"][0]["values"] == typed("kept")


async def test_the_next_step_replaces_the_form_and_keeps_what_still_fits(page, bot, slack):
    step_two = form(typing(), typing("what-2"), title=plain("Step two"))
    step_two["blocks"].append(asking("pick", {"type": "users_select", "action_id": "answer"}, optional=True))
    address = {"type": "email_text_input", "action_id": "answer"}
    step_two["blocks"].append(asking("mail", address, optional=True))
    bot.replies["view_submission"] = lambda _: JSONResponse({"response_action": "update", "view": step_two})
    view = await opened(page(TEACHER), bot, slack, form(typing(), typing("pick"), typing("mail")))
    values = typed("stays") | typed("another kind of box", "pick") | typed("and another", "mail")
    modals = (await page(TEACHER).do("submit", view_id=view["id"], values=values))["state"]["modals"]
    assert [(m["id"], m["title"]["text"]) for m in modals] == [(view["id"], "Step two")]
    assert modals[0]["hash"] != view["hash"]
    assert modals[0]["values"] == {
        "what": {"answer": {"type": "plain_text_input", "value": "stays"}},
        "what-2": {"answer": {"type": "plain_text_input", "value": None}},
        "pick": {"answer": {"type": "users_select", "selected_user": None}},
        "mail": {"answer": {"type": "email_text_input", "value": None}},
    }


async def test_forms_stack_three_high_and_no_higher(page, bot, slack):
    bot.replies["view_submission"] = lambda _: JSONResponse({"response_action": "push", "view": form()})
    view = await opened(page(TEACHER), bot, slack, form())
    top = view["id"]
    for height in (2, 3):
        modals = (await page(TEACHER).do("submit", view_id=top, values=typed("x")))["state"]["modals"]
        top = modals[-1]["id"]
        assert (len(modals), modals[-1]["root_view_id"]) == (height, view["id"])
    again = await page(TEACHER).do("submit", view_id=top, values=typed("x"))
    assert (len(again["state"]["modals"]), again["trouble"] is None) == (3, False)
    answer = slack.views_push(trigger_id=await trigger(page(TEACHER), bot), view=form())
    assert (await refusal(answer))[0] == "push_limit_reached"
    bot.replies["view_submission"] = lambda _: JSONResponse({"response_action": "clear"})
    cleared = await page(TEACHER).do("submit", view_id=top, values=typed("x"))
    assert (cleared["ok"], cleared["state"]["modals"]) == (True, [])


async def test_a_form_changed_behind_ones_back_is_not_overwritten(page, bot, slack):
    view = await opened(page(TEACHER), bot, slack, form())
    newer = await slack.views_update(view_id=view["id"], hash=view["hash"], view=form(title=plain("Newer")))
    stale = slack.views_update(view_id=view["id"], hash=view["hash"], view=form())
    assert (await refusal(stale))[0] == "hash_conflict"
    assert newer["view"]["hash"] != view["hash"]
    assert (await page(TEACHER).state())["modals"][0]["title"]["text"] == "Newer"
    assert (await refusal(slack.views_update(view_id="V0NOWHERE", view=form())))[0] == "not_found"


async def test_closing_is_told_only_where_it_was_asked_for(page, bot, slack):
    view = await opened(page(TEACHER), bot, slack, form(notify_on_close=True))
    await page(TEACHER).do("close", view_id=view["id"], all=True)
    told = (await until(lambda: bot.payloads("view_closed")))[0]
    assert (told["view"]["id"], told["is_cleared"]) == (view["id"], True)
    quiet = await opened(page(TEACHER), bot, slack, form())
    await page(TEACHER).do("close", view_id=quiet["id"], all=False)
    await asyncio.sleep(0.1)
    assert len(bot.payloads("view_closed")) == 1
    assert (await page(TEACHER).state())["modals"] == []


# --- buttons and App Home ----------------------------------------------------------------------------

BUTTON = {"type": "button", "action_id": "open", "text": plain("Open"), "value": "case-1", "style": "primary"}
CARD = [
    {"type": "section", "block_id": "words", "text": plain("New report K7-3FQ")},
    {"type": "actions", "block_id": "deeds", "elements": [BUTTON]},
]


async def test_a_button_on_a_card_is_told_with_card_channel_and_trigger(page, bot, slack):
    posted = await slack.chat_postMessage(channel=DSL, text="New report K7-3FQ", blocks=CARD)
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    press = {"where": "message", "message": where, "block_id": "deeds", "action_id": "open"}
    assert (await page(DSL).do("action", **press, element={"type": "button"}))["ok"]
    told = (await until(lambda: bot.payloads("block_actions")))[0]
    action = told["actions"][0]
    assert action.pop("action_ts")
    assert action == BUTTON | {"block_id": "deeds"}
    assert told["container"]["message_ts"] == posted["ts"]
    assert told["message"]["blocks"] == CARD
    assert (told["channel"]["id"], told["user"]["id"]) == (posted["channel"], DSL)
    assert (await slack.views_open(trigger_id=told["trigger_id"], view=form()))["ok"]


async def test_nobody_presses_a_button_in_a_room_they_are_not_in_or_that_has_gone(page, bot, slack):
    posted = await slack.chat_postMessage(channel=DSL, text="New report", blocks=CARD)
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    press = {"where": "message", "message": where, "block_id": "deeds", "action_id": "open", "element": {}}
    assert (await page(HEAD).do("action", **press))["error"] == "channel_not_found"
    await slack.chat_update(channel=posted["channel"], ts=posted["ts"], text="Seen by somebody else")
    assert (await page(DSL).do("action", **press))["error"] == "no_such_element"
    assert bot.payloads("block_actions") == []


async def test_a_choice_inside_a_form_is_told_with_everything_typed_so_far(page, bot, slack):
    option = {"text": plain("A child"), "value": "child"}
    pick = {"type": "static_select", "action_id": "kind", "options": [option]}
    view = await opened(page(TEACHER), bot, slack, form(asking("about", pick, dispatch_action=True), typing()))
    await page(TEACHER).do(
        "action",
        where="view",
        view_id=view["id"],
        block_id="about",
        action_id="kind",
        element={"type": "static_select", "selected_option": option},
        values=typed("half a sen"),
    )
    told = (await until(lambda: bot.payloads("block_actions")))[0]
    assert told["container"] == {"type": "view", "view_id": view["id"]}
    assert told["actions"][0]["selected_option"] == option
    assert told["view"]["state"]["values"]["what"] == typed("half a sen")["what"]
    pushed = await slack.views_push(trigger_id=told["trigger_id"], view=form())
    assert pushed["view"]["previous_view_id"] == view["id"]


async def test_app_home_is_shown_when_published_and_its_hash_is_checked(page, bot, slack):
    home = {"type": "home", "blocks": CARD}
    await page(TEACHER).do("home")
    told = (await until(lambda: bot.payloads("app_home_opened")))[0]
    assert told["event"].items() >= {"user": TEACHER, "tab": "home"}.items()
    first = await slack.views_publish(user_id=TEACHER, view=home)
    await slack.views_publish(user_id=TEACHER, view=home, hash=first["view"]["hash"])
    stale = slack.views_publish(user_id=TEACHER, view=home, hash=first["view"]["hash"])
    assert (await refusal(stale))[0] == "hash_conflict"
    assert (await page(TEACHER).state())["home"]["blocks"] == CARD
    assert (await page(ASSISTANT).state())["home"] is None
    press = {"where": "home", "block_id": "deeds", "action_id": "open", "element": {}}
    await page(TEACHER).do("action", **press)
    assert (await until(lambda: bot.payloads("block_actions")))[0]["view"]["type"] == "home"


# --- events ------------------------------------------------------------------------------------------


async def test_a_word_to_the_bot_is_an_event_and_a_word_in_the_staffroom_is_none(page, bot):
    room = await page(TEACHER).bot_room()
    await page(TEACHER).do("message", channel=STAFFROOM, text="report")
    await page(TEACHER).do("message", channel=room, text="report")
    told = (await until(lambda: bot.payloads("message")))[0]
    assert told["event"].items() >= {"channel_type": "im", "channel": room, "user": TEACHER}.items()
    assert (told["event"]["text"], told["type"]) == ("report", "event_callback")
    assert (told["team_id"], told["authorizations"][0]["user_id"]) == ("T0BRAMBLE1", BOT)
    assert len(bot.heard) == 1


async def test_an_event_that_is_not_answered_comes_again_with_the_same_id(page, bot):
    bot.replies["app_home_opened"] = lambda _: Response(status_code=500)
    await page(TEACHER).do("home")
    await until(lambda: len(bot.heard) == 4)
    await asyncio.sleep(0.2)
    numbers = [headers.get("x-slack-retry-num") for _, _, headers in bot.heard]
    assert numbers == [None, "1", "2", "3"]
    assert bot.heard[1][2]["x-slack-retry-reason"] == "http_error"
    assert len({payload["event_id"] for payload in bot.payloads("app_home_opened")}) == 1


async def test_an_event_refused_for_good_does_not_come_again(page, bot):
    bot.replies["app_home_opened"] = lambda _: Response(status_code=400, headers={"X-Slack-No-Retry": "1"})
    await page(TEACHER).do("home")
    await asyncio.sleep(0.4)
    assert len(bot.heard) == 1


async def test_the_bots_address_is_verified_as_slack_does_it(page, bot):
    assert not (await page(TEACHER).do("bot", url=bot.url))["verified"]
    bot.replies["url_verification"] = lambda asked: JSONResponse({"challenge": asked["challenge"]})
    assert (await page(TEACHER).do("bot", url=bot.url))["verified"]


# --- the Web API's door ------------------------------------------------------------------------------


async def test_a_call_needs_the_bots_token(chat):
    bare = AsyncWebClient(base_url=f"{chat}/api/", retry_handlers=[])
    wrong = AsyncWebClient(token="xoxb-other", base_url=f"{chat}/api/", retry_handlers=[])
    assert (await refusal(bare.auth_test()))[0] == "not_authed"
    assert (await refusal(wrong.auth_test()))[0] == "invalid_auth"


async def test_a_call_means_the_same_as_a_query_a_form_or_json(chat, slack):
    said = {"channel": STAFFROOM, "text": "Hello", "blocks": json.dumps(CARD)}
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=f"{chat}/api/", trust_env=False) as client:
        answers = [
            await client.get("chat.postMessage", params=said, headers=bearer),
            await client.post("chat.postMessage", data=said | {"token": TOKEN}),
            await client.post("chat.postMessage", json=said | {"blocks": CARD}, headers=bearer),
        ]
        unknown = await client.post("chat.sing", headers=bearer)
    assert [answer.json()["message"]["blocks"] for answer in answers] == [CARD] * 3
    assert unknown.json() == {"ok": False, "error": "unknown_method"}
    assert (await slack.auth_test())["user_id"] == BOT


async def test_the_bot_speaks_only_in_rooms_it_is_in(slack):
    assert (await slack.chat_postMessage(channel=STAFFROOM, text="Hello"))["ok"]
    assert (await slack.chat_postMessage(channel="#staffroom", text="Hello"))["channel"] == STAFFROOM
    refused = {
        YEAR_FOUR: "not_in_channel",
        LEADERS: "channel_not_found",
        "C0NOWHERE1": "channel_not_found",
    }
    for room, error in refused.items():
        assert (await refusal(slack.chat_postMessage(channel=room, text="Hello")))[0] == error
    assert (await refusal(slack.conversations_info(channel=LEADERS)))[0] == "channel_not_found"
    assert (await slack.conversations_info(channel="C0SWIMMING"))["channel"]["is_ext_shared"] is True
    assert TEACHER in (await slack.conversations_members(channel=STAFFROOM))["members"]


async def test_people_who_left_guests_and_strangers_are_told_apart(slack):
    assert (await slack.users_info(user=LEAVER))["user"]["deleted"] is True
    assert (await slack.users_info(user=GUEST))["user"]["is_restricted"] is True
    stranger = (await slack.users_info(user=STRANGER))["user"]
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "T0HAREFLD1")
    assert (await slack.users_lookupByEmail(email="HEAD@brambledown.example"))["user"]["id"] == HEAD
    gone = [
        "f.sinclair@brambledown.example",
        "b.holroyd@harefield-leisure.example",
        "nobody@brambledown.example",
    ]
    for email in gone:
        assert (await refusal(slack.users_lookupByEmail(email=email)))[0] == "users_not_found"
    for person, error in {
        LEAVER: "user_disabled",
        CHAIR: "user_not_found",
        "": "users_list_not_supplied",
    }.items():
        assert (await refusal(slack.conversations_open(users=person)))[0] == error
    assert (await refusal(slack.users_info(user=CHAIR)))[0] == "user_not_found"


async def test_somebody_deactivated_today_is_deactivated_for_the_bot_too(page, slack):
    await page(HEAD).do("person", id=DSL, deactivated=True)
    assert (await refusal(slack.conversations_open(users=DSL)))[0] == "user_disabled"
    assert DSL not in [p["id"] for p in (await page(HEAD).client.get(f"{page(HEAD).url}/ui/people")).json()["people"]]


async def test_a_message_to_somebody_who_left_is_taken_without_a_word_as_slack_takes_it(slack):
    assert (await slack.chat_postMessage(channel=LEAVER, text="Nobody reads this"))["ok"]
    assert (await refusal(slack.chat_postMessage(channel=CHAIR, text="No account")))[0] == "channel_not_found"


async def test_a_long_list_of_people_comes_in_pages(slack):
    first = await slack.users_list(limit=10)
    rest = await slack.users_list(limit=10, cursor=first["response_metadata"]["next_cursor"])
    ids = [member["id"] for member in [*first["members"], *rest["members"]]]
    assert len(ids) == len(set(ids)) == 16
    assert rest["response_metadata"]["next_cursor"] == ""


async def test_a_direct_message_to_a_person_lands_with_that_person_only(page, slack):
    room = (await slack.conversations_open(users=DSL))["channel"]["id"]
    assert room == await page(DSL).bot_room()
    await slack.chat_postMessage(channel=DSL, text="New report", blocks=CARD)
    state = await page(DSL).state()
    assert [m["text"] for m in state["messages"][room]] == ["New report"]
    assert next(c for c in state["channels"] if c["id"] == room)["unread"] == 1
    await page(DSL).do("seen", channel=room)
    assert next(c for c in (await page(DSL).state())["channels"] if c["id"] == room)["unread"] == 0
    assert room not in (await page(HEAD).state())["messages"]


async def test_what_stands_in_a_room_is_told_newest_first_and_in_pages(slack):
    room = (await slack.conversations_open(users=DSL))["channel"]["id"]
    sent = [(await slack.chat_postMessage(channel=DSL, text=f"Report {n}"))["ts"] for n in range(5)]
    await slack.chat_postMessage(channel=room, thread_ts=sent[0], text="In a thread")
    await slack.chat_postEphemeral(channel=room, user=DSL, text="Only you")
    first = await slack.conversations_history(channel=room, limit=2)
    assert [each["ts"] for each in first["messages"]] == sent[:2:-1]
    assert first["has_more"]
    assert [each["ts"] async for part in first for each in part["messages"]] == sent[::-1]
    later = await slack.conversations_history(channel=room, oldest=sent[2])
    assert [each["ts"] for each in later["messages"]] == [sent[4], sent[3]]
    assert not later["has_more"]
    assert "response_metadata" not in later.data
    within = await slack.conversations_history(channel=room, oldest=sent[2], latest=sent[3], inclusive=True)
    assert [each["ts"] for each in within["messages"]] == [sent[3], sent[2]]


async def test_what_an_app_says_beside_its_message_is_read_by_whoever_asks_for_it(slack):
    told = {"event_type": "report", "event_payload": {"id": "opaque"}}
    sent = await slack.chat_postMessage(channel=DSL, text="Report", blocks=CARD, metadata=told)
    plain = await slack.conversations_history(channel=sent["channel"])
    assert plain["messages"][0]["metadata"] == {"event_type": "report"}
    asked = await slack.conversations_history(channel=sent["channel"], include_all_metadata=True)
    assert asked["messages"][0]["metadata"] == told
    assert asked["messages"][0]["bot_id"]


async def test_a_room_is_read_by_an_app_that_is_in_it_and_may_read_it(chat, slack):
    world = chat.workspace
    world.rooms.furnish({"id": "C0LUNCH", "name": "lunch", "members": [TEACHER]})
    own = (await slack.chat_postMessage(channel=DSL, text="Report"))["channel"]
    wrong = {
        "channel_not_found": [{"channel": DSL}, {"channel": LEADERS}, {"channel": ""}],
        "missing_scope": [{"channel": "C0LUNCH"}],
        "invalid_limit": [{"channel": own, "limit": limit} for limit in (0, 1000, "ten")],
        "invalid_cursor": [{"channel": own, "cursor": cursor} for cursor in ("soon", "bmV4dF90czpz")],
        "invalid_ts_oldest": [{"channel": own, "oldest": "yesterday"}],
        "invalid_ts_latest": [{"channel": own, "latest": "1.2.3"}],
    }
    for error, calls in wrong.items():
        for call in calls:
            assert (await refusal(slack.conversations_history(**call)))[0] == error
    world.scopes |= {"channels:history"}
    assert (await refusal(slack.conversations_history(channel="C0LUNCH")))[0] == "not_in_channel"
    world.scopes -= {"im:history", "im:write"}
    assert (await refusal(slack.conversations_history(channel=own)))[0] == "missing_scope"
    assert (await refusal(slack.conversations_open(users=DSL)))[0] == "missing_scope"


async def test_threads_edits_and_reactions_are_strict(page, slack):
    first = await slack.chat_postMessage(channel=STAFFROOM, text="One")
    reply = {"channel": STAFFROOM, "text": "Two"}
    await slack.chat_postMessage(**reply, thread_ts=first["ts"])
    assert (await refusal(slack.chat_postMessage(**reply, thread_ts="soon")))[0] == "invalid_thread_ts"
    assert (await refusal(slack.chat_postMessage(**reply, thread_ts="1.000000")))[0] == "thread_not_found"
    await slack.chat_update(channel=STAFFROOM, ts=first["ts"], text="One, mended")
    one = next(m for m in await page(TEACHER).messages(STAFFROOM) if m["ts"] == first["ts"])
    assert (one["text"], one["edited"], one["reply_count"]) == ("One, mended", True, 1)
    await slack.reactions_add(channel=STAFFROOM, timestamp=first["ts"], name="eyes")
    again = slack.reactions_add(channel=STAFFROOM, timestamp=first["ts"], name="eyes")
    assert (await refusal(again))[0] == "already_reacted"


async def test_the_bot_changes_and_removes_only_its_own_messages(page, slack):
    theirs = (await page(TEACHER).do("message", channel=STAFFROOM, text="Mine"))["ts"]
    own = await slack.chat_postMessage(channel=DSL, text="Mine")
    wrong = {
        "cant_update_message": slack.chat_update(channel=STAFFROOM, ts=theirs, text="Not yours"),
        "cant_delete_message": slack.chat_delete(channel=STAFFROOM, ts=theirs),
        "message_not_found": slack.chat_update(channel=STAFFROOM, ts="1.000000", text="Nothing"),
        "channel_not_found": slack.chat_update(channel=DSL, ts=own["ts"], text="A person is no room"),
    }
    for error, call in wrong.items():
        assert (await refusal(call))[0] == error
    await slack.chat_delete(channel=own["channel"], ts=own["ts"])
    assert (await refusal(slack.chat_delete(channel=own["channel"], ts=own["ts"])))[0] == "message_not_found"
    assert await page(DSL).messages(own["channel"]) == []


async def test_a_message_for_one_person_is_seen_by_one_person(page, slack):
    await slack.chat_postEphemeral(channel=STAFFROOM, user=TEACHER, text="Only you")
    assert (await page(TEACHER).messages(STAFFROOM))[-1]["text"] == "Only you"
    assert (await page(DSL).messages(STAFFROOM))[-1]["text"] != "Only you"
    outside = slack.chat_postEphemeral(channel=STAFFROOM, user=STRANGER, text="Only you")
    assert (await refusal(outside))[0] == "user_not_in_channel"


# --- Block Kit ---------------------------------------------------------------------------------------

OPTION = {"text": plain("One"), "value": "1"}


def section(text: str = "words", **more: Any) -> Json:
    return {"type": "section", "text": plain(text), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Press"), **more}


def select(**more: Any) -> Json:
    return {"type": "static_select", "options": [OPTION], **more}


WRONG_MESSAGES: dict[str, tuple[list[Any], str]] = {
    "51 blocks": ([section()] * 51, "no more than 50"),
    "unknown block": ([{"type": "carpet"}], "unsupported type: carpet"),
    "not a block": (["words"], "unsupported type"),
    "long section": ([section("x" * 3001)], "less than 3001"),
    "empty section": ([{"type": "section"}], "needs text or fields"),
    "empty words": ([section("")], "more than 0"),
    "11 fields": ([{"type": "section", "fields": [plain("x")] * 11}], "no more than 10"),
    "long field": ([{"type": "section", "fields": [plain("x" * 2001)]}], "less than 2001"),
    "long header": ([{"type": "header", "text": plain("x" * 151)}], "less than 151"),
    "header in mrkdwn": ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "plain_text"),
    "11 in context": ([{"type": "context", "elements": [plain("x")] * 11}], "no more than 10"),
    "26 actions": ([actions(*[button()] * 26)], "no more than 25"),
    "long button": ([actions(button(text=plain("x" * 76)))], "less than 76"),
    "long button value": ([actions(button(value="x" * 2001))], "less than 2001"),
    "odd style": ([actions(button(style="purple"))], "must be one of"),
    "confirm without words": ([actions(button(confirm={"title": plain("Sure?")}))], "missing required field"),
    "101 options": ([actions(select(options=[OPTION] * 101))], "no more than 100"),
    "no options": ([actions({"type": "static_select"})], "exactly one of options"),
    "options and groups": (
        [actions(select(option_groups=[{"label": plain("G"), "options": [OPTION]}]))],
        "exactly one of options",
    ),
    "long option": ([actions(select(options=[OPTION | {"text": plain("x" * 76)}]))], "less than 76"),
    "long option value": ([actions(select(options=[OPTION | {"value": "x" * 76}]))], "less than 76"),
    "long placeholder": ([actions(select(placeholder=plain("x" * 151)))], "less than 151"),
    "chosen at first, not there": (
        [actions(select(initial_option={"text": plain("Two"), "value": "2"}))],
        "one of the options",
    ),
    "11 radio buttons": ([actions({"type": "radio_buttons", "options": [OPTION] * 11})], "no more than 10"),
    "11 checkboxes": ([actions({"type": "checkboxes", "options": [OPTION] * 11})], "no more than 10"),
    "6 in overflow": ([actions({"type": "overflow", "options": [OPTION] * 6})], "no more than 5"),
    "text box among buttons": ([actions({"type": "plain_text_input"})], "unsupported type"),
    "button as a question": ([asking("q", button())], "unsupported type: button"),
    "file box in a message": ([asking("q", {"type": "file_input"})], "unsupported type: file_input"),
    "twice the same block_id": ([section(block_id="a"), section(block_id="a")], "already in use"),
    "twice the same action_id": ([actions(button(action_id="a"), button(action_id="a"))], "unique"),
    "long block_id": ([section(block_id="x" * 256)], "less than 256"),
    "unknown property": ([section(colour="red")], "invalid additional property: colour"),
    "rich text of nothing": ([{"type": "rich_text", "elements": []}], "at least 1"),
    "rich text of carpets": ([{"type": "rich_text", "elements": [{"type": "carpet"}]}], "unsupported type"),
}


@pytest.mark.parametrize("mistake", WRONG_MESSAGES)
async def test_a_card_slack_would_refuse_is_refused_with_the_reason(slack, mistake):
    blocks, reason = WRONG_MESSAGES[mistake]
    error, messages = await refusal(slack.chat_postMessage(channel=DSL, text="x", blocks=blocks))
    assert error == "invalid_blocks"
    assert reason in messages
    assert "[json-pointer:/blocks" in messages


async def test_words_are_counted_over_a_whole_card(slack):
    many = [section("x" * 2999)] * 5
    assert (await refusal(slack.chat_postMessage(channel=DSL, text="x", blocks=many)))[0] == "msg_blocks_too_long"
    assert (await refusal(slack.api_call("chat.postMessage", json={"channel": DSL})))[0] == "no_text"


MANY = [section() for _ in range(101)]
WRONG_VIEWS: dict[str, tuple[Json, str]] = {
    "101 blocks": (form(*MANY), "no more than 100"),
    "no submit": ({"type": "modal", "title": plain("T"), "blocks": [typing()]}, "submit is required"),
    "no title": ({"type": "modal", "blocks": []}, "missing required field: title"),
    "long title": (form(title=plain("x" * 25)), "less than 25"),
    "long submit": (form(submit=plain("x" * 25)), "less than 25"),
    "long close": (form(close=plain("x" * 25)), "less than 25"),
    "long private_metadata": (form(private_metadata="x" * 3001), "less than 3001"),
    "long callback_id": (form(callback_id="x" * 256), "less than 256"),
    "a message's block": (form({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
    "two first focuses": (
        form(*[asking(b, {"type": "plain_text_input", "focus_on_load": True}) for b in "ab"]),
        "focus_on_load",
    ),
    "two same blocks": (form(typing(), typing()), "already in use"),
    "long label": (form(typing(label=plain("x" * 2001))), "less than 2001"),
    "long hint": (form(typing(hint=plain("x" * 2001))), "less than 2001"),
    "11 files": (form(asking("f", {"type": "file_input", "max_files": 11})), "from 1 to 10"),
    "bad date": (form(asking("d", {"type": "datepicker", "initial_date": "20/11/2026"})), "YYYY-MM-DD"),
    "bad time": (form(asking("t", {"type": "timepicker", "initial_time": "9am"})), "HH:mm"),
    "a home": ({"type": "home", "blocks": []}, "must be modal"),
}


@pytest.mark.parametrize("mistake", WRONG_VIEWS)
async def test_a_form_slack_would_refuse_is_refused_with_the_reason(page, bot, slack, mistake):
    view, reason = WRONG_VIEWS[mistake]
    error, messages = await refusal(slack.views_open(trigger_id=await trigger(page(TEACHER), bot), view=view))
    assert error == "invalid_arguments"
    assert reason in messages


async def test_a_form_of_a_quarter_megabyte_is_too_large(page, bot, slack):
    heavy = form(*[section("x" * 2999) for _ in range(90)])
    call = slack.views_open(trigger_id=await trigger(page(TEACHER), bot), view=heavy)
    assert (await refusal(call))[0] == "view_too_large"


async def test_app_home_has_no_title_and_no_place_for_files(slack):
    for wrong in ({"title": plain("T"), "blocks": []}, {"blocks": [asking("f", {"type": "file_input"})]}):
        call = slack.views_publish(user_id=TEACHER, view={"type": "home", **wrong})
        assert (await refusal(call))[0] == "invalid_arguments"


async def test_everything_the_bot_may_use_is_accepted(page, bot, slack):
    runs = [{"type": "text", "text": "As typed: <b>*_", "style": {"bold": True}}]
    rich = [
        {"type": "rich_text_section", "elements": runs},
        {"type": "rich_text_quote", "elements": runs},
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": runs}],
        },
        {"type": "rich_text_preformatted", "elements": runs},
    ]
    sure = {
        "title": plain("Sure?"),
        "text": plain("It moves on."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    group = {"label": plain("A child"), "options": [OPTION]}
    blocks = [
        {"type": "header", "text": plain("K7-3FQ")},
        section(accessory=button(confirm=sure, style="danger")),
        {"type": "context", "elements": [plain("small")]},
        {"type": "divider"},
        {"type": "rich_text", "elements": rich},
        actions(button(action_id="a"), button(action_id="b", url="https://lanyard.example/p/1")),
        asking("g", {"type": "static_select", "option_groups": [group], "initial_option": OPTION}),
    ]
    assert (await slack.chat_postMessage(channel=DSL, text="K7-3FQ", blocks=blocks))["ok"]
    await opened(page(TEACHER), bot, slack, form(*blocks, asking("f", {"type": "file_input", "filetypes": ["png"]})))


# --- files, post, clock ------------------------------------------------------------------------------


async def test_a_file_is_handed_to_the_bots_token_and_to_nobody_else(page, chat, slack):
    client = page(TEACHER).client
    where = {"as": TEACHER, "name": "../Año é.png", "type": "image/png"}
    file = (await client.put(f"{chat}/ui/upload", params=where, content=b"\x89PNG bytes")).json()
    assert (file["size"], file["mimetype"], file["filetype"], file["user"]) == (
        10,
        "image/png",
        "png",
        TEACHER,
    )
    assert file["url_private"].startswith(f"{chat}/files/{file['id']}/")
    for address in (file["url_private"], file["url_private_download"]):
        got = await client.get(address, headers={"Authorization": f"Bearer {TOKEN}"})
        assert (got.content, got.headers["content-type"]) == (b"\x89PNG bytes", "image/png")
        login = await client.get(address, headers={"Authorization": "Bearer xoxb-other"})
        assert (login.status_code, login.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert b"PNG" not in login.content
    assert (await slack.files_info(file=file["id"]))["file"] == file
    assert (await refusal(slack.files_info(file="F0NOWHERE")))[0] == "file_not_found"


async def test_a_file_over_ten_megabytes_is_refused(page, chat):
    where = {"as": TEACHER, "name": "big.bin", "type": "application/octet-stream"}
    big = await page(TEACHER).client.put(f"{chat}/ui/upload", params=where, content=b"x" * (10 * 1024 * 1024 + 1))
    assert big.status_code == 413


async def test_nobody_attaches_somebody_elses_file(page, bot, slack, chat):
    where = {"as": HEAD, "name": "a.png", "type": "image/png"}
    theirs = (await page(HEAD).client.put(f"{chat}/ui/upload", params=where, content=b"x")).json()
    view = await opened(page(TEACHER), bot, slack, form(asking("f", {"type": "file_input", "action_id": "a"})))
    values = {"f": {"a": {"type": "file_input", "files": [theirs]}}}
    assert (await page(TEACHER).do("submit", view_id=view["id"], values=values))["error"] == "file_not_found"


async def test_the_chair_without_chat_has_an_inbox_and_nothing_else(page, chat):
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "Lanyard <lanyard@brambledown.example>", "Something for you – K7-3FQ"
    letter["To"] = "Ngozi.Okafor@okafor-family.example"
    letter.set_content("Please open it.")
    letter.add_alternative("<p>Please open it.</p>", subtype="html")
    await aiosmtplib.send(letter, hostname="127.0.0.1", port=chat.smtp_port)
    state = await page(CHAIR).state()
    assert [(c["kind"], c["unread"]) for c in state["channels"]] == [("inbox", 1)]
    mail = state["inbox"][0]
    assert (mail["subject"], mail["text"].strip()) == ("Something for you – K7-3FQ", "Please open it.")
    assert mail["html"].strip() == "<p>Please open it.</p>"
    await page(CHAIR).do("mail-read", id=mail["id"])
    assert (await page(CHAIR).state())["channels"][0]["unread"] == 0
    assert (await page(HEAD).state())["inbox"] == []


async def test_the_clock_goes_forward_and_the_bot_can_read_by_how_much(page, bot, tmp_path):
    file = tmp_path / "clock.json"
    with running(quick(bot.url, file)) as url:
        await clock_goes_forward(Page(url, HEAD, page(HEAD).client), file)
    with running(quick(bot.url, file)) as again:
        assert again.workspace.clock.offset == json.loads(file.read_text())["offset_seconds"]


async def clock_goes_forward(page: Page, file: Path) -> None:
    before = datetime.fromisoformat((await page.state())["clock"]["now"])
    assert (await page.do("clock", forward="20m"))["offset_seconds"] == 1200
    assert json.loads(file.read_text()) == {"offset_seconds": 1200}
    tomorrow = (await page.do("clock", forward="morning"))["now"]
    london = datetime.fromisoformat(tomorrow).astimezone(ZoneInfo("Europe/London"))
    assert (london.hour, london.minute) == (8, 30)
    assert london.date() > before.astimezone(ZoneInfo("Europe/London")).date()
    week = datetime.fromisoformat((await page.do("clock", forward="week"))["now"])
    assert 604_798 <= (week - datetime.fromisoformat(tomorrow)).total_seconds() <= 604_802
    for backwards in ("-5m", "yesterday", ""):
        assert not (await page.do("clock", forward=backwards))["ok"]


# --- mischief ----------------------------------------------------------------------------------------


async def test_a_slow_workspace_answers_late(page, slack):
    await page(HEAD).do("mischief", kind="slow", times=1, seconds=0.4)
    started = time.monotonic()
    await slack.auth_test()
    late = time.monotonic() - started
    await slack.auth_test()
    assert late >= 0.4
    assert time.monotonic() - started - late < 0.3


async def test_a_dropped_message_was_said_though_the_bot_cannot_know(page, slack):
    await page(HEAD).do("mischief", kind="drop", times=1)
    await slack.auth_test()
    with pytest.raises(Exception, match=r"disconnected|reset"):
        await slack.chat_postMessage(channel=DSL, text="Said once")
    room = await page(DSL).bot_room()
    assert [m["text"] for m in await page(DSL).messages(room)] == ["Said once"]
    assert (await slack.chat_postMessage(channel=DSL, text="Said again"))["ok"]


async def test_duplicate_deliveries_are_the_same_request_twice(page, bot, slack):
    view = await opened(page(TEACHER), bot, slack, form())
    await page(HEAD).do("mischief", kind="duplicate", times=2)
    assert (await page(TEACHER).do("submit", view_id=view["id"], values=typed("once")))["ok"]
    await page(TEACHER).do("home")
    await until(lambda: len(bot.payloads("app_home_opened")) == 2)
    first, second = bot.payloads("view_submission")
    assert first == second
    assert len({event["event_id"] for event in bot.payloads("app_home_opened")}) == 1
    assert not (await page(HEAD).do("mischief", kind="earthquake"))["ok"]


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("limited", 429, "ratelimited"),
        ("broken", 500, ""),
        ("away", 503, ""),
        ("revoked", 200, "token_revoked"),
        ("removed", 200, "account_inactive"),
    ],
)
async def test_what_is_turned_away_is_not_done_and_only_what_was_meant_is(page, slack, kind, status, error):
    await page(HEAD).do("mischief", kind=kind, times=1, seconds=30, only="chat.postMessage")
    assert (await slack.auth_test())["ok"]
    with pytest.raises(SlackApiError) as refused:
        await slack.chat_postMessage(channel=DSL, text="Never said")
    answer = refused.value.response
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == ("30" if kind == "limited" else None)
    assert not error or answer["error"] == error
    room = await page(DSL).bot_room()
    assert await page(DSL).messages(room) == []
    assert (await slack.chat_postMessage(channel=DSL, text="Said"))["ok"]


async def test_a_workspace_that_says_nothing_has_done_nothing(page, slack):
    await page(HEAD).do("mischief", kind="silent", times=1, seconds=30)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(slack.chat_postMessage(channel=DSL, text="Never said"), 0.3)
    await page(HEAD).do("mischief", kind="silent", times=1, seconds=0.1)
    with pytest.raises(Exception, match=r"disconnected|reset"):
        await slack.chat_postMessage(channel=DSL, text="Never said")
    room = await page(DSL).bot_room()
    assert await page(DSL).messages(room) == []


# --- watching, logging, starting afresh --------------------------------------------------------------


async def test_a_page_is_told_of_changes_that_concern_its_person_and_of_no_others(chat, slack):
    told: dict[str, int] = {DSL: 0, HEAD: 0}
    ready: dict[str, asyncio.Event] = {DSL: asyncio.Event(), HEAD: asyncio.Event()}

    async def listen(me: str) -> None:
        async with (
            httpx.AsyncClient(trust_env=False, timeout=10) as client,
            client.stream("GET", f"{chat}/ui/events", params={"as": me}) as stream,
        ):
            assert stream.headers["content-type"].startswith("text/event-stream")
            async for line in stream.aiter_lines():
                ready[me].set()
                told[me] += line == 'data: {"changed": true}'

    listening = [asyncio.create_task(listen(me)) for me in told]
    await asyncio.gather(*(event.wait() for event in ready.values()))
    await slack.chat_postMessage(channel=DSL, text="New report")
    await until(lambda: told[DSL] == 1)
    await asyncio.sleep(0.1)
    assert told == {DSL: 1, HEAD: 0}
    await slack.chat_postMessage(channel=STAFFROOM, text="For all")
    await until(lambda: told == {DSL: 2, HEAD: 1})
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)


async def test_what_the_bot_called_is_on_record_until_a_fresh_start(page, chat, slack):
    moments: list[str] = []
    chat.workspace.on_call.append(lambda moment, _: moments.append(moment))
    await slack.chat_postMessage(channel=DSL, text="New report")
    log = (await page(HEAD).client.get(f"{chat}/ui/log")).json()
    assert [(call["method"], call["args"]["text"]) for call in log] == [("chat.postMessage", "New report")]
    assert TOKEN not in json.dumps(log)
    assert moments == ["chat.postMessage:received", "chat.postMessage:answered"]
    await page(HEAD).do("reset")
    assert (await page(HEAD).client.get(f"{chat}/ui/log")).json() == []
    assert await page(DSL).messages(await page(DSL).bot_room()) == []


async def test_people_talk_to_each_other_without_the_bot_listening(page, bot):
    room = (await page(TEACHER).do("dm", **{"with": HEAD}))["channel"]
    await page(TEACHER).do("message", channel=room, text="Good morning")
    assert (await page(HEAD).messages(room))[-1]["text"] == "Good morning"
    assert (await page(DSL).do("message", channel=room, text="Hello?"))["error"] == "channel_not_found"
    await asyncio.sleep(0.1)
    assert bot.heard == []


def test_the_school_file_names_people_whom_the_workspace_knows():
    school = tomllib.loads((HERE / "school.toml").read_text())
    town = tomllib.loads((HERE / "brambledown.toml").read_text())
    known = {person["email"]: person["name"] for person in town["person"]}
    assert {known[person["emails"][0]] for person in school["person"]} == {p["name"] for p in school["person"]}
    held = [role["role"] for person in school["person"] for role in person["roles"]]
    assert {"headteacher", "dsl", "deputy_dsl", "chair_of_governors", "chair_of_trustees"} <= set(held)
    surnames = [person["name"].split()[-1] for person in town["person"]]
    assert len(surnames) == len(set(surnames))


# --- the real framework at the other end -------------------------------------------------------------


async def test_the_bots_own_framework_understands_a_whole_conversation(page, bot):
    app = AsyncApp(signing_secret=SECRET, token=TOKEN, process_before_response=True)
    receipt = form(section("Received: K7-3FQ"))

    @app.command("/report")
    async def ask(ack: Any, command: Json, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=command["trigger_id"], view=form(callback_id="report"))
        await ack()

    @app.view("report")
    async def take(ack: Any, view: Json, client: AsyncWebClient) -> None:
        words = view["state"]["values"]["what"]["answer"]["value"]
        await client.chat_postMessage(channel=DSL, text=f"{len(words)} letters", blocks=CARD)
        await ack(response_action="update", view=receipt)

    handler = AsyncSlackRequestHandler(app)
    door = Route("/slack/events", handler.handle, methods=["POST"])
    with running(quick(bot.url)) as url, served(Starlette(routes=[door])) as bot_url:
        app.client.base_url = f"{url}/api/"
        url.workspace.bot_url = bot_url
        teacher = Page(url, TEACHER, page(TEACHER).client)
        await teacher.do("command", channel=STAFFROOM, text="/report")
        await until(lambda: url.workspace.views.stacks.get(TEACHER))
        modal = (await teacher.state())["modals"][0]
        answer = await teacher.do("submit", view_id=modal["id"], values=typed("worried"))
        assert answer["state"]["modals"][0]["blocks"][0]["text"]["text"] == "Received: K7-3FQ"
        lead = Page(url, DSL, teacher.client)
        assert [m["text"] for m in await lead.messages(await lead.bot_room())] == ["7 letters"]
