"""Sends letters to a bot over kept connections, so many in flight, and notes how long each answer took."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass
class Sent:
    """Letters answered: when each was sent and for how long it was waited for (seconds), and what came back."""

    at: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    elapsed: float = 0.0


async def send(port: int, letters: Sequence[bytes], in_flight: int) -> Sent:
    """All of them, never more than so many unanswered at once."""
    sent = Sent([0.0] * len(letters), [0.0] * len(letters), [(0, b"")] * len(letters))
    pile = iter(range(len(letters)))
    lines = [await asyncio.open_connection("127.0.0.1", port, limit=2**20) for _ in range(in_flight)]
    began = time.monotonic()
    await asyncio.gather(*(one_after_another(line, letters, pile, sent) for line in lines))
    sent.elapsed = time.monotonic() - began
    for _, writer in lines:
        writer.close()
    return sent


async def one_after_another(
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter], letters: Sequence[bytes], pile: Iterator[int], sent: Sent
) -> None:
    reader, writer = line
    for index in pile:
        began = time.monotonic()
        writer.write(letters[index])
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        body = await reader.readexactly(length)
        sent.at[index], sent.took[index] = began, time.monotonic() - began
        sent.answers[index] = int(head[9:12]), body
