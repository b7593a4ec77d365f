"""What the chats would send, written and signed before the clock starts: what is asked for, and what is answered."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from bench.load import Sent
from templates.shapes import Form
from workflows.people import Who

REFERENCE = re.compile(r"\b[A-Z0-9]{2}-[A-Z0-9]{3}\b")
START = {"about": "pupil_concern", "danger": "no"}
STORY = (
    "She stayed behind after maths and said that somebody she had met in a game asks her for pictures every "
    "evening, that he knows which school she goes to, and that she has not told anybody at home. She was calm at "
    "first and cried when I asked whether she felt safe now. I listened, wrote it down at once and promised nothing. "
)
REPORT = {
    "harmed_names": "Rosie Hartley",
    "what": STORY * 2,
    "words": "He says he knows where I go after school and that he will tell everyone if I stop.",
    "where": "A building game on her tablet, account brickfox_11",
    "date": "2026-11-17",
    "time": "15:20",
    "told": "Nobody yet",
    "opinion": "She has been tired and quiet for two weeks.",
}

# What the stand-in answers at an address of its own.
Ask = Callable[[str], Any]


class Step(Protocol):
    """One step of a form as the bot showed it, filled in once; each letter is the same but for its draft."""

    def letter(self, user: str, draft: str) -> bytes: ...


class Chat(Protocol):
    """One chat platform: how it knocks, and how to read what it is answered."""

    name: str
    floor: str  # the module that is the floor
    way: str  # what is called the way from the command to the form
    # Staff without a role, who report in turn.
    reporters: Sequence[str]

    def settings(self, url: str) -> Mapping[str, str]:
        """The lines that connect the bot to a stand-in there."""
        ...

    def somebody(self) -> Who:
        """A reporter, as the platform's people are known."""
        ...

    def drawn(self, form: Form) -> Mapping[str, Any]:
        """A form, as it is shown there."""
        ...

    def commands(self, ask: Ask, number: int) -> list[bytes]:
        """So many people ask for the form."""
        ...

    def opened(self, ask: Ask, sent: Sent) -> tuple[list[float], Mapping[str, Any]]:
        """For how many seconds each of them waited for it, and what it looked like to the last of them."""
        ...

    def step(self, ask: Ask, shown: Mapping[str, Any], answers: Mapping[str, str]) -> Step:
        """A shown form, filled in."""
        ...

    def turned(self, body: bytes) -> bool:
        """Whether an answer says that something is to be sent again."""
        ...


def token() -> str:
    """A draft's, as the bot makes them."""
    return secrets.token_hex(16)


def request(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The whole HTTP request."""
    lines = (f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {path} HTTP/1.1\r\nHost: bot\r\n{''.join(lines)}Content-Length: {len(body)}\r\n\r\n".encode() + body
