"""What makes a passphrase good enough, and how it is turned into something that may be kept."""

import hashlib
import hmac
import secrets
import unicodedata

SHORTEST = 12
LONGEST = 200
TRIES = 5

_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 << 20}


def tidy(words: str) -> str:
    """The same words however a phone's keyboard spelt or spaced them."""
    return " ".join(unicodedata.normalize("NFKC", words).split())


def wrong_with(words: str, again: str) -> str:
    """The name of what stops these words from being a passphrase; empty when they will do."""
    words = tidy(words)
    if len(words) < SHORTEST:
        return "short"
    if len(words) > LONGEST:
        return "long"
    if _repeats(words.replace(" ", "").casefold()):
        return "repeated"
    return "" if words == tidy(again) else "differ"


def salt() -> bytes:
    """Sixteen fresh bytes."""
    return secrets.token_bytes(16)


def stretch(words: str, salt: bytes) -> bytes:
    """The scrypt hash: slow on purpose, so never called where others wait for it."""
    return hashlib.scrypt(tidy(words).encode(), salt=salt, dklen=32, **_COST)


def same(one: bytes, other: bytes) -> bool:
    """Whether two hashes are equal, found out in the same time whatever they are."""
    return hmac.compare_digest(one, other)


def _repeats(text: str) -> bool:
    """One character, or one short word, over and over ("abcabcabcabc")."""
    return any(text == (text[:size] * (len(text) // size + 1))[: len(text)] for size in range(1, len(text) // 2 + 1))
