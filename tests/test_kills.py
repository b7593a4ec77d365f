"""Nothing lost: the bot is killed two hundred times, from outside, anywhere between command and last message."""

import asyncio
import itertools
import json
import os
import tempfile
import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.real_bot import School, a_school
from workspace.pictures import screenshot
from workspace.visitor import Visitor, filled, reference_in, words

pytestmark = pytest.mark.slow
PATIENCE = 12
FINAL = {"urgent": "urgent", "head": "questions", "pictures": "details"}


@dataclass(frozen=True)
class Kill:
    """When to kill: so many seconds after a moment was seen for the nth time, in one step of the form or in any."""

    moment: str
    after: float = 0.0
    nth: int = 1
    step: str = ""
    story: str = "urgent"
    resuming: bool = False  # the moment is waited for after a first kill, while what was left over is sent


@dataclass
class Killer:
    """Watches what Slack sees, and kills the bot when the moment has come."""

    school: School
    plan: Kill | None = None
    seen: int = 0
    kills: int = 0
    minutes: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    sent: list[tuple[int, str, str]] = field(default_factory=list)

    def watch(self, moment: str, about: Any) -> None:
        """Runs in the stand-in's own loop: at ``received`` the bot has had no answer yet."""
        if moment == "chat.postMessage:received":
            self.sent.append((self.school.lives, about["channel"], about["text"]))
        plan = self.plan
        if plan and plan.moment == moment and plan.step in ("", about.get("view", {}).get("callback_id")):
            self.seen += 1
            if self.seen == plan.nth:
                asyncio.get_running_loop().call_later(plan.after, self.strike) if plan.after else self.strike()

    def strike(self) -> None:
        if self.plan:
            self.plan = None
            self.school.kill()
            self.kills += 1
            # Nobody lives who could lose a lease by it: what the dead bot held becomes anybody's.
            if self.minutes:
                self.school.chat.workspace.clock.forward(f"{self.minutes}m")
            self.done.set()

    def aim(self, plan: Kill, minutes: int = 0) -> None:
        """Kill like this, and let so many minutes pass until the bot lives again."""
        self.done.clear()
        self.seen, self.minutes, self.plan = 0, minutes, plan

    def insist(self) -> None:
        """The moment did not come, or has not yet: no round is without its kill."""
        if not self.done.wait(0.5):
            self.strike()


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


@dataclass(frozen=True)
class Told:
    """A report as its reporter knows it: which draft, the reference on the receipt, and who it was."""

    draft: str
    reference: str
    reporter: str
    story: str


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


PICTURE = screenshot((178, 70, 60), "nowhere")


def campaign(school: School, plans: Sequence[Kill], *, leases: bool) -> tuple[list[Told], Killer]:
    """One round for each kill, two for some; two people report at once in each, and a minute passes now and then.

    With ``leases`` what a dead bot held is anybody's after that minute; elsewhere its successor takes it over at once.
    """
    killer, told = Killer(school), []
    school.chat.workspace.on_call.append(killer.watch)
    teacher, assistant = (Reporter(school, school.people[role]) for role in ("teacher", "teaching_assistant"))
    others = itertools.cycle(FINAL)
    with ThreadPoolExecutor(2) as both:
        for number, plan in enumerate(plans, 1):
            if plan.resuming:
                killer.aim(Kill("chat.postMessage:answered"), minutes=int(leases))
            else:
                killer.aim(plan, minutes=int(number % (4 if leases else 20) == 0))
            told += both.map(Reporter.tell, (teacher, assistant), (plan.story, next(others)))
            if plan.resuming:
                killer.insist()
                killer.aim(plan)
            killer.insist()
            school.serving()
            all_are_kept_once(school, told)
    killer.aim(Kill("the end"), minutes=2)
    killer.insist()
    return told, killer


def all_are_kept_once(school: School, told: Sequence[Told]) -> None:
    """Every receipt that was shown is one case, and there is no case beside them."""
    cases = {row.draft: row.reference for row in school.query("SELECT draft, reference FROM cases")}
    assert cases == {each.draft: each.reference for each in told}
    assert len(cases) == len(told)


def wait_until_all_is_said(school: School) -> None:
    """No lease of a dead bot holds anything back now: nothing that is due may be left."""
    school.serving()
    until = time.monotonic() + 30
    while left := due(school):
        assert time.monotonic() < until, f"still owed: {left}"
        time.sleep(0.2)


def due(school: School) -> list[str]:
    """What the bot still owes now; only an escalation may wait for a later hour."""
    now = school.chat.workspace.clock.now()
    waiting = school.query("SELECT kind, due_at FROM promises WHERE state = 'waiting'")
    return [kind for kind, at in waiting if kind != "escalate" or moment(at) <= now]


def moment(at: datetime | str) -> datetime:
    """SQLite tells a time as words, in UTC."""
    if isinstance(at, datetime):
        return at
    told = datetime.fromisoformat(at)
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def everybody_was_told(school: School, told: Sequence[Told], killer: Killer) -> int:
    """Each recipient and each reporter has each message once; of the letters one may have come again for each crash.

    The answer is how many letters came again: a mail server cannot be asked what it has sent already.
    """
    chat = Counter((to, said) for _, to, said in killer.sent)
    assert {each: times for each, times in chat.items() if times > 1} == {}, "said again, though it could be seen"
    mail = list(letters(school, told))
    for each in told:
        for address in {each.reporter, *recipients(school, each)}:
            heard = [said for to, said in [*chat, *((to, said) for _, to, said in mail)] if to == address]
            assert any(each.reference in said for said in heard), (each, address)
    lives: dict[tuple[str, str], list[int]] = {}
    for life, to, said in mail:
        lives.setdefault((to, said), []).append(life)
    again = Counter(life for each in lives.values() for life in each[:-1])
    assert max(again.values(), default=0) <= 1, f"letters that came again, by crash: {again}"
    return again.total()


def letters(school: School, told: Sequence[Told]) -> Iterator[tuple[int, str, str]]:
    """The mails about these reports: in which life of the bot each came, to whom, and its subject."""
    references = [each.reference for each in told]
    for place, letter in enumerate(school.chat.workspace.letters):
        if any(reference in letter.subject for reference in references):
            yield bisect_right(school.letters_before, place), letter.to[0], letter.subject


def recipients(school: School, told: Told) -> set[str]:
    """Where those who were told are reached: in chat, or by e-mail where they have no account."""
    rows = school.query(
        'SELECT p.person, a.platform, a.address FROM parties p JOIN cases c ON c.id = p."case"'
        " JOIN accounts a ON a.person = p.person WHERE c.reference = :r AND p.until IS NULL",
        r=told.reference,
    )
    assert rows, f"nobody was told of {told}"
    reached = {row.person: row.address for row in rows}
    return set((reached | {row.person: row.address for row in rows if row.platform == "slack"}).values())


def the_ledger_is_whole(school: School, checkpoint: Path, told: Sequence[Told]) -> None:
    done = school.lanyard("verify", "--checkpoint", str(checkpoint))
    assert done.returncode == 0, done.stdout + done.stderr
    entries = [json.loads(row.entry) for row in school.query('SELECT entry FROM ledger ORDER BY "position"')]
    made = Counter(entry["case"] for entry in entries if entry["event"] == "report.submitted")
    assert list(made.values()) == [1] * len(told)


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
        told, killer = campaign(school, plans, leases=kind == "postgresql")
        wait_until_all_is_said(school)
        all_are_kept_once(school, told)
        again = everybody_was_told(school, told, killer)
        pictures_arrived(school, told)
        the_ledger_is_whole(school, checkpoint, told)
    with capsys.disabled():
        print(
            f"\n{kind}: {killer.kills} kills, {len(told)} reports acknowledged, {len(told)} cases,"
            f" {len(killer.sent)} chat messages, none of them said again, {again} letters sent again,"
            f" in {time.monotonic() - began:.0f} s"
        )
