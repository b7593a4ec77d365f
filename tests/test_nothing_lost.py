"""What was reported is heard by somebody, whatever goes wrong on the way, and whoever is missing."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

from pydantic import SecretStr

from bot.settings import Settings
from tests.test_mail import mail_server
from tests.townspeople import Somebody, words
from tests.world import World, brambledown, until
from workspace.refusal import SlackError
from workspace.running import Address

CANARY = "CANARYNARRATIVE"
CHILD = {"what": CANARY, "harmed_names": "Jo Bloggs"}
BULLIED = {"by": "pupil", "harmed": "pupil", "what": CANARY, "pictures_sexual": "none"}


@contextmanager
def nothing_reaches(world: World, somebody: Somebody) -> Iterator[None]:
    """Slack takes no message to this one person."""

    def refuse(moment: str, about: Any) -> None:
        if moment == "chat.postMessage:received" and about["channel"] == somebody.id:
            raise SlackError("internal_error")

    world.workspace.on_call.append(refuse)
    try:
        yield
    finally:
        world.workspace.on_call.remove(refuse)
        world.clock.forward(minutes=2)


def test_a_line_that_drops_after_the_message_was_taken_makes_nobody_hear_it_twice(world: World) -> None:
    world.workspace.mischief.order("drop", 1, 0)
    sent = world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    world.clock.forward(minutes=2)
    until(lambda: sent.reference in " ".join(world.dsl.hears()), "the card")
    world.settled()
    assert len(world.dsl.hears()) == len(world.teacher.hears()) == 1
    assert world.leads() == {"dsl"}


def test_a_line_that_drops_where_nobody_may_look_back_costs_one_more_message_and_never_one_less(world: World) -> None:
    world.workspace.scopes -= {"im:history"}
    world.workspace.mischief.order("drop", 1, 0)
    world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    world.clock.forward(minutes=2)
    world.settled()
    assert sorted((len(world.dsl.hears()), len(world.teacher.hears()))) == [1, 2]


def test_what_goes_out_at_the_first_try_costs_no_look_back(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    assert len(world.dsl.hears()) == len(world.teacher.hears()) == 1
    assert not {"conversations.open", "conversations.history"} & world.workspace.counts.keys()


def test_a_card_whose_first_words_were_lost_on_the_way_is_still_one_card_when_there_is_news(world: World) -> None:
    """The receipt may stand, and before it is tried again the report is opened: that is the same card."""
    dropped: list[str] = []

    def drop(moment: str, about: Any) -> None:
        if moment == "chat.postMessage:received" and about["channel"] == world.teacher.id and not dropped:
            dropped.append(about["text"])
            world.workspace.mischief.order("drop", 1, 0)

    world.workspace.on_call.append(drop)
    try:
        sent = world.teacher.reports("pupil_concern", **CHILD)
        until(lambda: dropped and world.dsl.hears(), "the card and the receipt")
        world.dsl.opens(sent.reference)
    finally:
        world.workspace.on_call.remove(drop)
    world.clock.forward(minutes=2)
    world.settled()
    (receipt,) = world.teacher.hears()
    assert "opened" in receipt


class Postman:
    """A mail server that takes its time, and remembers how many letters it was given at once."""

    def __init__(self) -> None:
        self.taken = self.at_once = self.most = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0.2)
        self.at_once, self.taken = self.at_once - 1, self.taken + 1
        return "250 OK"


def test_letters_go_one_at_a_time_so_that_a_crash_repeats_one_at_most(
    chat: Address, tmp_path: Path, new_sqlite: Callable[[], str]
) -> None:
    postman = Postman()
    with mail_server(postman) as address:

        class ByPost(World):
            def decided(self) -> Settings:
                return super().decided().model_copy(update={"smtp_url": SecretStr(f"smtp://{address}")})

        school = ByPost(chat, tmp_path, new_sqlite())
        try:
            school.opens()
            school.settled()
        finally:
            school.closes()
    assert postman.taken >= 2, "the chair and the trustees were invited"
    assert postman.most == 1


def test_one_whom_nothing_reaches_delays_nobody_else_and_is_tried_again(world: World) -> None:
    with nothing_reaches(world, world.dsl):
        sent = world.teacher.reports("cyberbullying", **BULLIED)
        world.settled()
        assert sent.reference in " ".join(world.head.hears())
        assert world.dsl.hears() == []
    until(world.dsl.hears, "the card that could not be sent")
    world.settled()
    assert len(world.dsl.hears()) == len(world.head.hears()) == len(world.teacher.hears()) == 1


def test_a_restart_before_anything_was_sent_loses_nothing_and_repeats_nothing(world: World) -> None:
    with world.chat_is_down():
        sent = world.teacher.reports("pupil_concern", **CHILD)
        world.settled()
        world.stops()
    world.starts()
    world.settled()
    assert len(world.dsl.hears()) == len(world.teacher.hears()) == 1
    assert sent.reference in world.dsl.hears()[0]
    assert world.ledger_is_whole()


def test_a_safeguarding_lead_who_reports_leads_and_is_not_alone_with_it(world: World) -> None:
    sent = world.dsl.reports("pupil_concern", **CHILD)
    world.settled()
    assert {(each.key, each.part) for each in world.told()} == {("dsl", "lead"), ("headteacher", "informed")}
    assert sent.reference in " ".join(world.head.hears())


def test_a_report_that_nobody_at_the_school_may_have_sends_the_reporter_outside_at_once(
    chat: Address, tmp_path: Path, new_sqlite: Callable[[], str]
) -> None:
    nobody = {f'{{ role = "{role}", school = "brambledown" }}': "" for role in ("chief_executive", "chair_of_trustees")}
    with brambledown(chat, tmp_path, new_sqlite(), nobody) as school:
        sent = school.teacher.reports(
            "colleague_concern",
            what=CANARY,
            harmed="nobody",
            subject_names="the chair of governors",
            same={"the chair of governors": "Ngozi Okafor"},
        )
        assert "Nobody at the school can take this report" in words(sent.receipt)
        assert "01632 960112" in words(sent.receipt)
        school.settled()
        assert school.told() == set()
        assert school.case().outside == ["lado"]
        assert [each for each in school.workspace.letters if each.is_for("operator@brambledown.example")]
        assert not [each for each in (school.head, school.dsl) if each.hears()]


def test_somebody_named_who_stands_further_up_the_ladder_is_never_reached_by_it(school: World) -> None:
    name = "Gareth Newbold"
    sent = school.teacher.reports(
        "colleague_concern", what=CANARY, harmed="nobody", subject_names=name, same={name: name}
    )
    assert "names" in sent.steps
    for _ in range(6):
        school.settled()
        school.clock.forward(hours=13)
    assert school.settled().chief_executive.hears() == []


def test_a_message_that_chat_took_is_not_said_again_because_the_database_is_busy(school: World) -> None:
    """The database is shut for three seconds from the moment at which Slack has the first message."""
    shut: list[sqlite3.Connection] = []

    def shut_the_database(moment: str, _: Any) -> None:
        if moment == "chat.postMessage:received" and not shut:
            other = sqlite3.connect(
                school.database.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
            )
            other.execute("BEGIN IMMEDIATE")
            shut.append(other)
            Timer(3, other.close).start()

    school.workspace.on_call.append(shut_the_database)
    try:
        sent = school.teacher.reports("pupil_concern", **CHILD)
        until(lambda: bool(shut), "the first message")
        school.settled()
        school.clock.forward(minutes=2)  # past every lease
        school.settled()
    finally:
        school.workspace.on_call.remove(shut_the_database)
    everybody = [one.hears() for one in (school.teacher, school.dsl)]
    assert [[sent.reference in said for said in heard].count(True) for heard in everybody] == [1, 1]
