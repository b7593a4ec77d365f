"""One picture as it comes in: sealed piece by piece on its way to the disk, where it never lies in the clear."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from handlers.fetchers import LARGEST
from handlers.kinds import ENOUGH, kind_of
from storage.blobs import Blobs, Growing
from storage.faults import Destroyed, NotSaved
from workflows.adding import Upload, in_order
from workflows.evidence import Came
from workflows.refusals import Refused

# The first line says what is told of the picture, so that it stands in no address and no header.
LINE = 8_192
# How long nothing may come before we stop waiting, and how long one picture may take, in seconds.
PATIENCE, LONGEST = 30.0, 600.0


class Unwanted(Exception):
    """A picture that does not come in; the status says why."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


@dataclass(frozen=True)
class Received:
    """A picture that is sealed and durable, and what was told of it."""

    told: Mapping[str, str]
    found: Came


async def answered(taken_in: Awaitable[None]) -> Response:
    """201 when what comes in is kept, or a status that the page has words for."""
    try:
        await taken_in
    except Unwanted as no:
        return ends(no.status)
    except ClientDisconnect:
        return ends(400)
    except Destroyed:
        return ends(403)
    except Refused as no:
        return ends(409 if no.message.name == "refusals.enough" else 403)
    return Response(status_code=201)


def ends(status: int) -> Response:
    """An answer that ends the line."""
    # What is still on its way is not read: the line is closed instead.
    return Response(status_code=status, headers={"Connection": "close"})


async def receive(request: Request, upload: Upload, blobs: Blobs, kind: Callable[[bytes], str] = kind_of) -> Received:
    """Read a line about the picture and then the picture.  Raises Unwanted, NotSaved, ClientDisconnect.

    ``kind`` says what the first bytes are, "" where that is not wanted.
    """
    if int(request.headers.get("content-length", "0")) > LINE + LARGEST:
        raise Unwanted(413)
    try:
        async with asyncio.timeout(LONGEST):
            pieces = arriving(request)
            told, begun = await about(pieces)
            return Received(told, await sealed(pieces, begun, (upload, kind), blobs))
    except TimeoutError:
        raise Unwanted(408) from None
    except OSError:
        raise NotSaved from None


async def arriving(request: Request) -> AsyncIterator[bytes]:
    stream = aiter(request.stream())
    while True:
        async with asyncio.timeout(PATIENCE):
            piece = await anext(stream, None)
        if piece is None:
            return
        yield piece


async def about(pieces: AsyncIterator[bytes]) -> tuple[Mapping[str, str], bytes]:
    """What the first line tells, and what of the picture came with it."""
    begun = b""
    async for piece in pieces:
        begun += piece
        if b"\n" in begun or len(begun) > LINE:
            break
    line, found, rest = begun.partition(b"\n")
    try:
        told = json.loads(line.decode("utf-8"))
    except ValueError:
        raise Unwanted(422) from None
    if not found or len(line) > LINE or not is_told(told):
        raise Unwanted(422)
    return {what: text.strip() for what, text in told.items()}, rest


def is_told(told: object) -> bool:
    return isinstance(told, dict) and all(isinstance(text, str) for text in told.values()) and in_order(told)


async def sealed(
    pieces: AsyncIterator[bytes], begun: bytes, wanted: tuple[Upload, Callable[[bytes], str]], blobs: Blobs
) -> Came:
    """The picture, durable when this returns; nothing of it is left where it was not wanted or broke off."""
    upload, kind = wanted
    async for piece in pieces:
        if len(begun) >= ENOUGH:
            begun += piece
            break
        begun += piece
    media = kind(begun[:ENOUGH])
    if not media:
        raise Unwanted(415)
    growing = await asyncio.to_thread(blobs.begin, upload.id)
    try:
        size, digest = await grow(growing, chained(begun, pieces), upload)
        await asyncio.to_thread(growing.keep)
    finally:
        await asyncio.to_thread(growing.drop)
    return Came(upload.id, media, size, digest)


async def chained(begun: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield begun
    async for piece in pieces:
        yield piece


async def grow(growing: Growing, pieces: AsyncIterator[bytes], upload: Upload) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    await asyncio.to_thread(growing.write, upload.sealing.head)
    async for piece in pieces:
        size += len(piece)
        if size > LARGEST:
            raise Unwanted(413)
        digest.update(piece)
        await asyncio.to_thread(growing.write, upload.sealing.add(piece))
    await asyncio.to_thread(growing.write, upload.sealing.end())
    return size, digest.hexdigest()
