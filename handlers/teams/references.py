"""Where each person's conversation with the bot is: kept when they install it or speak, for what we say later."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from handlers.desk import Desk
from handlers.teams.entrance import inner, text
from handlers.teams.people import address_of
from workflows import reached
from workflows.reached import At, Place

MOST = 5000


class References:
    """The stored conversations of one trust, and those used lately at hand."""

    def __init__(self, desk: Desk, tenant: str) -> None:
        self.desk, self.tenant = desk, tenant
        self.lately: OrderedDict[str, Place] = OrderedDict()

    async def seen(self, body: Mapping[str, Any]) -> None:
        """Somebody spoke in their own conversation with the bot: from now on, that is where they are reached."""
        if inner(body, "conversation").get("conversationType") != "personal":
            return
        user = address_of(body)
        place = Place(str(body["serviceUrl"]), text(body, "conversation", "id"), text(body, "from", "id"))
        if self.lately.get(user) != place:
            await self.desk.database.run(self.desk.trust, reached.keep, self.account(user), place)
            self.remember(user, place)

    async def left(self, body: Mapping[str, Any]) -> None:
        """Somebody took the bot out: there is nowhere to speak to them."""
        user = address_of(body)
        self.lately.pop(user, None)
        await self.desk.database.run(self.desk.trust, reached.left, self.account(user))

    async def of(self, user: str) -> Place | None:
        """Where this person is reached, if they ever were."""
        if user not in self.lately:
            found: Place | None = await self.desk.look(reached.known, self.account(user))
            if found is None:
                return None
            self.remember(user, found)
        return self.lately[user]

    async def anywhere(self) -> str:
        """A service that somebody of this tenant was reached by; they share one region."""
        found: str = await self.desk.look(reached.service, self.tenant)
        return found

    async def opened(self, user: str, place: Place) -> None:
        """A conversation that we opened ourselves."""
        await self.desk.database.run(self.desk.trust, reached.keep, self.account(user), place)
        self.remember(user, place)

    def forget(self, user: str) -> None:
        """What is at hand may be old."""
        self.lately.pop(user, None)

    def account(self, user: str) -> At:
        return At("teams", self.tenant, user)

    def remember(self, user: str, place: Place) -> None:
        self.lately[user] = place
        self.lately.move_to_end(user)
        if len(self.lately) > MOST:
            self.lately.popitem(last=False)
