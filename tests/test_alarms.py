"""The operator hears when something is wrong with the machine, and those whom people phone instead hear so too."""

import asyncio
import json
import shutil
import time
from datetime import datetime
from datetime import time as clock
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.alarms import Bell, QueueWatch
from bot.ground import dice, open_ground
from handlers.desk import Desk
from storage.blobs import Blobs
from storage.models import Promise
from tests.machine import Machine
from tests.slack_door import signed as at_slack
from tests.slack_door import typed
from tests.test_metrics import served
from tests.townspeople import signed
from tests.world import World, until
from workflows.alarms import ring
from workflows.calendar import LONDON

# A bot that starts later in the day does at once what it missed in the morning; before that there is nothing to miss.
by_day = pytest.mark.skipif(datetime.now(LONDON).time() < clock(3, 21), reason="the morning's job has not come yet")
TEAM = "T0BRAMBLE1"
OPERATOR = "operator@brambledown.example"
PHONED = {"head@brambledown.example", "h.whitlock@brambledown.example", "ngozi.okafor@okafor-family.example"}


def happens(world: World, kind: str, id: str = "Ev1", **more: Any) -> None:
    """Slack tells the bot of something that is about the app, not about a person."""
    event = {"type": "event_callback", "team_id": TEAM, "event_id": id, "event": {"type": kind, **more}}
    raw = json.dumps(event).encode()
    headers = signed(world.workspace.settings.signing_secret, raw) | {"Content-Type": "application/json"}
    assert world.page.post(f"{world.url}/slack/events", content=raw, headers=headers).is_success


def letters(world: World, subject: str) -> list[str]:
    return [each.to[0] for each in world.workspace.letters if subject in each.subject]


def test_an_app_that_was_removed_is_told_to_the_operator_and_to_those_who_will_be_phoned(world: World) -> None:
    for id in ("Ev1", "Ev1", "Ev2"):
        happens(world, "app_uninstalled", id)
    until(lambda: len(letters(world, "take reports by phone")) == len(PHONED), "the letters")
    world.settled()
    assert letters(world, "removed from Slack") == [OPERATOR]
    assert len(letters(world, "take reports by phone")) == len(PHONED)
    assert set(letters(world, "take reports by phone")) == PHONED
    assert world.ledger_is_whole()


def test_a_token_that_was_taken_back_rings_and_a_persons_own_does_not(world: World) -> None:
    happens(world, "tokens_revoked", "Ev1", tokens={"oauth": ["U0OYELARAN"], "bot": []})
    happens(world, "tokens_revoked", "Ev2", tokens={"oauth": [], "bot": ["U0LANYARD1"]})
    until(lambda: letters(world, "takes our token no longer"), "the alarm")
    world.settled()
    assert letters(world, "takes our token no longer") == [OPERATOR]
    assert set(letters(world, "take reports by phone")) == PHONED


def test_a_letter_about_the_machine_says_nothing_of_any_report(world: World) -> None:
    sent = world.teacher.reports("head_concern", what="CANARY", harmed="nobody")
    happens(world, "app_uninstalled")
    until(lambda: len(letters(world, "take reports by phone")) == len(PHONED), "the letters")
    world.settled()
    for each in world.workspace.letters:
        if "by phone" in each.subject or "removed" in each.subject:
            said = f"{each.subject} {each.text} {each.html}"
            assert sent.reference not in said
            assert "report about" not in said


def rolled_back(school: World, tmp_path: Path) -> tuple[Machine, int]:
    """Friday's checkpoint has seen a report that Monday's backup, now in place, does not hold; how many entries."""
    here = Machine.of(school)
    school.settled()  # the founding's invitations are entries of their own
    here.does("backup", tmp_path / "monday.lanyard")
    before = len(school.events())
    school.teacher.reports("pupil_concern", what="lost", harmed_names="Jo Bloggs")
    school.settled()
    here.does("checkpoint", today(school, here))
    lost = len(school.events()) - before
    school.stops()
    for left in Path(here.database.removeprefix("sqlite:///")).parent.glob("lanyard.db*"):
        left.unlink()
    shutil.rmtree(here.home / "evidence")
    assert f"{lost} entries are missing" in here.lanyard("restore", tmp_path / "monday.lanyard")[1]
    return here, lost


def today(school: World, machine: Machine) -> Path:
    machine.checkpoints.mkdir(exist_ok=True)
    return machine.checkpoints / f"{school.clock.now().astimezone(LONDON):%Y-%m-%d}.checkpoint"


def test_a_database_that_was_rolled_back_says_how_many_entries_are_missing(school: World, tmp_path: Path) -> None:
    here, lost = rolled_back(school, tmp_path)
    kept = {file: file.read_text() for file in here.checkpoints.iterdir()}
    with served(school):
        until(lambda: letters(school, f"{lost} entries of the ledger are missing"), "the alarm")
        time.sleep(0.5)
    assert {file: file.read_text() for file in here.checkpoints.iterdir()} == kept, "the proof is not written over"


@by_day
def test_a_ledger_that_was_rolled_back_and_has_grown_again_is_told_from_the_one_before(
    school: World, tmp_path: Path
) -> None:
    _, lost = rolled_back(school, tmp_path)
    with served(school):
        for _ in range(2):
            school.teacher.reports("pupil_concern", what="again", harmed_names="Jo Bloggs")
        until(lambda: len(school.dsl.hears()) > 2, "the cards")
    with served(school):
        until(lambda: letters(school, "not the one that a checkpoint has seen"), "the alarm")
    assert lost


@by_day
def test_each_morning_a_checkpoint_is_kept_with_the_key_that_proves_it(school: World) -> None:
    here = Machine.of(school)
    with served(school):
        until((here.checkpoints / "ledger.vkey").exists, "the checkpoint")
    assert [file.suffix for file in sorted(here.checkpoints.iterdir())] == [".checkpoint", ".vkey"]
    here.does("verify", "--checkpoint", today(school, here))


def test_a_clock_that_is_a_minute_off_is_told_while_reports_still_come_in(world: World) -> None:
    raw, media = typed()
    for off, rung in ((50, False), (-90, True)):
        headers = at_slack(raw, media, at=int(time.time()) + off, secret=world.workspace.settings.signing_secret)
        assert world.page.post(f"{world.url}/slack/events", content=raw, headers=headers).status_code < 500
        if not rung:
            world.settled()
            assert letters(world, "clock is wrong") == []
    until(lambda: letters(world, "clock is wrong"), "the alarm")
    assert letters(world, "take reports by phone") == []


def test_messages_that_wait_for_a_minute_ring_on_the_second_look(world: World) -> None:
    with world.chat_is_down():
        world.teacher.reports("pupil_concern", what="waits", harmed_names="Jo Bloggs")
        world.settled()
        world.stops()
    ground = open_ground(world.settings, world.clock.file)
    desk = Desk(ground.database, ground.trust, ground.rules, Blobs(ground.settings.home / "evidence"), dice)

    async def looks(times: int) -> list[str]:
        watch = QueueWatch(desk, bell := Bell(desk))
        for _ in range(times):
            await watch.look()
        await asyncio.gather(*bell._ringing)
        promises: list[Promise] = await desk.look(lambda unit: unit.find(select(Promise)))
        return [
            each.ids["message"] for each in promises if each.ids.get("message") in ("operator.queue", "mail.phone_in")
        ]

    assert asyncio.run(looks(1)) == []
    assert sorted(asyncio.run(looks(2))) == ["mail.phone_in"] * len(PHONED) + ["operator.queue"]
    ground.database.close()


def test_two_faults_of_one_hour_are_two_letters_to_the_operator_and_one_to_each_who_is_phoned(school: World) -> None:
    assert school.bot
    database = school.bot.ground.database
    for fault in ("socket", "token", "socket"):
        database.run_now(school.bot.ground.trust, ring, fault)
    school.settled()
    until(lambda: set(letters(school, "take reports by phone")) == PHONED, "the letters")
    assert sorted(letters(school, "take reports by phone")) == sorted(PHONED)
    told = [each.ids["message"] for each in school.rows(select(Promise)) if each.kind == "alarm"]
    assert sorted(each for each in told if each in ("operator.socket", "operator.token")) == [
        "operator.socket",
        "operator.token",
    ]
