"""Signed checkpoints: how large a ledger was and what its root, as a C2SP signed note that outlives us."""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from storage.events import Event
from storage.faults import Fault
from storage.merkle import Head
from storage.sealed import opened_field
from storage.unit import Unit

FIELD = "checkpoint.key"
ED25519 = b"\x01"


class NotACheckpoint(Fault):
    """This text is no checkpoint, or its signature is not this ledger's."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was signed: whose ledger, how many entries, and the root of their tree."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The three lines that are signed, as C2SP tlog-checkpoint has them."""
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n"


def make(unit: Unit, by: str) -> str:
    """Record that a checkpoint is made, and sign the tree that holds that record; returns the signed note."""
    key = _signing_key(unit) or _new_signing_key(unit)
    unit.record(Event.CHECKPOINT_MADE, "", by)
    return sign(key, origin_of(unit._trust), unit._head or Head())


def sign(key: Ed25519PrivateKey, origin: str, head: Head) -> str:
    body = Checkpoint(origin, head.size, head.root()).body()
    public = key.public_key()
    signature = _b64(_key_id(origin, public) + key.sign(body.encode()))
    return f"{body}\n— {origin} {signature}\n"


def read(text: str, vkey: str) -> Checkpoint:
    """The checkpoint that this text is, if the key signed it; other signatures are left unread.

    ``vkey`` is a verifier key as C2SP writes it.  Raises NotACheckpoint.
    """
    name, public = _public_key(vkey)
    try:
        body, signatures = text.replace("\r\n", "\n").split("\n\n", 1)
        origin, size, root, *_ = f"{body}\n".split("\n")
        signed = [line.split(" ")[2] for line in signatures.splitlines() if line.startswith(f"— {name} ")]
        ours = [base64.b64decode(signature, validate=True) for signature in signed]
        ours = [signature[4:] for signature in ours if signature[:4] == _key_id(name, public)]
        public.verify(ours[0], f"{body}\n".encode())
        read = Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
    except (ValueError, IndexError, binascii.Error, InvalidSignature):
        raise NotACheckpoint from None
    if origin != name or not body.startswith(read.body().rstrip("\n")):
        raise NotACheckpoint
    return read


def verifier_key(unit: Unit) -> str | None:
    """The public half, as C2SP writes it; to be kept with the checkpoints, away from the database."""
    key = _signing_key(unit)
    if key is None:
        return None
    origin, public = origin_of(unit._trust), key.public_key()
    return f"{origin}+{_key_id(origin, public).hex()}+{_b64(ED25519 + public.public_bytes_raw())}"


def origin_of(trust: str) -> str:
    return f"lanyard/{quote(trust, safe='')}"


def _signing_key(unit: Unit) -> Ed25519PrivateKey | None:
    seed = opened_field(unit, unit._trust, FIELD)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)) if seed else None


def _new_signing_key(unit: Unit) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    unit.seal(unit._trust, FIELD, key.private_bytes_raw().hex())
    return key


def _public_key(vkey: str) -> tuple[str, Ed25519PublicKey]:
    try:
        name, _, encoded = vkey.strip().split("+", 2)
        key = base64.b64decode(encoded, validate=True)
        if key[:1] != ED25519:
            raise NotACheckpoint
        return name, Ed25519PublicKey.from_public_bytes(key[1:])
    except ValueError:
        raise NotACheckpoint from None


def _key_id(name: str, public: Ed25519PublicKey) -> bytes:
    return sha256(name.encode() + b"\n" + ED25519 + public.public_bytes_raw()).digest()[:4]


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()
