"""Nothing lost in Teams either: the bot is killed from outside, anywhere between command and last message.

A few dozen kills here; ``LANYARD_TEST_KILLS=200`` makes them two hundred.
"""

import itertools
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.killing import (
    PATIENCE,
    Kill,
    Killer,
    Told,
    all_are_kept_once,
    campaign,
    everybody_was_told,
    said_again,
    the_ledger_is_whole,
    wait_until_all_is_said,
)
from tests.real_bot import School, a_school
from tests.teams_town import Dialog, Member
from workspace.teams.talks import profile

pytestmark = pytest.mark.slow
# The last step of each story, and what it is about.
FINAL = {"urgent": "urgent", "head": "questions", "quoted": "questions"}
ABOUT = {"urgent": "pupil_concern", "head": "head_concern", "quoted": "pupil_concern"}
ANSWERS = {
    "urgent": {"what": "He is on the roof.", "urgent_who": "Jonah Pell"},
    "head": {"what": "She shook him.", "harmed": "pupil"},
    "quoted": {"what": "See above.", "harmed_names": "Jonah Pell"},
}
QUOTED = {
    "id": "1",
    "createdDateTime": "2026-11-19T08:15:00.000Z",
    "body": {"contentType": "text", "content": "Give it back or else."},
    "from": {"user": {"id": "0c0c0c0c-1111-2222-3333-444444444444", "displayName": "Somebody"}},
    "attachments": [],
}
KILLS = {"sqlite": 40, "postgresql": 10}


class TeamsKiller(Killer):
    """The same, beside the line into the chats; what people do is seen where they do it."""

    def watch(self, moment: str, about: Any) -> None:
        if moment == "chat.say:received":
            told = json.loads(about["body"])
            self.sent.append((self.school.lives, about["conversation"].removeprefix("a:"), told.get("summary") or ""))
        self.passes(moment)


class TeamsReporter:
    """Somebody who does what people do: what is not answered is sent again, and lost dialogs are opened again."""

    def __init__(self, school: School, killer: Killer, role: str) -> None:
        self.school, self.killer = school, killer
        town = school.chat.workspace.town
        self.who = Member(school.chat.workspace.teams, school.url, profile(town.people[school.people[role].id]))

    def tell(self, story: str) -> Told:
        form = self.again(
            "fetch", "", lambda: self.who.reports_message(QUOTED) if story == "quoted" else self.who.types()
        )
        form = self.sends(form, {"about": ABOUT[story], "danger": "yes" if story == "urgent" else "no"})
        (send,) = [part for part in form.card["actions"] if "form" in part["data"].get("lanyard", {})]
        receipt = self.sends(form, ANSWERS[story])
        self.is_durable(receipt.reference)
        return Told(send["data"]["lanyard"]["token"], receipt.reference, self.who.person["id"], story)

    def sends(self, form: Dialog, answers: dict[str, Any]) -> Dialog:
        """Press Send until it was taken; Teams sends the very same again, and a person what they typed."""
        for _ in range(PATIENCE):
            sent = partial(self.who.got, form.sending(**answers))
            shown = self.again("submit", form.step, lambda sent=sent: Dialog(self.who, form.name, sent(), form.more))
            if not shown.troubles:
                return shown
        raise AssertionError(f"never taken: {shown.troubles}")

    def again(self, kind: str, step: str, doing: Callable[[], Dialog]) -> Dialog:
        for _ in range(PATIENCE):
            threading.Thread(target=self.killer.passes, args=(f"{kind}:sent", step)).start()
            try:
                shown = doing()
            except httpx.HTTPError:
                time.sleep(0.05)
                self.school.serving()
                continue
            self.killer.passes(f"{kind}:answered", step)
            return shown
        raise AssertionError(f"never answered: {kind} {step}")

    def is_durable(self, reference: str) -> None:
        """The receipt is on the screen: now another process must find the case on disk."""
        found = self.school.query("SELECT draft FROM cases WHERE reference = :r", r=reference)
        assert len(found) == 1, f"a receipt for {reference}, and {len(found)} cases"


def every_kill() -> list[Kill]:
    """The life of a submission swept, then each moment that can be seen from outside, and a little after each."""
    stories = itertools.cycle(FINAL)
    swept = [
        Kill("submit:sent", 0.003 * n, step=FINAL[story], story=story)
        for n, story in zip(range(60), stories, strict=False)
    ]
    receipt = [
        Kill("submit:answered", after, step=FINAL[story], story=story)
        for story, after in itertools.product(FINAL, (0.0, 0.002, 0.005, 0.010))
    ]
    told = [
        Kill(f"chat.say:{side}", after, nth, story=story)
        for story, nth, side, after in itertools.product(
            ("urgent", "head"), (1, 2, 3, 4), ("received", "answered"), (0.0, 0.001, 0.003, 0.008)
        )
    ]
    begun = [
        *(Kill("fetch:sent", after, story="quoted") for after in (0.001, 0.004, 0.008, 0.016)),
        *(Kill("fetch:answered", story=story) for story in FINAL),
        *(Kill("submit:sent", after, step="start", story="head") for after in (0.002, 0.004, 0.006)),
        *(Kill(f"{where}:{side}") for where, side in itertools.product(("graph", "open"), ("received", "answered"))),
    ]
    again = [
        Kill(f"chat.say:{side}", after, nth, story=story, resuming=True)
        for side, nth, after, story in itertools.product(("received", "answered"), (1, 2, 3), (0.0, 0.004), FINAL)
    ]
    return [*told, *swept, *receipt, *begun, *again]


def some_kills(wanted: int) -> list[Kill]:
    """So many of them, from all parts."""
    plans = every_kill()
    return [plans[each * len(plans) // wanted] for each in range(wanted)]


def test_every_moment_of_a_report_in_teams_has_its_kill() -> None:
    assert sum(1 + plan.resuming for plan in every_kill()) >= 200
    assert {plan.moment.partition(":")[0] for plan in some_kills(KILLS["sqlite"])} >= {"chat.say", "submit", "fetch"}


@pytest.mark.parametrize("kind", KILLS)
def test_no_report_in_teams_is_lost_or_doubled_and_a_kill_repeats_one_message_at_most(
    kind: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    if kind not in os.environ.get("LANYARD_TEST_DATABASES", kind):
        pytest.skip(f"LANYARD_TEST_DATABASES leaves {kind} out")
    url = request.getfixturevalue("new_postgres")() if kind == "postgresql" else ""
    plans = some_kills(int(os.environ.get("LANYARD_TEST_KILLS", KILLS[kind])))
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="lanyard-kills-") as folder,
        a_school(Path(folder), url, teams=True) as school,
    ):
        killer = TeamsKiller(school, tuple(FINAL), "chat.say:answered")
        school.chat.workspace.teams.on_call.append(killer.watch)
        reporters = [TeamsReporter(school, killer, role) for role in ("teacher", "teaching_assistant")]
        checkpoint = Path(folder) / "before.checkpoint"
        assert school.lanyard("checkpoint", str(checkpoint)).returncode == 0
        told = campaign(killer, reporters, plans, leases=kind == "postgresql")
        wait_until_all_is_said(school)
        all_are_kept_once(school, told)
        letters = everybody_was_told(school, told, killer)
        again = said_again(killer.sent)
        the_ledger_is_whole(school, checkpoint, told)
        for each in reporters:
            each.who.closes()
    with capsys.disabled():
        print(
            f"\n{kind}: {killer.kills} kills, {len(told)} reports acknowledged, {len(told)} cases,"
            f" {len(killer.sent)} chat messages, {again} of them said again, {letters} letters sent again,"
            f" in {time.monotonic() - began:.0f} s"
        )
