"""Who a Slack account belongs to, as Slack tells it, without keeping a report waiting."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from handlers.senders import Unreachable
from handlers.slack.calls import BARRED, FAILURES, complaint, retry_after
from workflows.people import Who

WAITS = 1.0
# By the command line, which nobody waits for in a form.
ASKED_WITHIN = 10.0
KNOWN_FOR = 300.0
# So that an outage costs one second, not one for every step of a form.
UNKNOWN_FOR = 20.0
MOST = 5000


class People:
    """Profiles of one workspace's people, remembered for minutes."""

    def __init__(self, client: AsyncWebClient, team: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.client, self.team, self.clock = client, team, clock
        # Those that are apps, as far as they were asked for.
        self.apps: set[str] = set()
        self.barred = False  # whether Slack, when it was asked last, knew our token no more
        self.seen: OrderedDict[str, tuple[float, asyncio.Task[Who | None]]] = OrderedDict()

    async def who(self, user: str, home: str) -> Who:
        """The person behind a request; when Slack does not tell in time, their id alone."""
        told = await self.asked(user)
        if home != self.team:
            # Another workspace's owner decides its e-mail addresses: they must not make anybody one of ours.
            return Who("slack", home, user, name=told.name if told else "", standing="foreign")
        return told or Who("slack", home, user, standing="unknown")

    async def lookup(self, ids: Iterable[str]) -> list[Who]:
        """Persons picked in a form."""
        return list(await asyncio.gather(*(self.who(user, self.team) for user in dict.fromkeys(ids))))

    async def by_email(self, email: str) -> Who | None:
        """Whose account this address is, if anybody's.  Raises Unreachable when Slack does not say."""
        try:
            async with asyncio.timeout(ASKED_WITHIN):
                answer = await self.client.users_lookupByEmail(email=email)
            return profile(answer["user"], answer["user"]["id"], self.team)
        except FAILURES as error:
            if complaint(error) == "users_not_found":
                return None
            raise Unreachable(retry_after(error)) from None

    def changed(self, event: Mapping[str, Any]) -> Who | None:
        """Whose profile it is that Slack says has changed, as it stands now; what was remembered of them is not."""
        found = event.get("user")
        if not isinstance(found, dict) or not isinstance(user := found.get("id"), str):
            return None
        self.seen.pop(user, None)
        return profile(found, user, self.team)

    async def asked(self, user: str) -> Who | None:
        until, asking = self.seen.get(user, (0.0, None))
        if asking is None or self.clock() >= until:
            asking = asyncio.ensure_future(self.ask(user))
            self.seen[user] = (self.clock() + KNOWN_FOR, asking)
            self.seen.move_to_end(user)
            if len(self.seen) > MOST:
                self.seen.popitem(last=False)
        return await asyncio.shield(asking)

    async def ask(self, user: str) -> Who | None:
        try:
            async with asyncio.timeout(WAITS):
                answer = await self.client.users_info(user=user)
            if answer["user"].get("is_bot") is True:
                self.apps.add(user)
            self.barred = False
            return profile(answer["user"], user, self.team)
        except FAILURES as error:
            self.barred = complaint(error) in BARRED
            self.seen[user] = (self.clock() + UNKNOWN_FOR, self.seen[user][1])
            return None


def profile(found: Mapping[str, Any], user: str, team: str) -> Who:
    shown = found.get("profile") or {}
    names = (shown.get("real_name"), found.get("real_name"), shown.get("display_name"), found.get("name"))
    name = next(filter(None, names), "")
    home = found.get("team_id") or team
    how = standing(found, home == team)
    email = shown.get("email") or ""
    trusted = email and how != "foreign" and found.get("is_email_confirmed", True)
    return Who("slack", home, user, name=name, emails=(email.lower(),) if trusted else (), standing=how)


def standing(found: Mapping[str, Any], ours: bool) -> str:
    if found.get("deleted"):
        return "deactivated"
    if not ours or found.get("is_stranger"):
        return "foreign"
    return "guest" if found.get("is_restricted") or found.get("is_ultra_restricted") else "active"
