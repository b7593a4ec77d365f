"""A bad day at the chat, Slack or Teams: too much asked, out of order, silent, a line that drops; each hears once."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handlers.slack import sender as slack
from handlers.teams import sender as teams
from storage.promises import overdue
from tests.teams_world import brambledown_in_teams
from tests.test_alarms import OPERATOR, PHONED, letters
from tests.test_crowds import fits
from tests.world import World, brambledown, until
from workspace.running import Address

CHILD = {"what": "CANARYNARRATIVE", "harmed_names": "Jo Bloggs"}
ALWAYS = 100_000
LIMITS = {"slack": tuple(slack.LIMITS), "teams": tuple(teams.LIMITS)}


@pytest.fixture(params=["slack", "teams"])
def school(
    request: pytest.FixtureRequest, chat: Address, tmp_path: Path, new_sqlite: Callable[[], str]
) -> Iterator[World]:
    """The school in each chat in turn; what is done to it, and what must hold, is the same."""
    if request.param == "slack":
        with brambledown(chat, tmp_path, new_sqlite()) as opened:
            yield opened
    else:
        with brambledown_in_teams(chat, tmp_path, new_sqlite(), request.getfixturevalue("town")) as opened:
            yield opened


def each_hears_once(school: World, reference: str) -> None:
    """The lead and the reporter, and nobody twice."""
    both = school.on("dsl"), school.on("teacher")

    def told() -> list[int]:
        return [sum(reference in said for said in somebody.hears()) for somebody in both]

    until(lambda: all(told()), "what they are told")
    school.settled()
    assert told() == [1, 1]


def test_the_chat_is_left_alone_for_as_long_as_it_asks_and_then_told_once(school: World) -> None:
    school.misbehaves("limited", ALWAYS, seconds=30, only="chat.")
    sent = school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    asked = school.called(school.saying, school.changing)
    assert 0 < asked <= 2
    school.clock.forward(seconds=25)
    time.sleep(1.5)  # a look at what is due comes each second
    assert school.settled().called(school.saying, school.changing) == asked
    school.misbehaves("none")
    school.clock.forward(seconds=10)
    each_hears_once(school, sent.reference)


def test_whoever_writes_meanwhile_waits_too_and_the_chat_is_not_asked_for_them(school: World) -> None:
    school.misbehaves("limited", ALWAYS, seconds=60, only=school.saying)
    first = school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    asked = school.called(school.saying)
    more = [school.on("teacher").reports("pupil_concern", **CHILD) for _ in range(3)]
    assert school.settled().called(school.saying) == asked
    school.misbehaves("none")
    school.clock.forward(seconds=60)
    until(lambda: len(school.settled().on("dsl").hears()) == 4, "the cards")
    heard = " ".join(school.on("dsl").hears())
    assert all(each.reference in heard for each in (first, *more))
    assert len(school.on("dsl").hears()) == 4


def test_a_chat_that_is_busy_for_less_than_a_minute_alarms_nobody(school: World) -> None:
    school.misbehaves("limited", ALWAYS, seconds=1, only="chat.")
    sent = school.on("teacher").reports("pupil_concern", **CHILD)
    for _ in range(20):
        school.settled()
        assert school.look(overdue) <= 60
        school.clock.forward(seconds=2)
    school.misbehaves("none")
    school.clock.forward(seconds=60)
    each_hears_once(school, sent.reference)
    assert letters(school, "waiting") == letters(school, "does not answer") == []


def test_a_chat_that_wants_to_be_left_alone_for_long_sends_people_to_the_telephone(school: World) -> None:
    school.misbehaves("limited", ALWAYS, seconds=600, only="chat.")
    school.on("teacher").reports("pupil_concern", **CHILD)
    until(lambda: letters(school, "take reports by phone"), "the letters")
    assert letters(school.settled(), "waiting for more than a minute") == [OPERATOR]
    assert set(letters(school, "take reports by phone")) == PHONED


@pytest.mark.parametrize("kind", ["broken", "away"])
def test_a_chat_out_of_order_is_told_everything_within_a_minute_of_its_return(school: World, kind: str) -> None:
    school.misbehaves(kind, ALWAYS, only="chat.")
    sent = school.on("teacher").reports("pupil_concern", **CHILD)
    for _ in range(12):
        school.settled()
        school.clock.forward(minutes=1)
    tried = school.settled().called(school.saying)
    assert tried <= 2 * 20, "not hammered: each once a minute at most, after the first"
    assert letters(school, "does not answer") == [OPERATOR]
    school.misbehaves("none")
    school.clock.forward(minutes=1)
    each_hears_once(school, sent.reference)


def test_the_next_person_and_the_chairs_mail_are_reached_while_the_chat_is_out_of_order(school: World) -> None:
    reference = ""
    with school.chat_is_down():
        reference = school.on("teacher").reports("pupil_concern", **CHILD).reference
        for _ in range(4):
            school.settled()
            school.clock.forward(minutes=21)
        school.settled()
        assert "chair" in school.leads()
        until(lambda: reference in " ".join(each["subject"] for each in school.chair.inbox()), "the letter")
        assert school.on("dsl").hears() == school.on("head").hears() == school.on("teacher").hears() == []
    until(lambda: reference in " ".join(school.on("head").hears()), "the card")
    school.settled()
    for somebody in (school.on("dsl"), school.on("deputy_dsl"), school.on("head")):
        assert len(somebody.hears()) == 1, "one card that says how it stands, not one for each step"


def test_a_chat_that_says_nothing_is_waited_for_and_told_again(school: World) -> None:
    school.misbehaves("silent", 1, seconds=40, only=school.saying)
    sent = school.on("teacher").reports("pupil_concern", **CHILD)
    until(lambda: school.called(school.saying) >= 2, "both messages")
    for _ in range(3):
        school.settled()
        school.clock.forward(minutes=1)
    each_hears_once(school, sent.reference)


def test_a_line_that_drops_costs_at_most_one_more_of_each_message_and_none_is_lost(school: World) -> None:
    school.misbehaves("drop", 2, only="chat.")
    sent = school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    school.clock.forward(minutes=2)
    school.settled()
    for somebody in (school.on("dsl"), school.on("teacher")):
        assert 1 <= len([said for said in somebody.hears() if sent.reference in said]) <= 2


def test_a_crowd_that_waited_for_one_person_comes_to_them_no_faster_than_their_chat_takes(school: World) -> None:
    limits = LIMITS[school.speaks]
    with school.chat_is_down():
        sent = [school.on("teacher").reports("pupil_concern", **CHILD).reference for _ in range(limits[0][0] + 3)]
    came: list[tuple[float, str]] = []

    def heard() -> list[str]:
        return [one for one in sent if one in " ".join(school.on("dsl").hears())]

    with school.watches(lambda place: came.append((school.clock.now().timestamp(), place))):
        for _ in range(60):
            school.settled()
            if heard() == sent:
                break
            school.clock.forward(seconds=1)
    assert heard() == sent
    for place in {where for _, where in came}:
        assert fits([at for at, where in came if where == place], limits, late=0.5)
