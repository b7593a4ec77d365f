"""What every platform's sender can do, and how it says that somebody could not be reached."""

from dataclasses import dataclass
from typing import Protocol

from templates.shapes import Card


@dataclass(frozen=True)
class Posted:
    """Where a message lies on its platform, so that it can be edited in place."""

    channel: str
    stamp: str


class Unreachable(Exception):
    """The platform did not take the message.

    ``gone`` says that this address will never work again; ``barred`` that the platform knows *us* no more;
    ``tried`` is false where it was not even asked, because it wants to be left alone just now.
    """

    def __init__(
        self, retry_after: float | None = None, *, gone: bool = False, barred: bool = False, tried: bool = True
    ) -> None:
        super().__init__("gone" if gone else "not now")
        self.retry_after = retry_after
        self.gone, self.barred, self.tried = gone, barred, tried


class Sender(Protocol):
    """The one contract that platforms share."""

    async def post(self, to: str, card: Card) -> Posted:
        """Say it; ``to`` is an address on this platform."""
        ...

    async def edit(self, where: Posted, card: Card) -> Posted:
        """Say it again in the same place; a card that the platform no longer has is posted again."""
        ...
