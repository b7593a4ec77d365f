"""A private channel for a team: used while everybody in it may see the case, and left when that has changed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select

from bot.register import WrongFile, read_register
from storage.models import TeamRoom
from tests.office import Office
from tests.townspeople import Json, Somebody, actions, words
from tests.world import PEOPLE, SCHOOL, World, brambledown
from workspace.refusal import SlackError

CHANNEL = "G0DSLTEAM1"
TEAM = {
    "[outside]": f'[[room]]\nrole = "dsl"\nschool = "brambledown"\nchannel = "{CHANNEL}"\n\n[outside]',
    'roles = [{ role = "deputy_dsl", school = "brambledown" }]': 'roles = [{ role = "dsl", school = "brambledown" }]',
}
CHILD = {"what": "CANARYNARRATIVE", "harmed_names": "Jo Bloggs"}


def channel(world: World, *members: Somebody, **more: Any) -> None:
    """How the team's channel stands; the bot is in it."""
    bot = world.workspace.town.bot["id"]
    told = {"id": CHANNEL, "name": "safeguarding", "private": True, "members": [*(one.id for one in members), bot]}
    world.page.post("/ui/channel", json=told | more).raise_for_status()
    world.answered()


@pytest.fixture
def team(chat: Any, tmp_path: Path, new_sqlite: Callable[[], str]) -> Iterator[World]:
    """A school with two safeguarding leads and a channel for the two of them."""
    with brambledown(chat, tmp_path, new_sqlite(), TEAM) as world:
        channel(world, world.dsl, world.deputy_dsl)
        yield world


@pytest.fixture
def either(chat: Any, tmp_path: Path, database_url: str) -> Iterator[World]:
    """The same, on a database of each kind in turn."""
    with brambledown(chat, tmp_path, database_url, TEAM) as world:
        channel(world, world.dsl, world.deputy_dsl)
        yield world


def reported(world: World) -> str:
    world.teacher.reports("pupil_concern", **CHILD)
    return world.settled().case().id


def in_room(world: World) -> list[Json]:
    """What the bot has said in the channel, as it stands there."""
    room = world.workspace.rooms.rooms.get(CHANNEL)
    return [
        {"room": CHANNEL, "ts": each.ts, "text": each.text, "blocks": each.blocks}
        for each in (room.messages.values() if room else ())
        if each.bot and not each.ephemeral
    ]


def direct(somebody: Somebody) -> list[Json]:
    """What the bot has said to somebody alone."""
    return [each for each in somebody.messages() if each["room"] != CHANNEL]


def said_in_room(world: World) -> list[str]:
    """Every call that would have put something into the channel, or changed it there."""
    told = [each for each in world.workspace.calls if each["args"].get("channel") == CHANNEL]
    return [each["method"] for each in told if each["method"].startswith("chat.")]


def everybody_told_directly(world: World) -> None:
    for lead in (world.dsl, world.deputy_dsl):
        assert len(direct(lead)) == 1, lead.name
        assert "A report for you" in words(direct(lead)[0])


def test_a_team_hears_in_its_own_room_once_and_nobody_twice(either: World) -> None:
    reported(either)
    (card,) = in_room(either)
    assert "A report for this team" in words(card)
    assert "CANARY" not in words(card)
    assert direct(either.dsl) == direct(either.deputy_dsl) == []
    assert said_in_room(either) == ["chat.postMessage"]
    assert either.leads() == {"dsl", "deputy-dsl"}


def test_each_presses_in_the_room_for_themselves_and_the_card_says_who(team: World) -> None:
    reported(team)
    opened = team.dsl.presses("open", in_room(team)[0])
    assert opened
    assert "CANARYNARRATIVE" in words(opened)
    team.settled().deputy_dsl.presses("acknowledge", in_room(team)[0])
    (card,) = in_room(team.settled())
    assert f"{team.deputy_dsl.name} has acknowledged" in words(card)
    assert "acknowledge" not in actions(card)
    assert direct(team.dsl) == []


def test_a_note_and_a_tick_count_in_the_room_and_are_answered_to_the_writer_alone(team: World) -> None:
    case = reported(team)
    card = in_room(team)[0]
    team.dsl.replies("Spoke to her.", card)
    assert team.events(case).count("case.noted") == 1
    (answer,) = [each for each in team.dsl.messages() if each["thread_ts"] == card["ts"]]
    assert answer["ephemeral"]
    assert len(in_room(team)) == 1
    team.deputy_dsl.ticks(card)
    assert team.case().acknowledged_by == team.person_of(team.deputy_dsl)


def test_a_member_without_the_case_keeps_it_out_of_the_room(team: World) -> None:
    channel(team, team.dsl, team.deputy_dsl, team.head)
    reported(team)
    assert said_in_room(team) == []
    everybody_told_directly(team)
    assert team.head.messages() == []


def test_a_case_about_one_of_the_team_never_reaches_the_room(team: World) -> None:
    team.teacher.reports(
        "colleague_concern", what="It.", subject_staff=[team.deputy_dsl], harmed="pupil", harmed_names="Jo"
    )
    team.settled()
    assert said_in_room(team) == []
    assert "deputy-dsl" not in team.leads()
    assert team.deputy_dsl.messages() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"shared": True},
        {"private": False},
        {"archived": True},
        {"gone": True},
    ],
    ids=str,
)
def test_a_channel_that_is_not_the_teams_alone_is_not_used(team: World, wrong: Json) -> None:
    channel(team, team.dsl, team.deputy_dsl, **wrong)
    reported(team)
    assert said_in_room(team) == []
    everybody_told_directly(team)


@pytest.mark.parametrize("who", ["supply_teacher", "stranger"])
def test_a_guest_or_somebody_from_another_workspace_keeps_it_out(team: World, who: str) -> None:
    channel(team, team.dsl, team.deputy_dsl, getattr(team, who))
    reported(team)
    assert said_in_room(team) == []
    everybody_told_directly(team)


def test_a_channel_that_the_bot_is_not_in_is_not_used(team: World) -> None:
    team.workspace.rooms.room(CHANNEL).members.remove(team.workspace.town.bot["id"])
    reported(team)
    assert said_in_room(team) == []
    everybody_told_directly(team)


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members", "chat.postMessage"])
def test_whatever_slack_refuses_everybody_is_told_directly(team: World, method: str) -> None:
    def refuse(moment: str, about: Any) -> None:
        if moment == f"{method}:received" and about.get("channel") == CHANNEL:
            raise SlackError("internal_error")

    team.workspace.on_call.append(refuse)
    try:
        reported(team)
    finally:
        team.workspace.on_call.remove(refuse)
    assert in_room(team) == []
    everybody_told_directly(team)


def test_a_member_who_comes_in_between_report_and_card_keeps_it_out(team: World) -> None:
    """They come while the first answer about the channel is on its way, so only the look at the send can tell."""

    def come_in(moment: str, about: Any) -> None:
        if moment == "conversations.members:answered":
            room = team.workspace.rooms.room(CHANNEL)
            room.members = [*dict.fromkeys([*room.members, team.head.id])]

    team.workspace.on_call.append(come_in)
    try:
        reported(team)
    finally:
        team.workspace.on_call.remove(come_in)
    assert said_in_room(team) == []
    everybody_told_directly(team)


def test_whoever_comes_in_later_finds_no_trace_and_the_team_goes_on_directly(either: World) -> None:
    case = reported(either)
    channel(either, either.dsl, either.deputy_dsl, either.head)
    either.settled()
    assert in_room(either) == []
    everybody_told_directly(either)
    assert "card.removed" in either.events(case)
    either.dsl.acknowledges()
    either.settled()
    assert in_room(either) == []
    assert f"{either.dsl.name} has acknowledged" in words(direct(either.deputy_dsl)[0])


def test_when_it_turns_out_to_be_about_one_of_the_team_the_room_is_emptied_and_says_no_more(team: World) -> None:
    reported(team)
    team.dsl.presses("acknowledge", in_room(team)[0])
    opened = team.settled().dsl.presses("open", in_room(team)[0])
    assert opened
    form = team.dsl.presses("involve", opened)
    assert form
    team.dsl.sends(form, who_part="subject", who_why="Her class teacher saw it.", who_staff=team.deputy_dsl)
    assert in_room(team.settled()) == []
    assert team.leads() == {"headteacher"}
    assert direct(team.deputy_dsl) == []
    team.head.acknowledges()
    assert in_room(team.settled()) == []
    assert direct(team.deputy_dsl) == []


def test_whoever_passes_a_case_on_takes_it_out_of_the_room(team: World) -> None:
    reported(team)
    team.deputy_dsl.forges("recuse", team.case().id)
    team.settled()
    assert in_room(team) == []
    assert "A report for you" in words(direct(team.dsl)[0])
    assert direct(team.deputy_dsl) == []
    team.dsl.acknowledges()
    assert in_room(team.settled()) == []


def test_a_case_that_goes_up_the_ladder_goes_there_directly_and_stays_true_in_the_room(team: World) -> None:
    reported(team)
    before = words(in_room(team)[0])
    team.clock.forward(minutes=21)
    assert "head" in " ".join(sorted(team.settled().leads()))
    assert "is now with you" in " ".join(team.head.hears())
    (card,) = in_room(team)
    assert words(card) != before
    assert direct(team.dsl) == direct(team.deputy_dsl) == []


def test_whoever_is_of_the_team_and_not_in_the_room_is_told_directly(team: World) -> None:
    channel(team, team.dsl)
    reported(team)
    assert len(in_room(team)) == 1
    assert direct(team.dsl) == []
    assert "A report for you" in words(direct(team.deputy_dsl)[0])


def test_a_card_that_cannot_be_taken_away_yet_is_tried_again_and_nobody_waits_for_that(team: World) -> None:
    reported(team)

    def refuse(moment: str, about: Any) -> None:
        if moment == "chat.delete:received":
            raise SlackError("internal_error")

    team.workspace.on_call.append(refuse)
    team.deputy_dsl.forges("recuse", team.case().id)
    team.settled()
    assert "A report for you" in words(direct(team.dsl)[0])
    assert len(in_room(team)) == 1
    team.workspace.on_call.remove(refuse)
    team.clock.forward(minutes=2)
    assert in_room(team.settled()) == []


def test_a_card_that_went_in_while_the_line_broke_is_found_again_and_can_be_taken_out(team: World) -> None:
    """Nobody waits to hear whether the room took it; and it must not lie there where we know nothing of it."""

    def break_off(moment: str, about: Any) -> None:
        if moment == "chat.postMessage:received" and about["channel"] == CHANNEL:
            team.workspace.mischief.order("drop", 1, 0)
            team.workspace.on_call.remove(break_off)

    team.workspace.on_call.append(break_off)
    reported(team)
    everybody_told_directly(team)
    team.clock.forward(minutes=2)
    team.settled()
    assert len(in_room(team)) == 1
    team.deputy_dsl.forges("recuse", team.case().id)
    assert in_room(team.settled()) == []


def test_a_room_that_is_taken_out_of_the_file_is_emptied(team: World) -> None:
    reported(team)
    team.applies({new: old for old, new in TEAM.items() if old == "[outside]"})
    team.settled()
    assert in_room(team) == []
    assert team.rows(select(TeamRoom)) == []
    everybody_told_directly(team)


# -- what the school is told before it goes live

IN_FILE = (r"\[outside\]", next(iter(TEAM.values())))


def office(chat: Any, folder: Path, database: str, *members: str, **more: Any) -> list[str]:
    """What `lanyard check` finds worth a look about a channel with these members."""
    desk = Office(folder, chat, database)
    room = {"id": CHANNEL, "name": "safeguarding", "private": True, "members": [*members, "U0LANYARD1"]}
    httpx.post(f"{chat}/ui/channel", json=room | more).raise_for_status()
    return [line for line in desk.founds(IN_FILE).checked()["warned"] if CHANNEL in line]


DSL, DEPUTY, GUEST, HEAD = (PEOPLE[each] for each in ("dsl", "deputy_dsl", "supply_teacher", "head"))


@pytest.mark.parametrize(
    ("members", "more", "says"),
    [
        ([DSL], {}, ""),
        ([DSL, DEPUTY], {}, "Owen Fairclough in it, it is used only"),
        ([DSL, HEAD], {}, "Helen Whitlock is in it and not told"),
        ([DEPUTY], {}, "Nasreen Rahman is not in it"),
        ([DSL, GUEST], {}, "a guest of the workspace"),
        ([DSL], {"shared": True}, "shared"),
        ([DSL], {"private": False}, "public"),
        ([DSL], {"archived": True}, "archived"),
        ([DSL], {"gone": True}, "shows the bot no such channel"),
    ],
    ids=str,
)
def test_a_check_says_what_keeps_cases_out_of_a_room(
    chat: Any, tmp_path: Path, new_sqlite: Callable[[], str], members: list[str], more: Json, says: str
) -> None:
    lines = office(chat, tmp_path, new_sqlite(), *members, **more)
    assert bool(lines) == bool(says)
    assert says in " ".join(lines)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('role = "dsl"', 'role = "line_manager"', "no team of the role"),
        ('school = "brambledown"', 'school = "elsewhere"', "no school"),
        (CHANNEL, "safeguarding", "channel"),
    ],
)
def test_a_room_that_cannot_be_is_refused_with_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    file = tmp_path / "school.toml"
    file.write_text(SCHOOL.replace("[outside]", next(iter(TEAM.values())).replace(old, new)))
    with pytest.raises(WrongFile, match=says):
        read_register(file)
