"""Puts a file on disk so that it is there whole or not at all, whenever the power goes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def appearing(place: Path) -> Iterator[BinaryIO]:
    """A file that only its owner can read, written aside and put in its place once it is safe on disk."""
    part = place.with_name(f".{place.name}.part")
    part.unlink(missing_ok=True)  # left by a crash
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
        sync_folder(place.parent)
    finally:
        part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """A new name is only safe once its folder is; Windows cannot, and is for the demo alone."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
