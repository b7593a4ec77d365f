"""A bot that is killed from outside, again and again, and the books that must balance afterwards, whatever the chat."""

import itertools
import json
import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from tests.real_bot import School

PATIENCE = 12


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
    """Watches what the chat sees, and kills the bot when the moment has come."""

    school: School
    stories: Sequence[str]
    between: str  # the moment of the first of two kills
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
        self.passes(moment, about.get("view", {}).get("callback_id"))

    def passes(self, moment: str, step: str | None = None) -> None:
        """A moment, in a step of a form or in none."""
        plan = self.plan
        if plan and plan.moment == moment and plan.step in ("", step):
            self.seen += 1
            if self.seen == plan.nth:
                threading.Timer(plan.after, self.strike).start() if plan.after else self.strike()

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


@dataclass(frozen=True)
class Told:
    """A report as its reporter knows it: which draft, the reference on the receipt, and who it was."""

    draft: str
    reference: str
    reporter: str
    story: str


class Reporter(Protocol):
    """Somebody who does what people do: on an error they send again, and lost forms are begun again."""

    def tell(self, story: str) -> Told: ...


def campaign(killer: Killer, reporters: Sequence[Reporter], plans: Sequence[Kill], *, leases: bool) -> list[Told]:
    """One round for each kill, two for some; two people report at once in each, and a minute passes now and then.

    With ``leases`` what a dead bot held is anybody's after that minute; elsewhere its successor takes it over at once.
    """
    school, told = killer.school, list[Told]()
    others = itertools.cycle(killer.stories)
    with ThreadPoolExecutor(2) as both:
        for number, plan in enumerate(plans, 1):
            if plan.resuming:
                killer.aim(Kill(killer.between), minutes=int(leases))
            else:
                killer.aim(plan, minutes=int(number % (4 if leases else 20) == 0))
            told += both.map(telling, reporters, (plan.story, next(others)))
            if plan.resuming:
                killer.insist()
                killer.aim(plan)
            killer.insist()
            school.serving()
            all_are_kept_once(school, told)
    killer.aim(Kill("the end"), minutes=2)
    killer.insist()
    return told


def telling(reporter: Reporter, story: str) -> Told:
    return reporter.tell(story)


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
    """Each recipient and each reporter has each message; the answer is how many letters came again."""
    mail = list(letters(school, told))
    heard = {(to, said) for _, to, said in (*killer.sent, *mail)}
    for each in told:
        for address in {each.reporter, *recipients(school, each)}:
            assert any(each.reference in said for to, said in heard if to == address), (each, address)
    return said_again(mail)


def said_again(said: Sequence[tuple[int, str, str]]) -> int:
    """How many were said again, where nobody can be asked what was said: one at most for each crash."""
    lives: dict[tuple[str, str], list[int]] = {}
    for life, to, what in said:
        lives.setdefault((to, what), []).append(life)
    again = Counter(life for each in lives.values() for life in each[:-1])
    assert max(again.values(), default=0) <= 1, f"said again, by crash: {again}"
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
    return set((reached | {row.person: row.address for row in rows if row.platform != "mail"}).values())


def the_ledger_is_whole(school: School, checkpoint: Path, told: Sequence[Told]) -> None:
    done = school.lanyard("verify", "--checkpoint", str(checkpoint))
    assert done.returncode == 0, done.stdout + done.stderr
    entries = [json.loads(row.entry) for row in school.query('SELECT entry FROM ledger ORDER BY "position"')]
    made = Counter(entry["case"] for entry in entries if entry["event"] == "report.submitted")
    assert list(made.values()) == [1] * len(told)
