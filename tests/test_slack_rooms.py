"""What Slack says of a channel, and when that is not enough to use it for a team."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from handlers.senders import Posted, Unreachable
from handlers.slack.rooms import MUST
from tests.slack_door import Door, door, person

PRIVATE = {**MUST, "is_pending_ext_shared": False, "pending_shared": []}


@pytest.fixture
async def school() -> AsyncIterator[Door]:
    async with door() as opened:
        says(opened, PRIVATE, ["U1", "U2"])
        yield opened


def says(school: Door, flags: dict[str, Any], *pages: list[str]) -> None:
    def members(sent: dict[str, Any]) -> dict[str, Any]:
        at = int(sent.get("cursor") or 0)
        more = str(at + 1) if at + 1 < len(pages) else ""
        return {"members": pages[at], "response_metadata": {"next_cursor": more}}

    school.api.says |= {"conversations.info": {"channel": {"id": "G1", **flags}}, "conversations.members": members}


async def inside(school: Door) -> list[str]:
    return [who.address for who in await school.slack.rooms.members("G1")]


async def test_everybody_in_it_is_named_page_by_page(school: Door) -> None:
    says(school, PRIVATE, ["U1"], ["U2"], ["U3"])
    assert await inside(school) == ["U1", "U2", "U3"]


async def test_apps_are_left_aside(school: Door) -> None:
    school.api.says["users.info"] = lambda sent: {"user": person(sent["user"], is_bot=sent["user"] == "U2")}
    assert await inside(school) == ["U1"]


@pytest.mark.parametrize("flag", MUST)
async def test_what_slack_leaves_out_counts_against_a_channel(school: Door, flag: str) -> None:
    says(school, {name: so for name, so in PRIVATE.items() if name != flag}, ["U1"])
    assert await inside(school) == []
    says(school, PRIVATE | {flag: not MUST[flag]}, ["U1"])
    assert await inside(school) == []


@pytest.mark.parametrize(
    "flags", [{"is_pending_ext_shared": True}, {"pending_connected_team_ids": ["T9"]}, {"is_member": False}]
)
async def test_a_channel_about_to_be_shared_or_without_us_is_not_used(school: Door, flags: dict[str, Any]) -> None:
    says(school, PRIVATE | flags, ["U1"])
    assert await inside(school) == []


@pytest.mark.parametrize(
    "more",
    [
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"team_id": "T9"},
        {"is_stranger": True},
        {"deleted": True},
    ],
)
async def test_one_who_is_not_of_the_school_is_enough(school: Door, more: dict[str, Any]) -> None:
    school.api.says["users.info"] = lambda sent: {
        "user": person(sent["user"], **(more if sent["user"] == "U2" else {}))
    }
    assert await inside(school) == []


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members", "users.info"])
async def test_what_slack_does_not_say_keeps_a_case_out(school: Door, method: str) -> None:
    school.api.says[method] = "ratelimited"
    assert await inside(school) == []


async def test_a_crowd_is_no_team(school: Door) -> None:
    says(school, PRIVATE, [f"U{n}" for n in range(31)])
    assert await inside(school) == []
    assert school.api.sent("users.info") == []


@pytest.mark.parametrize("said", ["message_not_found", "channel_not_found"])
async def test_what_is_gone_need_not_be_taken_away(school: Door, said: str) -> None:
    rooms = school.slack.rooms
    school.api.says["chat.delete"] = said
    await rooms.remove(Posted("G1", "1.1"))
    school.api.says["chat.delete"] = "internal_error"
    with pytest.raises(Unreachable):
        await rooms.remove(Posted("G1", "1.1"))
