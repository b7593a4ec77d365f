"""What people typed and chose: the shape Slack reports it in, what is missing, what survives an update."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workspace.blocks import elements_of
from workspace.elements import SEVERAL_KEYS, STATE
from workspace.refusal import Json

REQUIRED = "Please complete this required field."


def stateful(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every block and element of a view that holds an answer."""
    for block in blocks:
        for element in elements_of(block):
            if element.get("type") in STATE:
                yield block, element


def values_of(blocks: list[Json], typed: Json) -> Json:
    """state.values as Slack reports it: every element that holds an answer, typed, initial or empty."""
    values: Json = {}
    for block, element in stateful(blocks):
        given = (typed.get(block["block_id"]) or {}).get(element["action_id"])
        values.setdefault(block["block_id"], {})[element["action_id"]] = one_value(element, given)
    return values


def one_value(element: Json, given: Any) -> Json:
    key, initial = STATE[element["type"]]
    before = element.get(initial) if initial else None
    value = given[key] if isinstance(given, dict) and key in given else before
    if key in SEVERAL_KEYS:
        value = value or []
    elif value == "":
        value = None
    return {"type": element["type"], key: value}


def carried_over(before: list[Json], after: list[Json], typed: Json) -> Json:
    """The answers that stay when a view changes: same block_id, same action_id, same kind of element."""
    kinds = {(b["block_id"], e["action_id"]): e["type"] for b, e in stateful(before)}
    kept: Json = {}
    for block, element in stateful(after):
        place = block["block_id"], element["action_id"]
        if kinds.get(place) == element["type"]:
            kept.setdefault(place[0], {})[place[1]] = typed.get(place[0], {}).get(place[1])
    return values_of(after, kept)


def unfinished(blocks: list[Json], values: Json) -> dict[str, str]:
    """What Slack's own client refuses to send: block_id to the sentence shown under it."""
    wrong: dict[str, str] = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            held = values[block["block_id"]][element["action_id"]]
            why = wrong_with(element, held[STATE[element["type"]][0]], bool(block.get("optional")))
            if why:
                wrong[block["block_id"]] = why
    return wrong


def wrong_with(element: Json, value: Any, optional: bool) -> str | None:
    if value in (None, []):
        return None if optional else REQUIRED
    if isinstance(value, str):
        if len(value) < element.get("min_length", 0):
            return f"Please enter at least {element['min_length']} characters."
        if len(value) > element.get("max_length", 3000):
            return f"Please enter no more than {element.get('max_length', 3000)} characters."
    files = element["type"] == "file_input"
    most = element.get("max_files", 10) if files else element.get("max_selected_items")
    if isinstance(value, list) and most and len(value) > most:
        return f"Please choose no more than {most}."
    return None
