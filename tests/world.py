"""Brambledown with everything running: the real bot behind its own port, the chat, the post box and a clock to move.

People act in staff's words (``world.teacher.reports("cyberbullying", what=…)``); everything they do reaches the bot
as the signed HTTP request that Slack would send.  Nothing sleeps: what takes time is waited for until it is so.
"""

import io
import json
import math
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn
from sqlmodel import col, select

from bot.clock import DemoClock
from bot.compose import application
from bot.ground import open_ground
from bot.settings import Settings
from bot.staff import apply_people
from storage.models import Account, Case, Entry, Party, Person, Promise
from storage.unit import Unit
from storage.vault import create_key_file
from storage.verify import verify
from tests.founded import Founded
from tests.quiet import Ear
from tests.townspeople import Somebody
from workflows.calendar import LONDON
from workflows.schooldays import fixed, works
from workspace.refusal import SlackError
from workspace.running import Address
from workspace.settings import HERE
from workspace.settings import Settings as ChatSettings

PATIENCE = float(os.environ.get("LANYARD_TEST_PATIENCE", "20"))
SCHOOL = (HERE / "school.toml").read_text()
Found = TypeVar("Found")

PEOPLE = {
    "teacher": "U0OYELARAN",
    "other_teacher": "U0PEMBERTN",
    "assistant": "U0KOWALSKA",
    "dsl": "U0RAHMAN01",
    "deputy_dsl": "U0FAIRCLGH",
    "head": "U0WHITLOCK",
    "deputy_head": "U0ADEYEMI1",
    "ict": "U0TREGENZA",
    "communications": "U0BHATT001",
    "business_manager": "U0CALLAGHN",
    "phase_lead": "U0ESPINOSA",
    "chief_executive": "U0NEWBOLD1",
    "supply_teacher": "U0MURPHY01",
    "stranger": "U0HOLROYD1",
    "chair": "M0OKAFOR01",
    "chair_of_trustees": "M0HARGRVES",
}


def until(so: Callable[[], Found | None], what: str = "what was waited for") -> Found:
    """The first answer that is something."""
    end = time.monotonic() + PATIENCE
    while not (found := so()):
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come")
        time.sleep(0.004)
    return found


def ordinary_tuesday() -> datetime:
    """Ten in the morning of the next Tuesday in a week that is all school days, as is the Monday after it."""
    day = (datetime.now(LONDON) + timedelta(days=1)).date()
    while day.weekday() != 1 or not all(works(fixed(), day + timedelta(days=n)) for n in (-1, 0, 1, 2, 3, 6)):
        day += timedelta(days=1)
    return datetime.combine(day, wall(10), LONDON).astimezone(UTC)


class SchoolClock:
    """What time it is in the school: the machine's time and an offset, in the file that bot and chat share."""

    def __init__(self, file: Path, chat: Address) -> None:
        self.file, self.chat = file, chat
        self.put(0)

    def now(self) -> datetime:
        return DemoClock(self.file).now()

    def forward(self, **by: float) -> None:
        """Move on by so many minutes, hours or days."""
        self.put(self.offset + timedelta(**by).total_seconds())

    def reaches(self, moment: datetime) -> None:
        """Move on until it is this moment."""
        self.put((moment - datetime.now(UTC)).total_seconds())

    def put(self, offset: float) -> None:
        self.offset = math.ceil(offset)
        fresh = self.file.with_name("clock.new")
        fresh.write_text(json.dumps({"offset_seconds": self.offset}))
        fresh.replace(self.file)
        self.chat.workspace.clock.offset = self.offset


class Bot:
    """The application that ``lanyard serve`` runs, in a thread of its own, on a port that outlives a restart."""

    def __init__(self, settings: Settings, clock: Path, port: socket.socket) -> None:
        self.ground = open_ground(settings, clock)
        config = uvicorn.Config(application(self.ground), log_config=None, access_log=False, lifespan="on")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, args=([port],), name="bot", daemon=True)
        self.thread.start()
        until(lambda: self.server.started or not self.thread.is_alive(), "the bot")
        assert self.server.started

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(PATIENCE)
        self.ground.database.close()


@dataclass(frozen=True)
class Told:
    """Somebody's part in a case, by their id in school.toml ("" for anybody else)."""

    key: str
    role: str
    part: str


class World:
    """One school, one database, one bot; the chat is shared by the tests of a session and starts afresh."""

    teacher: Somebody
    other_teacher: Somebody
    assistant: Somebody
    dsl: Somebody
    deputy_dsl: Somebody
    head: Somebody
    deputy_head: Somebody
    ict: Somebody
    communications: Somebody
    business_manager: Somebody
    phase_lead: Somebody
    chief_executive: Somebody
    supply_teacher: Somebody
    stranger: Somebody
    chair: Somebody
    chair_of_trustees: Somebody
    bot: Bot | None = None
    # Which chats the school is founded with, and how a new message and a changed one are called there.
    speaks, saying, changing = "slack", "chat.postMessage", "chat.update"

    def __init__(self, chat: Address, folder: Path, database_url: str, *, socket: bool = False) -> None:
        self.chat, self.folder, self.socket = chat, folder, socket
        self.workspace = chat.workspace
        self.port = listening(0)
        self.url = f"http://127.0.0.1:{self.port.getsockname()[1]}"
        self.workspace.bot_url = self.url
        self.clock = SchoolClock(folder / "clock.json", chat)
        self.workspace.reset()
        self.ear = Ear(self)
        self.page = httpx.Client(base_url=str(chat), timeout=PATIENCE)
        self.browsers = [self.page]
        self.key, self.database = folder / "lanyard.key", database_url
        create_key_file(self.key)
        self.settings = self.decided()
        self.school = SCHOOL
        for name, id in PEOPLE.items():
            setattr(self, name, Somebody(self, id))

    def decided(self) -> Settings:
        return Settings.read(self.env() | self.chats())

    def env(self) -> dict[str, str]:
        return {
            "LANYARD_HOME": str(self.folder / "home"),
            "LANYARD_KEY_FILE": str(self.key),
            "LANYARD_DATABASE_URL": self.database,
            "LANYARD_URL": self.url,
            "LANYARD_OPERATOR_EMAIL": "operator@brambledown.example",
            "LANYARD_MAIL_FROM": "lanyard@brambledown.example",
            "LANYARD_SMTP_URL": f"smtp://127.0.0.1:{self.chat.smtp_port}",
        }

    def chats(self) -> dict[str, str]:
        """What the school says of the chats that it uses."""
        chat: ChatSettings = self.workspace.settings
        lines = {"LANYARD_SLACK_APP_TOKEN": chat.app_token} if self.socket else {}
        return lines | {
            "LANYARD_SLACK_URL": f"{self.chat}/api/",
            "LANYARD_SLACK_SIGNING_SECRET": chat.signing_secret,
            "LANYARD_SLACK_BOT_TOKEN": chat.bot_token,
            "LANYARD_SLACK_TEAM": self.workspace.town.team["id"],
        }

    def opens(self, changes: dict[str, str] | None = None) -> None:
        """Found the school, with some lines of its file written differently, and start the bot."""
        self.founds(changes or {})
        self.clock.reaches(ordinary_tuesday())
        self.bot = Bot(self.settings, self.clock.file, self.port)

    def founds(self, changes: dict[str, str]) -> None:
        """The founding apply, today; a school that was founded before in this run is copied, key and all."""
        name = self.database.partition(":")[0], str(sorted(changes.items())) + self.speaks
        if kept := Founded.known.get(name):
            self.database = kept.opens_at(self.database, self.key)
            self.settings = self.decided()
            self.school = self.rewritten(changes)
            return
        self.applies(changes)
        Founded.keep(name, self.database, self.key)

    def rewritten(self, changes: dict[str, str]) -> str:
        """school.toml with some lines written differently."""
        text = self.school
        for old, new in changes.items():
            assert old in text, f"school.toml does not say {old!r}"
            text = text.replace(old, new)
        (self.folder / "school.toml").write_text(text)
        return text

    def applies(self, changes: dict[str, str]) -> None:
        """`lanyard people apply`, after rewriting some lines of school.toml."""
        self.school, file = self.rewritten(changes), self.folder / "school.toml"
        with redirect_stdout(io.StringIO()) as said:
            assert apply_people(self.settings, file, self.clock.file, yes=True) == 0, said.getvalue()

    def stops(self) -> None:
        assert self.bot
        self.bot.stop()

    def starts(self) -> None:
        """The bot again, at the same address."""
        self.port = listening(self.settings_port())
        self.bot = Bot(self.settings, self.clock.file, self.port)

    def settings_port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def browser(self) -> httpx.Client:
        """A browser of somebody's own, at our pages."""
        one = httpx.Client(base_url=self.url, follow_redirects=True, timeout=PATIENCE)
        self.browsers.append(one)
        return one

    def closes(self) -> None:
        if self.bot and self.bot.thread.is_alive():
            self.bot.stop()
        for each in self.browsers:
            each.close()
        self.port.close()
        self.ear.closes()

    def answered(self) -> None:
        """Wait until everything that people did has been answered by the bot."""
        until(lambda: not self.workspace.tasks, "the bot's answer")

    def settled(self) -> "World":
        """Wait until the bot owes nothing at this moment."""
        self.answered()
        until(lambda: not self.owed(), "the end of what the bot owes")
        return self

    @contextmanager
    def chat_is_down(self) -> Iterator[None]:
        """Slack takes no message meanwhile; afterwards enough time has passed for another try."""

        def refuse(moment: str, about: Any) -> None:
            if moment in ("chat.postMessage:received", "chat.update:received"):
                raise SlackError("internal_error")

        self.workspace.on_call.append(refuse)
        try:
            yield
        finally:
            self.workspace.on_call.remove(refuse)
            self.clock.forward(minutes=2)

    def misbehaves(self, kind: str, times: int = 1, seconds: float = 0, only: str = "") -> None:
        """The chat goes wrong in this way, so often, at every call or at one method alone."""
        asked = {"kind": kind, "times": times, "seconds": seconds, "only": only}
        assert self.page.post("/ui/mischief", json=asked).is_success

    def on(self, name: str) -> Any:
        """Somebody of the school with the chat open."""
        return getattr(self, name)

    @contextmanager
    def watches(self, tell: Callable[[str], object]) -> Iterator[None]:
        """Tell meanwhile of each new message of the bot, as the chat is asked to take it: whom it is to."""

        def told(moment: str, about: Any) -> None:
            if moment == f"{self.saying}:received":
                tell(about.get("channel") or about["conversation"])

        self.moments().append(told)
        try:
            yield
        finally:
            self.moments().remove(told)

    def moments(self) -> list[Any]:
        """Whoever is told what the chat is asked."""
        return self.workspace.on_call

    def called(self, *methods: str) -> int:
        """How often the bot has called these methods of the chat."""
        return sum(self.workspace.counts[method] for method in methods)

    def owed(self) -> list[Promise]:
        return self.rows(
            select(Promise).where(col(Promise.state) == "waiting", col(Promise.due_at) <= self.clock.now())
        )

    def rows(self, query: Any) -> list[Any]:
        """What the database holds."""

        def detached(unit: Unit) -> list[Any]:
            return list(unit.find(query))

        return self.look(detached)

    def look(self, query: Callable[..., Found], *args: Any) -> Found:
        assert self.bot
        return self.bot.ground.database.look_now(self.bot.ground.trust, query, *args)

    def cases(self) -> list[Case]:
        return self.rows(select(Case).order_by(col(Case.opened_at)))

    def case(self) -> Case:
        """The only one there is."""
        (only,) = self.cases()
        return only

    def told(self, case: str | None = None) -> set[Told]:
        """Who has the case now."""
        case = case or self.case().id
        asked = select(Party, Person).where(col(Party.person) == col(Person.id), col(Party.case) == case)
        return {
            Told(person.key or "", party.role, party.part) for party, person in self.rows(asked) if party.until is None
        }

    def leads(self, case: str | None = None) -> set[str]:
        return {told.key for told in self.told(case) if told.part == "lead"}

    def events(self, case: str | None = None) -> list[str]:
        """The ledger's entries, by name."""
        entries = self.rows(select(Entry).order_by(col(Entry.position)))
        return [json.loads(each.entry)["event"] for each in entries if case is None or each.case == case]

    def person_of(self, somebody: Somebody) -> str:
        """The row behind somebody's account."""
        return self.person_at(somebody.address)

    def person_at(self, address: str) -> str:
        return str(self.rows(select(col(Account.person)).where(col(Account.address) == address))[0])

    def ledger_is_whole(self) -> bool:
        return bool(self.look(verify, None).whole)


def listening(port: int) -> socket.socket:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", port))
    return one


@contextmanager
def brambledown(
    chat: Address, folder: Path, database_url: str, changes: dict[str, str] | None = None, *, socket: bool = False
) -> Iterator[World]:
    """The school, open until the block ends; with ``socket`` the bot opens its own lines to the chat."""
    world = World(chat, folder, database_url, socket=socket)
    try:
        world.opens(changes)
        yield world
    finally:
        world.closes()
