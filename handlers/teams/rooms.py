"""Standard channels in Teams: whether one may be used for a team, and everybody who reads it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from handlers.senders import Mark, Posted, Unreachable
from handlers.teamrooms import Looked, Replies
from handlers.teams.calls import FAILURES, retry_after, status
from handlers.teams.connector import Connector
from handlers.teams.graph import GUID, Graph, read
from handlers.teams.people import People
from workflows.people import Who

Member = Mapping[str, Any]

# A card waits this long at most for the answer, then its people are told directly.
WAITS = 5.0
# A team larger than this is none.
MOST = 30
# With it the bot is told of every message in the team's channels; without it of those that mention it.
HEARS_ALL = "ChannelMessage.Read.Group"
MEMBER = "user"
# What is asked of a team and of a channel.
TEAM, CHANNEL = "visibility,isArchived", "membershipType,isArchived"


class TeamsRooms:
    """Asks afresh each time: who is in a team may change from one card to the next.

    A channel is named by its team's id in the directory and its own: ``2b1c…/19:…@thread.tacv2``.  Whoever is in the
    team is in each of its standard channels; private and shared ones have lists of their own and are not used.
    """

    def __init__(self, graph: Graph, connector: Connector, people: People, app: str) -> None:
        self.graph, self.connector, self.people, self.app = graph, connector, people, app.lower()
        self.service: Callable[[], Awaitable[str]] = self.unknown

    async def unknown(self) -> str:
        """The service, before anybody has said where the school is reached.  Raises LookupError."""
        raise LookupError

    async def members(self, channel: str) -> tuple[Who, ...]:
        """Everybody in it; nobody where it may not be used."""
        looked = await self.look(channel)
        return () if looked.problem else looked.members

    async def look(self, channel: str) -> Looked:
        """The same, with the reason: what it is, a member's standing, or how Microsoft refused to say."""
        team, _, conversation = channel.partition("/")
        try:
            async with asyncio.timeout(WAITS):
                problem = await self.against(team, conversation)
                inside = [] if problem else await self.connector.members(await self.service(), conversation, MOST)
                members = await self.faces(inside)
        except (*FAILURES, Unreachable) as error:
            return Looked(REFUSED.get(status(error), "unanswered"))
        odd = next((who.standing for who in members if who.standing != "active"), "")
        return Looked(problem or odd or ("" if members else "empty"), members)

    async def against(self, team: str, conversation: str) -> str:
        """What stands against a team or its channel, if anything does; what Graph leaves out does."""
        place = f"{self.graph.base}/teams/{team}"
        found = read(await self.graph.ask("GET", place, params={"$select": TEAM}))
        if found.get("isArchived") is not False:
            return "isArchived"
        if str(found.get("visibility")).lower() != "private":
            return "visibility"
        found = read(await self.graph.ask("GET", f"{place}/channels/{conversation}", params={"$select": CHANNEL}))
        if found.get("isArchived"):
            return "isArchived"
        return "" if found.get("membershipType") == "standard" else "membershipType"

    async def faces(self, inside: list[Member]) -> tuple[Who, ...]:
        """The members as the directory knows them; one who is there as a guest is one, whatever it says."""
        found = {who.address: who for who in await self.people.lookup(filter(None, map(account, inside)))}
        tenant = self.people.tenant
        return tuple(
            Who("teams", tenant, str(each.get("id", "")), standing="foreign")
            if not account(each) or str(each.get("tenantId", tenant)).lower() != tenant
            else as_guest(found[account(each)], each)
            for each in inside
        )

    async def replies(self, channel: str) -> Replies:
        """By what the team's owner has granted to the app; where that is not told, by what needs no grant."""
        team = channel.partition("/")[0]
        try:
            async with asyncio.timeout(WAITS):
                async for each in self.graph.pages(f"{self.graph.base}/teams/{team}/permissionGrants", {}):
                    if str(each.get("clientAppId")).lower() == self.app and each.get("permission") == HEARS_ALL:
                        return "every"
        except (*FAILURES, Unreachable):
            pass
        return "mention"

    async def standing(self, channel: str, mark: Mark) -> Posted | None:
        """Teams tells no bot what stands in a channel: what it may have taken is said again, rarely twice."""
        return None

    async def remove(self, where: Posted) -> None:
        """Take a message away.  Raises Unreachable where it may still be there."""
        try:
            async with asyncio.timeout(WAITS):
                await self.connector.remove(await self.service(), where.channel, where.stamp)
        except FAILURES as error:
            if status(error) not in (404, 410):
                raise Unreachable(retry_after(error)) from None


# Graph's refusals as `lanyard check` speaks of them.
REFUSED = {401: "denied", 403: "denied", 404: "missing"}


def account(member: Member) -> str:
    """A member's id in the directory; nothing for somebody who has none, such as an anonymous visitor."""
    id = str(member.get("aadObjectId", "")).lower()
    return id if GUID.fullmatch(id) else ""


def as_guest(who: Who, member: Member) -> Who:
    return who if member.get("userRole", MEMBER) == MEMBER else replace(who, standing="guest")
