"""Screenshots for the demo, drawn in memory: real PNG files that say in themselves where they came from."""

from __future__ import annotations

import struct
import zlib

WIDE, HIGH = 360, 240


def screenshot(colour: tuple[int, int, int], hidden: str) -> bytes:
    """A picture of a chat's bubbles in one colour; ``hidden`` is where a camera would put its owner and place."""
    rows = b"".join(b"\0" + b"".join(bytes(dot(x, y, colour)) for x in range(WIDE)) for y in range(HIGH))
    header = struct.pack(">IIBBBBB", WIDE, HIGH, 8, 2, 0, 0, 0)
    parts = (
        chunk(b"IHDR", header),
        chunk(b"tEXt", b"Comment\0" + hidden.encode()),
        chunk(b"IDAT", zlib.compress(rows)),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


def dot(x: int, y: int, colour: tuple[int, int, int]) -> tuple[int, int, int]:
    left, line = x // 120, y % 60
    if y < 30:
        return (52, 58, 64)
    if 12 < line < 48 and (20 < x < 220 if (y // 60) % 2 else 140 < x < 340):
        return (255, 255, 255) if 24 < line < 30 and left != 2 and x % 7 else colour
    return (240, 240, 236)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
