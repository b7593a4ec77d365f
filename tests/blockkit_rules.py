"""What Slack would refuse, by two libraries' checks and a few rules that neither knows."""

import inspect
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import blockkit
from blockkit.core import OptionGroup
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

Surface = Literal["modal", "home", "message"]
Payload = Mapping[str, Any]

BY_TYPE = {
    "actions": blockkit.Actions,
    "button": blockkit.Button,
    "checkboxes": blockkit.Checkboxes,
    "context": blockkit.Context,
    "datepicker": blockkit.DatePicker,
    "datetimepicker": blockkit.DatetimePicker,
    "divider": blockkit.Divider,
    "file_input": blockkit.FileInput,
    "header": blockkit.Header,
    "input": blockkit.Input,
    "multi_static_select": blockkit.MultiStaticSelect,
    "multi_users_select": blockkit.MultiUsersSelect,
    "plain_text": blockkit.Text,
    "plain_text_input": blockkit.PlainTextInput,
    "radio_buttons": blockkit.RadioButtons,
    "rich_text": blockkit.RichText,
    "rich_text_quote": blockkit.RichTextQuote,
    "rich_text_section": blockkit.RichTextSection,
    "section": blockkit.Section,
    "static_select": blockkit.StaticSelect,
    "text": blockkit.RichTextEl,
    "timepicker": blockkit.TimePicker,
    "url_text_input": blockkit.UrlInput,
    "users_select": blockkit.UsersSelect,
}
# Composition objects carry no type: the key that they stand under says what they are.
BY_KEY = {
    "options": blockkit.Option,
    "initial_option": blockkit.Option,
    "initial_options": blockkit.Option,
    "option_groups": OptionGroup,
    "confirm": blockkit.Confirm,
    "style": blockkit.RichStyle,
}
# Slack's page asks for file extensions; blockkit only knows the names of its file types.
EXTENSIONS_ONLY_SLACK_KNOWS = {"jpeg", "webp"}


def problems(payload: Payload, surface: Surface) -> list[str]:
    """What is wrong with a view, or with a message's text and blocks; nothing when Slack would take it."""
    return [*by_blockkit(payload, surface), *by_the_sdk(payload, surface), *by_our_rules(payload, surface)]


def by_blockkit(payload: Payload, surface: Surface) -> Iterator[str]:
    top = {"modal": blockkit.Modal, "home": blockkit.Home, "message": blockkit.Message}[surface]
    known = inspect.signature(top.__init__).parameters
    try:
        filled = {key: replayed(key, value) for key, value in payload.items() if key != "type"}
        top(**{key: value for key, value in filled.items() if key in known}).build()
    except Exception as refusal:
        yield f"blockkit: {refusal}"


def replayed(key: str, value: Any) -> Any:
    """The same value, made by blockkit's own builders."""
    if isinstance(value, list):
        if key == "filetypes":
            return [each for each in value if each not in EXTENSIONS_ONLY_SLACK_KNOWS]
        return [replayed(key, each) for each in value]
    if not isinstance(value, Mapping):
        return value
    builder = BY_TYPE.get(value.get("type", "")) or BY_KEY.get(key)
    if builder is None:
        raise TypeError(f"nothing known as {key} of type {value.get('type')}")
    # Only a text says its type to its builder; any other key that a builder does not know is refused.
    without = {"type"} if value.get("type") != "plain_text" else set()
    if "option_groups" in value:
        without.add("initial_option")  # blockkit looks for it among the groups themselves
    parts = {name: part for name, part in value.items() if name not in without}
    made = builder(**{name: replayed(name, part) for name, part in parts.items()})
    made.validate()
    return made


def by_the_sdk(payload: Payload, surface: Surface) -> Iterator[str]:
    try:
        if surface != "message":
            View(**payload).to_dict()
        for block in payload.get("blocks", []):
            made = Block.parse(block)
            if made is None:
                yield f"slack_sdk: no block of type {block.get('type')}"
            else:
                made.validate_json()
                if element := getattr(made, "element", None):
                    element.validate_json()
                for each in getattr(made, "elements", None) or ():
                    if hasattr(each, "validate_json"):
                        each.validate_json()
    except SlackObjectFormationError as refusal:
        yield f"slack_sdk: {refusal}"


def by_our_rules(payload: Payload, surface: Surface) -> Iterator[str]:
    blocks = payload.get("blocks", [])
    found = list(objects(payload))
    if surface != "modal" and any(each.get("type") == "file_input" for each in found):
        yield "file_input stands outside a modal"
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"block_id {each} stands twice" for each, times in ids.items() if times > 1)
    for block in blocks:
        actions = Counter(each["action_id"] for each in objects(block) if "action_id" in each)
        yield from (f"action_id {each} stands twice in a block" for each, times in actions.items() if times > 1)
    if sum(bool(each.get("focus_on_load")) for each in found) > 1:
        yield "two elements want the focus"
    if surface == "modal" and not payload.get("submit") and any(b.get("type") == "input" for b in blocks):
        yield "a modal with an input has no submit"
    if len(blocks) > (50 if surface == "message" else 100):
        yield "too many blocks"
    if surface == "message" and not payload.get("text"):
        yield "a message has no text for the notification"
    for each in found:
        if each.get("type") == "section" and len(each.get("fields", ())) > 10:
            yield "a section has more than ten fields"
        offered = [option for group in each.get("option_groups", ()) for option in group["options"]]
        if offered and each.get("initial_option", offered[0]) not in offered:
            yield "an answer is shown that is not offered"
        if each.get("type") == "text" and not each["text"]:
            yield "an empty piece of rich text"
        if "value" in each and "text" in each and each.get("type") != "button" and len(each["value"]) > 75:
            yield "an option's value is longer than 75 characters"


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside, the outermost first."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)
