"""A backup is one tar file, its list of contents last: a parcel that was cut short has none and is refused."""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from storage.durable import sync_folder
from storage.faults import Fault
from storage.witnesses import VERIFIER

LIST = "manifest.json"
DATABASE = "lanyard.db"
CHECKPOINT = "ledger.checkpoint"
EVIDENCE, POLICIES = "evidence", "policies"
# Nothing else comes out of a parcel: a name chosen by a stranger could write anywhere.
KNOWN = re.compile(rf"{DATABASE}|{CHECKPOINT}|{VERIFIER}|{EVIDENCE}/[0-9a-zA-Z_-]{{1,64}}|{POLICIES}/[0-9a-z_-]+\.toml")
FORM = 1
PIECE = 1 << 20


class Damaged(Fault):
    """This backup is not as it was written:"""


class Parcel:
    """Packs files one after another, and their sizes and hashes at the end."""

    def __init__(self, out: BinaryIO, made_at: float) -> None:
        self._tar = tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed by seal()
        self._made_at = made_at
        self._files: list[dict[str, str | int]] = []

    def put(self, name: str, file: Path) -> None:
        """Hashed as it is packed: what the list says is what lies in the tar, even of a failing disk."""
        with file.open("rb") as content:
            size = os.fstat(content.fileno()).st_size
            reading = Reading(content)
            self._tar.addfile(self._header(name, size), reading)
        self._files.append({"name": name, "size": size, "sha256": reading.sum.hexdigest()})

    def write(self, name: str, content: bytes) -> None:
        self._tar.addfile(self._header(name, len(content)), io.BytesIO(content))
        self._files.append({"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()})

    def seal(self, about: Mapping[str, str]) -> None:
        """The list, and the end."""
        content = json.dumps({"form": FORM, **about, "files": self._files}, indent=1).encode()
        self._tar.addfile(self._header(LIST, len(content)), io.BytesIO(content))
        self._tar.close()

    def _header(self, name: str, size: int) -> tarfile.TarInfo:
        header = tarfile.TarInfo(name)
        header.size, header.mode, header.mtime = size, 0o600, self._made_at
        return header


class Reading:
    """A file that remembers the hash of what was read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.sum = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.sum.update(piece)
        return piece


def unpack(file: Path, folder: Path) -> Mapping[str, Any]:
    """Everything in the parcel, safe on disk below the folder, and its list; Damaged where one byte differs."""
    found: dict[str, tuple[int, str]] = {}
    told: Any = None
    try:
        with tarfile.open(file, "r:") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isreg() else None
                if content is None or told is not None or member.name in found:
                    raise Damaged("it holds something that no backup holds.")
                if member.name == LIST:
                    told = json.loads(content.read(PIECE * 64))
                else:
                    found[member.name] = _take(member.name, content, folder)
    except (tarfile.TarError, ValueError, EOFError) as fault:
        raise Damaged("it cannot be read to its end.") from fault
    _compare(told, found)
    return dict(told)


def _take(name: str, content: Any, folder: Path) -> tuple[int, str]:
    if not KNOWN.fullmatch(name):
        raise Damaged("it holds something that no backup holds.")
    place, digest, size = folder / name, hashlib.sha256(), 0
    place.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while piece := content.read(PIECE):
            out.write(piece)
            digest.update(piece)
            size += len(piece)
        out.flush()
        os.fsync(out.fileno())
    sync_folder(place.parent)
    return size, digest.hexdigest()


def _compare(told: Any, found: Mapping[str, tuple[int, str]]) -> None:
    if not isinstance(told, dict) or told.get("form") != FORM:
        raise Damaged("its list of contents is missing; perhaps it was cut short.")
    listed = {each["name"]: (each["size"], each["sha256"]) for each in told["files"]}
    wrong = sorted(name for name in listed.keys() | found.keys() if listed.get(name) != found.get(name))
    if wrong:
        raise Damaged(f"{', '.join(wrong[:5])}{' and more' if len(wrong) > 5 else ''}.")
    if not {DATABASE, CHECKPOINT, VERIFIER} <= found.keys():
        raise Damaged("it holds no whole ledger.")
