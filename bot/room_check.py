"""What `lanyard check` finds about teams' rooms: whether each can be used, and who in it keeps cases out of it."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.chats import chats_of
from bot.ground import Ground
from handlers.teamrooms import Looked
from storage.models import School, TeamRoom
from storage.queries import people as people_queries
from storage.queries import rooms as queries
from storage.unit import Unit
from workflows import casting, people, reached
from workflows.people import Who
from workflows.rules import Rules

SHARED = "it is shared, or about to be shared, with another workspace. Make one that is the school's own."
WRONG = {
    "channel_not_found": "Slack shows the bot no such channel. Invite the bot into it, or mend the channel's id.",
    "is_member": "the bot is not in it. Write /invite @Lanyard there.",
    "is_private": "it is a public channel: anybody could read along. Make it private.",
    "is_archived": "it is archived.",
    "is_ext_shared": SHARED,
    "is_org_shared": SHARED,
    "is_pending_ext_shared": SHARED,
    "pending_shared": SHARED,
    "pending_connected_team_ids": SHARED,
    "guest": "a guest of the workspace is in it.",
    "foreign": "somebody from another workspace, or without an account here, is in it.",
    "missing_scope": "the app may not look into it. Print the manifest again, and install the app with its scopes.",
    "visibility": "its team in Teams is not private: anybody could come in. Make the team private.",
    "membershipType": "it is a private or shared channel, with a list of its own. Use a standard channel of the team.",
    "isArchived": "it is archived.",
    "denied": "the app may not look at its team. Make the package with --rooms mention, and add that app to the team.",
    "missing": "Teams shows the bot no such channel. Add the app to its team, or copy the channel's link again.",
    "deactivated": "somebody whose account is closed is in it.",
    "absent": "it is in a chat that this school's settings do not name.",
}
OTHERWISE = "the chat did not say who is in it ({problem})."
DIRECTLY = "Until that is mended its team is told in direct messages."


@dataclass(frozen=True)
class Seen:
    """One room: whose it is in words, what Slack says of it, and by name those who do not, or need not, fit."""

    team: str
    looked: Looked
    strangers: tuple[str, ...]
    deputies: tuple[str, ...]
    outside: tuple[str, ...]


def rooms_warned(ground: Ground) -> tuple[str, ...]:
    """A line for each thing that keeps a team's cases out of its room; Slack is asked only where there are rooms."""
    rooms: list[TeamRoom] = ground.database.look_now(ground.trust, lambda unit: [*unit.find(queries.rooms())])
    if not rooms:
        return ()
    looked = asyncio.run(looks(ground, rooms))
    seen = [ground.database.look_now(ground.trust, see, ground.rules, room, looked[room.channel]) for room in rooms]
    return tuple(line for each in seen for line in lines(each))


async def looks(ground: Ground, rooms: list[TeamRoom]) -> Mapping[str, Looked]:
    chats = chats_of(ground.settings)
    if chats.teams:
        where = ground.database.look_now(ground.trust, reached.service, ground.settings.teams_tenant)
        chats.teams.reaches(where)
    platforms = chats.rooms()
    try:
        here = {room.channel: platforms.get(room.platform) for room in rooms}
        return {channel: await there.look(channel) if there else Looked("absent") for channel, there in here.items()}
    finally:
        await chats.close()


def see(unit: Unit, rules: Rules, room: TeamRoom, looked: Looked) -> Seen:
    held = casting.cast(unit, room.school).holders
    team, deputies = held.get(room.role, ()), held.get(rules.floor.deputies.get(room.role, ""), ())
    names = {row.id: row.name for row in unit.find(people_queries.everybody())}
    inside = {known(unit, who): who for who in looked.members}
    school: School = unit.get(School, room.school)
    return Seen(
        team=f"{school.name}: the room of the {rules.words.sentence(f'role.{room.role}')} ({room.channel})",
        looked=looked,
        strangers=tuple(names.get(id) or who.name for id, who in inside.items() if id not in (*team, *deputies)),
        deputies=tuple(names[id] for id in inside if id in deputies and id not in team),
        outside=tuple(names[id] for id in team if id not in inside),
    )


def known(unit: Unit, who: Who) -> str:
    met = people.known(unit, who)
    return met.person.id if met else who.address


def lines(seen: Seen) -> Iterator[str]:
    if seen.looked.problem:
        yield f"{seen.team}: {WRONG.get(seen.looked.problem, OTHERWISE).format(problem=seen.looked.problem)} {DIRECTLY}"
        return
    if seen.strangers:
        who = " and ".join(seen.strangers)
        yield f"{seen.team}: {who} is in it and not told of what goes to this team. {DIRECTLY}"
    elif seen.deputies:
        who = " and ".join(seen.deputies)
        yield f"{seen.team}: with {who} in it, it is used only for a report that has reached the deputies too."
    if seen.outside:
        yield f"{seen.team}: {' and '.join(seen.outside)} is not in it, and is told in direct messages."
