"""A crowd of messages that are due at once: each is said once, and never more than the platform takes.

The clock is the test's own: it moves only where somebody waits.
"""

import heapq
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from handlers.allowance import LONGEST, Allowance, Limit
from handlers.senders import Mark, Sender, Unreachable
from handlers.slack.sender import LIMITS as SLACK
from handlers.slack.sender import SlackSender
from handlers.teams.sender import LIMITS as TEAMS
from handlers.teams.sender import LIMITS_ALL as TEAMS_IN_ALL
from handlers.teams.sender import TeamsSender
from templates.shapes import Card
from tests import slack_door, teams_door
from tests.teams_town import Town

CROWD, HOT = 300, 140  # so many in all, and so many of them for one person
CARD = Card("K7-3FQ", short="K7-3FQ needs you", body=("Now",))


class Hands:
    """A clock that is set forward."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    async def rest(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Line:
    """A platform's line with a clock of ours; ``said`` is when its stand-in was told something, and in which place."""

    clock: Hands
    sender: Sender
    people: list[str]
    limits: tuple[Limit, ...]
    in_all: tuple[Limit, ...] = ()
    said: list[tuple[float, str]] = field(default_factory=list)


@asynccontextmanager
async def slack(_: Town) -> AsyncIterator[Line]:
    async with slack_door.door() as door:
        clock = Hands()
        line = Line(clock, SlackSender(door.slack.client, clock), [f"U{n}" for n in range(12)], tuple(SLACK))

        def said(sent: dict[str, Any]) -> dict[str, str]:
            line.said.append((clock(), sent["channel"]))
            return {"channel": f"D-{sent['channel']}", "ts": f"1.{len(line.said)}"}

        door.api.says["chat.postMessage"] = said
        yield line


@asynccontextmanager
async def teams(town: Town) -> AsyncIterator[Line]:
    async with teams_door.door(town) as door:
        clock = Hands()
        allowances = Allowance(TEAMS, clock, clock.rest), Allowance(TEAMS_IN_ALL, clock, clock.rest)
        sender = TeamsSender(door.teams.connector, door.sender.references, door.sender.fallback, allowances)
        ids = [town.moves_in(f"Ann {n}", f"ann{n}@brambledown.example")["id"] for n in range(12)]
        line = Line(clock, sender, ids, tuple(TEAMS), tuple(TEAMS_IN_ALL))

        def tell(moment: str, about: dict[str, str]) -> None:
            if moment in ("chat.say:received", "chat.change:received"):
                line.said.append((clock(), about["conversation"]))

        town.on_call.append(tell)
        yield line


@pytest.mark.parametrize("opened", [slack, teams], ids=["slack", "teams"])
async def test_a_crowd_of_messages_is_said_once_each_and_never_faster_than_the_platform_takes(
    opened: Callable[[Town], AsyncIterator[Line]], town: Town
) -> None:
    async with opened(town) as line:  # type: ignore[attr-defined]
        others = itertools.cycle(line.people[1:])
        crowd = [line.people[0] if n < HOT else next(others) for n in range(CROWD)]
        asked = await keeps(line, crowd)
    assert len(line.said) == CROWD
    assert sorted(where.removeprefix("a:") for _, where in line.said) == sorted(crowd)
    for place in {where for _, where in line.said}:
        assert fits([at for at, where in line.said if where == place], line.limits)
    assert fits([at for at, _ in line.said], line.in_all)
    assert asked < 6 * CROWD, "those who wait are not asked over and over"


async def keeps(line: Line, crowd: list[str]) -> int:
    """As promises are kept: what is put off comes again when it was told to; how often something was tried."""
    waiting, began = [(line.clock(), n) for n in range(len(crowd))], line.clock()
    asked = 0
    while waiting:
        due, n = heapq.heappop(waiting)
        line.clock.now = max(line.clock.now, due)
        asked += 1
        if (no := await turned_away(line.sender.post(crowd[n], CARD, Mark(f"{n}")))) is None:
            continue
        assert not no.tried
        assert no.retry_after is not None
        assert 0 < no.retry_after <= LONGEST
        heapq.heappush(waiting, (line.clock() + no.retry_after, n))
    slowest = max(HOT * seconds / most for most, seconds in line.limits if seconds < 3600)
    assert line.clock() - began < slowest + 2 * LONGEST, "nobody waits for longer than they must"
    return asked


async def turned_away(saying: Awaitable[object]) -> Unreachable | None:
    try:
        await saying
    except Unreachable as no:
        return no
    return None


def fits(moments: list[float], limits: tuple[Limit, ...], late: float = 0.0) -> bool:
    """Whether no stretch of so many seconds, wherever it begins, holds more than so many.

    One message may be on its way for so many seconds (``late``) longer than another.
    """
    return all(
        later - first >= seconds - late
        for most, seconds in limits
        for first, later in zip(moments, moments[most:], strict=False)
    )


async def test_somebody_else_is_told_at_once_while_one_person_has_had_enough(town: Town) -> None:
    async with teams(town) as line:
        for _ in range(7):
            await line.sender.post(line.people[0], CARD, Mark(""))
        with pytest.raises(Unreachable):
            await line.sender.post(line.people[0], CARD, Mark(""))
        before = line.clock()
        assert await line.sender.post(line.people[1], CARD, Mark(""))
        assert line.clock() == before


def test_a_clock_that_is_set_back_keeps_nobody_waiting() -> None:
    clock = Hands()
    allowance = Allowance(((1, 60.0),), clock)
    allowance.take("D1")
    with pytest.raises(Unreachable):
        allowance.take("D1")
    clock.now -= 7200
    allowance.take("D1")
