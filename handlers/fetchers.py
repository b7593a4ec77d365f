"""What every platform's fetcher of evidence can do, and how it says that a file cannot be had."""

from dataclasses import dataclass
from typing import Literal, Protocol

from handlers.kinds import PICTURES, kind_of

# Larger files are not taken; a screenshot is a tenth of it.
LARGEST = 10_000_000

# gone: deleted; barred: not ours to read; place: kept where we do not go; kind: not a picture we can show.
Reason = Literal["gone", "barred", "place", "size", "kind", "later"]


@dataclass(frozen=True, repr=False)
class Fetched:
    """The bytes as they came, and what they are by their own content."""

    content: bytes
    media: str


class Unfetched(Exception):
    """The file did not come; ``final`` says that asking again will not help."""

    def __init__(self, reason: Reason, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.final = reason != "later"


class Fetcher(Protocol):
    """Gets the bytes of a file that somebody added to a report."""

    async def fetch(self, file: str) -> Fetched:
        """Raises Unfetched; ``file`` is the platform's id."""
        ...


def refusal(status: int) -> Reason:
    """What an answer without the file means."""
    if status in (404, 410):
        return "gone"
    # Whoever may not read a file is sent to a login page.
    return "barred" if status in (401, 403) or 300 <= status < 400 else "later"


def media(content: bytes) -> str:
    """What the bytes are; their name and the sender's word count for nothing."""
    if content[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise Unfetched("barred")
    kind = kind_of(content)
    if kind not in PICTURES:
        raise Unfetched("kind")
    return kind
