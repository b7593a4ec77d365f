"""The key as it is kept on paper: rows of letters and digits that can be typed back, each with a check of its own."""

import base64
import hashlib

# Crockford's: no letter that looks like a digit, and none is lost by typing small letters.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
ALIKE = str.maketrans("OIL", "011", " -–—\t")
ROWS, OCTETS, CHECK = 4, 8, 2


class Mistyped(ValueError):
    """The row is not as it stands on the sheet: a letter, or its place, is wrong."""


def rows(key: str) -> list[str]:
    """Four rows of four groups of four: eight octets of the key, and two that tell a slip or a swapped row."""
    secret = base64.urlsafe_b64decode(key)
    pieces = (secret[start : start + OCTETS] for start in range(0, ROWS * OCTETS, OCTETS))
    return [grouped(written(piece + check(number, piece))) for number, piece in enumerate(pieces, 1)]


def row_read(text: str, number: int) -> bytes:
    """The octets of one row as somebody typed it, in small letters or capitals.  Raises Mistyped."""
    letters = text.upper().translate(ALIKE)
    if len(letters) != 16 or set(letters) - set(ALPHABET):
        raise Mistyped
    octets = base64.b32decode(letters.translate(str.maketrans(ALPHABET, PLAIN)))
    if octets[OCTETS:] != check(number, octets[:OCTETS]):
        raise Mistyped
    return octets[:OCTETS]


def same_row(typed: str, row: str) -> bool:
    """Whether what was typed is this row."""
    return typed.upper().translate(ALIKE) == row.translate(ALIKE)


def key_of(pieces: list[bytes]) -> str:
    """The key as it stands in a key file."""
    return base64.urlsafe_b64encode(b"".join(pieces)).decode("ascii")


def mark(key: str) -> str:
    """Four letters by which two copies of a key can be told apart; they open nothing."""
    return written(hashlib.sha256(b"lanyard key mark " + base64.urlsafe_b64decode(key)).digest()[:5])[:4]


def check(number: int, piece: bytes) -> bytes:
    return hashlib.sha256(b"lanyard key row %d " % number + piece).digest()[:CHECK]


def written(octets: bytes) -> str:
    return base64.b32encode(octets).decode("ascii").rstrip("=").translate(str.maketrans(PLAIN, ALPHABET))


def grouped(letters: str) -> str:
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))
