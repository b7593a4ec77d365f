"""The measurements of one database: interleaved rounds in which floor and Lanyard take the same load in turn."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.audit import Books
from bench.letters import REFERENCE, REPORT, START, Chat, Step, token
from bench.load import Sent, send
from bench.sample import Sample
from bench.stage import Server, Stage

LEVELS = (1, 4, 16, 64)


@dataclass(frozen=True)
class Size:
    """How much: rounds, starts of each process, letters a round at each number in flight; cases, promises at once."""

    rounds: int
    starts: int
    letters: Mapping[int, int]
    commands: int
    cases: int
    promises: int


FULL = Size(5, 3, {1: 100, 4: 200, 16: 400, 64: 640}, 150, 100_000, 10_000)
QUICK = Size(2, 1, {1: 40, 4: 80, 16: 160, 64: 320}, 40, 2_000, 200)


class Faulty(Exception):
    """An answer that is not what it should be, or books that do not balance."""


@dataclass
class Bench:
    """One database's run: what was measured, by name, in the order of the rounds."""

    stage: Stage
    sample: Sample
    books: Books
    size: Size
    start: Step = field(init=False)
    last: Step = field(init=False)
    figures: dict[str, list[float]] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    posts: list[tuple[float, str, str]] = field(default_factory=list)

    @property
    def chat(self) -> Chat:
        return self.stage.chat

    def run(self) -> None:
        """Starts, rounds and memory."""
        for _ in range(self.size.starts):
            for name, server in (("floor", self.stage.floor), ("lanyard", self.stage.lanyard)):
                server.stop()
                self.keep(f"{name} start", server.start())
        asyncio.run(self.warm())
        for name, server in (("floor", self.stage.floor), ("lanyard", self.stage.lanyard)):
            self.keep(f"{name} idle MB", server.megabytes())
        for _ in range(self.size.rounds):
            asyncio.run(self.round())
        for name, server in (("floor", self.stage.floor), ("lanyard", self.stage.lanyard)):
            self.keep(f"{name} loaded MB", server.megabytes())

    def keep(self, name: str, figure: float) -> None:
        self.figures.setdefault(name, []).append(figure)

    async def warm(self) -> None:
        """Draw the first step as the bot shows it, and have both take a few of everything."""
        shown = await self.commands("", self.stage.lanyard, 8)
        self.start = self.chat.step(self.stage.asked, shown, START)
        self.last = self.chat.step(self.stage.asked, self.sample.view, REPORT)
        self.acknowledged.add(self.sample.reference)
        await self.commands("", self.stage.floor, 8)
        for server in (self.stage.floor, self.stage.lanyard):
            await self.submissions("", server, (4, 12))
        await self.settled()

    async def round(self) -> None:
        for name, server in (("floor", self.stage.floor), ("lanyard", self.stage.lanyard)):
            await self.commands(name, server, self.size.commands)
        for in_flight in LEVELS:
            load = in_flight, self.size.letters[in_flight]
            await self.submissions("floor", self.stage.floor, load)
            await self.submissions("lanyard", self.stage.lanyard, load)

    async def commands(self, name: str, server: Server, number: int) -> Mapping[str, Any]:
        """From the command to the form, one at a time; what the last form looked like."""
        sent = await send(server.port, self.chat.commands(self.stage.asked, number), 1)
        self.insist_on(sent)
        waited, shown = self.chat.opened(self.stage.asked, sent)
        for quantile in (50, 99) if name else ():
            self.keep(f"{name} open p{quantile}", percentile(waited, quantile) * 1000)
        return shown

    async def submissions(self, name: str, server: Server, load: tuple[int, int]) -> None:
        """The last step of prepared drafts; the round ends when everybody has been told."""
        in_flight, number = load
        drafts = [(self.chat.reporters[each % len(self.chat.reporters)], token()) for each in range(number)]
        ours = server is self.stage.lanyard
        if ours:
            self.insist_on(await send(server.port, [self.start.letter(*draft) for draft in drafts], 8))
        spent = server.seconds()
        sent = await send(server.port, [self.last.letter(*draft) for draft in drafts], in_flight)
        if ours:
            await self.press_again(name, sent, drafts, in_flight)
        self.insist_on(sent)
        if name:
            self.keep(f"{name} {in_flight} /s", number / sent.elapsed)
            for quantile in (50, 95, 99):
                self.keep(f"{name} {in_flight} p{quantile}", percentile(sent.took, quantile) * 1000)
        if ours:
            await self.told(f"{name} {in_flight}" if name else "", sent)
        if name:
            self.keep(f"{name} {in_flight} cpu ms", (server.seconds() - spent) / number * 1000)

    async def press_again(self, name: str, sent: Sent, drafts: list[tuple[str, str]], in_flight: int) -> None:
        """Whoever reads that the bot is busy presses Send again; their first answer's time is the one that counts."""
        turned = [each for each, (_, body) in enumerate(sent.answers) if self.chat.turned(body)]
        if name:
            self.keep(f"{name} {in_flight} busy", len(turned))
        for each in turned:
            again = await send(self.stage.lanyard.port, [self.last.letter(*drafts[each])], 1)
            sent.answers[each] = again.answers[0]

    async def told(self, name: str, sent: Sent) -> None:
        """Wait until every message has gone, and see how long each recipient waited for theirs."""
        references = [reference_in(body) for _, body in sent.answers]
        began = dict(zip(references, sent.at, strict=True))
        if len(began) < len(references) or self.acknowledged & began.keys():
            raise Faulty("two receipts carry one reference")
        self.acknowledged |= began.keys()
        await self.settled()
        since = len(self.posts)
        self.posts += [tuple(post) for post in self.stage.asked(f"/bench/posts?since={since}")]
        fresh = [post for post in self.posts[since:] if post[1] not in self.chat.reporters]
        waited = [at - began[about] for at, _, about in fresh if about in began]
        if len(waited) < len(references):
            raise Faulty(f"{len(references)} reports, {len(waited)} messages to their recipients")
        if name:
            self.keep(f"{name} told /s", len(references) / (max(at for at, _, _ in self.posts) - min(sent.at)))
            for quantile in (50, 99):
                self.keep(f"{name} told p{quantile}", percentile(waited, quantile) * 1000)

    def insist_on(self, sent: Sent) -> None:
        """Every answer must be a success, and none of them a form with something to mend."""
        for status, body in sent.answers:
            if status != 200 or self.chat.turned(body):
                raise Faulty(f"answered {status}: {body[:300]!r}")

    async def settled(self) -> None:
        until = time.monotonic() + 120
        while self.books.due():
            if time.monotonic() > until:
                raise Faulty("promises that are due are not being kept")
            await asyncio.sleep(0.05)


def reference_in(receipt: bytes) -> str:
    found = REFERENCE.search(receipt.decode())
    if not found:
        raise Faulty(f"this is no receipt: {receipt[:300]!r}")
    return found.group()


def percentile(values: Sequence[float], quantile: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * quantile // 100)]
