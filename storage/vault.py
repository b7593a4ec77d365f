"""Seals words: every case, draft and trust has a data key of its own, wrapped by the key file's."""

import json
import logging
import os
import secrets
import stat
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.durable import appearing
from storage.faults import Unopenable
from storage.sealing import Sealing

log = logging.getLogger(__name__)

VERSION = 1
KEPT_UNWRAPPED = 512


class Place(NamedTuple):
    """Where a sealed value lies; it opens nowhere else."""

    trust: str
    table: str
    column: str
    row: str


class Vault:
    """Wraps data keys, and seals and opens under them."""

    def __init__(self, key_encryption_keys: Sequence[str], file: Path | None = None) -> None:
        """The first key wraps; the others still unwrap, until everything has been wrapped anew."""
        self._file, self._stamp = file, _stamp(file)
        self._newest = Fernet(key_encryption_keys[0])
        self._wrapping = MultiFernet([Fernet(key) for key in key_encryption_keys])
        self._unwrapped: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def from_key_file(cls, path: Path) -> Self:
        """Read the key file, which nobody but its owner may be able to read."""
        return cls(read_keys(path), path)

    def new_key(self) -> bytes:
        return AESGCM.generate_key(256)

    def wrap(self, key: bytes) -> bytes:
        """The data key as it may be kept, under the newest key of the key file."""
        """Under the newest key, also where the file was changed a moment ago: the older ones may soon be gone."""
        self._read_again()
        wrapped = self._wrapping.encrypt(key)
        self._remember(wrapped, key)
        return wrapped

    def unwrap(self, wrapped: bytes) -> bytes:
        """The data key; remembered by its wrapping, so a key that was destroyed cannot be found here."""
        with self._lock:
            if key := self._unwrapped.get(wrapped):
                self._unwrapped.move_to_end(wrapped)
                return key
        try:
            key = self._wrapping.decrypt(wrapped)
        except InvalidToken:
            if self._read_again():
                return self.unwrap(wrapped)
            raise Unopenable("The key file does not fit this database.") from None
        self._remember(wrapped, key)
        return key

    def needs_older(self, wrapped: bytes) -> bool:
        """Whether the newest key alone does not open it."""
        self._read_again()
        try:
            self._newest.decrypt(wrapped)
        except InvalidToken:
            return True
        return False

    def rewrap(self, wrapped: bytes) -> bytes:
        """The same data key under the newest key of the key file."""
        try:
            return self._wrapping.rotate(wrapped)
        except InvalidToken:
            raise Unopenable("The key file does not fit this database.") from None

    def forget(self, wrapped: bytes) -> None:
        """Keep no data key in memory that was destroyed on disk."""
        with self._lock:
            self._unwrapped.pop(wrapped, None)

    def seal(self, key: bytes, place: Place, text: bytes) -> bytes:
        """A version byte, a fresh nonce of 12 bytes, and the AES-256-GCM ciphertext bound to its place."""
        nonce = secrets.token_bytes(12)
        return bytes([VERSION]) + nonce + AESGCM(key).encrypt(nonce, text, _bound_to(place))

    def sealing(self, key: bytes, place: Place) -> Sealing:
        """The same for what is too large to hold, piece by piece."""
        return Sealing(VERSION, key, _bound_to(place))

    def open(self, key: bytes, place: Place, sealed: bytes) -> bytes:
        """What was sealed there.  Raises Unopenable."""
        if sealed[:1] != bytes([VERSION]):
            raise Unopenable
        try:
            return AESGCM(key).decrypt(sealed[1:13], sealed[13:], _bound_to(place))
        except (InvalidTag, ValueError):
            raise Unopenable from None

    def _read_again(self) -> bool:
        """Take up the key file if it has changed; while it cannot be read, what we know goes on serving."""
        stamp = _stamp(self._file)
        if self._file is None or stamp is None or stamp == self._stamp:
            return False
        try:
            keys = [Fernet(key) for key in read_keys(self._file)]
        except (OSError, ValueError) as fault:
            log.error("key file changed and cannot be used: %s", type(fault).__name__)  # noqa: TRY400 - names only
            return False
        self._newest, self._wrapping, self._stamp = keys[0], MultiFernet(keys), stamp
        return True

    def _remember(self, wrapped: bytes, key: bytes) -> None:
        with self._lock:
            self._unwrapped[wrapped] = key
            while len(self._unwrapped) > KEPT_UNWRAPPED:
                self._unwrapped.popitem(last=False)


def create_key_file(path: Path, keys: Sequence[str] = ()) -> None:
    """Make a key file, of a new key or of known ones, whole on disk before anything depends on it.

    Raises FileExistsError: it is never made over another.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(b"".join(key + b"\n" for key in [each.encode("ascii") for each in keys] or [Fernet.generate_key()]))
        file.flush()
        os.fsync(file.fileno())


def read_keys(path: Path) -> list[str]:
    """The newest first.  Nobody but the file's owner may be able to read it."""
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise PermissionError("The key file must be readable by its owner alone (chmod 600).")
    keys = path.read_text("ascii").split()
    if not keys:
        raise ValueError("There is no key in the key file.")
    return keys


def write_keys(path: Path, keys: Sequence[str]) -> None:
    """All of them or none, wherever a crash falls; the file's owner stays who it was."""
    owner = path.stat()
    with appearing(path.resolve()) as file:
        if os.name == "posix" and (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        file.write("".join(f"{key}\n" for key in keys).encode("ascii"))


def add_key(path: Path) -> None:
    """A new key before those that are there."""
    write_keys(path, [Fernet.generate_key().decode(), *read_keys(path)])


def _stamp(file: Path | None) -> tuple[int, int] | None:
    try:
        told = file.stat() if file else None
    except OSError:
        return None
    return (told.st_mtime_ns, told.st_ino) if told else None


def _bound_to(place: Place) -> bytes:
    return json.dumps([VERSION, *place], separators=(",", ":")).encode()
