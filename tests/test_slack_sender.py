"""What the bot says in Slack arrives once, can be said again in its place, and a failure says what to do."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from handlers.senders import Posted, Sender, Unreachable
from templates.shapes import Button, Card
from tests.blockkit_rules import problems
from tests.slack_door import CASE, TOKEN, Door, door

CARD = Card("K7-3FQ", short="K7-3FQ needs you", body=("Now",), buttons=(Button("Open", "open", "c1"),))


@pytest.fixture
async def school() -> AsyncIterator[Door]:
    async with door() as opened:
        yield opened


async def failing(school: Door, method: str, answer: Any, *, edit: bool = False) -> Unreachable:
    school.api.says[method] = answer
    sender: Sender = school.slack.sender
    with pytest.raises(Unreachable) as failed:
        await (sender.edit(Posted("D1", "1.1"), CARD) if edit else sender.post("U1", CARD))
    return failed.value


async def test_a_card_is_posted_to_a_person_and_can_be_edited_in_its_place(school: Door) -> None:
    posted = await school.slack.sender.post("U1", CARD)
    assert posted == Posted("D-U1", "1.1")
    assert await school.slack.sender.edit(posted, CARD) == posted
    (sent,) = school.api.sent("chat.postMessage")
    assert problems({"text": sent["text"], "blocks": sent["blocks"]}, "message") == []
    assert sent["text"] == "K7-3FQ needs you"
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)
    assert "metadata" not in sent
    assert school.api.requested[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_peoples_own_words_are_never_posted(school: Door) -> None:
    with pytest.raises(AssertionError):
        await school.slack.sender.post("U1", CASE)
    assert school.api.calls == []


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_a_card_that_slack_no_longer_has_is_posted_again(school: Door, error: str) -> None:
    school.api.says["chat.update"] = error
    assert await school.slack.sender.edit(Posted("D1", "1.1"), CARD) == Posted("D-D1", "1.1")


@pytest.mark.parametrize(
    "error",
    [
        "user_not_found",
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "user_disabled",
    ],
)
@pytest.mark.parametrize("edit", [False, True])
async def test_an_address_that_will_not_work_again_is_said_to_be_gone(school: Door, error: str, edit: bool) -> None:
    failed = await failing(school, "chat.update" if edit else "chat.postMessage", error, edit=edit)
    assert (failed.gone, failed.retry_after) == (True, None)


@pytest.mark.parametrize("error", ["fatal_error", "invalid_auth", "account_inactive", "token_revoked", "msg_too_long"])
async def test_any_other_refusal_may_pass(school: Door, error: str) -> None:
    assert (await failing(school, "chat.postMessage", error)).gone is False


@pytest.mark.parametrize(("header", "wait"), [("7", 7), ("0", 1), ("86400", 3600), ("soon", None), ("²", None)])
async def test_slack_is_left_alone_for_as_long_as_it_asks(school: Door, header: str, wait: float | None) -> None:
    def limited(_: Any) -> web.Response:
        body = {"ok": False, "error": "ratelimited"}
        return web.json_response(body, status=429, headers={"Retry-After": header})

    failed = await failing(school, "chat.postMessage", limited)
    assert (failed.gone, failed.retry_after) == (False, wait)


@pytest.mark.parametrize("body", ["", "<html>busy</html>", "[]", '"x"', "null", "{", '{"ok": true}'])
@pytest.mark.parametrize("status", [200, 429, 500])
@pytest.mark.parametrize("media", ["application/json", "text/html"])
async def test_an_answer_that_makes_no_sense_may_pass(school: Door, body: str, status: int, media: str) -> None:
    failed = await failing(
        school, "chat.postMessage", lambda _: web.Response(text=body, status=status, content_type=media)
    )
    assert failed.gone is False


async def test_a_line_dropped_after_slack_took_the_message_is_not_tried_again_behind_our_back(
    school: Door,
) -> None:
    def drop(_: Any) -> web.Response:
        request = school.api.requested[-1]
        assert request.transport
        request.transport.abort()
        return web.Response()

    assert (await failing(school, "chat.postMessage", drop)).gone is False
    assert len(school.api.calls) == 1


async def test_a_failure_repeats_no_address_and_no_word(school: Door) -> None:
    failed = await failing(school, "chat.postMessage", "user_not_found")
    assert str(failed) == "gone"
    assert failed.__suppress_context__


async def test_slack_is_waited_for_no_longer_than_ten_seconds(school: Door) -> None:
    school.api.takes["chat.postMessage"] = 12
    began = time.monotonic()
    assert (await failing(school, "chat.postMessage", "late")).gone is False
    assert 9 < time.monotonic() - began < 11
