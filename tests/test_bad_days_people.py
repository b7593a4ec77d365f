"""A bad day for those who should be told: they left, their card was deleted, the app was taken out of the workspace."""

import httpx
import pytest
from sqlmodel import select

from storage.models import Account
from tests.test_alarms import OPERATOR, PHONED, happens, letters
from tests.townspeople import Somebody, words
from tests.world import World, until

CHILD = {"what": "CANARYNARRATIVE", "harmed_names": "Jo Bloggs"}
ALWAYS = 100_000


def leaves(somebody: Somebody) -> None:
    """Their account is deactivated."""
    assert somebody.world.page.post("/ui/person", json={"id": somebody.id, "deactivated": True}).is_success


def was_written_to(somebody: Somebody) -> bool:
    """Slack takes messages to a closed account without a word."""
    calls = list(somebody.world.workspace.calls)
    return any(each["method"] == "chat.postMessage" and each["args"]["channel"] == somebody.id for each in calls)


def next_person_has_it(school: World, reference: str) -> None:
    until(lambda: reference in " ".join(school.deputy_dsl.hears()), "the deputy's card")
    school.settled()
    assert len([said for said in school.deputy_dsl.hears() if reference in said]) == 1
    assert "CANARYNARRATIVE" in words(school.deputy_dsl.opens(reference))


def test_somebody_who_left_before_the_report_is_stepped_over_and_the_operator_hears_of_the_vacant_role(
    school: World,
) -> None:
    leaves(school.dsl)
    sent = school.teacher.reports("pupil_concern", **CHILD)
    next_person_has_it(school, sent.reference)
    assert school.leads() == {"deputy-dsl"}
    assert not was_written_to(school.dsl)
    until(lambda: letters(school, "nobody holds the role"), "the operator's letter")


def test_somebody_who_leaves_between_the_report_and_its_card_is_stepped_over(school: World) -> None:
    with school.chat_is_down():
        sent = school.teacher.reports("pupil_concern", **CHILD)
        school.settled()
        school.stops()
        leaves(school.dsl)
        school.workspace.calls.clear()
    school.starts()
    next_person_has_it(school, sent.reference)
    assert school.leads() == {"deputy-dsl"}
    assert not was_written_to(school.dsl)


def test_somebody_who_leaves_after_the_card_came_leaves_nothing_lying_for_a_minute(school: World) -> None:
    sent = school.teacher.reports("pupil_concern", **CHILD)
    school.settled()
    assert len(school.dsl.hears()) == 1
    leaves(school.dsl)
    next_person_has_it(school, sent.reference)
    assert school.leads() == {"deputy-dsl"}


def test_a_card_that_somebody_deleted_is_there_again_when_it_has_something_to_say(school: World) -> None:
    sent = school.teacher.reports("pupil_concern", **CHILD)
    card = school.settled().dsl.card(sent.reference)
    token = {"Authorization": f"Bearer {school.workspace.settings.bot_token}"}
    asked = {"channel": card["room"], "ts": card["ts"]}
    assert httpx.post(f"{school.chat}/api/chat.delete", json=asked, headers=token, trust_env=False).json()["ok"]
    assert school.dsl.hears() == []
    school.clock.forward(minutes=21)
    until(lambda: sent.reference in " ".join(school.dsl.hears()), "the card again")
    assert len([said for said in school.settled().dsl.hears() if sent.reference in said]) == 1
    assert "CANARYNARRATIVE" in words(school.dsl.opens(sent.reference))


@pytest.mark.parametrize("kind", ["revoked", "removed"])
def test_what_was_reported_before_the_app_was_cut_off_is_told_when_it_is_back(school: World, kind: str) -> None:
    form = school.teacher.sends(school.teacher.types(), about="pupil_concern", danger="no")
    school.misbehaves(kind, ALWAYS)
    receipt = school.teacher.sends(form, **CHILD)
    assert "Your report is in" in words(receipt)
    if kind == "removed":
        happens(school, "app_uninstalled")
    until(lambda: set(letters(school, "take reports by phone")) == PHONED, "the letters")
    until(lambda: letters(school, "takes our token no longer") == [OPERATOR], "the operator's letter")
    assert "deactivated" not in {each.state for each in school.rows(select(Account))}
    school.misbehaves("none")
    school.clock.forward(minutes=1)
    for somebody in (school.dsl, school.teacher):
        until(somebody.hears, f"what {somebody.name} is told")
    school.settled()
    assert [len(somebody.hears()) for somebody in (school.dsl, school.teacher)] == [1, 1]
    assert school.leads() == {"dsl"}
