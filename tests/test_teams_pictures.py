"""Pictures that somebody pastes or sends to the bot in Teams: fetched when they have answered, or never."""

import gzip
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from handlers.fetchers import LARGEST, Unfetched
from storage.models import Evidence
from tests.adaptive_rules import words
from tests.canaries import files_under
from tests.teams_door import Door, door
from tests.teams_town import Json, Town
from tests.teams_world import TeamsWorld, brambledown_in_teams
from tests.test_adding import picture
from workspace.running import Address
from workspace.teams.attached import attached, pasted

BULLIED = {"by": "pupil", "harmed": "pupil", "what": "They made a group."}
CHILD = {"what": "x", "harmed_names": "Jo Bloggs"}


@pytest.fixture
def school(chat: Address, tmp_path: Path, new_sqlite: Callable[[], str], town: Town) -> Iterator[TeamsWorld]:
    with brambledown_in_teams(chat, tmp_path, new_sqlite(), town) as opened:
        yield opened


@pytest.fixture
def either(chat: Address, tmp_path: Path, database_url: str, town: Town) -> Iterator[TeamsWorld]:
    """The same, on a database of each kind in turn."""
    with brambledown_in_teams(chat, tmp_path, database_url, town) as opened:
        yield opened


def pictures(world: TeamsWorld) -> list[Evidence]:
    return world.rows(select(Evidence).order_by(col(Evidence.position)))


def asked_for(world: TeamsWorld) -> int:
    """How often the bot has gone to fetch something."""
    return sum(world.town.calls.count(("GET", where)) for where in ("attachment", "onedrive"))


def test_what_a_reporter_sends_is_asked_about_then_fetched_and_sealed_with_the_report_they_pick(
    either: TeamsWorld,
) -> None:
    teacher, town = either.on("teacher"), either.town
    receipt = teacher.reports("cyberbullying", **BULLIED)
    case = either.settled().case().id
    offer = teacher.sends(pasted(town, picture()), attached(town, picture("JPEG")))
    assert "undressed or in a sexual way" in words(offer["card"])
    assert f"{receipt.reference}, your own report" in str(offer["card"])
    assert (asked_for(either), pictures(either)) == (0, [])
    told = words(teacher.keeps(offer, case, pictures_sexual="no"))
    assert "Your chat keeps its own copy" in told
    assert "OneDrive" in told
    either.settled()
    assert [(row.state, row.media) for row in pictures(either)] == [("fetched", "image/png"), ("fetched", "image/jpeg")]
    assert not town.given_away
    assert "omething has been added" in " ".join(words(each["card"]) for each in either.on("dsl").messages())
    assert "See the screenshots (2)" in str(either.on("dsl").presses("Open", either.on("dsl").card()).card)
    sealed = [*files_under(either.settings.home / "evidence")]
    assert len(sealed) == 2
    assert not [each for each in sealed if picture()[:30] in each[1]]
    assert town.service not in str(either.rows(select(Evidence)))
    assert "That took too long" in words(teacher.keeps(offer, case, pictures_sexual="no"))


def test_a_lead_adds_one_to_a_report_that_is_with_them_and_what_they_wrote_beside_it_is_offered_as_a_note(
    school: TeamsWorld,
) -> None:
    school.on("teacher").reports("pupil_concern", **CHILD)
    case, dsl = school.settled().case().id, school.on("dsl")
    before = len(dsl.messages())
    dsl.sends(pasted(school.town, picture()), text="Her diary.")
    while len(dsl.messages()) < before + 2:
        school.settled()
    offers = {each["card"]["actions"][0]["verb"]: each for each in dsl.messages()[before:]}
    dsl.keeps(offers["keep_pictures"], case, pictures_sexual="no")
    dsl.keeps(offers["keep_note"], case)
    school.settled()
    assert [row.state for row in pictures(school)] == ["fetched"]
    assert "case.noted" in school.events(case)


def test_what_may_show_a_child_undressed_is_never_fetched_and_those_who_must_know_hear(school: TeamsWorld) -> None:
    teacher, dsl = school.on("teacher"), school.on("dsl")
    teacher.reports("pupil_concern", **CHILD)
    case = school.settled().case().id
    offer = teacher.sends(pasted(school.town, picture()))
    assert "Please pick one of the answers" in teacher.keeps(offer, case)
    assert "We have not fetched it" in words(teacher.keeps(offer, case, pictures_sexual="yes"))
    school.settled()
    assert "a file was sent in the chat" in " ".join(dsl.hears())
    assert (asked_for(school), pictures(school)) == (0, [])
    assert {"evidence.held", "evidence.left"} <= set(school.events(case))


def test_nothing_is_ever_fetched_for_a_report_of_indecent_images(school: TeamsWorld) -> None:
    teacher = school.on("teacher")
    teacher.reports("indecent_images", by="pupil", what="A link.", harmed_names="Jo Bloggs")
    case = school.settled().case().id
    offer = teacher.sends(pasted(school.town, picture()))
    assert "No picture can be added" in words(teacher.keeps(offer, case, pictures_sexual="no"))
    school.settled()
    assert (asked_for(school), pictures(school)) == (0, [])
    assert "a file was sent in the chat" in " ".join(school.on("dsl").hears())


def test_nobody_adds_to_a_report_that_is_not_theirs(school: TeamsWorld) -> None:
    school.on("teacher").reports("pupil_concern", **CHILD)
    case, ict = school.settled().case().id, school.on("ict")
    said = words(ict.sends(pasted(school.town, picture()))["card"])
    assert "That picture is not kept" in said
    offer = school.on("teacher").sends(pasted(school.town, picture()))
    assert "That took too long" in words(ict.keeps(offer, case, pictures_sexual="no"))
    ict.reports("pupil_concern", **CHILD)
    own = ict.sends(pasted(school.town, picture()))
    assert case not in str(own["card"])
    assert "That took too long" in words(ict.keeps(own, case, pictures_sexual="no"))
    school.settled()
    assert (asked_for(school), pictures(school)) == (0, [])


def test_whoever_lost_a_report_before_they_answered_adds_nothing_to_it(school: TeamsWorld) -> None:
    school.on("teacher").reports("pupil_concern", **CHILD)
    case, dsl = school.settled().case().id, school.on("dsl")
    card = dsl.card()
    offer = dsl.sends(pasted(school.town, picture()))
    dsl.presses("I should not have this", card)
    school.settled()
    assert "There is nothing here for you" in words(dsl.keeps(offer, case, pictures_sexual="no"))
    assert pictures(school) == []


def test_what_is_no_picture_is_told_to_whoever_leads_and_to_the_reporter(school: TeamsWorld) -> None:
    teacher = school.on("teacher")
    teacher.reports("pupil_concern", **CHILD)
    case = school.settled().case().id
    teacher.keeps(teacher.sends(pasted(school.town, b"%PDF-1.7 no picture")), case, pictures_sexual="no")
    school.settled()
    assert [row.state for row in pictures(school)] == ["failed"]
    assert "did not arrive" in " ".join(school.on("dsl").hears())
    assert "did not arrive" in " ".join(teacher.hears())


# -- where the bytes may come from


@pytest.fixture
async def bot(town: Town) -> AsyncIterator[Door]:
    async with door(town) as opened:
        yield opened


async def refused(bot: Door, file: str) -> str:
    with pytest.raises(Unfetched) as no:
        await bot.teams.files.fetch(file)
    return no.value.reason


def named(attachment: Json) -> str:
    """As the bot remembers it."""
    if "contentUrl" in attachment:
        return f"pasted {attachment['contentUrl']}"
    return f"attached {attachment['content']['downloadUrl']}"


BOMB = gzip.compress(b"\x89PNG\r\n\x1a\n" + bytes(LARGEST))


@pytest.mark.parametrize(
    ("content", "how", "reason"),
    [
        (b"", {"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}}, "barred"),
        (b"", {"status": 404}, "gone"),
        (b"", {"status": 503}, "later"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50_000_000), {}, "size"),
        (b"<!DOCTYPE html><title>Sign in</title>", {}, "barred"),
        (b"PK\x03\x04" + bytes(200), {}, "kind"),
        (BOMB, {"headers": {"Content-Encoding": "gzip"}}, "kind"),
    ],
    ids=["redirect", "gone", "busy", "50 MB", "page", "archive", "bomb"],
)
async def test_what_is_not_the_picture_itself_is_not_taken(bot: Door, content: bytes, how: Any, reason: str) -> None:
    for lies in (pasted, attached):
        assert await refused(bot, named(lies(bot.town, content, **how))) == reason
    assert not bot.town.given_away


@pytest.mark.parametrize(
    "file",
    [
        "pasted https://elsewhere.example/v3/attachments/1/views/original",
        "pasted https://smba.trafficmanager.net.elsewhere.example/v3/attachments/1/views/original",
        "pasted {service}/v3/conversations/1",
        "pasted {at}@elsewhere.example/v3/attachments/1/views/original",
        "pasted http://169.254.169.254/v3/attachments/1",
        "pasted file:///v3/attachments/1",
        "pasted http://[bad",
        "attached https://elsewhere.example/shot.png",
        "attached https://sharepoint.com.elsewhere.example/shot.png",
        "attached http://brambledown-my.sharepoint.com/shot.png",
        "attached https://brambledown-my.sharepoint.com:8443/shot.png",
        "attached https://somebody@brambledown-my.sharepoint.com/shot.png",
        "other {service}/v3/attachments/1/views/original",
    ],
)
async def test_nothing_is_asked_anywhere_else(bot: Door, file: str) -> None:
    before = len(bot.town.calls)
    service = bot.town.service
    assert await refused(bot, file.format(service=service, at=service.replace("/connector", ""))) == "place"
    assert len(bot.town.calls) == before
