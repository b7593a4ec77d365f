"""What the bot says in Slack arrives once, can be said again in its place, and a failure says what to do."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from handlers.senders import Mark, Posted, Sender, Unreachable
from templates.shapes import Button, Card
from tests.blockkit_rules import problems
from tests.slack_door import CASE, TOKEN, Door, door

MARK = Mark("opaque")
IN_DOUBT = Mark("opaque", datetime(2026, 11, 20, 10, tzinfo=UTC))
CARD = Card("K7-3FQ", short="K7-3FQ needs you", body=("Now",), buttons=(Button("Open", "open", "c1"),))


@pytest.fixture
async def school() -> AsyncIterator[Door]:
    async with door() as opened:
        yield opened


async def failing(school: Door, method: str, answer: Any, *, edit: bool = False) -> Unreachable:
    school.api.says[method] = answer
    sender: Sender = school.slack.sender
    with pytest.raises(Unreachable) as failed:
        await (sender.edit(Posted("D1", "1.1"), CARD, MARK) if edit else sender.post("U1", CARD, MARK))
    return failed.value


async def test_a_card_is_posted_to_a_person_and_can_be_edited_in_its_place(school: Door) -> None:
    posted = await school.slack.sender.post("U1", CARD, MARK)
    assert posted == Posted("D-U1", "1.1")
    assert await school.slack.sender.edit(posted, CARD, MARK) == posted
    sent, again = (school.api.sent(method)[0] for method in ("chat.postMessage", "chat.update"))
    assert problems({"text": sent["text"], "blocks": sent["blocks"]}, "message") == []
    assert sent["text"] == "K7-3FQ needs you"
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)
    assert "metadata" not in sent
    assert [each["blocks"][0]["block_id"] for each in (sent, again)] == ["opaque"] * 2
    assert [called for called, _ in school.api.calls] == ["chat.postMessage", "chat.update"], "nothing beside them"
    assert school.api.requested[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_peoples_own_words_are_never_posted(school: Door) -> None:
    with pytest.raises(AssertionError):
        await school.slack.sender.post("U1", CASE, MARK)
    assert school.api.calls == []


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_a_card_that_slack_no_longer_has_is_posted_again(school: Door, error: str) -> None:
    school.api.says["chat.update"] = error
    assert await school.slack.sender.edit(Posted("D1", "1.1"), CARD, MARK) == Posted("D-D1", "1.1")


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


def standing(school: Door, *pages: list[str]) -> None:
    """Pages of a conversation, newest first, told by the marks of its messages."""
    left = list(enumerate(pages, 1))

    def page(_: Any) -> dict[str, Any]:
        number, marks = left.pop(0)
        said = [{"ts": f"{number}.{at}", "blocks": [{"block_id": mark}]} for at, mark in enumerate(marks)]
        cursor = {"response_metadata": {"next_cursor": "on"}} if left else {}
        return {"messages": [{"ts": "9.9", "text": "K7-3FQ?"}, *said], **cursor}

    school.api.says |= {"conversations.open": lambda _: {"channel": {"id": "D1"}}, "conversations.history": page}


async def test_what_may_stand_already_is_looked_for_and_made_true_in_its_place(school: Door) -> None:
    standing(school, ["other", "another"], ["other", "opaque"])
    assert await school.slack.sender.post("U1", CARD, IN_DOUBT) == Posted("D1", "2.1")
    assert [called for called, _ in school.api.calls] == [
        "conversations.open",
        "conversations.history",
        "conversations.history",
        "chat.update",
    ]
    (opened,), (asked, _) = (school.api.sent(f"conversations.{name}") for name in ("open", "history"))
    assert opened["users"] == "U1"
    assert (asked["channel"], asked["limit"]) == ("D1", "200")
    assert float(asked["oldest"]) == datetime(2026, 11, 20, 9, tzinfo=UTC).timestamp()
    (said,) = school.api.sent("chat.update")
    assert (said["ts"], said["text"]) == ("2.1", "K7-3FQ needs you")


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_what_was_found_and_cannot_be_changed_is_said_anew(school: Door, error: str) -> None:
    standing(school, ["opaque"])
    school.api.says["chat.update"] = error
    assert await school.slack.sender.post("U1", CARD, IN_DOUBT) == Posted("D-U1", "1.1")


@pytest.mark.parametrize("method", ["conversations.open", "conversations.history"])
@pytest.mark.parametrize(
    "answer",
    [
        "missing_scope",
        "ratelimited",
        "channel_not_found",
        "user_disabled",
        "internal_error",
        lambda _: {},
        lambda _: {"messages": None, "channel": None},
        lambda _: web.Response(text="<html>busy</html>", status=503),
        lambda _: web.Response(text="[]", content_type="application/json"),
    ],
)
async def test_whatever_hinders_us_from_looking_the_message_is_said(school: Door, method: str, answer: Any) -> None:
    standing(school, ["opaque"])
    school.api.says[method] = answer
    assert await school.slack.sender.post("U1", CARD, IN_DOUBT) == Posted("D-U1", "1.1")


async def test_what_does_not_stand_is_said(school: Door) -> None:
    standing(school, ["other"], [])
    assert await school.slack.sender.post("U1", CARD, IN_DOUBT) == Posted("D-U1", "1.1")


async def test_a_lost_card_that_may_have_been_posted_again_already_is_looked_for_where_it_lay(school: Door) -> None:
    standing(school, ["opaque"])
    said = iter(["message_not_found", {"channel": "D1", "ts": "1.0"}])

    def update(_: Any) -> Any:
        answer = next(said)
        return web.json_response({"ok": False, "error": answer}) if isinstance(answer, str) else answer

    school.api.says["chat.update"] = update
    assert await school.slack.sender.edit(Posted("D1", "0.1"), CARD, IN_DOUBT) == Posted("D1", "1.0")
    assert school.api.sent("conversations.open") == []
    assert school.api.sent("chat.postMessage") == []


@pytest.mark.parametrize(
    ("answer", "unsure"),
    [
        ("user_not_found", False),
        ("ratelimited", False),
        ("invalid_auth", False),
        ("fatal_error", True),
        ("internal_error", True),
        (lambda _: web.Response(text="<html>busy</html>", status=502), True),
        (lambda _: {}, True),
    ],
)
async def test_a_failure_says_whether_the_message_may_stand_after_all(school: Door, answer: Any, unsure: bool) -> None:
    assert (await failing(school, "chat.postMessage", answer)).unsure is unsure


async def test_where_nobody_listens_the_message_surely_does_not_stand(school: Door) -> None:
    school.slack.client.base_url = "http://127.0.0.1:9/api/"
    with pytest.raises(Unreachable) as failed:
        await school.slack.sender.post("U1", CARD, MARK)
    assert failed.value.unsure is False


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

    failed = await failing(school, "chat.postMessage", drop)
    assert (failed.gone, failed.unsure) == (False, True)
    assert len(school.api.calls) == 1


async def test_a_failure_repeats_no_address_and_no_word(school: Door) -> None:
    failed = await failing(school, "chat.postMessage", "user_not_found")
    assert str(failed) == "gone"
    assert failed.__suppress_context__


async def test_slack_is_waited_for_no_longer_than_ten_seconds(school: Door) -> None:
    school.api.takes["chat.postMessage"] = 12
    began = time.monotonic()
    assert (await failing(school, "chat.postMessage", "late")).unsure
    assert 9 < time.monotonic() - began < 11
