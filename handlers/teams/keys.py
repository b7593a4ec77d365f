"""The keys that Microsoft signs its requests with: fetched at the start, kept, and asked for again now and then."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

import httpx
import jwt

log = logging.getLogger(__name__)

WAITS = 10.0
# Microsoft announces a key long before it signs with it; a day is the longest it lets anybody keep them.
FRESH_FOR = 3600.0
# So that strangers who make up names of keys cannot make us ask without end.
AT_MOST_EVERY = 60.0
CHANNEL = "msteams"


class SigningKeys:
    """Public keys by name; only those that may speak for Teams."""

    def __init__(self, http: httpx.AsyncClient, place: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.http, self.place, self.clock = http, place, clock
        self.known: dict[str, jwt.PyJWK] = {}
        self.asked_at = float("-inf")
        self.asking = asyncio.Lock()

    def get_signing_key_from_jwt(self, token: str) -> jwt.PyJWK:
        """The key that a token says it was signed with.  Raises PyJWKClientError for one that is not known."""
        name = jwt.get_unverified_header(token).get("kid")
        if name not in self.known:
            raise jwt.PyJWKClientError
        return self.known[name]

    async def ready(self, name: object) -> None:
        """Have this key if Microsoft has it: whoever waits here waits for one question, however many come."""
        if name in self.known and self.clock() - self.asked_at < FRESH_FOR:
            return
        if name in self.known and not self.asking.locked():
            self.soon = asyncio.ensure_future(self.refresh())  # the one that is known holds meanwhile
        elif name not in self.known:
            await self.refresh()

    async def refresh(self) -> None:
        """Ask anew, unless that was done just now; a failure leaves what is known."""
        async with self.asking:
            if self.clock() - self.asked_at < AT_MOST_EVERY:
                return
            self.asked_at = self.clock()
            try:
                answer = await self.http.get(self.place, timeout=WAITS)
                found = answer.raise_for_status().json()["keys"]
            except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
                log.warning("signing keys not fetched: %s", type(error).__name__)
                return
            self.known = taken(found) or self.known


def taken(found: object) -> dict[str, jwt.PyJWK]:
    """Those that we can use; one that lists its channels must list ours."""
    keys = {}
    for each in found if isinstance(found, list) else ():
        with suppress(jwt.PyJWTError, AttributeError, TypeError, KeyError):
            if CHANNEL in each.get("endorsements", (CHANNEL,)) and isinstance(each["kid"], str):
                keys[each["kid"]] = jwt.PyJWK(each, algorithm="RS256")
    return keys
