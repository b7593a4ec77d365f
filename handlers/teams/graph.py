"""Microsoft Graph, asked for as little as will do: who has an account in this tenant, and how it stands."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx

from handlers.teams.calls import FAILURES, retry_after, status
from handlers.teams.places import GRAPH, Places
from handlers.teams.tokens import Tokens

Found = Mapping[str, Any]

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
WANTED = "id,displayName,mail,userPrincipalName,userType,accountEnabled"
# Of a long answer; nobody has so many accounts at one address.
MOST_PAGES = 20
BUSY = (429, 502, 503, 504)
TRIES, LONGEST_WAIT = 4, 30.0


class Graph:
    """Reads with our own token, over the one line that the bot has."""

    def __init__(self, http: httpx.AsyncClient, tokens: Tokens, places: Places) -> None:
        self.http, self.tokens, self.base = http, tokens, places.graph

    async def user(self, id: str) -> Found:
        """One account by its id; LookupError where there is none.  Raises one of FAILURES."""
        if not GUID.fullmatch(id):
            raise LookupError
        return await self.get(f"{self.base}/users/{id}", {"$select": WANTED})

    async def by_email(self, email: str) -> Found | None:
        """The account that an address is the mail or the sign-in name of; nobody's own entries count.

        Waits as long as Graph asks when it is busy: only the command line looks up people so.
        """
        said = email.replace("'", "''")
        for name in ("mail", "userPrincipalName"):
            asked = {"$filter": f"{name} eq '{said}'", "$select": WANTED}
            async for each in self.pages(f"{self.base}/users", asked):
                if email.lower() in addresses(each):
                    return each
        return None

    async def pages(self, place: str, asked: Mapping[str, str]) -> AsyncIterator[Found]:
        """Everything that a question finds, page after page."""
        params: Mapping[str, str] | None = asked
        for _ in range(MOST_PAGES):
            answer = await self.patiently(place, params)
            for each in answer["value"]:
                yield each
            place, params = str(answer.get("@odata.nextLink") or ""), None
            if not place.startswith(f"{self.base}/"):  # our token goes nowhere else
                return

    async def patiently(self, place: str, params: Mapping[str, str] | None) -> Found:
        for _ in range(TRIES - 1):
            try:
                return await self.get(place, params)
            except FAILURES as error:
                if status(error) not in BUSY:
                    raise
                await asyncio.sleep(min(retry_after(error) or 1.0, LONGEST_WAIT))
        return await self.get(place, params)

    async def get(self, place: str, params: Mapping[str, str] | None) -> Found:
        headers = {"Authorization": f"Bearer {await self.tokens.get(GRAPH)}"}
        answer = await self.http.get(place, params=params, headers=headers)
        found: Found = answer.raise_for_status().json()
        return found


def addresses(found: Found) -> tuple[str, ...]:
    """What the tenant's administrator says is theirs: addresses that people enter themselves are left out."""
    told = (found.get("mail"), found.get("userPrincipalName"))
    # A guest's sign-in name is made of another organisation's address, and is no address.
    return tuple(dict.fromkeys(each.lower() for each in told if isinstance(each, str) and "#" not in each))
