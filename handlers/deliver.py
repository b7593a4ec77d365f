"""Keeps the promises: says what is owed, fetches what is awaited, and never marks kept what no platform took."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from handlers import fetching, keeping, teamrooms
from handlers.desk import Desk
from handlers.fetchers import Fetcher
from handlers.marked import marked
from handlers.saying import CardOf, anew, card_of, mark_of, said
from handlers.senders import Posted, Sender, Unreachable
from handlers.taking_turns import Turns
from handlers.teamrooms import Rooms
from handlers.together import Together
from storage import promises
from storage.faults import Busy, Uncertain
from storage.patience import stand_back
from storage.promises import Claim
from storage.unit import Unit
from workflows import accounts, asking_yes, duties, nudges, nudging, second_yes, telling, termly
from workflows.rules import Rules
from workflows.telling import Telling

log = logging.getLogger(__name__)

# Few enough that somebody who presses Send never waits behind a crowd of messages.
AT_ONCE = 32
TOGETHER = 0.005  # seconds
LEASE = 60.0  # seconds in which one promise is kept or becomes anybody's again


@dataclass
class Deliver:
    """Sweeps what is due, of every trust whose desk it is given; woken by whatever makes a promise.

    One recipient whose platform is slow holds up nobody else; only promises about the same card wait for each other.
    """

    desks: Mapping[str, Desk]
    senders: Mapping[str, Sender]
    fetchers: Mapping[str, Fetcher]
    rooms: Mapping[str, Rooms]
    operator: str = ""
    # Kinds of promise that need more than a desk: what the clock promises each day.
    errands: Mapping[str, Callable[[Desk, Claim], Awaitable[None]]] = field(default_factory=dict)
    awake: asyncio.Event = field(default_factory=asyncio.Event)
    keeping: set[asyncio.Task[None]] = field(default_factory=set)
    latest: dict[CardOf, asyncio.Task[None]] = field(default_factory=dict)
    doubts: dict[CardOf, datetime] = field(default_factory=dict)
    bundles: dict[str, Together] = field(default_factory=dict)
    turns: Turns = field(default_factory=Turns)
    unnoted: dict[str, Posted] = field(default_factory=dict)  # sent, and not written down while the disk is full

    async def serve(self) -> None:
        """Sweep whenever woken: by whoever made a promise, and each second by the clock for what falls due."""
        stand_back()  # whoever presses Send goes first
        await self.take_over()
        while True:
            await self.awake.wait()
            self.awake.clear()
            try:
                while await self.sweep():
                    pass
            except Exception as fault:
                # The sweeper outlives whatever stopped one sweep: what is owed stays owed, and is tried again.
                log.exception("sweep stopped: %s", type(fault).__name__)

    async def take_over(self) -> None:
        """Where there is but one process, what a dead one had taken up is ours at once, not when its lease ends."""
        database = next(iter(self.desks.values())).database
        if database.dialect == "sqlite":
            await database.run("", promises.release)
        self.awake.set()

    async def wake(self) -> None:
        """Something may be due."""
        self.awake.set()

    async def sweep(self) -> bool:
        """Take up what is due now, as much as there is room for; whether there may be more."""
        room = AT_ONCE - len(self.keeping)
        if not room:
            return False
        database = next(iter(self.desks.values())).database
        claims: list[Claim] = await database.run("", promises.claim, room, LEASE)
        for claim in claims:
            task = asyncio.create_task(self.keep(claim))
            self.keeping.add(task)
            task.add_done_callback(self.kept)
        return len(claims) == room

    def kept(self, task: asyncio.Task[None]) -> None:
        self.keeping.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            log.error("promise left to its lease: %s", type(fault).__name__)
        # Those who finish together make room for one taking up.
        asyncio.get_running_loop().call_later(TOGETHER, self.awake.set)

    async def finish(self, patience: float = 5) -> None:
        """Let what is being kept come to its end; what does not is somebody's again when its lease runs out."""
        if self.keeping:
            await asyncio.wait(self.keeping, timeout=patience)

    async def keep(self, claim: Claim) -> None:
        """Keep one promise, or put it off; it first waits for an earlier one about the same card."""
        card, mine = card_of(claim), asyncio.current_task()
        earlier = self.latest.get(card)
        if mine:
            self.latest[card] = mine
        if earlier:
            await asyncio.wait({earlier})
        try:
            await self.try_once(self.desks[claim.trust], claim)
        finally:
            if self.latest.get(card) is mine:
                del self.latest[card]

    async def try_once(self, desk: Desk, claim: Claim) -> None:
        try:
            errand = self.errands.get(claim.kind)
            await (errand(desk, claim) if errand else KEEP[claim.kind](self, desk, claim))
        except Unreachable as no:
            await self.put_off(desk, claim, no)
        except Exception as fault:
            # One promise that cannot be kept, whatever the reason, must not keep the others from being kept.
            log.exception("promise %s put off: %s", claim.id, type(fault).__name__)
            await self.put_off(desk, claim, Unreachable(unsure=not isinstance(fault, (Busy, Uncertain))))

    def together(self, desk: Desk) -> Together:
        """Where what is to be said is found out, and what was said written down."""
        return self.bundles.setdefault(desk.trust, Together(desk.database, desk.trust))

    async def put_off(self, desk: Desk, claim: Claim, no: Unreachable) -> None:
        """Try again after twice as long each time, a minute at most, and not before the platform says."""
        if no.unsure:
            self.doubts.setdefault(card_of(claim), claim.made_at)
        await desk.database.run(desk.trust, keeping.later, claim, no)

    async def tell(self, desk: Desk, claim: Claim) -> None:
        """Say a card, a receipt or a message to whoever should have it now."""
        find = partial(self.together(desk).run, telling.telling, desk.rules, claim)
        told = await find()
        if told and await self.stands_elsewhere(desk, told):
            told = await find()
        if told is None or not await teamrooms.instead(desk, claim, told, self.rooms.get(told.platform)):
            await self.send(desk, claim, told)

    async def show(self, desk: Desk, claim: Claim) -> None:
        """Say in a team's room how things stand with a case, or take it out of there."""
        mark = mark_of(claim, "room", self.doubts.get(card_of(claim)))
        await teamrooms.show(desk, claim, (self.senders, self.rooms, self.turns), mark)
        self.doubts.pop(card_of(claim), None)

    async def send(self, desk: Desk, claim: Claim, told: Telling | None) -> None:
        if told is None or told.platform not in self.senders:
            await desk.database.run(desk.trust, promises.drop, claim.id, claim.lease)
            return
        sender = self.senders[told.platform]
        card = desk.words.card(told.message, {**desk.always(), **told.values})
        async with self.turns.turn("" if sender.recalls or not anew(told) else told.platform):
            try:
                mark = mark_of(claim, told.platform, self.doubts.get(card_of(claim)))
                where = self.unnoted.get(claim.id) or await said(sender, told, card, mark)
            except Unreachable as no:
                if not no.gone:
                    raise
                await desk.database.run(desk.trust, telling.refused, claim, told, no.shut)
                return
            await self.note(desk, claim, told, where)

    async def note(self, desk: Desk, claim: Claim, told: Telling, where: Posted) -> None:
        """What the platform took is marked as taken even when the database is busy: else it would be said again."""
        self.unnoted[claim.id] = where
        taken = TAKEN.get(claim.kind, telling.sent)
        noted = await marked(self.together(desk).run, taken, claim, told, where.channel, where.stamp)
        self.doubts.pop(card_of(claim), None)
        if noted:
            del self.unnoted[claim.id]

    async def stands_elsewhere(self, desk: Desk, told: Telling) -> bool:
        """Whether a recipient's account was closed since: chat takes messages to it, and nobody reads them."""
        lookup = desk.lookups.get(told.platform)
        faces = await lookup([told.address]) if lookup else ()
        return any([await desk.run(accounts.stood, who) for who in faces if who.standing not in ("active", "unknown")])

    async def fetch(self, desk: Desk, claim: Claim) -> None:
        """Get one screenshot."""
        await fetching.fetch(desk, self.fetchers, claim)

    async def alarm(self, desk: Desk, claim: Claim) -> None:
        """Tell the operator that something is wrong, never about what."""
        message = await desk.run(telling.alarm, claim)
        async with self.turns.turn("mail"):
            if self.operator and "mail" in self.senders and claim.id not in self.unnoted:
                mark = mark_of(claim, "mail")
                self.unnoted[claim.id] = await self.senders["mail"].post(self.operator, desk.say(message), mark)
            await desk.database.run(desk.trust, promises.keep, claim.id, claim.lease)
            self.unnoted.pop(claim.id, None)


# What marks a message as taken, where it is not about a case.
TAKEN = {duties.NUDGE: nudging.sent, termly.SUMMARY: termly.sent}
Keep = Callable[[Deliver, Desk, Claim], Awaitable[None]]


def saying(find: Callable[[Unit, Rules, Claim], Telling | None]) -> Keep:
    """Say what a workflow finds is to be said."""

    async def keep(self: Deliver, desk: Desk, claim: Claim) -> None:
        await self.send(desk, claim, await desk.run(find, claim))

    return keep


def doing(workflow: Callable[[Unit, Rules, Claim], None]) -> Keep:
    """Run a workflow that keeps the promise itself."""

    async def keep(self: Deliver, desk: Desk, claim: Claim) -> None:
        await desk.run(workflow, claim)

    return keep


KEEP: Mapping[str, Keep] = {
    "card": Deliver.tell,
    "say": Deliver.tell,
    "room": Deliver.show,
    "mail": saying(telling.mailing),
    "office": saying(asking_yes.telling),
    "escalate": doing(keeping.climbed),
    "lapse": doing(second_yes.lapse),
    "fetch": Deliver.fetch,
    "alarm": Deliver.alarm,
    nudges.DAY: doing(keeping.day_opened),
    duties.NUDGE: saying(nudging.telling),
    termly.COUNT: doing(termly.count),
    termly.SUMMARY: saying(termly.telling),
}
