"""A bad day at Microsoft that no other chat has: proof that ran out, new keys, a moved service, a card that is gone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlmodel import select

from handlers.teams.keys import AT_MOST_EVERY
from storage.models import Account
from tests.adaptive_rules import words
from tests.teams_door import door
from tests.teams_town import Town
from tests.teams_world import TeamsWorld, brambledown_in_teams
from tests.test_alarms import OPERATOR, PHONED, letters
from tests.test_bad_days_chat import ALWAYS, CHILD, each_hears_once
from tests.world import until
from workspace.running import Address
from workspace.teams.knocking import signed
from workspace.teams.services import published


@pytest.fixture
def school(chat: Address, tmp_path: Path, new_sqlite: Callable[[], str], town: Town) -> Iterator[TeamsWorld]:
    with brambledown_in_teams(chat, tmp_path, new_sqlite(), town) as opened:
        for name in ("teacher", "dsl"):
            opened.on(name).installs()
            until(opened.on(name).messages, "the welcome")
        yield opened


def test_a_secret_that_ran_out_rings_and_what_was_reported_is_told_when_there_is_another(school: TeamsWorld) -> None:
    school.town.tokens.clear()
    school.misbehaves("revoked", ALWAYS, only="token")
    receipt = school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    school.stops()
    school.starts()  # it looks at once, and then each minute
    until(lambda: letters(school, "no longer takes our proof"), "the operator's letter")
    until(lambda: set(letters(school, "take reports by phone")) == PHONED, "the letters")
    assert letters(school, "no longer takes our proof") == [OPERATOR]
    assert receipt.reference not in " ".join(school.on("dsl").hears())
    school.misbehaves("none")
    school.clock.forward(minutes=1)
    each_hears_once(school, receipt.reference)


def test_a_conversation_that_teams_has_no_more_is_opened_anew(school: TeamsWorld) -> None:
    del school.town.messages[school.on("dsl").own]
    receipt = school.on("teacher").reports("pupil_concern", **CHILD)
    until(lambda: school.on("dsl").own in school.town.messages, "the conversation")
    each_hears_once(school, receipt.reference)


def test_a_card_that_somebody_took_out_of_the_chat_is_there_again_when_it_has_something_to_say(
    school: TeamsWorld,
) -> None:
    receipt = school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    dsl = school.on("dsl")
    card = dsl.card(receipt.reference)
    school.town.messages[dsl.own] = [each for each in school.town.messages[dsl.own] if each.id != card["id"]]
    school.clock.forward(minutes=21)
    until(lambda: receipt.reference in " ".join(dsl.hears()), "the card again")
    school.settled()
    assert sum(receipt.reference in said for said in dsl.hears()) == 1
    assert "CANARYNARRATIVE" in dsl.presses("Open", dsl.card(receipt.reference)).said


def test_a_directory_that_wants_to_be_left_alone_keeps_no_report_waiting(school: TeamsWorld) -> None:
    school.misbehaves("limited", ALWAYS, seconds=30, only="graph")
    school.misbehaves("broken", ALWAYS, only="member")
    receipt = school.on("other_teacher").reports("pupil_concern", **CHILD)
    school.settled()
    assert receipt.reference in " ".join(school.on("dsl").hears())
    assert school.leads() == {"dsl"}
    assert CHILD["what"] in school.on("dsl").presses("Open", school.on("dsl").card(receipt.reference)).said


async def test_a_key_that_microsoft_signs_with_since_today_is_fetched_and_believed(town: Town) -> None:
    fresh = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    async with door(town) as school:
        await school.teams.warm()
        town.more_keys.append(published(fresh, "fresh", "msteams"))
        school.teams.keys.asked_at -= AT_MOST_EVERY
        activity = school.priya.invoke("composeExtension/fetchTask", {"commandId": "report"})
        assert (await school.sends(activity, signed(town, fresh, "fresh"))).status_code == 200


def test_a_service_that_moved_is_followed_once_anybody_has_spoken(school: TeamsWorld) -> None:
    before = school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    school.town.region = "moved"
    school.on("teacher").writes("home")
    after = school.on("teacher").reports("pupil_concern", **CHILD)
    dsl = school.on("dsl")
    dsl.presses("Acknowledge", dsl.card(before.reference))
    school.settled()
    school.clock.forward(minutes=1)
    for receipt in (before, after):
        each_hears_once(school, receipt.reference)
    (first,) = [each for each in school.on("teacher").messages() if before.reference in each["summary"]]
    assert "Somebody has your report in hand" in words(first["card"])
    assert "deactivated" not in {each.state for each in school.rows(select(Account))}


def test_a_conversation_that_is_not_there_as_soon_as_it_is_opened_closes_nobodys_account(school: TeamsWorld) -> None:
    """Whose account is closed loses their cases; what Teams takes a moment to know must not do that."""
    # The head has never spoken to the bot; the teacher, who has, is written to in a conversation opened anew.
    school.town.answers["say"] = [(404, "ConversationNotFound", {}) for _ in range(3)]
    receipt = school.on("teacher").reports("colleague_concern", what="x", harmed="pupil", harmed_names="Jo Bloggs")
    school.settled()
    school.clock.forward(minutes=1)
    assert receipt.reference in words(school.on("head").card(receipt.reference)["card"])
    assert school.town.answers["say"] == []
    assert school.leads() == {"headteacher"}
    assert "deactivated" not in {each.state for each in school.rows(select(Account))}


def test_new_messages_go_one_at_a_time_for_nobody_can_ask_teams_what_it_has(school: TeamsWorld) -> None:
    under_way, most = list[str](), 0

    def tell(moment: str, about: dict[str, str]) -> None:
        nonlocal most
        if moment == "chat.say:received":
            under_way.append(about["conversation"])
            most = max(most, len(under_way))
        elif moment == "chat.say:answered":
            under_way.remove(about["conversation"])

    with school.chat_is_down():
        sent = [school.on(name).reports("pupil_concern", **CHILD) for name in ("teacher", "other_teacher", "assistant")]
        school.settled()
        school.town.takes["say"] = 0.1
    school.town.on_call.append(tell)
    school.settled()
    assert all(each.reference in " ".join(school.on("dsl").hears()) for each in sent)
    assert most == 1
