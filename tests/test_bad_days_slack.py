"""A bad day at Slack: too much asked of it, out of order, silent, a line that drops; each person still hears once."""

import time

import pytest

from storage.promises import overdue
from tests.test_alarms import OPERATOR, PHONED, letters
from tests.townspeople import words
from tests.world import World, until

CHILD = {"what": "CANARYNARRATIVE", "harmed_names": "Jo Bloggs"}
POSTING = ("chat.postMessage", "chat.update")
ALWAYS = 100_000


def each_hears_once(school: World, reference: str) -> None:
    """The lead and the reporter, and nobody twice."""
    for somebody in (school.dsl, school.teacher):
        until(lambda one=somebody: [said for said in one.hears() if reference in said], f"what {somebody.name} is told")  # type: ignore[misc]
    school.settled()
    for somebody in (school.dsl, school.teacher):
        assert len([said for said in somebody.hears() if reference in said]) == 1


def test_slack_is_left_alone_for_as_long_as_it_asks_and_then_told_once(school: World) -> None:
    school.misbehaves("limited", ALWAYS, seconds=30, only="chat.")
    sent = school.teacher.reports("pupil_concern", **CHILD)
    school.settled()
    asked = school.called(*POSTING)
    assert 0 < asked <= 2
    school.clock.forward(seconds=25)
    time.sleep(1.5)  # a look at what is due comes each second
    assert school.settled().called(*POSTING) == asked
    school.misbehaves("none")
    school.clock.forward(seconds=10)
    each_hears_once(school, sent.reference)


def test_whoever_writes_meanwhile_waits_too_and_slack_is_not_asked_for_them(school: World) -> None:
    school.misbehaves("limited", ALWAYS, seconds=60, only="chat.postMessage")
    first = school.teacher.reports("pupil_concern", **CHILD)
    school.settled()
    asked = school.called("chat.postMessage")
    more = [school.other_teacher.reports("pupil_concern", **CHILD) for _ in range(3)]
    assert school.settled().called("chat.postMessage") == asked
    school.misbehaves("none")
    school.clock.forward(seconds=60)
    until(lambda: len(school.settled().dsl.hears()) == 4, "the cards")
    heard = " ".join(school.dsl.hears())
    assert all(each.reference in heard for each in (first, *more))
    assert len(school.dsl.hears()) == 4


def test_a_slack_that_is_busy_for_less_than_a_minute_alarms_nobody(school: World) -> None:
    school.misbehaves("limited", ALWAYS, seconds=1, only="chat.")
    sent = school.teacher.reports("pupil_concern", **CHILD)
    for _ in range(20):
        school.settled()
        assert school.look(overdue) <= 60
        school.clock.forward(seconds=2)
    school.misbehaves("none")
    school.clock.forward(seconds=60)
    each_hears_once(school, sent.reference)
    assert letters(school, "waiting") == letters(school, "does not answer") == []


def test_a_slack_that_wants_to_be_left_alone_for_long_sends_people_to_the_telephone(school: World) -> None:
    school.misbehaves("limited", ALWAYS, seconds=600, only="chat.")
    school.teacher.reports("pupil_concern", **CHILD)
    until(lambda: letters(school, "take reports by phone"), "the letters")
    assert letters(school.settled(), "waiting for more than a minute") == [OPERATOR]
    assert set(letters(school, "take reports by phone")) == PHONED


@pytest.mark.parametrize("kind", ["broken", "away"])
def test_a_slack_out_of_order_is_told_everything_within_a_minute_of_its_return(school: World, kind: str) -> None:
    school.misbehaves(kind, ALWAYS, only="chat.")
    sent = school.teacher.reports("pupil_concern", **CHILD)
    for _ in range(12):
        school.settled()
        school.clock.forward(minutes=1)
    tried = school.settled().called("chat.postMessage")
    assert tried <= 2 * 20, "not hammered: each once a minute at most, after the first"
    assert letters(school, "does not answer") == [OPERATOR]
    school.misbehaves("none")
    school.clock.forward(minutes=1)
    each_hears_once(school, sent.reference)


def test_the_next_person_and_the_chairs_mail_are_reached_while_slack_is_out_of_order(school: World) -> None:
    reference = ""
    with school.chat_is_down():
        reference = school.teacher.reports("pupil_concern", **CHILD).reference
        for _ in range(4):
            school.settled()
            school.clock.forward(minutes=21)
        school.settled()
        assert "chair" in school.leads()
        until(lambda: reference in " ".join(each["subject"] for each in school.chair.inbox()), "the letter")
        assert school.dsl.hears() == school.head.hears() == school.teacher.hears() == []
    until(lambda: reference in " ".join(school.head.hears()), "the card")
    school.settled()
    for somebody in (school.dsl, school.deputy_dsl, school.head):
        assert len(somebody.hears()) == 1, "one card that says how it stands, not one for each step"


def test_a_slack_that_says_nothing_is_waited_for_and_told_again(school: World) -> None:
    school.misbehaves("silent", 1, seconds=40, only="chat.postMessage")
    sent = school.teacher.reports("pupil_concern", **CHILD)
    until(lambda: school.called("chat.postMessage") >= 2, "both messages")
    for _ in range(3):
        school.settled()
        school.clock.forward(minutes=1)
    each_hears_once(school, sent.reference)


@pytest.mark.parametrize("kind", ["limited", "broken", "silent", "revoked"])
def test_a_form_that_slack_does_not_open_leaves_the_person_with_numbers_to_phone(school: World, kind: str) -> None:
    school.misbehaves(kind, 1, seconds=20, only="views.open")
    school.teacher.asks_for_the_form()
    seen = words(list(school.teacher.sees()["messages"].values()))
    assert "01632 960110" in seen
    assert school.workspace.banners == {}
    assert school.teacher.reports("pupil_concern", **CHILD).reference


def test_a_line_that_drops_costs_at_most_one_more_of_each_message_and_none_is_lost(school: World) -> None:
    school.misbehaves("drop", 2)
    sent = school.teacher.reports("pupil_concern", **CHILD)
    school.settled()
    school.clock.forward(minutes=2)
    school.settled()
    for somebody in (school.dsl, school.teacher):
        assert 1 <= len([said for said in somebody.hears() if sent.reference in said]) <= 2
