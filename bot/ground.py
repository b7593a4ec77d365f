"""What every errand stands on: the settings' database, the one trust in it, and its rules."""

import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import typer

from bot.clock import DemoClock, machine
from bot.settings import SLACK, Settings
from storage import setting
from storage.database import Database
from storage.queries import people as queries
from storage.vault import Vault
from templates.catalogue import Catalogue
from workflows.packs import PackError, load_floor, load_pack
from workflows.rules import Rules


class NotReady(Exception):
    """The bot cannot start: says what is missing and what to do."""


@dataclass(frozen=True)
class Ground:
    """What every errand stands on: the database, the one trust in it, and its rules."""

    database: Database
    trust: str
    rules: Rules
    clock: Callable[[], datetime]
    settings: Settings


@contextmanager
def errand(settings: Settings) -> Iterator[Ground]:
    """The ground for one errand of the command line; where there is none, the reason and exit code 2."""
    try:
        ground = open_ground(settings, None, any_clock=True)
    except NotReady as problem:
        print(problem, file=sys.stderr)
        raise typer.Exit(2) from None
    try:
        yield ground
    finally:
        ground.database.close()


def open_database(settings: Settings, clock: Callable[[], datetime]) -> Database:
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    vault = Vault.from_key_file(settings.key_file)
    return Database.open(settings.database_url.get_secret_value(), vault=vault, clock=clock, dice=dice)


def open_ground(settings: Settings, demo_clock: Path | None, *, any_clock: bool = False) -> Ground:
    """Everything but the network.  Raises NotReady where no school has been founded yet."""
    clock = DemoClock(demo_clock).now if demo_clock else machine
    database = open_database(settings, clock)
    if problem := "" if any_clock else demo_problem(database, settings, demo_clock):
        database.close()
        raise NotReady(problem)
    known = database.look_now("", lambda unit: [(row.id, row.pack) for row in unit.find(queries.trust())])
    if not known:
        database.close()
        raise NotReady("No school yet. Write school.toml, then run: lanyard people apply school.toml")
    trust, pack = known[0]
    try:
        return Ground(database, trust, rules_of(pack, settings), clock, settings)
    except PackError as problem:
        database.close()
        raise NotReady(f"The school's policy cannot be used. Mend its file first:\n{problem}") from None


def demo_problem(database: Database, settings: Settings, demo_clock: Path | None) -> str:
    """A demo's clock never touches a real school's database, nor a demo's database a real Slack or Teams."""
    marked = database.look_now("", setting.told, setting.DEMO) is not None
    if demo_clock and not marked:
        return "This database is a real school's: its clock is not to be moved. Leave --demo-clock out."
    if marked and settings.slack_team and settings.slack_url == SLACK:
        return "This database belongs to a demo for ever and may not speak to a real Slack."
    if marked and settings.teams_app_id and not settings.teams_url:
        return "This database belongs to a demo for ever and may not speak to a real Teams."
    return ""


def rules_of(pack_id: str, settings: Settings) -> Rules:
    pack = load_pack(pack_id, settings.home / "policies")
    return Rules(pack, load_floor(), packed_words(), settings.url or "", operator=settings.operator_email)


@cache
def packed_words() -> Catalogue:
    """The words in the package, read once in a process: there is nothing that a start takes longer for."""
    return Catalogue.read()


def dice() -> str:
    """An opaque id of 128 bits: milliseconds, then 80 bits of chance.

    What is made together lies together in a table of many: by chance alone each new row would be another page to write.
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
