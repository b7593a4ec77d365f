"""A standard channel in Teams for a team: used while everybody in it may see the case, and what is written there."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.register import WrongFile, read_register
from storage.models import Heard, TeamRoom
from tests.adaptive_rules import words
from tests.teams_town import Json, Member, Town
from tests.teams_world import TeamsWorld, brambledown_in_teams
from tests.world import SCHOOL, until
from workspace.running import Address
from workspace.teams.channels import Team, grant, link, opens, there
from workspace.teams.tenant import TENANT

CANARY = "CANARYNARRATIVE"
GROUP, THREAD = "c3c3c3c3-0000-4000-8000-0000000000b1", "19:safeguarding_1@thread.tacv2"
CHILD = {"what": CANARY, "harmed_names": "Jo Bloggs"}
LINK = link(Team(GROUP, THREAD))
IN_TEAMS = {
    "[outside]": f'[[room]]\nrole = "dsl"\nschool = "brambledown"\nchannel = "{LINK}"\n\n[outside]',
    'roles = [{ role = "deputy_dsl", school = "brambledown" }]': 'roles = [{ role = "dsl", school = "brambledown" }]',
}
EVERY = "ChannelMessage.Read.Group"


@pytest.fixture
def school(chat: Address, tmp_path: Path, new_sqlite: Callable[[], str], town: Town) -> Iterator[TeamsWorld]:
    with brambledown_in_teams(chat, tmp_path, new_sqlite(), town, changes=IN_TEAMS) as opened:
        staffed(opened)
        yield opened


@pytest.fixture
def either(chat: Address, tmp_path: Path, database_url: str, town: Town) -> Iterator[TeamsWorld]:
    """The same, on a database of each kind in turn."""
    with brambledown_in_teams(chat, tmp_path, database_url, town, changes=IN_TEAMS) as opened:
        staffed(opened)
        yield opened


def staffed(world: TeamsWorld) -> None:
    both = [world.on(name) for name in ("dsl", "deputy_dsl")]
    opens(world.town, Team(GROUP, THREAD, members=[each.person["id"] for each in both]))
    for each in both:
        each.installs()
    until(lambda: all(each.messages() for each in both), "two welcomes")


def team(world: TeamsWorld) -> Team:
    return world.town.teams[GROUP]


def reported(world: TeamsWorld) -> str:
    world.on("teacher").reports("pupil_concern", **CHILD)
    world.settled()
    return world.case().id


def in_room(world: TeamsWorld) -> list[Json]:
    """What the bot says in the channel, as it stands there."""
    return [asdict(each) for each in world.town.messages[THREAD] if not each.under]


def threads(world: TeamsWorld) -> list[Json]:
    return [asdict(each) for each in world.town.messages[THREAD] if each.under]


def direct(world: TeamsWorld, name: str) -> list[str]:
    """What was said to somebody alone about a report; not the welcome."""
    return [words(each["card"]) for each in world.on(name).messages()[1:]]


def everybody_told_directly(world: TeamsWorld) -> None:
    assert in_room(world) == []
    for name in ("dsl", "deputy_dsl"):
        (said,) = direct(world, name)
        assert "A report for you" in said


def notes(world: TeamsWorld) -> int:
    return world.events().count("case.noted")


def test_a_team_hears_in_its_channel_once_and_works_the_report_from_there(either: TeamsWorld) -> None:
    reported(either)
    (card,) = in_room(either)
    assert "A report for this team" in words(card["card"])
    assert "CANARY" not in str(card)
    assert direct(either, "dsl") == direct(either, "deputy_dsl") == []
    here = there(team(either), card["id"])
    assert CANARY in either.on("dsl").presses("Open", card, here).said
    either.on("deputy_dsl").presses("Acknowledge", card, here)
    (card,) = in_room(either.settled())
    assert "has acknowledged" in words(card["card"])
    assert "Acknowledge" not in [each.get("title") for each in card["card"]["actions"]]
    assert direct(either, "dsl") == []


def away_from_the_team(world: TeamsWorld) -> None:
    team(world).members.append(world.on("head").person["id"])


def guest(world: TeamsWorld) -> None:
    member = world.town.moves_in("A Guest", "guest@elsewhere.example", userType="Guest")
    team(world).members.append(member["id"])


def a_guest_whom_the_directory_calls_a_member(world: TeamsWorld) -> None:
    team(world).members.clear()
    team(world).others += [listed(world.on("dsl")), listed(world.on("deputy_dsl"), userRole="guest")]


def of_another_tenant(world: TeamsWorld) -> None:
    team(world).members.clear()
    team(world).others += [listed(world.on("dsl")), listed(world.on("deputy_dsl"), tenantId="d" * 36)]


def without_an_account(world: TeamsWorld) -> None:
    team(world).others.append({"id": "29:visitor", "name": "Anonymous", "userRole": "anonymous"})


def listed(member: Member, **more: str) -> Json:
    id = member.person["id"]
    return {"id": f"29:{id}", "aadObjectId": id, "tenantId": TENANT, "userRole": "user", **more}


def closed_account(world: TeamsWorld) -> None:
    world.on("deputy_dsl").person["accountEnabled"] = False


def a_crowd(world: TeamsWorld) -> None:
    team(world).members += [world.town.moves_in(f"Ann {n}", f"ann{n}@brambledown.example")["id"] for n in range(31)]


def one_more_on_the_last_page(world: TeamsWorld) -> None:
    world.town.page_size = 1
    away_from_the_team(world)


def how(**stands: Any) -> Callable[[TeamsWorld], None]:
    def change(world: TeamsWorld) -> None:
        team(world).__dict__.update(stands)

    change.__name__ = str(stands)
    return change


def silent(where: str, status: int) -> Callable[[TeamsWorld], None]:
    def change(world: TeamsWorld) -> None:
        world.town.answers[where] = [(status, "Whatever", {})] * 20

    change.__name__ = f"{where} {status}"
    return change


UNUSABLE = [
    away_from_the_team,
    one_more_on_the_last_page,
    guest,
    a_guest_whom_the_directory_calls_a_member,
    of_another_tenant,
    without_an_account,
    a_crowd,
    how(kind="private"),
    how(kind="shared"),
    how(kind=None),
    how(visibility="Public"),
    how(visibility=None),
    how(archived=True),
    how(archived=None),
    how(members=[]),
    silent("team", 403),
    silent("channel", 404),
    silent("members", 500),
]


def test_a_channel_that_is_not_the_teams_alone_is_not_used(school: TeamsWorld) -> None:
    """One school, and everything that may stand against its channel in turn."""
    stood = dict(team(school).__dict__)
    for wrong in UNUSABLE:
        team(school).__dict__.update({**stood, "members": [*stood["members"]], "others": [], "grants": []})
        school.town.answers.clear()
        school.town.page_size = 100
        before = [len(school.on(name).messages()) for name in ("dsl", "deputy_dsl")]
        wrong(school)
        school.on("teacher").reports("pupil_concern", **CHILD)
        school.settled()
        assert in_room(school) == [], wrong.__name__
        told = [len(school.on(name).messages()) for name in ("dsl", "deputy_dsl")]
        assert told == [count + 1 for count in before], wrong.__name__
        school.clock.forward(seconds=3)  # nobody is told of more than eight in two seconds
    assert school.on("head").messages() == []


def test_whatever_teams_refuses_everybody_is_told_directly(school: TeamsWorld) -> None:
    del school.town.messages[THREAD]
    reported(school)
    school.town.messages[THREAD] = []
    everybody_told_directly(school)


def test_a_case_about_one_of_the_team_never_reaches_the_channel(school: TeamsWorld) -> None:
    deputy = school.on("deputy_dsl").person["id"]
    school.on("teacher").reports(
        "colleague_concern", what="It.", subject_staff=deputy, harmed="pupil", harmed_names="Jo"
    )
    school.settled()
    assert in_room(school) == []
    assert direct(school, "deputy_dsl") == []


def test_whoever_comes_in_later_finds_no_trace_and_the_team_goes_on_directly(school: TeamsWorld) -> None:
    case = reported(school)
    assert len(in_room(school)) == 1
    away_from_the_team(school)
    came = {"id": f"29:{school.on('head').person['id']}"}
    where = {"id": THREAD, "conversationType": "channel", "tenantId": TENANT}
    told = school.on("head").activity("conversationUpdate", membersAdded=[came], conversation=where)
    school.on("head").got(told)
    school.settled()
    everybody_told_directly(school)
    assert "card.removed" in school.events(case)
    assert direct(school, "head") == []


def test_a_card_that_cannot_be_taken_away_yet_is_tried_again(school: TeamsWorld) -> None:
    reported(school)
    away_from_the_team(school)
    school.town.answers["remove"] = [(500, "Whatever", {})] * 9
    school.on("dsl").presses("Acknowledge", in_room(school)[0], there(team(school), in_room(school)[0]["id"]))
    school.settled()
    assert len(in_room(school)) == 1
    school.town.answers.clear()
    school.clock.forward(minutes=2)
    school.settled()
    assert in_room(school) == []


def test_a_channel_that_is_taken_out_of_the_file_is_emptied(school: TeamsWorld) -> None:
    reported(school)
    school.applies({new: old for old, new in IN_TEAMS.items() if old == "[outside]"})
    school.settled()
    assert school.rows(select(TeamRoom)) == []
    everybody_told_directly(school)


# -- what is written under the card


def test_a_reply_that_mentions_the_bot_is_kept_and_answered_to_the_writer_alone(school: TeamsWorld) -> None:
    reported(school)
    (card,) = in_room(school)
    assert "A reply here that mentions Lanyard is kept" in words(card["card"])
    school.on("dsl").replies(f"Spoke&nbsp;to <at>Tom</at>. {CANARY}2", card, team(school))
    school.settled()
    assert notes(school) == 1
    until(lambda: direct(school, "dsl"), "an answer")
    assert "Your chat keeps a copy too" in direct(school, "dsl")[0]
    assert threads(school) == []
    opened = school.on("deputy_dsl").presses("Open", in_room(school)[0], there(team(school), card["id"]))
    assert f"Spoke to @Tom. {CANARY}2" in opened.said
    assert "<at>" not in opened.said
    assert CANARY not in str(school.town.messages)


def test_a_reply_without_a_mention_is_not_read_unless_the_teams_owner_granted_it_and_the_card_says_so(
    school: TeamsWorld,
) -> None:
    reported(school)
    (card,) = in_room(school)
    school.on("dsl").replies("Among ourselves.", card, team(school), mention=False)
    school.settled()
    assert (notes(school), school.rows(select(Heard)), direct(school, "dsl")) == (0, [], [])
    team(school).grants += [grant("TeamSettings.Read.Group"), {**grant(EVERY), "clientAppId": "another"}]
    school.on("dsl").replies("Among ourselves.", card, team(school), mention=False)
    assert notes(school.settled()) == 0
    team(school).grants.append(grant(EVERY))
    school.on("dsl").presses("Acknowledge", card, there(team(school), card["id"]))
    (card,) = in_room(school.settled())
    assert "Every reply here is kept" in words(card["card"])
    school.on("dsl").replies("Her aunt came.", card, team(school), mention=False)
    assert notes(school.settled()) == 1


@pytest.mark.parametrize("said", ["ack", " Acknowledged. ", "✅"])
def test_ack_in_the_thread_acknowledges_and_is_no_note(school: TeamsWorld, said: str) -> None:
    reported(school)
    school.on("deputy_dsl").replies(said, in_room(school)[0], team(school))
    school.settled()
    assert school.case().acknowledged_by
    assert notes(school) == 0
    assert "has acknowledged" in words(in_room(school)[0]["card"])


def test_what_somebody_else_writes_there_is_not_kept_and_they_are_shown_the_form(school: TeamsWorld) -> None:
    case = reported(school)
    before = school.events()
    ict = school.on("ict")
    ict.replies(CANARY, in_room(school)[0], team(school))
    until(ict.messages, "an answer")
    assert "Please don't write it here" in words(ict.messages()[-1]["card"])
    assert school.rows(select(Heard)) == []
    assert [each for each in school.events() if each not in ("access.refused",)] == [
        each for each in before if each not in ("access.refused",)
    ]
    assert "case.noted" not in school.events(case)


def test_nothing_is_said_to_what_is_written_under_nothing_of_ours_without_a_mention(school: TeamsWorld) -> None:
    nothing = {"id": "1700000000000"}
    school.on("dsl").replies(CANARY, nothing, team(school), mention=False)
    school.on("dsl").replies("Lanyard?", nothing, team(school))
    until(lambda: threads(school), "the menu")
    (said,) = threads(school)
    assert "Please don't write it here" in words(said["card"])
    assert direct(school, "dsl") == []


def test_the_same_message_delivered_again_is_one_note(school: TeamsWorld) -> None:
    reported(school)
    sent = school.on("dsl").replies("Once.", in_room(school)[0], team(school))
    school.on("dsl").got(sent)
    # As another process is given it, which has not seen the first.
    assert school.bot
    school.stops()
    school.starts()
    school.on("dsl").got(sent)
    assert notes(school.settled()) == 1


def test_editing_or_deleting_what_was_kept_leaves_the_note_and_is_on_the_record(school: TeamsWorld) -> None:
    case = reported(school)
    (card,) = in_room(school)
    dsl = school.on("dsl")
    sent = dsl.replies(CANARY, card, team(school))
    changed = {**sent, "type": "messageUpdate", "text": "Never mind.", "channelData": {**sent["channelData"]}}
    changed["channelData"]["eventType"] = "undeleteMessage"
    dsl.got({**changed, "timestamp": "2026-11-20T10:00:01.000Z"})
    assert "message.edited" not in school.settled().events(case)
    changed["channelData"]["eventType"] = "editMessage"
    dsl.got({**changed, "timestamp": "2026-11-20T10:00:02.000Z"})
    dsl.got({**changed, "timestamp": "2026-11-20T10:00:03.000Z"})
    assert school.settled().events(case).count("message.edited") == 2
    gone = {
        **changed,
        "type": "messageDelete",
        "channelData": {**sent["channelData"], "eventType": "softDeleteMessage"},
    }
    dsl.got(gone)
    assert school.settled().events(case).count("message.deleted") == 1
    opened = dsl.presses("Open", in_room(school)[0], there(team(school), card["id"]))
    assert CANARY in opened.said
    assert "Never mind." not in opened.said


# -- what the school says of it


def read(tmp_path: Path, channel: str) -> str:
    file = tmp_path / "school.toml"
    file.write_text(SCHOOL.replace("[outside]", IN_TEAMS["[outside]"].replace(LINK, channel)))
    ((_, _, found),) = read_register(file).rooms
    return found


@pytest.mark.parametrize("host", ["teams.microsoft.com", "teams.cloud.microsoft"])
def test_a_channel_is_named_by_the_link_that_teams_copies(tmp_path: Path, host: str) -> None:
    assert read(tmp_path, LINK.replace("teams.microsoft.com", host)) == f"{GROUP}/{THREAD}"


@pytest.mark.parametrize(
    "wrong",
    [
        THREAD,
        LINK.partition("?")[0],
        LINK.replace(GROUP, "../users"),
        LINK.replace("https://teams.microsoft.com", "https://teams.microsoft.com.elsewhere.example"),
        LINK.replace("19%3A", "19%3A%2F..%2F"),
        LINK.replace("l/channel", "l/message"),
    ],
)
def test_anything_else_is_refused_in_words(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(WrongFile, match="Get link to channel"):
        read(tmp_path, wrong)
