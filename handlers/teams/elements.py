"""The few Adaptive Card elements we use, none of which parses what people wrote."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

Block = dict[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
KIND = "AdaptiveCard"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
# Teams takes no card of more than 28 kB; what goes around one counts too.
OCTETS = 26_000
# Of a row of buttons Teams shows so many; the others it hides.
ROW = 5


def adaptive(body: Sequence[Block], actions: Sequence[Block] = ()) -> Block:
    """A whole card."""
    card: Block = {"type": KIND, "$schema": SCHEMA, "version": "1.5", "body": list(body)}
    return card | {"actions": list(actions)} if actions else card


def words(text: str, **look: Any) -> Block:
    """Rich text shows exactly what was typed: a text block would read it as Markdown."""
    return {"type": "TextRun", "text": text, **look}


def rich(*runs: Block, **place: Any) -> Block:
    return {"type": "RichTextBlock", "inlines": list(runs), **place}


def title(text: str) -> Block:
    return rich(words(text, weight="Bolder", size="Large"))


def paragraphs(text: str, **look: Any) -> list[Block]:
    """A line each, for a run of text keeps no line breaks."""
    lines = [line for line in text.splitlines() if line.strip()]
    return [rich(words(line, **look), **({} if not at else {"spacing": "Small"})) for at, line in enumerate(lines)]


def small(lines: Iterable[str]) -> list[Block]:
    return [block for line in lines for block in paragraphs(line, size="Small", isSubtle=True)]


def pairs(told: Iterable[tuple[str, str]], between: str = " ") -> list[Block]:
    """Short facts, a line each; ``between`` stands between the words of a value."""
    shown = [(label, flat(value, between)) for label, value in told if value]
    # A question carries its own mark.
    return [
        rich(words(f"{label} " if label.endswith("?") else f"{label}: ", weight="Bolder"), words(value), **near)
        for at, (label, value) in enumerate(shown)
        for near in [{"spacing": "Small"} if at else {}]
    ]


def phones(told: Iterable[tuple[str, str]]) -> list[Block]:
    """Whom to phone, set apart; a number stays on one line, however narrow the card."""
    return container(pairs(told, "\N{NO-BREAK SPACE}"), "emphasis")


def flat(text: str, between: str) -> str:
    return between.join(text.split()) or "–"


def container(items: Sequence[Block], style: str = "") -> list[Block]:
    """Parts that belong together; nothing where there are none."""
    look = {"style": style} if style else {}
    return [{"type": "Container", "items": list(items), **look}] if items else []


def rows(actions: Sequence[Block]) -> list[Block]:
    return [{"type": "ActionSet", "actions": list(actions[at : at + ROW])} for at in range(0, len(actions), ROW)]


def octets(shown: object) -> int:
    """How much room something takes on its way."""
    return len(json.dumps(shown, ensure_ascii=False).encode("utf-8", "replace"))


def pieces(text: str, most: int) -> list[str]:
    """The text in parts of so many octets at most, broken at a space where there is one."""
    parts = []
    while octets(text) > most:
        at = max(1, most * len(text) // octets(text))
        while octets(text[:at]) > most:
            at = at * 9 // 10
        at = text.rfind(" ", at // 2, at) + 1 or at
        parts.append(text[:at])
        text = text[at:]
    return [*parts, text] if text else parts
