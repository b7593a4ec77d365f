"""How a form's questions become fields of a web page, and what comes back becomes answers.

A field's name on the page is its kind and its id, so that an answer is read the way it was asked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from templates.shapes import Answer, Answers, Button, Card, Field, Form, Kind

LONDON = ZoneInfo("Europe/London")
# Nobody is picked and no file is sent from a page: those questions are asked in the chat.
ASKED: frozenset[Kind] = frozenset({"line", "text", "choice", "many", "date", "time", "when", "link"})
ACTIONS = ("acknowledge", "note", "recuse", "screenshots")


def name(field: Field) -> str:
    """What the field is called on the page."""
    return f"{field.kind}.{field.id}"


def asked(form: Form) -> tuple[Field, ...]:
    """The questions that a page can ask."""
    return tuple(field for field in form.fields if field.kind in ASKED)


def answers(posted: Mapping[str, Sequence[str]]) -> dict[str, Answer]:
    """The answers among the posted fields; an unanswered one is absent."""
    found: dict[str, Answer] = {}
    for called, values in posted.items():
        kind, _, key = called.partition(".")
        given = tuple(value for value in values if value.strip())
        if kind not in ASKED or not key or not given:
            continue
        found[key] = given if kind == "many" else _moment(given[0]) if kind == "when" else given[0]
    return found


def given(form: Form, typed: Answers) -> dict[str, Answer]:
    """What stands in the boxes: what was typed last, else what the form brought along."""
    return {**form.values, **typed}


def written(posted: Mapping[str, Sequence[str]]) -> list[str]:
    """The words that somebody typed, to give back to them when we could not keep them."""
    return [
        value
        for called, values in posted.items()
        for value in values
        if called.startswith(("line.", "text.")) and value.strip()
    ]


def pressable(card: Card) -> tuple[Button, ...]:
    """The buttons that do something on a page."""
    return tuple(button for button in card.buttons if button.url or button.action in ACTIONS)


def _moment(typed: str) -> str:
    # A browser sends the school's wall clock without a zone; anything else is for the desk to refuse.
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    return (moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).isoformat()
