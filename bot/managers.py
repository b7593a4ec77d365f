"""Reads who manages whom from a spreadsheet saved as CSV, shows what that changes, and changes it."""

import asyncio
import codecs
import csv
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.chats import accounts_in_chat
from bot.ground import Ground, errand
from bot.register import ADDRESS, WrongFile
from bot.rehearsal import agreed, difference, in_words
from bot.settings import Settings
from handlers.senders import Unreachable
from workflows import managers
from workflows.managers import Managed

COLUMNS = ("email", "manager_email")
LARGEST = 5_000_000
TANGLES = {
    "self": "this is one person under two addresses; nobody is their own manager",
    "twice": "the same person stands on an earlier line under another address, with another manager",
}
SAYS = {
    "new": "{who}: new, known by e-mail until they speak",
    "managed": "{who}: managed by {manager}",
    "unmanaged": "{who}: no line manager any more",
    "invited": "{who}: has no chat account, so is invited by e-mail to choose a passphrase",
}


def apply_managers(settings: Settings, file: Path, *, yes: bool) -> int:
    """Show what the file changes and change it; 0 when it was done, 1 when not wanted, 2 when it cannot be."""
    try:
        lines = read_managers(file)
        with errand(settings) as ground:
            return applied(ground, file, lines, yes=yes)
    except WrongFile as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except (Unreachable, OSError):
        print("The chat could not be asked; nothing was changed. Try again in a while.", file=sys.stderr)
        return 2


def applied(ground: Ground, file: Path, lines: Sequence[Managed], *, yes: bool) -> int:
    database, trust = ground.database, ground.trust
    if tangles := database.look_now(trust, managers.tangled, lines):
        raise WrongFile("\n".join(f"{file.name}, line {line}: {TANGLES[kind]}." for line, kind in tangles.items()))
    unmet = database.look_now(trust, managers.unmet, lines)
    accounts = asyncio.run(accounts_in_chat(ground.settings, unmet))
    changes = difference(database, trust, managers.apply, ground.rules, lines, accounts)
    code = agreed([in_words(ground, change, SAYS) for change in changes], yes=yes)
    if code is not None:
        return code
    database.run_now(trust, managers.apply, ground.rules, lines, accounts)
    print(f"{sum(change.name in ('managed', 'unmanaged') for change in changes)} line managers changed.")
    return 0


def read_managers(file: Path) -> tuple[Managed, ...]:
    """The file's lines.  Raises WrongFile, with every problem in words and by its line."""
    problems: list[str] = []
    found = tuple(managed_in(text_of(file), problems))
    if problems:
        raise WrongFile("\n".join(f"{file.name}, {problem}" for problem in problems))
    return found


def text_of(file: Path) -> str:
    """What stands in it, whichever way a spreadsheet wrote it."""
    with file.open("rb") as opened:
        raw = opened.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise WrongFile(f"{file.name}: over {LARGEST:,} bytes; that is no list of staff.")
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    # Excel's plain "CSV" is in Windows' own alphabet.
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise WrongFile(f"{file.name}: this is not text; save the sheet as CSV.")


def managed_in(text: str, problems: list[str]) -> Iterator[Managed]:
    columns: list[int] = []
    seen: dict[str, Managed] = {}
    try:
        for at, cells in rows(text):
            if not columns:
                columns = placed(at, cells)
                continue
            person, manager = (cells[column].lower() if column < len(cells) else "" for column in columns)
            if problem := wrong(Managed(at, person, manager), seen):
                problems.append(f"line {at}: {problem}.")
            elif person not in seen:
                seen[person] = Managed(at, person, manager)
                yield seen[person]
        if not columns:
            placed(1, ())
    except WrongFile as error:
        problems.append(str(error))


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with the line it begins on."""
    lines = text.split("\n")
    # Excel's own note to itself about what stands between the columns.
    at = 1 if lines[0].strip().strip('"').casefold().startswith("sep=") else 0
    between = max(",;\t", key="".join(lines[at : at + 1]).count)
    reader, before = csv.reader(lines[at:], delimiter=between, strict=True), at
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield before + 1, cells
            before = at + reader.line_num
    except csv.Error as error:
        raise WrongFile(f"line {before + 1}: this cannot be read as CSV: {error}.") from None


def placed(at: int, header: Sequence[str]) -> list[int]:
    """Where the two columns stand."""
    names = [re.sub(r"[ -]+", "_", cell.casefold()) for cell in header]
    for column in COLUMNS:
        if names.count(column) != 1:
            raise WrongFile(f"line {at}: the first line must name the columns, each once: {','.join(COLUMNS)}.")
    return [names.index(column) for column in COLUMNS]


def wrong(line: Managed, seen: dict[str, Managed]) -> str:
    """What is wrong with one line, if anything."""
    for what, address in (("email", line.email), ("manager_email", line.manager)):
        if not address and what == "manager_email":
            continue
        if not ADDRESS.fullmatch(address) or not address.isprintable():
            return f"{what} is not one e-mail address: {address[:60]!a}" if address else f"{what} is empty"
    if line.email == line.manager:
        return f"{line.email} is given as their own manager"
    earlier = seen.get(line.email)
    if earlier and earlier.manager != line.manager:
        return f"{line.email} has another manager on line {earlier.line}"
    return ""
