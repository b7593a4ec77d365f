"""Nothing lost: the bot is killed two hundred times, from outside, anywhere between command and last message."""

import itertools
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.killing import (
    PATIENCE,
    Kill,
    Killer,
    Told,
    all_are_kept_once,
    campaign,
    everybody_was_told,
    the_ledger_is_whole,
    wait_until_all_is_said,
)
from tests.real_bot import School, a_school
from workspace.pictures import screenshot
from workspace.visitor import Visitor, filled, reference_in, words

pytestmark = pytest.mark.slow
FINAL = {"urgent": "urgent", "head": "questions", "pictures": "details"}


def sqlite_kills() -> list[Kill]:
    """The life of a submission swept, then each moment that can be seen from outside, and a little after each."""
    stories = itertools.cycle(FINAL)
    swept = [
        Kill("view_submission:sent", 0.003 * n, step=FINAL[story], story=story)
        for n, story in zip(range(60), stories, strict=False)
    ]
    return [*swept, *seen_kills()]


def seen_kills() -> list[Kill]:
    receipt = [
        Kill("view_submission:answered", after, step=FINAL[story], story=story)
        for story, after in itertools.product(FINAL, (0.0, 0.002, 0.005, 0.010))
    ]
    told = [
        Kill(f"chat.postMessage:{side}", after, nth)
        for side, nth, after in itertools.product(("received", "answered"), (1, 2, 3, 4), (0.0, 0.001, 0.003, 0.008))
    ]
    told += [
        Kill("chat.postMessage:answered", after, nth, story="head")
        for nth, after in itertools.product((1, 2, 3), (0.0, 0.004, 0.012))
    ]
    fetched = [
        Kill(f"files.info:{side}", after, nth, story="pictures")
        for side, nth, after in itertools.product(("received", "answered"), (1, 2), (0.0, 0.004, 0.012, 0.030))
    ]
    begun = [
        *(Kill("command:sent", after) for after in (0.001, 0.002, 0.004)),
        Kill("views.open:received"),
        Kill("views.open:answered"),
        *(Kill("view_submission:sent", after, step="start") for after in (0.002, 0.004, 0.006)),
        Kill("view_submission:answered", step="start", story="head"),
        *(Kill("view_submission:sent", after, step="files", story="pictures") for after in (0.004, 0.008)),
    ]
    return [*receipt, *told, *fetched, *begun, *again_kills()]


def again_kills() -> list[Kill]:
    """The successor is killed too: while it looks back, while it says what was not said, and while it mends it."""
    moments = [
        *(("conversations.open", side, nth) for side, nth in itertools.product(("received", "answered"), (1, 2))),
        *(("conversations.history", side, nth) for side, nth in itertools.product(("received", "answered"), (1, 2))),
        *(("chat.update", side, nth) for side, nth in itertools.product(("received", "answered"), (1, 2))),
        *(("chat.postMessage", side, nth) for side, nth in itertools.product(("received", "answered"), (1, 2))),
    ]
    stories = itertools.cycle(FINAL)
    return [
        Kill(f"{method}:{side}", nth=nth, story=story, resuming=True)
        for (method, side, nth), story in zip(moments, stories, strict=False)
    ]


def postgres_kills() -> list[Kill]:
    swept = [Kill("view_submission:sent", 0.012 * n, step="urgent") for n in range(6)]
    return [*swept, *seen_kills()[::5]]


class Reporter:
    """Somebody who does what people do: on the red error they send again, and lost forms are begun again."""

    def __init__(self, school: School, who: Visitor) -> None:
        self.school, self.who = school, who

    def tell(self, story: str) -> Told:
        form = self.begins()
        about = {"urgent": "pupil_concern", "head": "head_concern", "pictures": "cyberbullying"}[story]
        form = self.sends(form, {"about": about, "danger": "yes" if story == "urgent" else "no"})
        receipt = getattr(self, story)(form)
        reference = reference_in(words(receipt))
        self.is_durable(reference)
        return Told(form["private_metadata"], reference, self.who.id, story)

    def urgent(self, form: Any) -> Any:
        return self.sends(form, {"what": "He is on the roof.", "urgent_who": "Jonah Pell"})

    def head(self, form: Any) -> Any:
        return self.sends(form, {"what": "She shook him.", "harmed": "pupil"})

    def pictures(self, form: Any) -> Any:
        asked = {"by": "pupil", "harmed": "pupil", "harmed_names": "Ella Brown", "subject_names": "Jonah Pell"}
        form = self.sends(form, {**asked, "what": "A chat in which she is mocked."})
        form = self.sends(form, {"pictures_sexual": "no"})
        files = [self.who.attaches(f"{n}.png", PICTURE) for n in (1, 2)]
        form = self.sends(form, {"screenshots": files})
        known = {"picture_date": "2026-11-19", "picture_time": "10:10"}
        known |= {"picture_place": "A chat", "picture_account": "y6"}
        return self.sends(form, {f"{what}.{n}": said for what, said in known.items() for n in (1, 2)})

    def begins(self) -> Any:
        """Type the command until a form opens."""
        if left := self.who.sees()["modals"]:
            self.who.closes(left[-1])
        world = self.school.chat.workspace
        for _ in range(PATIENCE):
            room = self.who.sees()["channels"][0]["id"]
            world.banners.pop(self.who.id, None)
            self.who.says("command", channel=room, text="/report")
            until = time.monotonic() + 5
            while time.monotonic() < until:
                if world.views.stacks.get(self.who.id):
                    return self.who.sees()["modals"][-1]
                if self.who.id in world.banners:
                    break
                time.sleep(0.005)
            self.school.serving()
        raise AssertionError("no form opened")

    def sends(self, form: Any, answers: dict[str, Any]) -> Any:
        """Press Send until it was taken; what was typed stays in the form."""
        values = dict(filled(form, answers))
        assert not answers.keys() - values.keys(), (form["callback_id"], answers.keys() - values.keys())
        for _ in range(PATIENCE):
            said = self.who.says("submit", view_id=form["id"], values=values)
            if not said["trouble"] and not said["errors"]:
                assert said["state"]["modals"], "the form closed without a word"
                return said["state"]["modals"][-1]
            time.sleep(0.05)
            self.school.serving()
        raise AssertionError(f"never taken: {said['trouble']} {said['errors']}")

    def is_durable(self, reference: str) -> None:
        """The receipt is on the screen: now another process must find the case on disk."""
        found = self.school.query("SELECT draft FROM cases WHERE reference = :r", r=reference)
        assert len(found) == 1, f"a receipt for {reference}, and {len(found)} cases"


def watching(school: School) -> Killer:
    killer = Killer(school, tuple(FINAL), "chat.postMessage:answered")
    school.chat.workspace.on_call.append(killer.watch)
    return killer


def reporters(school: School) -> list[Reporter]:
    return [Reporter(school, school.people[role]) for role in ("teacher", "teaching_assistant")]


PICTURE = screenshot((178, 70, 60), "nowhere")


def pictures_arrived(school: School, told: Sequence[Told]) -> None:
    rows = school.query("SELECT id, state FROM evidence")
    assert len(rows) == 2 * sum(each.story == "pictures" for each in told)
    assert {row.state for row in rows} == {"fetched"}
    blobs = {file.name for file in (school.home / "evidence").rglob("*") if file.is_file()}
    assert all(any(row.id in name for name in blobs) for row in rows)


DATABASES: dict[str, Callable[[], list[Kill]]] = {"sqlite": sqlite_kills, "postgresql": postgres_kills}


def test_the_bot_is_killed_two_hundred_times() -> None:
    assert sum(1 + plan.resuming for kills in DATABASES.values() for plan in kills()) >= 200


@pytest.mark.parametrize("kind", DATABASES)
def test_no_report_is_lost_or_doubled_however_often_the_bot_is_killed(
    kind: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    if kind not in os.environ.get("LANYARD_TEST_DATABASES", kind):
        pytest.skip(f"LANYARD_TEST_DATABASES leaves {kind} out")
    url = request.getfixturevalue("new_postgres")() if kind == "postgresql" else ""
    plans = DATABASES[kind]()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lanyard-kills-") as folder, a_school(Path(folder), url) as school:
        checkpoint = Path(folder) / "before.checkpoint"
        assert school.lanyard("checkpoint", str(checkpoint)).returncode == 0
        killer = watching(school)
        told = campaign(killer, reporters(school), plans, leases=kind == "postgresql")
        wait_until_all_is_said(school)
        all_are_kept_once(school, told)
        again = everybody_was_told(school, told, killer)
        chat = Counter((to, said) for _, to, said in killer.sent)
        assert {each: times for each, times in chat.items() if times > 1} == {}, "said again, though it could be seen"
        pictures_arrived(school, told)
        the_ledger_is_whole(school, checkpoint, told)
    with capsys.disabled():
        print(
            f"\n{kind}: {killer.kills} kills, {len(told)} reports acknowledged, {len(told)} cases,"
            f" {len(killer.sent)} chat messages, none of them said again, {again} letters sent again,"
            f" in {time.monotonic() - began:.0f} s"
        )
