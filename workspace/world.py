"""The whole workspace in memory: its people, rooms, views, files, mail and clock, and who is watching."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from workspace.clock import Clock
from workspace.files import Files
from workspace.knock import Knock
from workspace.mail import Letter
from workspace.mischief import Mischief
from workspace.people import Person, Town
from workspace.refusal import Json
from workspace.respond import Replies
from workspace.rooms import Rooms
from workspace.scopes import GRANTED
from workspace.settings import Settings
from workspace.teams.talks import Talks
from workspace.triggers import Triggers
from workspace.views import Views

OnCall = Callable[[str, Json], None]


class Workspace:
    """One chat workspace; everything that happens in it happens on one event loop.

    `calls` holds the Web API calls of the bot, newest last. Functions in `on_call` are told every moment
    that can be seen from outside: "<method>:received" and "<method>:answered" for the bot's calls,
    "<kind>:sent" and "<kind>:answered" for what goes to the bot.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = ""
        self.smtp_port = 0
        self.bot_url = settings.bot.rstrip("/")
        self.clock = Clock(settings.clock_file)
        self.on_call: list[OnCall] = []
        self.cut: Callable[[tuple[str, int]], None] | None = None
        self.watchers: dict[str, set[asyncio.Event]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.closing = False
        self.knock = Knock(settings)
        self.reset()

    def reset(self) -> None:
        """As on the first morning; only the clock, which never goes back, stays."""
        self.town = Town.read(self.settings.town)
        self.rooms = Rooms(self.town, self.clock)
        self.views = Views()
        self.files = Files()
        self.triggers = Triggers(self.settings.trigger_seconds)
        self.replies = Replies()
        self.teams = Talks(self)
        self.mischief = Mischief()
        self.knock.socket.used = False
        self.scopes = set(GRANTED)
        self.letters: list[Letter] = []
        self.banners: dict[str, str] = {}
        self.calls: deque[Json] = deque(maxlen=self.settings.calls_kept)
        self.counts: Counter[str] = Counter()
        for task in self.tasks:
            task.cancel()
        self.wake(self.town.people)

    def wake(self, users: Iterable[str]) -> None:
        """Something that these people can see has changed."""
        if self.watchers:
            for user in users:
                for event in self.watchers.get(user, ()):
                    event.set()

    def hush(self) -> None:
        """The server is going: let every watching page go."""
        self.closing = True
        self.wake(list(self.watchers))

    def moment(self, name: str, about: Json) -> None:
        for tell in self.on_call:
            tell(name, about)

    def called(self, method: str, args: Json) -> None:
        self.counts[method] += 1
        self.calls.append({"method": method, "at": self.clock.now().isoformat(), "args": args})
        self.moment(f"{method}:received", args)

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something without keeping the page waiting."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def banner(self, user: str, text: str | None) -> None:
        if text is None:
            self.banners.pop(user, None)
        else:
            self.banners[user] = text
        self.wake([user])

    def person(self, id: str) -> Person:
        return self.town.people[id]

    def letters_of(self, person: Person) -> list[Letter]:
        return [letter for letter in self.letters if letter.is_for(person.email)]
