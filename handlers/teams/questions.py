"""One question of a form as inputs, and what was filled in; the input has its field's id."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from handlers.teams.elements import Block, words
from handlers.teams.graph import GUID
from templates.edges import REQUIRED
from templates.shapes import Answer, Field, Kind
from workflows.calendar import LONDON

FEW = 5
# Teams draws the options that it lays out as Markdown; in a list to unfold they are plain.
PARSED = re.compile(r"[*_\[\]`<>]")
# The directory of the school's own tenant, searched by Teams itself: an extension of Teams to Adaptive Cards.
DIRECTORY = {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}
CLOCK = ".time"


def question(field: Field, value: Answer | None) -> list[Block]:
    """The inputs, with an answer given before; nothing for files, which no dialog of Teams takes."""
    if field.kind == "files":
        return []
    parts = [dict(each) for each in INPUTS[field.kind](field)]
    parts[0] |= {"id": field.id, "label": field.label}
    if field.required:
        for part in parts:
            part |= {"isRequired": True, "errorMessage": REQUIRED}
    for part, given in zip(parts, already(field, value), strict=False):
        part["value"] = given
    hint: list[Block] = []
    if field.hint:
        hint = [
            {"type": "RichTextBlock", "inlines": [words(field.hint, size="Small", isSubtle=True)], "spacing": "None"}
        ]
    return [*parts, *hint]


def answer_in(field: Field, data: Mapping[str, Any]) -> Answer:
    """What was filled in; nothing, as an empty answer."""
    if field.kind == "files":
        return ()
    return READ[field.kind](said(data, field.id), data, field)


def line(field: Field) -> list[Block]:
    return [{"type": "Input.Text"} | ({"maxLength": field.at_most} if field.at_most else {})]


def choice(field: Field) -> list[Block]:
    plain = not any(PARSED.search(each.label) for each in field.options)
    style = "expanded" if len(field.options) <= FEW and plain else "compact"
    return [{"type": "Input.ChoiceSet", "style": style, "wrap": True, "choices": options(field)}]


def many(field: Field) -> list[Block]:
    return [{"type": "Input.ChoiceSet", "isMultiSelect": True, "wrap": True, "choices": options(field)}]


def options(field: Field) -> list[Block]:
    """Teams has no groups: each option says its own."""
    return [
        {"title": f"{each.group}: {each.label}" if each.group else each.label, "value": each.value}
        for each in field.options
    ]


def person(field: Field) -> list[Block]:
    several = {"isMultiSelect": True} if field.at_most != 1 else {}
    return [{"type": "Input.ChoiceSet", "choices": [], "choices.data": DIRECTORY, **several}]


INPUTS: dict[Kind, Callable[[Field], list[Block]]] = {
    "line": line,
    "text": lambda field: [line(field)[0] | {"isMultiline": True}],
    "choice": choice,
    "many": many,
    "date": lambda _: [{"type": "Input.Date"}],
    "time": lambda _: [{"type": "Input.Time"}],
    "when": lambda field: [{"type": "Input.Date"}, {"type": "Input.Time", "id": f"{field.id}{CLOCK}"}],
    "person": person,
    "link": lambda field: [line(field)[0] | {"style": "Url"}],
}


DRAWN = frozenset(("files", *INPUTS))


def already(field: Field, value: Answer | None) -> list[str]:
    """An answer given before, as the inputs hold it; an option no longer offered cannot be shown."""
    given = [str(each) for each in ((value,) if isinstance(value, str) else value or ())]
    if field.kind in ("choice", "many"):
        given = [each for each in given if each in {option.value for option in field.options}]
    if not given:
        return []
    if field.kind == "when":
        at = datetime.fromisoformat(given[0]).astimezone(LONDON)
        return [f"{at:%Y-%m-%d}", f"{at:%H:%M}"]
    return [",".join(given) if field.kind in ("many", "person") else given[0]]


def said(data: Mapping[str, Any], id: str) -> str:
    """What stands in a box, to the letter: half a surrogate pair can be typed and cannot be stored."""
    found = data.get(id)
    return found.encode("utf-8", "replace").decode() if isinstance(found, str) and found.strip() else ""


def several(given: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.strip() for each in given.split(",") if each.strip()))


def people(given: str) -> tuple[str, ...]:
    return tuple(each.lower() for each in several(given) if GUID.fullmatch(each))


def moment(given: str, data: Mapping[str, Any], field: Field) -> Answer:
    try:
        at = datetime.fromisoformat(f"{given}T{said(data, field.id + CLOCK) or '00:00'}")
    except ValueError:
        return ""
    return at.replace(tzinfo=LONDON).isoformat()


Read = Callable[[str, Mapping[str, Any], Field], Answer]
READ: dict[Kind, Read] = {
    "line": lambda given, _, field: given[: field.at_most or None],
    "text": lambda given, _, field: given[: field.at_most or None],
    "choice": lambda given, *_: given,
    "many": lambda given, *_: several(given),
    "date": lambda given, *_: given,
    "time": lambda given, *_: given[:5],
    "when": moment,
    "person": lambda given, _, field: people(given)[: field.at_most or None],
    "link": lambda given, *_: given,
}
