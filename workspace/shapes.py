"""The small checks that Block Kit limits are made of; each walks its value once and notes what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from workspace.refusal import Json

Path = tuple[str | int, ...]
Faults = list[str]
Check = Callable[[Any, Path, Faults], None]
Shape = Mapping[str, Check]


def fault(faults: Faults, path: Path, why: str) -> None:
    faults.append(f"[ERROR] {why} [json-pointer:/{'/'.join(map(str, path))}]")


def fits(value: Any, shape: Shape, path: Path, faults: Faults) -> None:
    """Check an object against a shape: keys ending in ! must be there, others may be, no others exist."""
    if not isinstance(value, dict):
        fault(faults, path, "must be an object")
        return
    for key, check in shape.items():
        name = key.removesuffix("!")
        if value.get(name) is not None:
            check(value[name], (*path, name), faults)
        elif name != key:
            fault(faults, path, f"missing required field: {name}")
    for name in value:
        if name not in shape and f"{name}!" not in shape and name != "type":
            fault(faults, path, f"invalid additional property: {name}")


def words(limit: int, least: int = 1) -> Check:
    def check(value: Any, path: Path, faults: Faults) -> None:
        if not isinstance(value, str):
            fault(faults, path, "must be a string")
        elif len(value) > limit:
            fault(faults, path, f"must be less than {limit + 1} characters")
        elif len(value) < least:
            fault(faults, path, f"must be more than {least - 1} characters")

    return check


def like(pattern: str, says: str) -> Check:
    matches = re.compile(pattern).fullmatch

    def check(value: Any, path: Path, faults: Faults) -> None:
        if not isinstance(value, str) or not matches(value):
            fault(faults, path, says)

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any, path: Path, faults: Faults) -> None:
        if value not in allowed:
            fault(faults, path, f"must be one of: {', '.join(allowed)}")

    return check


def flag(value: Any, path: Path, faults: Faults) -> None:
    if not isinstance(value, bool):
        fault(faults, path, "must be true or false")


def number(low: int, high: int) -> Check:
    def check(value: Any, path: Path, faults: Faults) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            fault(faults, path, f"must be a whole number from {low} to {high}")

    return check


def anything(value: Any, path: Path, faults: Faults) -> None:
    """Parts of Block Kit that the school's bot does not use are not looked into."""


def many(item: Check, low: int, high: int) -> Check:
    def check(value: Any, path: Path, faults: Faults) -> None:
        if not isinstance(value, list):
            fault(faults, path, "must be an array")
            return
        if len(value) < low:
            fault(faults, path, f"must have at least {low} items")
        if len(value) > high:
            fault(faults, path, f"no more than {high} items allowed")
            return
        for at, each in enumerate(value):
            item(each, (*path, at), faults)

    return check


def composed(shape: Shape) -> Check:
    def check(value: Any, path: Path, faults: Faults) -> None:
        fits(value, shape, path, faults)

    return check


def text(limit: int, *kinds: str) -> Check:
    """A text object; plain_text unless other kinds are named."""
    shape = {"text!": words(limit), "emoji": flag, "verbatim": flag}
    allowed = kinds or ("plain_text",)

    def check(value: Any, path: Path, faults: Faults) -> None:
        if not isinstance(value, dict) or value.get("type") not in allowed:
            fault(faults, path, f"must be a {' or '.join(allowed)} object")
            return
        fits(value, shape, path, faults)

    return check


ANY_TEXT = ("plain_text", "mrkdwn")


def option(*kinds: str, url: bool = False) -> Check:
    shape: dict[str, Check] = {
        "text!": text(75, *kinds),
        "value!": words(75, 0),
        "description": text(75, *kinds),
    }
    return composed(shape | {"url": words(3000)} if url else shape)


CONFIRM = composed(
    {
        "title!": text(100),
        "text!": text(300, *ANY_TEXT),
        "confirm!": text(30),
        "deny!": text(30),
        "style": one_of("primary", "danger"),
    }
)
DATE = like(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "must be a date as YYYY-MM-DD")
TIME = like(r"([01]\d|2[0-3]):[0-5]\d", "must be a time as HH:mm")
ID = words(255)


def size_of_words(blocks: list[Json]) -> int:
    """All the text in some blocks, counted as Slack's undocumented ceiling counts it."""
    total, waiting = 0, list[Any](blocks)
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(part for key, part in each.items() if key != "text" or not isinstance(part, str))
            total += len(each["text"]) if isinstance(each.get("text"), str) else 0
        elif isinstance(each, list):
            waiting.extend(each)
    return total
