"""The chat platforms that the settings name: whom they know, who speaks through them, and what goes out."""

import os
import warnings
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.clock import machine
from bot.settings import Settings
from handlers.desk import Desk
from handlers.fetchers import Fetcher
from handlers.gate import Gate
from handlers.senders import Exhibitor, Sender
from handlers.slack.app import Slack, Workspace
from handlers.teamrooms import Rooms
from workflows.people import Who

if TYPE_CHECKING:
    from handlers.teams.app import Teams
    from handlers.teams.places import Places
    from handlers.teams.tokens import Registration

Keep = Callable[[bytes, str], Awaitable[object]]


class Directory(Protocol):
    """Who has an account on a platform."""

    async def lookup(self, ids: Sequence[str], /) -> Sequence[Who]: ...

    async def by_email(self, email: str) -> Who | None: ...


@dataclass(frozen=True)
class Chats:
    """Those that this school uses; made inside a running loop, and to be closed."""

    slack: Slack | None = None
    teams: "Teams | None" = None

    def directories(self) -> Mapping[str, Directory]:
        """By platform, whom it knows."""
        slack: dict[str, Directory] = {"slack": self.slack.people} if self.slack else {}
        return slack | ({"teams": self.teams.people} if self.teams else {})

    def faults(self) -> tuple[str, ...]:
        """What keeps reports from coming in, or from being told, by the alarms' names."""
        revoked = ("revoked",) if self.slack and self.slack.people.barred else ()
        return (*revoked, *(self.teams.faults() if self.teams else ()))

    def fetchers(self) -> Mapping[str, Fetcher]:
        """By platform, what gets the files that somebody adds to a form or sends in a chat there."""
        slack: dict[str, Fetcher] = {"slack": self.slack.files} if self.slack else {}
        return slack | ({"teams": self.teams.files} if self.teams else {})

    def exhibitors(self) -> Mapping[str, Exhibitor]:
        """By platform, what shows a picture; a card of Teams's is too small for one."""
        return {"slack": self.slack.pictures} if self.slack else {}

    def rooms(self) -> Mapping[str, Rooms]:
        """By platform, its rooms for a case."""
        slack: dict[str, Rooms] = {"slack": self.slack.rooms} if self.slack else {}
        return slack | ({"teams": self.teams.rooms} if self.teams else {})

    def open(self, desk: Desk, keep: Keep, alarm: Callable[[str], object]) -> tuple[dict[str, Sender], dict[str, Gate]]:
        """By platform, what speaks for us there, and who lets in."""
        senders: dict[str, Sender] = {}
        doors: dict[str, Gate] = {}
        if self.slack:
            senders["slack"], doors["slack"] = self.slack.sender, self.slack.door(desk, keep, alarm)
        if self.teams:
            senders["teams"], doors["teams"] = self.teams.open(desk, keep, alarm)
        for name, directory in self.directories().items():
            desk.lookups[name] = directory.lookup
        desk.taking_files = frozenset(["slack"] if self.slack else [])  # Teams's forms take none
        return senders, doors

    async def close(self) -> None:
        if self.slack:
            await self.slack.close()
        if self.teams:
            await self.teams.close()


def chats_of(settings: Settings, clock: Callable[[], datetime] = machine) -> Chats:
    """The workspace and the tenant that the settings name."""
    return Chats(slack_of(settings, clock), teams_of(settings, clock))


def slack_of(settings: Settings, clock: Callable[[], datetime] = machine) -> Slack | None:
    if not settings.slack_team:
        return None
    return Slack(
        Workspace(
            team=settings.slack_team,
            bot_token=settings.slack_bot_token.get_secret_value(),
            signing_secret=settings.slack_signing_secret.get_secret_value(),
            url=settings.slack_url,
            away=settings.away_command,
            app_token=settings.slack_app_token.get_secret_value() if settings.slack_app_token else "",
            paced=settings.paced,
        ),
        lambda: clock().timestamp(),
    )


def teams_of(settings: Settings, clock: Callable[[], datetime]) -> "Teams | None":
    """Microsoft's SDK is loaded only here: it takes a second, and a school on Slack needs none of it."""
    if not settings.teams_app_id:
        return None
    # It would else read whatever .env lies about into the environment, for every process of ours to inherit.
    os.environ["PYTHON_DOTENV_DISABLED"] = "1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a part that it only looks at, and we do not use
        from handlers.teams.app import Teams
    us, places = registered(settings)
    return Teams(us, places, lambda: clock().timestamp(), paced=settings.paced)


def registered(settings: Settings) -> "tuple[Registration, Places]":
    """Who we are at Microsoft, and where that is."""
    from handlers.teams.places import Places
    from handlers.teams.tokens import Registration

    secret = settings.teams_secret.get_secret_value() if settings.teams_secret else ""
    us = Registration(settings.teams_app_id, settings.teams_tenant, secret, settings.teams_certificate)
    return us, Places.at(settings.teams_url)


async def accounts_in_chat(settings: Settings, emails: Iterable[str]) -> Mapping[str, tuple[Who, ...]]:
    """The chat accounts of people, by e-mail address; somebody without one is no fault.  Raises Unreachable."""
    chats = chats_of(settings)
    found: dict[str, tuple[Who, ...]] = {}
    try:
        for email in emails:
            asked = [await directory.by_email(email) for directory in chats.directories().values()]
            if known := tuple(who for who in asked if who):
                found[email] = known
    finally:
        await chats.close()
    return found
