"""Shows a case in a team's room while everybody there may see it, and takes it out when that has changed."""

from collections.abc import Sequence
from typing import Protocol

from handlers.desk import Desk
from handlers.marked import marked
from handlers.senders import Mark, Posted, Sender, Unreachable
from storage import promises
from storage.models import TeamRoom
from storage.promises import Claim
from storage.queries import rooms as queries
from storage.unit import Unit
from workflows import rooms
from workflows.people import Who
from workflows.telling import Telling


class Rooms(Protocol):
    """What a platform knows about its rooms."""

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


async def show(desk: Desk, claim: Claim, there: tuple[Sender, Rooms], mark: Mark) -> None:
    """Say in a room how things stand; whatever stands against it, those who should hear it are told directly."""
    rooms_there = there[1]
    room: TeamRoom | None = await desk.look(room_of, claim.to)
    members = await rooms_there.members(room.channel) if room else ()
    shown: rooms.Shown | None = await desk.look(rooms.showing, desk.rules, claim, room, members) if members else None
    if shown is None:
        await leave(desk, claim, rooms_there, (room.channel if room else "", mark))
    elif shown.true:
        await desk.database.run(desk.trust, promises.keep, claim.id, claim.lease)
    else:
        await say(desk, claim, shown, there, mark)


async def say(desk: Desk, claim: Claim, shown: rooms.Shown, there: tuple[Sender, Rooms], mark: Mark) -> None:
    sender, rooms_there = there
    card = desk.words.card(shown.message, {**desk.always(), **shown.values})
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
    await marked(desk, rooms.sent, claim, shown, where.channel, where.stamp)


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
    await marked(desk, rooms.left, claim, posted.id if posted else "", bool(where))


def room_of(unit: Unit, id: str) -> TeamRoom | None:
    return next(iter(unit.find(queries.by_id(id))), None)
