"""How a form's questions become fields of a web page, and what comes back becomes answers.

A field's name on the page is its kind and its id, so that an answer is read the way it was asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from templates.shapes import Answer, Answers, Button, Card, Field, Form, Kind, groups
from workflows.calendar import LONDON

# Nobody is picked and no file is sent from a page: those questions are asked in the chat.
ASKED: frozenset[Kind] = frozenset({"line", "text", "choice", "many", "date", "time", "when", "link"})
ACTIONS = (
    "acknowledge", "screenshots", "note", "steps", "involve", "decide", "refer", "heard", "ask",
    "close", "reopen", "handover", "recuse",
)  # fmt: skip
# On the page of an appointment.
ANSWERS = ("appoint", "decline")

_TYPES = {"date": "date", "time": "time", "when": "datetime-local", "link": "url"}


@dataclass(frozen=True)
class Box:
    """One question on a page: its field, what stands in it, and what is wrong with that."""

    name: str
    type: str
    field: Field
    answer: Answer | None
    problem: str

    @property
    def value(self) -> str:
        """What stands in a box that is typed into."""
        typed = self.answer if isinstance(self.answer, str) else ""
        return typed[: len("2026-11-20T09:30")] if self.field.kind == "when" else typed

    def chosen(self, option: str) -> bool:
        """Whether an option is ticked."""
        return option in self.answer if isinstance(self.answer, tuple) else option == self.answer


def name(field: Field) -> str:
    """What the field is called on the page."""
    return f"{field.kind}.{field.id}"


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


def boxes(form: Form, typed: Answers, problems: Mapping[str, str]) -> list[Box]:
    """A form's boxes: in each what was typed last, else what the form brought along."""
    values = {**form.values, **typed}
    return [
        Box(
            name(field),
            _TYPES.get(field.kind, "text"),
            field,
            values.get(field.id),
            problems.get(field.id, ""),
        )
        for field in form.fields
        if field.kind in ASKED
    ]


def written(posted: Mapping[str, Sequence[str]]) -> list[str]:
    """The words that somebody typed, to give back to them when we could not keep them."""
    return [
        value
        for called, values in posted.items()
        for value in values
        if called.startswith(("line.", "text.")) and value.strip()
    ]


def pressable(card: Card) -> list[tuple[str, list[Button]]]:
    """The buttons that do something on a page, under their headings."""
    return groups(button for button in card.buttons if button.url or button.action in (*ACTIONS, *ANSWERS))


def _moment(typed: str) -> str:
    # A browser sends the school's wall clock without a zone; anything else is for the desk to refuse.
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    return (moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).isoformat()
