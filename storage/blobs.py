"""Keeps sealed bytes too large for a row: written once, whole on disk before anybody is told so."""

import os
import re
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from storage.durable import sync_folder
from storage.faults import Fault, Missing

NAME = re.compile(r"[0-9a-zA-Z_-]{1,64}")
UNFINISHED = ".part"


class AlreadyKept(Fault):
    """A blob of this id is kept already; a blob is never replaced."""


class Blobs:
    """A folder of sealed blobs, each named by the id of its row."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder.parent)

    def put(self, id: str, sealed: bytes) -> None:
        """Durable when this returns; nobody ever sees half a blob, or another in its place."""
        growing = self.begin(id)
        try:
            growing.write(sealed)
            growing.keep()
        finally:
            growing.drop()

    def begin(self, id: str) -> "Growing":
        """A blob that comes piece by piece."""
        return Growing(self._place(id))

    def get(self, id: str) -> bytes:
        """The sealed bytes.  Raises Missing."""
        try:
            return self._place(id).read_bytes()
        except FileNotFoundError:
            raise Missing("blob") from None

    def sweep(self, known: Collection[str], older_than: float) -> list[str]:
        """Remove what no row speaks of, and say what that was.

        ``older_than`` is a moment in seconds since 1970: what is younger may have its row on its way.
        """
        orphans = [
            path for path in self._folder.iterdir() if path.name not in known and path.stat().st_mtime < older_than
        ]
        for path in orphans:
            path.unlink(missing_ok=True)
        sync_folder(self._folder)
        return sorted(path.name for path in orphans)

    def _place(self, id: str) -> Path:
        if not NAME.fullmatch(id):
            raise Missing("blob")
        return self._folder / id


class Growing:
    """A blob on its way in: nobody sees it until it is kept, and nothing stays of one that is dropped."""

    def __init__(self, place: Path) -> None:
        self._place, self._part = place, place.with_suffix(UNFINISHED)
        self._part.unlink(missing_ok=True)  # left by a crash; only one hand puts one id
        self._file = os.fdopen(os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def write(self, sealed: bytes) -> None:
        self._file.write(sealed)

    def keep(self) -> None:
        """Durable when this returns.  Raises AlreadyKept."""
        with self._file as file:
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(self._part, self._place)
        except FileExistsError:
            raise AlreadyKept from None
        finally:
            self._part.unlink()
        sync_folder(self._place.parent)

    def drop(self) -> None:
        """Leave nothing half done; what was kept stays."""
        with suppress(OSError):  # a full disk, which has been said already
            self._file.close()
        self._part.unlink(missing_ok=True)
