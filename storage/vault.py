"""Seals words: every case, draft and trust has a data key of its own, wrapped by the key file's."""

import json
import os
import secrets
import stat
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.faults import Unopenable

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

    def __init__(self, key_encryption_keys: list[str]) -> None:
        """The first key wraps; the others still unwrap, until everything has been wrapped anew."""
        self._wrapping = MultiFernet([Fernet(key) for key in key_encryption_keys])
        self._unwrapped: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def from_key_file(cls, path: Path) -> Self:
        """Read the key file, which nobody but its owner may be able to read."""
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise PermissionError("The key file must be readable by its owner alone (chmod 600).")
        return cls(path.read_text("ascii").split())

    def new_key(self) -> bytes:
        return AESGCM.generate_key(256)

    def wrap(self, key: bytes) -> bytes:
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
            raise Unopenable("The key file does not fit this database.") from None
        self._remember(wrapped, key)
        return key

    def rewrap(self, wrapped: bytes) -> bytes:
        """The same data key under the newest key of the key file."""
        return self._wrapping.rotate(wrapped)

    def forget(self, wrapped: bytes) -> None:
        with self._lock:
            self._unwrapped.pop(wrapped, None)

    def seal(self, key: bytes, place: Place, text: bytes) -> bytes:
        nonce = secrets.token_bytes(12)
        return bytes([VERSION]) + nonce + AESGCM(key).encrypt(nonce, text, _bound_to(place))

    def open(self, key: bytes, place: Place, sealed: bytes) -> bytes:
        if sealed[:1] != bytes([VERSION]):
            raise Unopenable
        try:
            return AESGCM(key).decrypt(sealed[1:13], sealed[13:], _bound_to(place))
        except (InvalidTag, ValueError):
            raise Unopenable from None

    def _remember(self, wrapped: bytes, key: bytes) -> None:
        with self._lock:
            self._unwrapped[wrapped] = key
            while len(self._unwrapped) > KEPT_UNWRAPPED:
                self._unwrapped.popitem(last=False)


def create_key_file(path: Path) -> None:
    """Make a key file that is whole on disk before anything depends on it; never over another."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(Fernet.generate_key() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _bound_to(place: Place) -> bytes:
    return json.dumps([VERSION, *place], separators=(",", ":")).encode()
