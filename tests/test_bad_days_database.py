"""A bad day for the database: held by somebody else, or a full disk; people are answered in time and in words."""

import asyncio
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from bot.alarms import Aloud, Bell
from bot.chats import Chats, slack_of
from bot.ground import dice
from bot.upkeep import every_minute
from handlers.desk import Desk
from handlers.mail.sender import MailSender
from storage.blobs import Blobs
from tests.real_bot import a_school
from tests.test_alarms import OPERATOR, PHONED, letters
from tests.townspeople import REFERENCE, Json, asks, words
from tests.world import World, until

ABOUT = {"about": "pupil_concern", "danger": "no"}
TOLD = {"what": "CANARYNARRATIVE", "harmed_names": "Jo Bloggs"}
CHILD = {**TOLD}
HOLDS = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another_process(world: World) -> Iterator[None]:
    """Nothing can be written meanwhile."""
    if world.database.startswith("postgresql"):
        with psycopg.connect(world.database.replace("+psycopg", "")) as other:
            other.execute("SELECT * FROM ledger_heads FOR UPDATE")
            yield
            other.rollback()
        return
    command = [sys.executable, "-c", HOLDS, world.database.removeprefix("sqlite:///")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdin
        assert other.stdout.readline() == "held\n"
        yield
        other.stdin.close()


@contextmanager
def no_room_on_the_disk(world: World) -> Iterator[None]:
    """SQLite may take no further page; as on a disk that is full."""
    assert world.bot
    ground = world.bot.ground

    def allow(pages: int) -> int:
        return int(ground.database.run_now("", lambda unit: unit.find(text(f"PRAGMA max_page_count = {pages}"))[0]))

    allow(1)  # no fewer than there are
    yield
    allow(1_000_000)


def half_done(world: World) -> Json:
    return world.teacher.sends(world.teacher.types(), **ABOUT)


def answered_in_words(form: Json) -> str:
    """What stands on the form: it was answered in time, nothing typed was lost, and there are numbers to phone."""
    said = " ".join(form["errors"].values())
    assert form["trouble"] is None
    assert "01632 960110" in said
    return said


def test_a_report_sent_while_another_process_holds_the_database_can_be_sent_again(world: World) -> None:
    form = half_done(world)
    with held_by_another_process(world):
        form = world.teacher.sends(form, **TOLD)
        said = answered_in_words(form)
        assert "not saved" in said or "can't tell yet" in said
        assert "CANARYNARRATIVE" in str(form["values"])
    receipt = world.teacher.sends(form, **TOLD)
    while receipt["errors"]:  # what was begun may be ending just now
        receipt = world.teacher.sends(receipt, **TOLD)
    assert "Your report is in" in words(receipt)
    assert len(world.settled().cases()) == 1
    assert len(world.dsl.hears()) == 1
    assert world.ledger_is_whole()


def test_what_fell_due_while_the_database_was_held_is_done_once_when_it_is_free(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    with held_by_another_process(world):
        world.clock.forward(minutes=21)
        time.sleep(3)
        assert world.deputy_dsl.hears() == []
    until(world.deputy_dsl.hears, "the next person's card")
    world.settled()
    assert world.leads() == {"dsl", "deputy-dsl"}
    assert len(world.deputy_dsl.hears()) == len(world.dsl.hears()) == 1
    assert sum("Please phone" in each for each in world.teacher.hears()) == 1
    assert world.ledger_is_whole()


def until_refused(school: World) -> tuple[list[str], Json, Json]:
    """Reports until one step of one is refused: the references of those that came in, that form, and its answers."""
    kept: list[str] = []
    long = TOLD | {"what": "CANARYNARRATIVE " * 150}
    for _ in range(60):
        form = school.teacher.types()
        for answers in (ABOUT, long):
            form = school.teacher.sends(form, **answers)
            if form["errors"] or form["trouble"]:
                return kept, form, answers
        kept.append(REFERENCE.findall(words(form))[0])
    raise AssertionError("the disk was never full")


def test_a_report_that_does_not_fit_on_the_disk_is_said_not_to_be_saved_and_fits_when_there_is_room(
    school: World,
) -> None:
    with no_room_on_the_disk(school):
        kept, form, answers = until_refused(school)
        said = answered_in_words(form)
        assert "not saved" in said
        assert "Please phone somebody now" in said
        assert len(school.cases()) == len(kept)
        for _ in range(3):
            time.sleep(1.2)
            school.clock.forward(seconds=61)  # past every lease
        until(lambda: letters(school, "nothing can be saved"), "the operator's letter")
        until(lambda: set(letters(school, "take reports by phone")) == PHONED, "the letters of those who are phoned")
    form = school.teacher.sends(form, **answers)
    while not form["errors"] and asks(form):
        form = school.teacher.sends(form, **TOLD)
    kept.append(REFERENCE.findall(words(form))[0])
    school.clock.forward(minutes=1)
    heard_once(school, kept)
    assert letters(school, "nothing can be saved") == [OPERATOR]
    assert len(letters(school, "take reports by phone")) == len(PHONED)


def test_where_nothing_can_be_kept_for_a_minute_letters_go_without_the_database(world: World) -> None:
    """Nobody reports meanwhile: the look that comes each minute finds it out, and what it promises cannot be kept."""
    assert world.bot
    ground = world.bot.ground
    desk = Desk(ground.database, ground.trust, ground.rules, Blobs(world.settings.home / "evidence"), dice)
    mail = MailSender(world.settings.smtp_url.get_secret_value(), world.settings.mail_from, ground.clock)

    async def looks(times: int) -> None:
        slack = slack_of(world.settings)
        assert slack
        aloud = Aloud(desk, mail, OPERATOR)
        await aloud.learn()
        bell = Bell(desk, aloud)
        look = every_minute(desk, Chats(slack).faults, (bell, aloud))
        for _ in range(times):
            with held_by_another_process(world):
                await asyncio.gather(look(), return_exceptions=True)
                await asyncio.gather(*bell._ringing)
        await slack.close()

    asyncio.run(looks(1))
    assert letters(world, "nothing can be saved") == []
    asyncio.run(looks(3))
    assert letters(world, "nothing can be saved") == [OPERATOR]
    assert sorted(letters(world, "take reports by phone")) == sorted(PHONED)


def heard_once(school: World, references: list[str]) -> None:
    """The lead has one card of each report, the reporter one message, and the ledger is whole."""
    for somebody in (school.dsl, school.teacher):
        until(lambda one=somebody: all(each in " ".join(one.hears()) for each in references), "all that is owed")  # type: ignore[misc]
    school.settled()
    for somebody in (school.dsl, school.teacher):
        heard = somebody.hears()
        assert [sum(each in said for said in heard) for each in references] == [1] * len(references)
    assert len(school.cases()) == len(references)
    assert school.ledger_is_whole()


@pytest.mark.slow
def test_a_bot_whose_files_may_not_grow_says_so_and_goes_on_when_they_may(tmp_path: Path) -> None:
    """The machine itself refuses every byte, to the database, its log and ours alike: RLIMIT_FSIZE."""
    with a_school(tmp_path) as school:
        teacher, lead, chat = school.people["teacher"], school.people["dsl"], school.chat.workspace
        form = teacher.sends(teacher.types("/report"), ABOUT)
        _, hard = resource.prlimit(school.bot, resource.RLIMIT_FSIZE)
        resource.prlimit(school.bot, resource.RLIMIT_FSIZE, (1, hard))
        form = teacher.sends(form, TOLD)
        said = " ".join(form["errors"].values())
        assert "not saved" in said
        assert "01632 960110" in said
        until(
            lambda: [each for each in chat.letters if "nothing can be saved" in each.subject], "the operator's letter"
        )
        resource.prlimit(school.bot, resource.RLIMIT_FSIZE, (hard, hard))
        reference = REFERENCE.findall(words(teacher.sends(form, TOLD)))[0]
        lead.message(reference)
        teacher.message(reference)
        assert [row.n for row in school.query("SELECT count(*) AS n FROM cases")] == [1]
        assert school.lanyard("verify").returncode == 0
        assert school.lives == 1
