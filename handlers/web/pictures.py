"""A screenshot as people may see it: never the original, always a rendition from a capped child process."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from handlers.web import rendition

PATIENCE = 8.0  # seconds until the child is stopped, whatever it is doing
AT_ONCE = 2
LARGEST = 64 << 20

_PROGRAM = Path(rendition.__file__)
_MEDIA = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class Unshowable(Exception):
    """These bytes are not a picture that can be shown safely."""


@dataclass(frozen=True)
class Rendition:
    """A clean picture: its bytes, and what kind they are."""

    media: str
    content: bytes


class Darkroom:
    """Renders pictures, a few at a time, each in a process that holds no secret and lives for seconds."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._room = asyncio.Semaphore(AT_ONCE)

    async def render(self, original: bytes) -> Rendition:
        """The rendition of one original; raises Unshowable."""
        if not 0 < len(original) <= LARGEST:
            raise Unshowable
        async with self._room:
            content = await self._develop(original)
        for start, media in _MEDIA.items():
            if content.startswith(start):
                return Rendition(media, content)
        raise Unshowable

    async def _develop(self, original: bytes) -> bytes:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(_PROGRAM),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            cwd="/",
        )
        try:
            content, _ = await asyncio.wait_for(child.communicate(original), self._patience)
        except TimeoutError:
            raise Unshowable from None
        finally:
            await _end(child)
        if child.returncode != 0:
            raise Unshowable
        return content


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        child.kill()
        await child.wait()
