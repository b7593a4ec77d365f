"""Forms as modals, and back.  Ids written here are read here: a block's is its field's."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from handlers.slack.blocks import (
    VIEW_BLOCKS,
    Block,
    TooLong,
    bold,
    columns,
    cut,
    line,
    lines,
    plain,
    rich,
    sections,
    words,
)
from handlers.slack.cards import card_blocks, card_view, home_view
from templates.shapes import Answer, Answers, Card, Field, File, Form, Kind, Option

__all__ = ["answers_from", "card_blocks", "card_view", "form_view", "home_view", "mended", "step_of"]

ANSWER = "answer"
PROBLEM = "problem"
# What our own page can show again; Slack only dims the others, so the fetched bytes are looked at.
PICTURES = ["png", "jpg", "jpeg", "gif", "webp"]
FEW = 5


def form_view(form: Form, offer: Card | None = None) -> Block:
    """The form as a modal; ``offer`` stands above the questions, and what was typed in them stays."""
    blocks = [
        *danger(form.danger),
        *columns(form.contacts),
        *([{"type": "divider"}, *card_blocks(offer), {"type": "divider"}] if offer else []),
        *(block for paragraph in form.intro for block in sections(paragraph)),
        *(question(field, form.values.get(field.id)) for field in form.fields),
    ]
    if len(blocks) > VIEW_BLOCKS:
        raise TooLong(VIEW_BLOCKS)
    return {
        "type": "modal",
        "callback_id": form.id,
        **({"private_metadata": form.token} if form.token else {}),
        "title": plain(form.title, 24),
        "submit": plain(form.submit, 24),
        "blocks": blocks,
    }


def danger(told: Sequence[str]) -> list[Block]:
    """What to do first stands out; the rest of it does not compete."""
    return [rich(line(*lines([[bold(told[0])], *([words(each)] for each in told[1:])])))] if told else []


def step_of(view: Mapping[str, Any]) -> tuple[str, str]:
    """Which step of which draft a modal made above was."""
    return view["callback_id"], view.get("private_metadata", "")


def answers_from(view: Mapping[str, Any]) -> Answers:
    """What was given in a modal made above; what was left empty is absent."""
    given = {field: state[ANSWER] for field, state in view["state"]["values"].items() if ANSWER in state}
    found = {field: READ[element["type"]](element) for field, element in given.items()}
    return {field: answer for field, answer in found.items() if answer}


def mended(view: Mapping[str, Any], problems: Mapping[str, str]) -> Block:
    """The answer that leaves a form open with all that was typed, saying what is wrong.

    A problem with what is no input (or with the whole form, under ``""``) stands under the last question.
    """
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    if not inputs:
        return {"response_action": "update", "view": with_line(view, " ".join(problems.values()))}
    errors: dict[str, str] = {}
    for field, sentence in problems.items():
        at = field if field in inputs else inputs[-1]
        errors[at] = f"{errors[at]} {sentence}" if at in errors else sentence
    return {"response_action": "errors", "errors": errors}


def with_line(view: Mapping[str, Any], sentence: str) -> Block:
    kept = ("type", "callback_id", "private_metadata", "title", "submit", "close", "clear_on_close")
    blocks = [block for block in view["blocks"] if block.get("block_id") != PROBLEM]
    told = {"type": "section", "block_id": PROBLEM, "text": cut(sentence, 3000)}
    return {name: view[name] for name in kept if view.get(name)} | {"blocks": [told, *blocks]}


def question(field: Field, value: Answer | None) -> Block:
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
