"""Forms as modals, and back: a view's ids are written here and read here."""

from collections.abc import Mapping, Sequence
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
from handlers.slack.cards import card_blocks, card_view, home_view, quotes
from handlers.slack.questions import answer_in, question
from templates.shapes import Answers, Card, Form

__all__ = ["answers_from", "card_blocks", "card_view", "form_view", "home_view", "mended", "step_of"]

PROBLEM = "problem"


def form_view(form: Form, offer: Card | None = None) -> Block:
    """The form as a modal; ``offer`` stands above the questions, and what was typed in them stays."""
    blocks = [
        *danger(form.danger),
        *columns(form.contacts),
        *([{"type": "divider"}, *card_blocks(offer), {"type": "divider"}] if offer else []),
        *(block for paragraph in form.intro for block in sections(paragraph)),
        *quotes(form.quotes),
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
    found = {field: answer_in(state) for field, state in view["state"]["values"].items()}
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
