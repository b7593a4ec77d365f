"""The bot as a process of its own beside a stand-in for Slack, for tests that kill it or search what it leaves."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
from sqlalchemy import create_engine, text

from storage.vault import create_key_file
from workspace.running import Address, running
from workspace.settings import Settings as Chat
from workspace.teams import tenant
from workspace.visitor import Visitor

SCHOOL = Path("workspace/school.toml").absolute()
STARTS_WITHIN = 2 * float(os.environ.get("LANYARD_TEST_PATIENCE", "20"))


class School:
    """One school's bot, its Slack, and the folder that holds all that it writes."""

    def __init__(self, chat: Address, port: int, folder: Path, database: str) -> None:
        self.chat, self.port, self.folder = chat, port, folder
        self.url = f"http://127.0.0.1:{port}"
        self.home, self.log, self.clock = folder / "home", folder / "bot.log", folder / "clock.json"
        self.env = settings(self, database)
        self.rows = create_engine(self.env["LANYARD_DATABASE_URL"])
        self.page = httpx.Client(base_url=chat, trust_env=False, timeout=20)
        known = self.page.get("/ui/people").json()["people"]
        self.people = {one["role"]: Visitor(self.page, one["id"], one["name"]) for one in known}
        self.doorbell = httpx.Client(base_url=self.url, trust_env=False, timeout=3)
        self.supervisor: subprocess.Popen[str] | None = None
        self.bot = self.lives = 0
        self.letters_before: list[int] = []  # what lay in the post box when each life began

    def found(self) -> None:
        done = self.lanyard("people", "apply", str(SCHOOL), "--demo-clock", str(self.clock))
        assert done.returncode == 0, done.stderr

    def lanyard(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One errand of the command line."""
        command = [sys.executable, "-m", "bot.main", *words]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60, check=False)

    def live(self) -> None:
        """Start the bot; whenever it dies it is started again."""
        command = [sys.executable, "-m", "tests.raised_again", "serve", "--demo-clock", str(self.clock)]
        with self.log.open("ab") as log:
            self.supervisor = subprocess.Popen(
                [*command, "--port", str(self.port)],
                env=self.env,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        """Each line that the supervisor says is the id of a new life."""
        assert self.supervisor
        assert self.supervisor.stdout
        with self.supervisor.stdout as said:
            for line in said:
                self.letters_before.append(len(self.chat.workspace.letters))
                self.bot, self.lives = int(line), self.lives + 1

    def kill(self) -> None:
        """From outside, without a word; a bot that has just begun to live may not be heard of yet."""
        with suppress(ProcessLookupError):
            os.kill(self.bot, signal.SIGKILL)

    def serving(self) -> None:
        """Wait until the bot answers."""
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                if self.doorbell.get("/healthz").is_success:
                    return
            time.sleep(0.02)
        raise AssertionError(f"the bot did not start: {self.log.read_text()[-2000:]}")

    def query(self, sql: str, **values: object) -> list[Any]:
        """What stands in the database, read by another process than the bot."""
        with self.rows.connect() as connection:
            return list(connection.execute(text(sql), values))

    def end(self) -> None:
        """As an operator ends it: told to, and waited for."""
        if self.supervisor:
            self.supervisor.terminate()
            try:
                self.supervisor.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
                self.supervisor.wait(10)
        self.page.close()
        self.doorbell.close()
        self.rows.dispose()


def settings(school: School, database: str) -> dict[str, str]:
    key = school.folder / "key" / "lanyard.key"
    key.parent.mkdir(mode=0o700)
    create_key_file(key)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LANYARD_")}
    return kept | {
        "LANYARD_HOME": str(school.home),
        "LANYARD_KEY_FILE": str(key),
        "LANYARD_DATABASE_URL": database or f"sqlite:///{school.home}/lanyard.db",
        "LANYARD_URL": school.url,
        "LANYARD_OPERATOR_EMAIL": "operator@brambledown.example",
        "LANYARD_MAIL_FROM": "lanyard@brambledown.example",
        "LANYARD_SMTP_URL": f"smtp://127.0.0.1:{school.chat.smtp_port}",
        "LANYARD_PACED": "no",  # no school reports as fast as these tests
        "LANYARD_CHECKPOINTS": str(school.folder / "checkpoints"),
        **(in_teams(school) if school.chat.workspace.settings.teams else in_slack(school)),
    }


def in_slack(school: School) -> dict[str, str]:
    chat = Chat()
    return {
        "LANYARD_SLACK_URL": f"{school.chat}/api/",
        "LANYARD_SLACK_SIGNING_SECRET": chat.signing_secret,
        "LANYARD_SLACK_BOT_TOKEN": chat.bot_token,
        "LANYARD_SLACK_TEAM": "T0BRAMBLE1",
    }


def in_teams(school: School) -> dict[str, str]:
    return {
        "LANYARD_TEAMS_URL": str(school.chat),
        "LANYARD_TEAMS_APP_ID": tenant.APP,
        "LANYARD_TEAMS_TENANT": tenant.TENANT,
        "LANYARD_TEAMS_SECRET": tenant.SECRET,
    }


@contextmanager
def a_school(
    folder: Path, database: str = "", more: Mapping[str, str] = MappingProxyType({}), **chat: Any
) -> Iterator[School]:
    """A founded school whose bot serves; ``database`` is a URL, SQLite in the bot's own folder without one.

    With ``teams`` it is a school on Teams alone.
    """
    port = free_port()
    at = Chat(bot=f"http://127.0.0.1:{port}", clock_file=folder / "clock.json", calls_kept=100_000, **chat)
    with running(at) as address:
        school = School(address, port, folder, database)
        school.env |= more
        try:
            school.found()
            school.live()
            school.serving()
            yield school
        finally:
            school.end()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
