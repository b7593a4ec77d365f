"""Words that stand nowhere else in the world, one for each box that people fill in, and a nose for them anywhere."""

import base64
import re
import secrets
import string
import zlib
from collections.abc import Iterator
from pathlib import Path

LETTERS = string.ascii_lowercase
STREAM = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
AT_MOST = 4_000_000


class Canaries:
    """All share a beginning, so that one search finds every one of them; what follows tells which it was."""

    def __init__(self) -> None:
        self.mark = "".join(secrets.choice(LETTERS) for _ in range(10))
        self.boxes: dict[str, str] = {}
        plain = ".?".join(self.mark).encode()  # a byte between two letters: UTF-16, and what databases press together
        turned = b"|".join({re.escape(each) for each in encoded(self.mark)})
        self.clear = re.compile(b"(?is)" + plain)
        self.turned = re.compile(turned)
        self.whole = re.compile(self.mark + "[a-z]{8}", re.IGNORECASE)

    def new(self, box: str) -> str:
        word = self.mark + "".join(secrets.choice(LETTERS) for _ in range(8))
        self.boxes[word] = box
        return word.capitalize()

    def named_in(self, text: str) -> set[str]:
        """Which boxes' words stand in this text."""
        return {self.boxes.get(word.lower(), "cut short") for word in self.whole.findall(text)}

    def found_in(self, content: bytes | str) -> set[str]:
        """Which boxes' words stand in it, in the clear, in UTF-16, base64, hexadecimal, or compressed."""
        raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
        found = set(self.traces(raw))
        for piece in unpacked(raw):
            found |= {f"compressed: {each}" for each in self.traces(piece)}
        return found

    def traces(self, raw: bytes) -> Iterator[str]:
        for hit in self.clear.finditer(raw):
            near = raw[hit.start() : hit.start() + 60].replace(b"\0", b"").decode("latin-1")
            yield from self.named_in(near) or {"a piece of one"}
        if self.turned.search(raw):
            yield "in another coding"


def encoded(mark: str) -> Iterator[bytes]:
    """The mark in base64, at each of the three places where it can begin, and in hexadecimal."""
    for word in (mark, mark.capitalize()):
        for shift in range(3):
            told = base64.b64encode(b"\0" * shift + word.encode())
            yield told[4 if shift else 0 : -4]
        yield word.encode().hex().encode()


def unpacked(raw: bytes) -> Iterator[bytes]:
    """Whatever in it can be read as zlib or gzip."""
    rest = memoryview(raw)
    for start in STREAM.finditer(raw):
        reader = zlib.decompressobj(47)  # either of the two, by its first bytes
        try:
            yield reader.decompress(rest[start.start() : start.start() + AT_MOST], AT_MOST)
        except zlib.error:
            continue


def files_under(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_socket():
            yield file, file.read_bytes()
