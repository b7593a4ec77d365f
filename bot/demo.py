"""The demo: the real bot and a small chat workspace in the browser, for an invented school, gone when it ends."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from storage.vault import create_key_file

SECRET, TOKEN, TEAM = "brambledown-signing-secret", "xoxb-brambledown-demo", "T0BRAMBLE1"
APP_TOKEN = "xapp-brambledown-demo"  # noqa: S105 - worth nothing anywhere else
STARTS_WITHIN = 90.0
# The bot reads itself in while its school is being founded: seconds for whoever waits for a demo.
READ_IN_FIRST = "from bot import compose, main; input(); main.run()"


@dataclass(frozen=True)
class Running:
    """A demo that is up: the workspace's address, the bot's, and the settings that the bot was given."""

    workspace: str
    bot: str
    folder: Path
    env: Mapping[str, str]


def demo(*, script: bool, port: int, socket_mode: bool = False, teams: bool = False) -> int:
    """Show Lanyard at work; with ``script``, walk the four flows without a browser and answer 0 or 1."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # its children end with it
    if script:
        from workspace.script import walk

        with running(port=0, bot_port=free_port(), socket_mode=socket_mode) as up, ThreadPoolExecutor(1) as aside:
            aside.submit(import_module, "bot.demo_year")  # while the first flows are walked
            told = walk(up.workspace, up.bot, partial(given_a_year, up))
            return 0 if told and verified(up) else 1
    with running(port=port, bot_port=8090, socket_mode=socket_mode, teams=teams) as up:
        given_a_year(up)
        print(f"\nBrambledown Primary School is open: {up.workspace}\nBe somebody, type /report, and see who hears.")
        if teams:
            print(f"The same people are in Microsoft Teams, too: {up.workspace}/teams")
        print("Everything is invented, and gone when you stop this with Ctrl+C.\n", flush=True)
        with suppress(KeyboardInterrupt):
            signal.pause() if hasattr(signal, "pause") else time.sleep(10**9)
    return 0


@contextmanager
def running(*, port: int, bot_port: int, socket_mode: bool = False, teams: bool = False) -> Iterator[Running]:
    """The workspace and the bot, each in a process of its own, in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="lanyard-demo-") as name:
        folder, bot = Path(name), f"http://127.0.0.1:{bot_port}"
        clock = folder / "clock.json"
        words = ["--port", str(port), "--smtp-port", "0", "--bot", bot, "--clock-file", str(clock)]
        words += ["--teams"] if teams else []
        chats = process(["-m", "workspace", *words], dict(os.environ), out=subprocess.PIPE)
        with chats as chat, ThreadPoolExecutor(1) as aside:
            assert chat.stdout  # noqa: S101 - it was asked for
            aside.submit(import_module, "bot.staff")  # while the workspace reads its own
            ready = json.loads(chat.stdout.readline() or "{}")
            if "url" not in ready:
                raise SystemExit(f"The demo's page could not start: is something else at port {port}? Try --port.")
            lines = {"LANYARD_SLACK_APP_TOKEN": APP_TOKEN} if socket_mode else {}
            lines |= in_teams(ready) if teams else {}
            up = Running(ready["url"], bot, folder, settings(folder, ready, bot) | lines)
            serve = ["-c", READ_IN_FIRST, "serve", "--demo-clock", str(clock), "--port", str(bot_port)]
            with process(serve, up.env, told=subprocess.PIPE) as server:
                found(up, clock, rooms=teams)
                go_on(server)
                wait_until_it_answers(bot, server)
                yield up


def go_on(server: subprocess.Popen[str]) -> None:
    assert server.stdin  # noqa: S101 - it was asked for
    with suppress(BrokenPipeError):  # it died; whoever waits for its answer says so
        server.stdin.write("\n")
        server.stdin.close()


def settings(folder: Path, ready: Mapping[str, object], bot: str) -> dict[str, str]:
    """What the demo's bot is told: nothing of the visitor's own environment that belongs to Lanyard."""
    key = folder / "key" / "lanyard.key"
    key.parent.mkdir(mode=0o700)
    create_key_file(key)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LANYARD_")}
    return {
        **ours,
        "LANYARD_HOME": str(folder / "home"),
        "LANYARD_KEY_FILE": str(key),
        "LANYARD_URL": bot,
        "LANYARD_OPERATOR_EMAIL": "operator@brambledown.example",
        "LANYARD_MAIL_FROM": "Lanyard <lanyard@brambledown.example>",
        "LANYARD_SMTP_URL": f"smtp://127.0.0.1:{ready['smtp_port']}",
        "LANYARD_SLACK_URL": f"{ready['url']}/api/",
        "LANYARD_SLACK_SIGNING_SECRET": SECRET,
        "LANYARD_SLACK_BOT_TOKEN": TOKEN,
        "LANYARD_SLACK_TEAM": TEAM,
    }


def in_teams(ready: Mapping[str, object]) -> dict[str, str]:
    """The app's registration in the stand-in's tenant."""
    from workspace.teams import tenant

    return {
        "LANYARD_TEAMS_URL": str(ready["url"]),
        "LANYARD_TEAMS_APP_ID": tenant.APP,
        "LANYARD_TEAMS_TENANT": tenant.TENANT,
        "LANYARD_TEAMS_SECRET": tenant.SECRET,
    }


def found(up: Running, clock: Path, *, rooms: bool) -> None:
    """What `lanyard people apply` does, here: a third process would read everything once more."""
    from bot import staff
    from bot.settings import Settings

    school = up.folder / "school.toml"
    text = (files("workspace") / "school.toml").read_text(encoding="utf-8")
    school.write_text(with_room(text) if rooms else text, encoding="utf-8")
    with redirect_stdout(io.StringIO()) as said, ThreadPoolExecutor(1) as apart:
        if apart.submit(staff.apply_people, Settings.read(up.env), school, clock, yes=True).result():
            raise SystemExit(f"The demo's school could not be founded. {said.getvalue()}")


def with_room(school: str) -> str:
    """The same school with two safeguarding leads, and their channel in the stand-in's Teams."""
    from workspace.teams.channels import SAFEGUARDING, Team, link

    deputy = '{ role = "deputy_dsl", school = "brambledown" }'
    channel = link(Team(*SAFEGUARDING))
    shared = school.replace(deputy, deputy.replace("deputy_dsl", "dsl"))
    return f'{shared}\n[[room]]\nrole = "dsl"\nschool = "brambledown"\nchannel = "{channel}"\n'


def given_a_year(up: Running) -> None:
    from bot.demo_year import live_by
    from bot.settings import Settings

    with ThreadPoolExecutor(1) as apart:
        apart.submit(live_by, Settings.read(up.env)).result()


def verified(up: Running) -> bool:
    """What `lanyard verify` says, here."""
    from bot import errands
    from bot.settings import Settings

    return errands.verify_ledger(Settings.read(up.env), None) == 0


@contextmanager
def process(
    words: list[str], env: Mapping[str, str], *, out: int | None = None, told: int | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A child that does not outlive us."""
    command = [sys.executable, *words]
    with subprocess.Popen(command, env=env, stdin=told, stdout=out, text=True) as child:  # noqa: S603 - our own commands
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(8)
            except subprocess.TimeoutExpired:
                child.kill()


def wait_until_it_answers(bot: str, server: subprocess.Popen[str]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{bot}/healthz", timeout=2):  # noqa: S310 - our own address
            return
        time.sleep(0.05)
    raise SystemExit("The bot did not start; see above.")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
