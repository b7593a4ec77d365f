"""Microsoft Graph, asked for as little as will do: who has an account in this tenant, and how it stands."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from handlers.teams.calls import FAILURES, retry_after, status
from handlers.teams.places import GRAPH, Places
from handlers.teams.tokens import Registration, Tokens

Found = Mapping[str, Any]
Sleep = Callable[[float], Awaitable[None]]

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
WANTED = "id,displayName,mail,userPrincipalName,userType,accountEnabled"
# Of a long answer; nobody has so many accounts at one address.
MOST_PAGES = 20
BUSY = (429, 500, 502, 503, 504)
BACKOFFS = (1.0, 2.0, 4.0)
# Of a question that somebody at a terminal waits for.
LONGEST_WAIT = 300.0
UNTRUSTED = 401
WAITS = 30.0


class Graph:
    """Reads with our own token, over the one line that the bot has."""

    def __init__(self, http: httpx.AsyncClient, tokens: Tokens, places: Places, sleep: Sleep = asyncio.sleep) -> None:
        self.http, self.tokens, self.base, self.sleep = http, tokens, places.graph, sleep

    async def user(self, id: str) -> Found:
        """One account by its id; LookupError where there is none.  Raises one of FAILURES."""
        if not GUID.fullmatch(id):
            raise LookupError
        return read(await self.ask("GET", f"{self.base}/users/{id}", params={"$select": WANTED}))

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
        """Everything that a question finds, page after page.  Raises one of FAILURES."""
        params: Mapping[str, str] | None = asked
        for _ in range(MOST_PAGES):
            answer = read(await self.patiently("GET", place, params=params))
            for each in answer["value"]:
                yield each
            place, params = str(answer.get("@odata.nextLink") or ""), None
            if not place:
                return
            if not place.startswith(f"{self.base}/"):
                raise ValueError  # our token goes nowhere else, and half an answer is none
        raise ValueError

    async def patiently(self, method: str, place: str, **asked: Any) -> httpx.Response:
        """Asked again where Graph is busy or fails: after as long as it says, else 1, 2 and 4 seconds.

        https://learn.microsoft.com/graph/throttling: whatever is asked before that time counts against us.
        Whoever is told to come back in an hour is told so instead.  Raises one of FAILURES.
        """
        for backoff in BACKOFFS:
            try:
                return await self.ask(method, place, **asked)
            except FAILURES as error:
                wait = retry_after(error) or backoff
                if not may_pass(error) or wait > LONGEST_WAIT:
                    raise
                await self.sleep(wait)
        return await self.ask(method, place, **asked)

    async def ask(self, method: str, place: str, **asked: Any) -> httpx.Response:
        """Once; a token that is no longer taken is asked for anew, once.  Raises one of FAILURES."""
        answer = await self.sent(method, place, asked)
        if answer.status_code == UNTRUSTED:
            self.tokens.forget()
            answer = await self.sent(method, place, asked)
        return answer.raise_for_status()

    async def sent(self, method: str, place: str, asked: Mapping[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {await self.tokens.get(GRAPH)}"}
        return await self.http.request(method, place, headers=headers, **asked)


@asynccontextmanager
async def graph_of(us: Registration, places: Places) -> AsyncIterator[Graph]:
    """For one errand of the command line: a line of its own, closed again."""
    tokens = Tokens(us, places)
    try:
        async with httpx.AsyncClient(timeout=WAITS) as http:
            yield Graph(http, tokens, places)
    finally:
        tokens.close()


def read(answer: httpx.Response) -> Found:
    found: Found = answer.json()
    return found


def may_pass(error: Exception) -> bool:
    """Whether the same question may do better later: Graph is busy, fails, or was not reached."""
    return isinstance(error, httpx.TransportError) or status(error) in BUSY


def addresses(found: Found) -> tuple[str, ...]:
    """What the tenant's administrator says is theirs: addresses that people enter themselves are left out."""
    told = (found.get("mail"), found.get("userPrincipalName"))
    # A guest's sign-in name is made of another organisation's address, and is no address.
    return tuple(dict.fromkeys(each.lower() for each in told if isinstance(each, str) and "#" not in each))
