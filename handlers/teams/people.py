"""Who a Teams account belongs to, as Microsoft tells it, without keeping a report waiting."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from handlers.senders import Unreachable
from handlers.teams.calls import FAILURES, retry_after, status
from handlers.teams.entrance import inner, text
from handlers.teams.graph import Graph, addresses
from workflows.people import Who

Payload = Mapping[str, Any]
# One member of a conversation, as its own service tells: service, conversation, account.
Roster = Callable[[str, str, str], Awaitable[Mapping[str, Any]]]

WAITS = 1.0
KNOWN_FOR = 300.0
# So that an outage costs one second, not one for every step of a form.
UNKNOWN_FOR = 20.0
MOST = 5000


class People:
    """Profiles of one tenant's people, remembered for minutes."""

    def __init__(self, graph: Graph, roster: Roster, tenant: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.graph, self.roster, self.tenant, self.clock = graph, roster, tenant, clock
        self.seen: OrderedDict[str, tuple[float, asyncio.Task[Who | None]]] = OrderedDict()

    async def who(self, body: Payload) -> Who:
        """The person behind an activity; when Microsoft does not tell in time, their id and name alone."""
        user, name = address_of(body), text(body, "from", "name")
        if not text(body, "from", "aadObjectId"):
            # Somebody without an account here, such as a visitor to a meeting: they may report, and no more.
            return Who("teams", self.tenant, user, name=name, standing="foreign")
        return await self.asked(user, body) or Who("teams", self.tenant, user, name=name, standing="unknown")

    async def lookup(self, ids: Iterable[str]) -> list[Who]:
        """Persons picked in a form, and accounts that are watched."""
        return [
            who or Who("teams", self.tenant, id, standing="unknown")
            for id in dict.fromkeys(each.lower() for each in ids)
            for who in [await self.asked(id, {})]
        ]

    async def by_email(self, email: str) -> Who | None:
        """Whose account this address is, if anybody's.  Raises Unreachable when Graph does not say."""
        try:
            found = await self.graph.by_email(email)
        except FAILURES as error:
            raise Unreachable(retry_after(error)) from None
        return profile(found, self.tenant) if found else None

    async def asked(self, user: str, body: Payload) -> Who | None:
        until, asking = self.seen.get(user, (0.0, None))
        if asking is None or self.clock() >= until:
            asking = asyncio.ensure_future(self.ask(user, body))
            self.seen[user] = (self.clock() + KNOWN_FOR, asking)
            self.seen.move_to_end(user)
            if len(self.seen) > MOST:
                self.seen.popitem(last=False)
        return await asyncio.shield(asking)

    async def ask(self, user: str, body: Payload) -> Who | None:
        """The directory; where we may not look into that, the list of whoever is in the conversation."""
        try:
            async with asyncio.timeout(WAITS):
                try:
                    return profile(await self.graph.user(user), self.tenant)
                except FAILURES as error:
                    if status(error) == 404:
                        return Who("teams", self.tenant, user, standing="deactivated")
                    return await self.listed(user, body)
        except (*FAILURES, Unreachable):
            self.seen[user] = (self.clock() + UNKNOWN_FOR, self.seen[user][1])
            return None

    async def listed(self, user: str, body: Payload) -> Who:
        place = inner(body, "conversation").get("id") if body else None
        if not place:
            raise LookupError
        found = await self.roster(str(body["serviceUrl"]), str(place), text(body, "from", "id"))
        if str(found.get("aadObjectId", "")).lower() != user:
            raise LookupError
        told = {
            "id": user,
            "displayName": found.get("name"),
            "mail": found.get("email"),
            "userPrincipalName": found.get("userPrincipalName"),
            "userType": "Guest" if found.get("userRole") == "guest" else "Member",
        }
        return profile(told, self.tenant)


def address_of(body: Payload) -> str:
    """The id of whoever did this: in the directory, or where they have none, in Teams alone."""
    return (text(body, "from", "aadObjectId") or text(body, "from", "id")).lower()


def profile(found: Mapping[str, Any], tenant: str) -> Who:
    name = found.get("displayName")
    return Who(
        "teams",
        tenant,
        str(found["id"]).lower(),
        name=name if isinstance(name, str) else "",
        emails=addresses(found),
        standing=standing(found),
    )


def standing(found: Mapping[str, Any]) -> str:
    if found.get("accountEnabled") is False:
        return "deactivated"
    return "guest" if found.get("userType") == "Guest" else "active"
