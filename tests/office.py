"""The operator's desk in a test: a folder, settings, and the command line run in this process."""

import json
import os
import re
from pathlib import Path
from typing import Any

import typer.testing
from sqlalchemy import create_engine, text

from bot.main import app
from storage.vault import create_key_file

# The tests' own settings are none of the school's.
OURS = {name: None for name in os.environ if name.startswith("LANYARD_TEST_")}
SCHOOL = Path("workspace/school.toml").absolute().read_text(encoding="utf-8")


class Office:
    """The operator's desk: a folder, settings and the command line."""

    def __init__(self, folder: Path, chat: Any, database: str) -> None:
        self.folder, self.school, self.database = folder, SCHOOL, database
        key = folder / "lanyard.key"
        create_key_file(key)
        chat.workspace.reset()
        self.env: dict[str, str | None] = {
            # Which databases the tests are to use is no setting of Lanyard's, which refuses what it does not know.
            **{name: None for name in os.environ if name.startswith("LANYARD_TEST_")},
            "LANYARD_HOME": str(folder / "home"),
            "LANYARD_KEY_FILE": str(key),
            "LANYARD_DATABASE_URL": database,
            "LANYARD_URL": "https://lanyard.brambledown.example",
            "LANYARD_OPERATOR_EMAIL": "operator@brambledown.example",
            "LANYARD_MAIL_FROM": "lanyard@brambledown.example",
            "LANYARD_SMTP_URL": "smtp://127.0.0.1:1",
            "LANYARD_SLACK_URL": f"{chat}/api/",
            "LANYARD_SLACK_SIGNING_SECRET": chat.workspace.settings.signing_secret,
            "LANYARD_SLACK_BOT_TOKEN": chat.workspace.settings.bot_token,
            "LANYARD_SLACK_TEAM": chat.workspace.town.team["id"],
        }

    def lanyard(self, *words: str) -> tuple[int, str, str]:
        said = typer.testing.CliRunner().invoke(app(), list(words), env={**self.env, **OURS})
        assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
        return said.exit_code, said.stdout, said.stderr

    def founds(self, *changes: tuple[str, str]) -> "Office":
        """Found the school, with some of its file written differently."""
        for old, new in changes:
            assert re.search(old, self.school, re.DOTALL), old
            self.school = re.sub(old, new, self.school, flags=re.DOTALL)
        file = self.folder / "school.toml"
        file.write_text(self.school, encoding="utf-8")
        code, out, err = self.lanyard("people", "apply", str(file))
        assert code == 0, out + err
        return self

    def checked(self) -> dict[str, Any]:
        code, out, err = self.lanyard("check", "--json")
        assert err == ""
        found: dict[str, Any] = json.loads(out)
        assert code == (0 if found["ready"] else 1)
        assert found["ready"] == (not found["refused"])
        return found

    def happens(self, sql: str, **values: object) -> None:
        """What a platform or an old database would have left behind."""
        engine = create_engine(self.database)
        with engine.begin() as connection:
            assert connection.execute(text(sql), values).rowcount
        engine.dispose()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        engine = create_engine(self.database)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(text(sql))]
        engine.dispose()
        return found
