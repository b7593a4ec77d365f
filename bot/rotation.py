"""`lanyard rotate`: a new key seals from now on, and everything the old one opened is wrapped under it."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bot.clock import machine
from bot.ground import open_database
from bot.settings import Settings
from storage.database import Database
from storage.faults import Busy, Uncertain
from storage.rewrapping import Step, older_some, rewrap_some
from storage.vault import add_key, read_keys, write_keys

# A report that was begun under the old key is long over by then.
SETTLED = 60.0
TRIES = 20

NEXT = """Now, in this order:
  1. copy {file} to where you keep its copy, and print the recovery sheet again;
  2. restart the bot (it has taken the new key up already; this proves that it can read the file);
  3. after a minute run: lanyard rotate --finish"""
OLD_BACKUPS = """The old key is out of {file}. Backups made before today open with the old key only:
keep your earlier copy of it with them until the last of them is thrown away."""


def rotate(settings: Settings, file: Path | None, *, finish: bool) -> int:
    """0 when done, 1 when something is left to do, 2 when nothing was begun."""
    if file and file.resolve() != settings.key_file.resolve():
        print(f"{file} is not the key file that LANYARD_KEY_FILE names; nothing was changed.", file=sys.stderr)
        return 2
    keys = read_keys(settings.key_file)
    if finish:
        return leave_the_old_behind(settings, keys)
    if len(keys) > 1:
        print("A rotation was begun before: going on with it.")
    else:
        add_key(settings.key_file)
    database = open_database(settings, machine)
    try:
        done, closed = wrapped_anew(database)
    except (Busy, Uncertain):
        print("The database is too busy. Nothing is lost: run this again to go on.", file=sys.stderr)
        return 1
    finally:
        database.close()
    print(f"{done} keys were wrapped anew.")
    if closed:
        print(f"{closed} open with no key in {settings.key_file}: was a key lost earlier?", file=sys.stderr)
        return 1
    print(NEXT.format(file=settings.key_file))
    return 0


def leave_the_old_behind(settings: Settings, keys: list[str]) -> int:
    """Refused while any row, or any report on its way, could still need an older key."""
    if len(keys) == 1:
        print("There is one key only: nothing to finish.")
        return 0
    if machine().timestamp() - settings.key_file.stat().st_mtime < SETTLED:
        print("The new key is less than a minute old: a report may be on its way. Try again soon.", file=sys.stderr)
        return 2
    database = open_database(settings, machine)
    try:
        left = sum(step.done for step in walked(database, writing=False))
    finally:
        database.close()
    if left:
        print(f"{left} keys still need the old one. Run lanyard rotate first; nothing was removed.", file=sys.stderr)
        return 1
    write_keys(settings.key_file, keys[:1])
    print(OLD_BACKUPS.format(file=settings.key_file))
    return 0


def wrapped_anew(database: Database) -> tuple[int, int]:
    steps = list(walked(database, writing=True))
    return sum(step.done for step in steps), sum(step.closed for step in steps)


def walked(database: Database, *, writing: bool) -> Iterator[Step]:
    """From the first key to the last; what is added behind us is wrapped under the newest already."""
    last, more = "", True
    while more:
        step = tried(database, last) if writing else database.look_now("", older_some, last)
        yield step
        last, more = step.last, bool(step.last)


def tried(database: Database, last: str) -> Step:
    """People's reports go first: a busy database is asked again a little later."""
    for _ in range(TRIES):
        try:
            return database.run_now("", rewrap_some, last)
        except (Busy, Uncertain):
            time.sleep(0.5)
    return database.run_now("", rewrap_some, last)
