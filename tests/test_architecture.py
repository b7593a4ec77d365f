"""The shape of the code, held: every file passes every gate, and every gate stops what it should."""

import ast
import os
import re
import runpy
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from typer.main import get_command

from bench.slack import Slack
from bench.teams import Teams
from bot.main import app
from bot.settings import PREFIX, Settings
from tests import gates

README = (gates.ROOT / "README.md").read_text()


@cache
def tree(place: str) -> ast.Module:
    return ast.parse((gates.ROOT / place).read_text())


@pytest.mark.parametrize("gate", gates.GATES, ids=lambda gate: gate.__name__)
def test_every_file_passes(gate: gates.Gate) -> None:
    wrong = [fault for place in gates.PLACES for fault in gate(place, tree(place))]
    assert not wrong, "\n".join(wrong)


LONG = "def submit():\n" + "    yes()\n" * 40
PLANTED = [
    (gates.says_what_it_is, "workflows/reports.py", "x = 1"),
    (gates.says_what_it_is, "workflows/reports.py", '"""Reports and\ntheir forms."""'),
    (gates.is_not_long, "handlers/desk.py", "yes()\n" * 251),
    (gates.is_not_long, "handlers/desk.py", LONG),
    (gates.is_not_long, "workspace/blocks.py", "async " + LONG),
    (gates.asks_for_little, "workflows/reports.py", "def submit(unit, a, b, c, *, d, e): ..."),
    (gates.keeps_libraries_in_their_rooms, "workflows/cases.py", "from sqlmodel import select"),
    (gates.keeps_libraries_in_their_rooms, "handlers/desk.py", "import slack_sdk.web"),
    (gates.keeps_libraries_in_their_rooms, "handlers/mail/sender.py", "def send(): import slack_bolt"),
    (gates.keeps_libraries_in_their_rooms, "handlers/deliver.py", "import apscheduler"),
    (gates.only_waits_outside, "workflows/cases.py", "async def close(): ..."),
    (gates.only_waits_outside, "workflows/cases.py", "from urllib.request import urlopen"),
    (gates.catches_only_what_it_expects, "handlers/desk.py", "try: a()\nexcept Exception: b()"),
    (gates.catches_only_what_it_expects, "bot/compose.py", "try: a()\nexcept: b()"),
    (
        gates.catches_only_what_it_expects,
        "storage/unit.py",
        "try: a()\nexcept (KeyError, BaseException): b()",
    ),
    (gates.is_given_the_clock_and_the_dice, "workflows/cases.py", "now = datetime.now(UTC)"),
    (gates.is_given_the_clock_and_the_dice, "storage/unit.py", "id = uuid.uuid4()"),
    (gates.is_given_the_clock_and_the_dice, "storage/unit.py", "from uuid import uuid4"),
    (gates.is_given_the_clock_and_the_dice, "templates/catalogue.py", "home = os.environ['HOME']"),
    (gates.is_given_the_clock_and_the_dice, "workflows/links.py", "token = secrets.token_urlsafe()"),
    (gates.holds_no_words_for_people, "workflows/cases.py", "card('Thank you')"),
    (
        gates.holds_no_words_for_people,
        "handlers/web/pages.py",
        "title = f'Report of {name}'\nx = f'Case for {name} was seen'",
    ),
    (gates.tests_by_the_real_door, "tests/test_a.py", "from unittest.mock import patch"),
    (
        gates.tests_by_the_real_door,
        "tests/test_a.py",
        "def test(monkeypatch): monkeypatch.setattr(a, 'b', 1)",
    ),
    (gates.tests_by_the_real_door, "tests/test_a.py", "def test(mocker): ..."),
]


@pytest.mark.parametrize(("gate", "place", "code"), PLANTED)
def test_a_gate_stops_what_it_is_there_to_stop(gate: gates.Gate, place: str, code: str) -> None:
    assert list(gate(place, ast.parse(code)))


ALLOWED = [
    (gates.says_what_it_is, "workflows/reports.py", '"""Reports: taken, kept, told.\n\nMore of it.\n"""'),
    (gates.asks_for_little, "handlers/desk.py", "def answer(self, a, b, c, d, e, **ids): ..."),
    (gates.keeps_libraries_in_their_rooms, "handlers/slack/sender.py", "import slack_sdk"),
    (gates.catches_only_what_it_expects, "handlers/gate.py", "try: a()\nexcept Exception: b()"),
    (gates.is_given_the_clock_and_the_dice, "workflows/cases.py", "now = unit.now; id = unit.new_id()"),
    (
        gates.holds_no_words_for_people,
        "workflows/cases.py",
        "raise Missing('no such row')\nlog.info('it was kept')",
    ),
    (gates.tests_by_the_real_door, "tests/test_a.py", "def test(monkeypatch): monkeypatch.setenv('A', 'b')"),
]


@pytest.mark.parametrize(("gate", "place", "code"), ALLOWED)
def test_a_gate_lets_pass_what_it_should(gate: gates.Gate, place: str, code: str) -> None:
    assert not list(gate(place, ast.parse(code)))


def test_every_gate_has_been_seen_to_stop_something() -> None:
    assert {gate for gate, _, _ in PLANTED} == set(gates.GATES)


def test_whoever_has_leave_of_a_gate_is_still_there() -> None:
    idle = [place for place in (*gates.CATCHERS, *gates.DICERS, *gates.SPEAKERS) if not (gates.ROOT / place).is_file()]
    assert not idle, f"no such file, so no such leave: {idle}"


LOADED = """
import asyncio, sys
from bot.chats import chats_of
from bot.settings import Settings
import bot.compose
async def opened():
    await chats_of(Settings.read()).close()
asyncio.run(opened())
print(*{name.partition(".")[0] for name in sys.modules})
"""


@pytest.mark.parametrize("chat", ["slack", "teams"])
def test_microsofts_library_is_loaded_where_a_school_uses_teams_and_nowhere_else(chat: str, tmp_path: Path) -> None:
    (tmp_path / "key").touch(mode=0o600)
    env = {
        "LANYARD_HOME": str(tmp_path / "home"),
        "LANYARD_KEY_FILE": str(tmp_path / "key"),
        "LANYARD_OPERATOR_EMAIL": "operator@brambledown.example",
        "LANYARD_MAIL_FROM": "lanyard@brambledown.example",
        "LANYARD_SMTP_URL": "smtp://mail.brambledown.example",
        **{"slack": Slack, "teams": Teams}[chat]().settings("http://127.0.0.1:9"),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LANYARD_")}
    asked = [sys.executable, "-c", LOADED]
    done = subprocess.run(asked, env=kept | env, capture_output=True, text=True, timeout=120, check=True)
    microsofts = {"microsoft_teams", "msal", "jwt"}
    assert microsofts & set(done.stdout.split()) == (microsofts if chat == "teams" else set())


def test_the_readme_names_only_commands_that_exist() -> None:
    ours = runpy.run_path(str(gates.ROOT / "run.py"), run_name="read")["COMMANDS"]
    named = set(re.findall(r"python3 run\.py (\w+)", README))
    assert {"demo", "test"} <= named <= set(ours)
    groups = get_command(app())
    for first, second in re.findall(r"^\s*(?:\$ )?(?:\.venv/bin/)?lanyard (\w+)(?: (\w+))?", README, re.MULTILINE):
        command = groups.commands[first]  # type: ignore[attr-defined]
        assert not hasattr(command, "commands") or second in command.commands, f"lanyard {first} {second}"


def test_the_readme_names_only_settings_that_exist() -> None:
    named = set(re.findall(PREFIX + r"[A-Z_]+", README))
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    assert named, "the README does not say how to connect Slack"
    assert named <= settings


def test_the_readme_can_be_read_in_one_sitting() -> None:
    assert 20 < len(README.splitlines()) < 200


def test_what_the_threat_model_says_is_answered_is_answered_somewhere() -> None:
    page = (gates.ROOT / "docs/threat-model.md").read_text()
    named = set(re.findall(r"`([\w/.-]+\.\w+)`", page))
    assert len(named) > 20
    assert not sorted(name for name in named if not (gates.ROOT / name).is_file())


def test_the_design_speaks_of_files_that_are_there() -> None:
    page = (gates.ROOT / "docs/design.md").read_text()
    named = set(re.findall(r"`([\w-]+/[\w/-]*(?:\.\w+)?)`", page))
    assert len(named) > 20
    assert not sorted(name for name in named if not (gates.ROOT / name).exists())


def test_the_lock_holds_names_versions_and_hashes_and_everything_we_ask_for() -> None:
    lock = (gates.ROOT / "requirements.lock").read_text()
    line = r"[\w.-]+(\[[\w,-]+\])?==[\w.]+( ; [^\\]+)?( \\)?|    --hash=sha256:[0-9a-f]{64}( \\)?"
    strange = [row for row in lock.splitlines() if row and not re.fullmatch(line, row)]
    assert not strange
    locked = set(re.findall(r"^([\w.-]+)", lock, re.MULTILINE))
    project = tomllib.loads((gates.ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for group in (
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ):
        asked += group
    assert {re.split(r"[\[<>=~ ]", name)[0] for name in asked} <= locked
