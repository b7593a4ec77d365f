"""Block Kit's interactive elements: which there are, what each may hold, and what its state looks like."""

from __future__ import annotations

from typing import Any

from workspace.refusal import Json
from workspace.shapes import (
    ANY_TEXT,
    CONFIRM,
    DATE,
    ID,
    TIME,
    Check,
    Faults,
    Path,
    Shape,
    anything,
    composed,
    fault,
    fits,
    flag,
    like,
    many,
    number,
    one_of,
    option,
    text,
    words,
)

OPTION = option()
RICH_OPTION = option(*ANY_TEXT)
OPTIONS = many(OPTION, 1, 100)
GROUPS = many(composed({"label!": text(75), "options!": OPTIONS}), 1, 100)
TEN = many(RICH_OPTION, 1, 10)
PEOPLE = many(words(255), 0, 1000)
DISPATCH = composed({"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})
EPOCH = number(1_000_000_000, 9_999_999_999)

COMMON: Shape = {"action_id": ID, "focus_on_load": flag}
ASKING: Shape = {**COMMON, "confirm": CONFIRM}
PLACED: Shape = {**COMMON, "placeholder": text(150), "confirm": CONFIRM}
SEVERAL: Shape = {**PLACED, "max_selected_items": number(1, 1000)}
TYPED: Shape = {**COMMON, "placeholder": text(150), "dispatch_action_config": DISPATCH}
LISTED: Shape = {"options": OPTIONS, "option_groups": GROUPS}

ELEMENTS: dict[str, Shape] = {
    "button": {
        "action_id": ID,
        "text!": text(75),
        "url": words(3000),
        "value": words(2000, 0),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": words(75),
    },
    "overflow": {
        "action_id": ID,
        "options!": many(option(url=True), 1, 5),
        "confirm": CONFIRM,
    },
    "checkboxes": {**ASKING, "options!": TEN, "initial_options": TEN},
    "radio_buttons": {**ASKING, "options!": TEN, "initial_option": RICH_OPTION},
    "static_select": {**PLACED, **LISTED, "initial_option": OPTION},
    "multi_static_select": {**SEVERAL, **LISTED, "initial_options": OPTIONS},
    "external_select": {**PLACED, "initial_option": OPTION, "min_query_length": number(0, 100)},
    "users_select": {**PLACED, "initial_user": words(255)},
    "multi_users_select": {**SEVERAL, "initial_users": PEOPLE},
    "conversations_select": {
        **PLACED,
        "initial_conversation": words(255),
        "default_to_current_conversation": flag,
        "response_url_enabled": flag,
        "filter": anything,
    },
    "channels_select": {**PLACED, "initial_channel": words(255), "response_url_enabled": flag},
    "datepicker": {**PLACED, "initial_date": DATE},
    "timepicker": {**PLACED, "initial_time": TIME, "timezone": words(64)},
    "datetimepicker": {**ASKING, "initial_date_time": EPOCH},
    "plain_text_input": {
        **TYPED,
        "initial_value": words(3000, 0),
        "multiline": flag,
        "min_length": number(0, 3000),
        "max_length": number(1, 3000),
    },
    "email_text_input": {**TYPED, "initial_value": words(3000)},
    "url_text_input": {**TYPED, "initial_value": words(3000)},
    "number_input": {
        **TYPED,
        "is_decimal_allowed!": flag,
        "initial_value": words(64),
        "min_value": words(64),
        "max_value": words(64),
    },
    "file_input": {
        "action_id": ID,
        "filetypes": many(like(r"[a-z0-9]{1,16}", "must be a file type without a dot"), 1, 50),
        "max_files": number(1, 10),
    },
}

# What a filled-in element reports, and what an untouched one takes that from.
STATE: dict[str, tuple[str, str | None]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", None),
}
SEVERAL_KEYS = ("selected_options", "selected_users", "files")

PICTURE: Check = composed(
    {"image_url": words(3000), "slack_file": anything, "alt_text!": words(2000), "title": text(2000)}
)
PICKERS = {name for name in ELEMENTS if name in STATE and not name.endswith("_input")} - {"datetimepicker"}
INPUT = set(STATE)
ACTIONS = PICKERS | {"button", "overflow", "datetimepicker"}
ACCESSORY = PICKERS | {"button", "overflow", "image"}


def element(allowed: set[str]) -> Check:
    """An element that this kind of block may hold."""

    def check(value: Any, path: Path, faults: Faults) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in allowed:
            fault(faults, path, f"unsupported type: {kind}")
        elif kind == "image":
            PICTURE(value, path, faults)
        else:
            fits(value, ELEMENTS[kind], path, faults)
            consistent(value, path, faults)

    return check


def consistent(value: Json, path: Path, faults: Faults) -> None:
    """What the shape alone cannot say: choices exist, and what is chosen at first is one of them."""
    kind = value["type"]
    lists = ("options" in value) + ("option_groups" in value)
    if kind in {"static_select", "multi_static_select"} and lists != 1:
        fault(faults, path, "exactly one of options and option_groups must be given")
    initial = value.get("initial_option") or value.get("initial_options")
    if initial and kind != "external_select":
        choices = choices_of(value)
        for each in initial if isinstance(initial, list) else [initial]:
            if each not in choices:
                fault(faults, path, "initial_option must be one of the options")
    if value.get("min_length", 0) > value.get("max_length", 3000):
        fault(faults, path, "min_length must not be more than max_length")


def choices_of(value: Json) -> list[Json]:
    groups: list[Json] = value.get("option_groups") or [value]
    return [choice for group in groups for choice in group.get("options") or []]
