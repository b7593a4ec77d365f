"""The command line: asked by an operator at a terminal, in a process of its own."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def lanyard(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LANYARD_")}
    return subprocess.run(
        [sys.executable, "-m", "bot.main", *words],
        env={**clean, "PYTHONPATH": str(ROOT), **env},
        cwd=env.get("HOME", ROOT),
        capture_output=True,
        text=True,
        timeout=30,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ["serve"],
        ["check"],
        ["check", "--json"],
        ["people", "apply", "school.toml"],
        ["people", "managers", "school.toml"],
        ["people", "invite", "chair"],
        ["verify"],
    ],
)
def test_without_settings_every_command_that_needs_them_names_them_and_stops(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "school.toml").touch()
    said = lanyard(*words, HOME=str(tmp_path))
    assert said.returncode == 2
    assert "LANYARD_HOME is not set" in said.stderr
    assert "LANYARD_SLACK_TEAM is not set" in said.stderr
    assert "Traceback" not in said.stderr
    assert said.stdout == ""


def test_what_stands_in_the_folders_env_file_counts(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LANYARD_SLACK_TEAM=T0BRAMBLE\n")
    said = lanyard("serve", HOME=str(tmp_path))
    assert "LANYARD_SLACK_TEAM" not in said.stderr
    assert "LANYARD_HOME is not set" in said.stderr


def test_a_new_key_can_be_read_by_its_owner_alone_and_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "lanyard.key"
    assert lanyard("key", str(file)).returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = file.read_bytes()
    again = lanyard("key", str(file))
    assert again.returncode == 2
    assert "never written over" in again.stderr
    assert file.read_bytes() == key


def test_an_operator_can_ask_which_version_this_is() -> None:
    said = lanyard("--version")
    assert said.returncode == 0
    assert said.stdout.strip().count(".") == 2
