"""What every platform's sender can do, and how it says that somebody could not be reached."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from templates.shapes import Card


@dataclass(frozen=True)
class Posted:
    """Where a message lies on its platform, so that it can be edited in place."""

    channel: str
    stamp: str


@dataclass(frozen=True)
class Mark:
    """How a message is known again among others; the token says nothing to anybody, and is never a reference.

    ``since`` (UTC) is set where an earlier try may have been heard, then or later: a platform that can be asked whether
    the message stands already is asked, and where it says nothing clear the message is said again.
    """

    token: str
    since: datetime | None = None


@dataclass(frozen=True, repr=False)
class Drawn:
    """A picture of ours as PNG: its file's name, its title, and what it shows in words for whoever cannot see it."""

    name: str
    title: str
    alt: str
    content: bytes


class Exhibitor(Protocol):
    """What can show a picture in a conversation; not every platform does."""

    async def show(self, where: Posted, drawn: Drawn) -> None:
        """Post it in the same conversation.  Raises Unreachable."""
        ...


class Unreachable(Exception):
    """The platform did not take the message.

    ``gone`` says that this address will never work again; ``barred`` that the platform knows *us* no more;
    ``tried`` is false where it was not even asked, because it wants to be left alone just now;
    ``unsure`` says that the message may have been taken after all.
    """

    shut = False

    def __init__(
        self,
        retry_after: float | None = None,
        *,
        gone: bool = False,
        barred: bool = False,
        tried: bool = True,
        unsure: bool = False,
    ) -> None:
        super().__init__("gone" if gone else "not now")
        self.retry_after = retry_after
        self.gone, self.barred, self.tried, self.unsure = gone, barred, tried, unsure


class Shut(Unreachable):
    """Its owner took the bot out there, or blocked it, and may let it in again."""

    shut = True

    def __init__(self) -> None:
        super().__init__(gone=True)


class Sender(Protocol):
    """The one contract that platforms share.

    ``recalls`` says whether the platform can be asked what stands already; elsewhere messages go one at a time.
    """

    recalls: bool

    async def post(self, to: str, card: Card, mark: Mark) -> Posted:
        """Say it, unless it stands already; ``to`` is an address on this platform."""
        ...

    async def edit(self, where: Posted, card: Card, mark: Mark) -> Posted:
        """Say it again in the same place; a card that the platform no longer has is posted again."""
        ...
