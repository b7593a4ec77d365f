"""What lies behind the doors on our own pages: a link that opens, a passphrase that was tried, somebody signed in."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Doorway:
    """What lies behind a link that still opens: why it was given, and how its person may come in."""

    purpose: str
    has_passphrase: bool
    shut: bool


@dataclass(frozen=True)
class Answer:
    """What came of trying a passphrase; ``session`` is the cookie's value when it was right."""

    outcome: Literal["in", "wrong", "shut", "gone"]
    session: str = ""
    tries_left: int = 0


@dataclass(frozen=True)
class Visit:
    """Somebody signed in on our pages, for one case, or (``office``) for one appointment."""

    person: str
    case: str
    purpose: str = "case"
