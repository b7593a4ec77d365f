"""A machine with the school's settings and the command line: the one it runs on, or an empty one to come back on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer.testing
from pydantic import SecretStr

from bot.ground import open_ground
from bot.main import app
from bot.settings import Settings
from storage.database import Database
from tests.world import World


class Machine:
    """Its folder, its database, and the key it was given."""

    def __init__(self, settings: Settings, folder: Path, database: str) -> None:
        self.home, self.database, self.key = folder / "home", database, folder / "lanyard.key"
        self.checkpoints = folder / "checkpoints"
        plain = {name: getattr(settings, name) for name in settings.model_fields_set}
        self.env = {
            f"LANYARD_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            for name, value in plain.items()
            if value is not None
        } | {
            "LANYARD_HOME": str(self.home),
            "LANYARD_KEY_FILE": str(self.key),
            "LANYARD_DATABASE_URL": database,
            "LANYARD_CHECKPOINTS": str(self.checkpoints),
        }

    @classmethod
    def of(cls, world: World) -> "Machine":
        """The machine where the school's bot runs."""
        return cls(world.settings, world.folder, world.settings.database_url.get_secret_value())

    def lanyard(self, *words: object) -> tuple[int, str]:
        # What is set for the tests themselves is no setting of the school's.
        others: dict[str, str | None] = {name: None for name in os.environ if name.startswith("LANYARD_")}
        said = typer.testing.CliRunner().invoke(app(), [str(word) for word in words], env=others | self.env)
        assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
        return said.exit_code, said.output

    def does(self, *words: object) -> str:
        code, said = self.lanyard(*words)
        assert code == 0, said
        return said

    @property
    def surroundings(self) -> dict[str, str]:
        """The environment of a process of its own."""
        return {name: value for name, value in os.environ.items() if not name.startswith("LANYARD_")} | self.env

    @property
    def evidence(self) -> set[str]:
        return {file.name for file in (self.home / "evidence").glob("*")}


def secret(machine: Machine) -> SecretStr:
    return SecretStr(machine.database)


@contextmanager
def in_hand(machine: Machine) -> Iterator[tuple[Database, str]]:
    """Its database, opened with its key beside whatever runs there, and the trust in it."""
    ground = open_ground(Settings.read(machine.env), None, any_clock=True)
    try:
        yield ground.database, ground.trust
    finally:
        ground.database.close()
