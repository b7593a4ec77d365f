"""One question of a form as a box, and what was filled in: a block has its field's id, its element ``answer``."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from handlers.slack.blocks import Block, cut, plain
from templates.shapes import Answer, Field, File, Kind, Option

ANSWER = "answer"
# What our own page can show again; Slack only dims the others, so the fetched bytes are looked at.
PICTURES = ["png", "jpg", "jpeg", "gif", "webp"]
FEW = 5


def question(field: Field, value: Answer | None) -> Block:
    """The box, with an answer given before."""
    element = ELEMENTS[field.kind](field) | {"action_id": ANSWER}
    if value:
        element |= already(element, value)
    block = {
        "type": "input",
        "block_id": field.id,
        "label": plain(field.label, 2000),
        "element": element,
        "optional": not field.required,
    }
    return block | {"hint": plain(field.hint, 2000)} if field.hint else block


def answer_in(state: Mapping[str, Block]) -> Answer:
    """What was filled in; nothing, as an empty answer."""
    element = state.get(ANSWER)
    return READ[element["type"]](element) if element else ""


def typed(field: Field, **more: Any) -> Block:
    limit = {"max_length": field.at_most} if field.at_most else {}
    return {"type": "plain_text_input"} | limit | more


def choice(field: Field) -> Block:
    if any(each.group for each in field.options):
        names = dict.fromkeys(each.group for each in field.options)
        groups = [
            {
                "label": plain(name, 75),
                "options": [option(each) for each in field.options if each.group == name],
            }
            for name in names
        ]
        return {"type": "static_select", "option_groups": groups}
    kind = "radio_buttons" if len(field.options) <= FEW else "static_select"
    return {"type": kind, "options": [option(each) for each in field.options]}


def many(field: Field) -> Block:
    kind = "checkboxes" if len(field.options) <= 10 else "multi_static_select"
    limit = {"max_selected_items": field.at_most} if field.at_most and kind != "checkboxes" else {}
    return {"type": kind, "options": [option(each) for each in field.options]} | limit


def option(each: Option) -> Block:
    return {"text": cut(each.label, 75), "value": each.value}


def person(field: Field) -> Block:
    if field.at_most == 1:
        return {"type": "users_select"}
    limit = {"max_selected_items": field.at_most} if field.at_most else {}
    return {"type": "multi_users_select"} | limit


def files(field: Field) -> Block:
    return {"type": "file_input", "filetypes": PICTURES, "max_files": field.at_most or 10}


ELEMENTS: dict[Kind, Callable[[Field], Block]] = {
    "line": typed,
    "text": lambda field: typed(field, multiline=True),
    "choice": choice,
    "many": many,
    "date": lambda _: {"type": "datepicker"},
    "time": lambda _: {"type": "timepicker"},
    "when": lambda _: {"type": "datetimepicker"},
    "person": person,
    "files": files,
    "link": lambda _: {"type": "url_text_input"},
}


INITIAL = {
    "plain_text_input": "initial_value",
    "url_text_input": "initial_value",
    "users_select": "initial_user",
    "datepicker": "initial_date",
    "timepicker": "initial_time",
}


def already(element: Block, value: Answer) -> Block:
    """An answer given before, shown again; a file cannot be, nor an option no longer offered."""
    given = as_many(value)
    options = [each for group in element.get("option_groups", [element]) for each in group.get("options", ())]
    chosen = [each for each in options if each["value"] in given]
    match element["type"]:
        case "static_select" | "radio_buttons":
            return {"initial_option": chosen[0]} if chosen else {}
        case "checkboxes" | "multi_static_select":
            return {"initial_options": chosen} if chosen else {}
        case "multi_users_select":
            return {"initial_users": list(given)}
        case "datetimepicker":
            return {"initial_date_time": int(datetime.fromisoformat(given[0]).timestamp())}
        case kind:
            return {INITIAL[kind]: given[0]} if kind in INITIAL else {}


def as_many(value: Answer) -> tuple[Any, ...]:
    return (value,) if isinstance(value, str) else value


def text(element: Block) -> str:
    said: str = element.get("value") or ""
    # Half a surrogate pair can be typed and cannot be stored: everything else is kept to the letter.
    return said.encode("utf-8", "replace").decode() if said.strip() else ""


def selected(element: Block) -> str:
    return str((element.get("selected_option") or {}).get("value", ""))


def ticked(element: Block) -> tuple[str, ...]:
    return tuple(each["value"] for each in element.get("selected_options") or ())


def moment(element: Block) -> str:
    at = element.get("selected_date_time")
    return datetime.fromtimestamp(at, UTC).isoformat() if at else ""


READ: dict[str, Callable[[Block], Answer]] = {
    "plain_text_input": text,
    "url_text_input": text,
    "static_select": selected,
    "radio_buttons": selected,
    "checkboxes": ticked,
    "multi_static_select": ticked,
    "users_select": lambda element: (element["selected_user"],) if element.get("selected_user") else (),
    "multi_users_select": lambda element: tuple(element.get("selected_users") or ()),
    "datepicker": lambda element: element.get("selected_date") or "",
    "timepicker": lambda element: element.get("selected_time") or "",
    "datetimepicker": moment,
    "file_input": lambda element: tuple(
        File(each["id"], text({"value": each.get("name")})) for each in element.get("files") or ()
    ),
}
