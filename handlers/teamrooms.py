"""Shows a case in a team's room while everybody there may see it, and takes it out when that has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from handlers.desk import Desk
from handlers.marked import marked
from handlers.senders import Mark, Posted, Sender, Unreachable
from handlers.taking_turns import Turns
from storage import promises
from storage.models import TeamRoom
from storage.promises import Claim
from storage.queries import rooms as queries
from storage.unit import Unit
from workflows import rooms
from workflows.people import Who
from workflows.telling import Telling

# What is heard of what people write under a card there.
Replies = Literal["every", "mention"]


@dataclass(frozen=True)
class Looked:
    """What a platform says of a channel: the name of what stands against it, if anything does, and who is in it."""

    problem: str = ""
    members: tuple[Who, ...] = ()


class Rooms(Protocol):
    """What a platform knows about its rooms."""

    async def look(self, channel: str) -> Looked:
        """Everybody in it, apps aside, asked at this moment; or why it may not be used."""
        ...

    async def replies(self, channel: str) -> Replies:
        """Whether every reply there is heard, or those that mention the bot; the latter where that is not told."""
        ...

    async def members(self, channel: str) -> Sequence[Who]:
        """Everybody in it, apps aside; nobody where it may not be used, or the platform does not say."""
        ...

    async def standing(self, channel: str, mark: Mark) -> Posted | None:
        """Our message there, where the mark says that an earlier try may have been heard, and it was."""
        ...

    async def remove(self, where: Posted) -> None:
        """Take a message away.  Raises Unreachable where it may still be there."""
        ...


async def instead(desk: Desk, claim: Claim, told: Telling, rooms_there: Rooms | None) -> bool:
    """Whether the team's room tells somebody, so that nobody else need."""
    room, channel = told.room
    if not room or rooms_there is None:
        return False
    members = await rooms_there.members(channel)
    return bool(members) and await desk.run(rooms.instead, claim, room, members)


Platforms = tuple[Mapping[str, Sender], Mapping[str, Rooms], Turns]


async def show(desk: Desk, claim: Claim, platforms: Platforms, mark: Mark) -> None:
    """Say in a room how things stand; whatever stands against it, those who should hear it are told directly."""
    platform: str = await desk.look(rooms.platform_for, claim)
    senders, all_rooms, turns = platforms
    if platform not in all_rooms:
        await desk.run(rooms.nowhere, claim)
        return
    rooms_there = all_rooms[platform]
    room: TeamRoom | None = await desk.look(room_of, claim.to)
    members = await rooms_there.members(room.channel) if room else ()
    shown: rooms.Shown | None = await desk.look(rooms.showing, desk.rules, claim, room, members) if members else None
    if shown is None:
        await leave(desk, claim, rooms_there, (room.channel if room else "", mark))
    elif shown.true:
        await desk.database.run(desk.trust, promises.keep, claim.id, claim.lease)
    else:
        async with turns.turn("" if senders[platform].recalls or shown.stamp else platform):
            await say(desk, claim, shown, (senders[platform], rooms_there), mark)


async def say(desk: Desk, claim: Claim, shown: rooms.Shown, there: tuple[Sender, Rooms], mark: Mark) -> None:
    sender, rooms_there = there
    only = shown.platform == "teams" and await rooms_there.replies(shown.channel)
    card = desk.words.card(shown.message, {**desk.always(), **shown.values, "replies": only or ""})
    try:
        if shown.stamp:
            where = await sender.edit(Posted(shown.channel, shown.stamp), card, mark)
        else:
            where = await sender.post(shown.channel, card, mark)
    except Unreachable as no:
        if not shown.stamp:
            await desk.run(rooms.tell_directly, claim)  # nobody waits for a room that does not take it
        if no.unsure or (shown.stamp and not no.gone):
            raise
        await leave(desk, claim, rooms_there, (shown.channel, mark))
        return
    await marked(desk.database.run, desk.trust, rooms.sent, claim, shown, where.channel, where.stamp)


async def leave(desk: Desk, claim: Claim, rooms_there: Rooms, doubtful: tuple[str, Mark]) -> None:
    """Direct messages first: taking the card away may need another try.

    ``doubtful`` is the channel where a card may lie that we have no place of, and how it is known.
    """
    posted = await desk.run(rooms.tell_directly, claim)
    where = Posted(posted.channel, posted.stamp) if posted else None
    if where is None and doubtful[0]:
        where = await rooms_there.standing(*doubtful)
    if where:
        await rooms_there.remove(where)
    await marked(desk.database.run, desk.trust, rooms.left, claim, posted.id if posted else "", bool(where))


def room_of(unit: Unit, id: str) -> TeamRoom | None:
    return next(iter(unit.find(queries.by_id(id))), None)
