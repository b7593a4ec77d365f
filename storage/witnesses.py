"""Compares a ledger with the checkpoints that were kept elsewhere: does it still hold all that they have seen?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from storage.checkpoints import Checkpoint, NotACheckpoint, origin_of, read, verifier_key
from storage.ledger import ENTRIES, read_head
from storage.merkle import Head
from storage.unit import Unit

SUFFIX = ".checkpoint"
VERIFIER = "ledger.vkey"
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest checkpoint that is this ledger's, where it lay, and how many of its entries are missing now."""

    file: Path
    text: str
    vkey: str
    checkpoint: Checkpoint
    missing: int


def newest(unit: Unit, files: Iterable[Path]) -> Seen | None:
    """Of checkpoint files and folders of them; one that no known key signed is passed over."""
    own = verifier_key(unit)
    found: list[Seen] = []
    size = read_head(unit._connection, unit._trust).size
    for file in sorted(spread(files)):
        # A database that was rolled back far enough has another key, or none: the one beside the checkpoint counts.
        beside = file.with_name(VERIFIER)
        kept = beside.read_text(encoding="utf-8").strip() if beside.is_file() else None
        text = file.read_text(encoding="utf-8", errors="replace")
        for vkey in filter(None, (kept, own)):
            if checkpoint := accepted(text, vkey, origin_of(unit._trust)):
                found.append(Seen(file, text, vkey, checkpoint, max(0, checkpoint.size - size)))
                break
    return max(found, key=lambda seen: seen.checkpoint.size, default=None)


def grew_from(unit: Unit, seen: Seen) -> bool:
    """Whether the ledger's first entries are the very ones that the checkpoint covered."""
    head = Head()
    first = ENTRIES.c.trust == unit._trust, ENTRIES.c.position < seen.checkpoint.size
    leaves = select(ENTRIES.c.leaf).where(*first).order_by(ENTRIES.c.position)
    for leaf in unit._connection.execution_options(yield_per=AT_ONCE).execute(leaves).scalars():
        head = head.grown_by(leaf)
    return (head.size, head.root()) == (seen.checkpoint.size, seen.checkpoint.root)


def spread(files: Iterable[Path]) -> Iterator[Path]:
    """A folder that does not answer holds nothing: it may be on another machine."""
    for file in files:
        yield from file.glob(f"*{SUFFIX}") if file.is_dir() else filter(Path.is_file, (file,))


def accepted(text: str, vkey: str, origin: str) -> Checkpoint | None:
    try:
        checkpoint = read(text, vkey)
    except NotACheckpoint:
        return None
    return checkpoint if checkpoint.origin == origin else None
