"""The sealing key: made, printed as a recovery sheet, and brought back from that sheet."""

import sys
from collections.abc import Callable
from pathlib import Path

from bot.clock import machine
from storage import paper
from storage.durable import appearing
from storage.vault import create_key_file, read_keys
from templates.pages import page
from workflows.calendar import day_of
from workflows.times import spoken_day

THERE = "There is a file at {} already; {} is never written over."
SLIP = "Row {} is not right: please look at each group again. Nothing is lost."


def make(file: Path, keys: tuple[str, ...] = ()) -> None:
    """A new key file, with new or known keys.  Raises FileExistsError, in words."""
    try:
        create_key_file(file, keys)
    except FileExistsError:
        raise FileExistsError(THERE.format(file, "a key")) from None
    print(f"The key is in {file}. Print its recovery sheet: lanyard key {file} --sheet recovery-sheet.html")


def print_sheet(file: Path, page_file: Path, school: str) -> None:
    """The page to print; only its owner can read it.  Raises FileExistsError, in words."""
    if page_file.exists():
        raise FileExistsError(THERE.format(page_file, "a sheet"))
    text = sheet_of(file, school)
    with appearing(page_file) as out:
        out.write(text.encode())
    print(f"Print {page_file} twice, seal both copies, then delete the file: whoever has it has the key.")


def sheet_of(file: Path, school: str) -> str:
    """The recovery sheet as a page."""
    keys = [{"rows": paper.rows(each), "mark": paper.mark(each)} for each in read_keys(file)]
    day = spoken_day(day_of(machine()).isoformat())
    return page("sheet", {"school": school, "day": day, "keys": keys, "file": str(file)})


def bring_back(file: Path, ask: Callable[[str], str]) -> None:
    """The key file again, from what is typed off the sheet."""
    if file.exists():
        raise FileExistsError(THERE.format(file, "a key"))
    keys = [typed(ask)]
    while ask("Is there another key on the sheet? y or n: ").strip().lower().startswith("y"):
        keys.append(typed(ask))
    make(file, tuple(keys))
    print(f"Its mark is {', '.join(map(paper.mark, keys))}; the sheet must say the same.")


def is_its_sheet(file: Path, ask: Callable[[str], str]) -> bool:
    """Whether a sheet, typed in, brings back the newest key of this file."""
    same = typed(ask) == read_keys(file)[0]
    print("The sheet is right: it brings this key back." if same else "The sheet is another key's. Print a new one.")
    return same


def typed(ask: Callable[[str], str]) -> str:
    """A key, row by row; a slip is said at once and that row asked for again."""
    pieces: list[bytes] = []
    while len(pieces) < paper.ROWS:
        number = len(pieces) + 1
        try:
            pieces.append(paper.row_read(ask(f"Row {number}: "), number))
        except paper.Mistyped:
            print(SLIP.format(number), file=sys.stderr)
    return paper.key_of(pieces)
