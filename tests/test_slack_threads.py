"""Which of Slack's many events about messages are read at all, and what the desk is asked about them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.slack_door import CASE, PRIYA, Door, door, happening, message
from workflows.conversations import Place, Said

UNDER = {"thread_ts": "1.0", "ts": "2.0"}


@pytest.fixture
async def school() -> AsyncIterator[Door]:
    async with door() as opened:
        yield opened


def changed(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    event = {"subtype": "message_changed", "channel": "D1", "channel_type": "im", "ts": "3.0", "hidden": True}
    return {"type": "message", **event, "message": {"ts": "2.0", **now}, "previous_message": {"ts": "2.0", **before}}


async def test_a_reply_is_handed_over_as_people_read_it(school: Door) -> None:
    files = [{"id": "F1"}, {"name": "no id"}, "nothing"]
    said = message(f"Ask <@{PRIYA}> &amp; go", **UNDER, subtype="file_share", files=files)
    await school.event(happening(said))
    ((_, place), (_, heard, who)) = [asked for asked in school.desk.asked if asked[0] in ("is_ours", "hear")]
    assert place == Place("slack", "D1", "1.0")
    assert heard == Said(Place("slack", "D1", "2.0"), place, "Ask @Priya Nair & go", ("F1",))
    assert who.address == PRIYA


async def test_what_lies_under_nothing_of_ours_is_never_read(school: Door) -> None:
    school.desk.says["is_ours"] = False
    await school.event(happening(message("canary", **UNDER)))
    await school.event(happening(message("canary", **UNDER, channel_type="group", channel="G1"), id="Ev2"))
    assert school.desk.times("hear") == 0
    assert "canary" not in str(school.desk.asked)
    (greeting,) = school.api.sent("chat.postMessage")
    assert (greeting["channel"], greeting["thread_ts"]) == ("D1", "1.0")


@pytest.mark.parametrize(
    "other",
    [
        {"bot_id": "B1"},
        {"channel_type": "channel"},
        {"channel_type": "mpim"},
        {"user": None},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
    ],
)
async def test_only_a_persons_own_words_are_a_reply(school: Door, other: dict[str, Any]) -> None:
    assert (await school.event(happening(message(**{**UNDER, **other})))).status_code == 200
    assert school.desk.asked == []


async def test_what_is_answered_in_a_room_is_shown_to_the_writer_alone(school: Door) -> None:
    school.api.says["chat.postEphemeral"] = lambda _: {"message_ts": "9.9"}
    school.desk.says["hear"] = CASE.__class__("Kept", short="Kept")
    await school.event(happening(message(**UNDER, channel_type="group", channel="G1")))
    (whisper,) = school.api.sent("chat.postEphemeral")
    assert (whisper["channel"], whisper["user"], whisper["thread_ts"]) == ("G1", PRIYA, "1.0")
    assert school.api.sent("chat.postMessage") == []


async def test_an_edit_is_told_only_where_the_words_have_changed(school: Door) -> None:
    await school.event(happening(changed({"text": "b", "user": PRIYA}, {"text": "a", "user": PRIYA})))
    await school.event(happening(changed({"text": "a", "attachments": []}, {"text": "a"}), id="Ev2"))
    await school.event(happening(changed({"text": "b", "bot_id": "B1"}, {"text": "a"}), id="Ev3"))
    assert school.desk.asked == [("altered", Place("slack", "D1", "2.0"), "3.0")]


@pytest.mark.parametrize(
    "item",
    [None, "text", {"type": "file", "file": "F1"}, {"channel": 1, "ts": "1.0"}, {"channel": "D1"}],
)
async def test_a_reaction_to_anything_but_a_message_is_let_be(school: Door, item: Any) -> None:
    event = {"type": "reaction_added", "user": PRIYA, "reaction": "white_check_mark", "item": item}
    assert (await school.event(happening(event))).status_code == 200
    assert school.desk.asked == []


async def test_a_reaction_that_is_taken_away_is_let_be(school: Door) -> None:
    item = {"type": "message", "channel": "D1", "ts": "1.0"}
    told = {"type": "reaction_removed", "user": PRIYA, "reaction": "white_check_mark", "item": item}
    await school.event(happening(told))
    assert school.desk.asked == []
    await school.event(happening(told | {"type": "reaction_added"}, id="Ev2"))
    assert school.desk.times("tick") == 1


async def test_whoever_wrote_hears_it_when_something_unexpected_stopped_us(school: Door) -> None:
    school.desk.says["hear"] = RuntimeError("canary")
    await school.event(happening(message(**UNDER)))
    await school.settled()
    (said,) = school.api.sent("chat.postMessage")
    assert said["thread_ts"] == "1.0"
    assert "Sorry: unheard" in said["text"]
    assert school.kept == []
