"""Block Kit's blocks: which surface takes which, their limits, and what must be unique among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workspace.elements import ACCESSORY, ACTIONS, INPUT, PICTURE, element
from workspace.refusal import Json, SlackError
from workspace.shapes import (
    ANY_TEXT,
    ID,
    Check,
    Faults,
    Path,
    Shape,
    anything,
    composed,
    fault,
    fits,
    flag,
    many,
    number,
    one_of,
    size_of_words,
    text,
    words,
)

EVERYWHERE = frozenset({"message", "modal", "home"})
MESSAGE_ONLY = frozenset({"message"})
MOST = {"message": 50, "modal": 100, "home": 100}
MOST_WORDS = 13_200


def check_message(blocks: Any) -> None:
    """Refuse what Slack would refuse in a message."""
    faults = faults_in(blocks, "message")
    if faults:
        raise SlackError("invalid_blocks", faults)
    if size_of_words(blocks) > MOST_WORDS:
        raise SlackError("msg_blocks_too_long")


def faults_in(blocks: Any, surface: str, root: Path = ("blocks",)) -> Faults:
    """Everything wrong with the blocks of a message, modal or home."""
    faults: Faults = []
    if not isinstance(blocks, list):
        fault(faults, root, "must be an array")
        return faults
    if len(blocks) > MOST[surface]:
        fault(faults, root, f"no more than {MOST[surface]} items allowed")
        return faults
    for at, block in enumerate(blocks):
        check_block(block, surface, (*root, at), faults)
    if not faults:
        check_unique(blocks, root, faults)
    return faults


def check_block(block: Any, surface: str, path: Path, faults: Faults) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    known = BLOCKS.get(kind) if isinstance(kind, str) else None
    if known is None or surface not in known[0]:
        fault(faults, (*path, "type"), f"unsupported type: {kind}")
        return
    fits(block, known[1], path, faults)
    if kind == "section" and not block.get("text") and not block.get("fields"):
        fault(faults, path, "a section needs text or fields")
    if kind == "input" and surface != "modal" and element_type(block) == "file_input":
        fault(faults, (*path, "element"), "unsupported type: file_input")


def element_type(block: Json) -> str | None:
    held = block.get("element")
    return held.get("type") if isinstance(held, dict) else None


def check_unique(blocks: list[Json], root: Path, faults: Faults) -> None:
    """Block ids within the surface, action ids within their block, one first focus."""
    seen: set[str] = set()
    focused = 0
    for at, block in enumerate(blocks):
        name = block.get("block_id")
        if name and name in seen:
            fault(faults, (*root, at, "block_id"), f"`block_id` value of {name} is already in use")
        seen.add(name or "")
        held = list(elements_of(block))
        ids = [each["action_id"] for each in held if each.get("action_id")]
        if len(set(ids)) < len(ids):
            fault(faults, (*root, at), "`action_id` values must be unique within a block")
        focused += sum(1 for each in held if each.get("focus_on_load"))
    if focused > 1:
        fault(faults, root, "only one element can have focus_on_load")


def elements_of(block: Json) -> Iterator[Json]:
    """The elements of one block that a person can use."""
    if isinstance(block.get("element"), dict):
        yield block["element"]
    if isinstance(block.get("accessory"), dict):
        yield block["accessory"]
    if block["type"] == "actions":
        yield from block.get("elements", [])


def rich(value: Any, path: Path, faults: Faults) -> None:
    """One part of a rich_text block; lists and quotes hold sections of plain runs."""
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "rich_text_list":
        fits(value, RICH_LIST, path, faults)
    elif kind in {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}:
        fits(value, RICH_SECTION, path, faults)
    else:
        fault(faults, path, f"unsupported type: {kind}")


def run(value: Any, path: Path, faults: Faults) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in RUNS:
        fault(faults, path, f"unsupported type: {kind}")
    else:
        fits(value, RUNS[kind], path, faults)


STYLE = composed(dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))
RUNS: dict[str, Shape] = {
    "text": {"text!": words(40_000), "style": STYLE},
    "link": {"url!": words(3000), "text": words(40_000, 0), "unsafe": flag, "style": STYLE},
    "user": {"user_id!": words(255), "style": STYLE},
    "usergroup": {"usergroup_id!": words(255), "style": STYLE},
    "channel": {"channel_id!": words(255), "style": STYLE},
    "emoji": {"name!": words(255), "unicode": words(64), "style": STYLE},
    "broadcast": {"range!": one_of("here", "channel", "everyone")},
    "date": {
        "timestamp!": number(0, 99_999_999_999),
        "format!": words(255),
        "url": words(3000),
        "fallback": words(255),
    },
    "color": {"value!": words(16)},
}
RICH_SECTION: Shape = {"elements!": many(run, 1, 1000), "border": anything, "language": words(64)}
RICH_LIST: Shape = {
    "elements!": many(rich, 1, 1000),
    "style!": one_of("bullet", "ordered"),
    "indent": number(0, 8),
    "offset": number(0, 10_000),
    "border": anything,
}


def in_context(value: Any, path: Path, faults: Faults) -> None:
    if isinstance(value, dict) and value.get("type") == "image":
        PICTURE(value, path, faults)
    else:
        text(3000, *ANY_TEXT)(value, path, faults)


def block(shape: Shape) -> Shape:
    return {**shape, "block_id": ID}


PICTURE_BLOCK: dict[str, Check] = {
    "image_url": words(3000),
    "slack_file": anything,
    "alt_text!": words(2000),
    "title": text(2000),
}
BLOCKS: dict[str, tuple[frozenset[str], Shape]] = {
    "actions": (EVERYWHERE, block({"elements!": many(element(ACTIONS), 1, 25)})),
    "context": (EVERYWHERE, block({"elements!": many(in_context, 1, 10)})),
    "divider": (EVERYWHERE, block({})),
    "header": (EVERYWHERE, block({"text!": text(150)})),
    "image": (EVERYWHERE, block(PICTURE_BLOCK)),
    "input": (
        EVERYWHERE,
        block(
            {
                "label!": text(2000),
                "element!": element(INPUT),
                "hint": text(2000),
                "optional": flag,
                "dispatch_action": flag,
            }
        ),
    ),
    "markdown": (MESSAGE_ONLY, block({"text!": words(12_000)})),
    "rich_text": (EVERYWHERE, block({"elements!": many(rich, 1, 1000)})),
    "section": (
        EVERYWHERE,
        block(
            {
                "text": text(3000, *ANY_TEXT),
                "fields": many(text(2000, *ANY_TEXT), 1, 10),
                "accessory": element(ACCESSORY),
                "expand": flag,
            }
        ),
    ),
}
