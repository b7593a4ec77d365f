"""The few Block Kit elements we use, each within Slack's limits, none of which parses what people wrote."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from templates.edges import REST

Block = dict[str, Any]

# The most characters that Slack takes in one text.
SECTION, FIELD, SMALL = 3000, 2000, 2000
# A whole view may have 100 blocks and 250 kB.
VIEW_BLOCKS, MESSAGE_BLOCKS, VIEW_OCTETS = 100, 50, 200_000


class TooLong(ValueError):
    """Words of ours that Slack would refuse: a mistake in templates/, which the tests find."""

    def __init__(self, most: int) -> None:
        super().__init__(f"longer than {most} characters")


def plain(text: str, most: int = SECTION) -> Block:
    """Words of ours, which must fit."""
    if not 0 < len(text) <= most:
        raise TooLong(most)
    return {"type": "plain_text", "text": text, "emoji": False}


def cut(text: str, most: int) -> Block:
    """A line that may carry somebody's name, shortened where it does not fit."""
    return plain(text if len(text) <= most else text[: most - 1] + "…", most)


def sections(text: str) -> list[Block]:
    """A paragraph, in as many sections as it needs."""
    return [{"type": "section", "text": plain(piece)} for piece in pieces(text, SECTION)]


def header(text: str) -> Block:
    return {"type": "header", "text": cut(text, 150)}


def columns(pairs: Sequence[tuple[str, str]]) -> list[Block]:
    """Labels and numbers side by side."""
    fields = [cut(f"{label}\n{number}", FIELD) for label, number in pairs]
    return [{"type": "section", "fields": each} for each in batches(fields, 10)]


def context(lines: Iterable[str]) -> list[Block]:
    """Small print."""
    elements = [plain(piece, SMALL) for line in lines for piece in pieces(line, SMALL)]
    return [{"type": "context", "elements": each} for each in batches(elements, 10)]


def rich(*elements: Block) -> Block:
    """Rich text shows exactly what was typed: no mention, link or format can hide in it."""
    return {"type": "rich_text", "elements": list(elements)}


def line(*elements: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(elements)}


def lines(each: Sequence[Sequence[Block]]) -> list[Block]:
    """One under another within one section: sections beside each other may or may not break the line."""
    first, *rest = each
    return [*first, *(element for line in rest for element in (words("\n"), *line))]


def quoted(text: str) -> Block:
    return {"type": "rich_text_quote", "elements": [words(text)]}


def words(text: str) -> Block:
    return {"type": "text", "text": text}


def bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def pieces(text: str, most: int) -> list[str]:
    """The text in parts that fit, broken at a space where there is one."""
    parts = []
    while len(text) > most:
        at = text.rfind(" ", most // 2, most) + 1 or most
        parts.append(text[:at])
        text = text[at:]
    return [*parts, text] if text else parts


def batches(items: Sequence[Block], most: int) -> list[list[Block]]:
    return [list(items[at : at + most]) for at in range(0, len(items), most)]


def fitted(blocks: Sequence[Block], most: int) -> list[Block]:
    """As many blocks as the window holds, and a sentence that says where the rest is."""
    taken: list[Block] = []
    octets = 0
    for block in blocks:
        octets += len(json.dumps(block))
        if octets > VIEW_OCTETS or (len(taken) == most - 1 and len(blocks) > most):
            return [*taken, *sections(REST.format(count=len(blocks) - len(taken)))]
        taken.append(block)
    return taken
