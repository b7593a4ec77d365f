"""Reading JSON that came from outside: one meaning or none."""

import json
import re
from typing import Any

DEEPEST = 60
# A string that never ends is taken to the end, so that no text is read more than once.
STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)


class Unreadable(Exception):
    """This text is not JSON with exactly one meaning."""


def strictly(text: str) -> Any:
    """The values; refuses a key given twice, numbers that JSON lacks and nesting without end."""
    if depth(text) > DEEPEST:
        raise Unreadable
    try:
        return json.loads(text, object_pairs_hook=once_each, parse_constant=no_constant)
    except (ValueError, RecursionError):
        raise Unreadable from None  # the parser's own sentence quotes the text


def depth(text: str) -> int:
    """How deep the brackets go, told without the parser's recursion."""
    level = deepest = 0
    for mark in re.findall(r"[][{}]", STRING.sub("", text)):
        level += 1 if mark in "[{" else -1
        deepest = max(deepest, level)
    return deepest


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers of a doubled key may each see another value: what was checked would not be what is used.
    values = dict(pairs)
    if len(values) < len(pairs):
        raise Unreadable
    return values


def no_constant(name: str) -> Any:
    raise Unreadable
