"""Every file that changes something: what it would change is shown first, and done once somebody says yes."""

from collections.abc import Callable, Sequence
from typing import Any

import typer

from bot.ground import Ground
from storage.database import Database
from storage.unit import Unit
from workflows.register import Change

Apply = Callable[..., list[Change]]


class Rehearsed(Exception):
    """What an apply would change; raised so that none of it is kept."""

    def __init__(self, changes: list[Change]) -> None:
        super().__init__()
        self.changes = changes


def difference(database: Database, trust: str, apply: Apply, *args: Any) -> list[Change]:
    """What an apply would change; nothing is changed yet."""
    try:
        database.run_now(trust, rehearse, apply, *args)
    except Rehearsed as shown:
        return shown.changes
    raise AssertionError("a rehearsal always ends in its difference")


def rehearse(unit: Unit, apply: Apply, *args: Any) -> None:
    raise Rehearsed(apply(unit, *args))


def agreed(lines: Sequence[str], *, yes: bool) -> int | None:
    """Show the lines and ask: none where it is to be done, else the exit code, 0 where there is nothing to do."""
    for line in lines:
        print(" ", line)
    if not lines:
        print("Nothing to change.")
        return 0
    if not yes and not typer.confirm("Apply this?"):
        print("Nothing was changed.")
        return 1
    return None


def in_words(ground: Ground, change: Change, says: dict[str, str]) -> str:
    """One line of a difference: in the command's own words where it has some, else in the catalogue's."""
    if change.name in says:
        return says[change.name].format(**change.values)
    return ground.rules.words.sentence(change.name, change.values)
