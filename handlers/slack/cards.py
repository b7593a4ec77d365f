"""Cards as Block Kit: in a message, in a modal, on App Home.  A button's ids are written and read here."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from handlers.slack.blocks import (
    MESSAGE_BLOCKS,
    SECTION,
    VIEW_BLOCKS,
    Block,
    TooLong,
    batches,
    bold,
    columns,
    context,
    fitted,
    header,
    line,
    lines,
    pieces,
    plain,
    quoted,
    rich,
    sections,
    words,
)
from templates.shapes import Button, Card, Confirm, groups

NAME = "Lanyard"
LINK = "link"


def card_blocks(card: Card) -> list[Block]:
    """The card as a message; one that carries people's words is refused, whoever asks."""
    insist_on_thin(card)
    blocks = [*top(card), *bottom(card)]
    if len(blocks) > MESSAGE_BLOCKS:
        raise TooLong(MESSAGE_BLOCKS)
    return blocks


def insist_on_thin(card: Card) -> None:
    if card.quotes or card.more:
        raise AssertionError("a card with quotes goes only into a form or page")


def fallback(card: Card) -> str:
    """What a notification shows.  Slack parses it, whatever it is told: nothing may look like a mention."""
    return (card.short or card.title).translate({ord("<"): "‹", ord(">"): "›"})


def card_view(card: Card) -> Block:
    """The card as a window; closing it closes what lies beneath."""
    titled = len(card.title) <= 24 and not card.urgent
    above, below = top(card)[1 if titled else 0 :], bottom(card)
    blocks = [*above, *fitted(quotes(card.quotes), VIEW_BLOCKS - len(above) - len(below)), *below]
    return {
        "type": "modal",
        "title": plain(card.title if titled else NAME, 24),
        "blocks": blocks or [header(card.title)],
        "clear_on_close": True,
    }


def home_view(cards: Sequence[Card]) -> Block:
    """The cards one under another; those with buttons and no text are a line each, so that many find room."""
    blocks: list[Block] = []
    for card in cards:
        insist_on_thin(card)
        if card.body or not card.buttons:
            blocks += [*([{"type": "divider"}] if blocks else []), *card_blocks(card)]
        else:
            blocks += row(card)
    return {"type": "home", "blocks": fitted(blocks, VIEW_BLOCKS)}


def row(card: Card) -> list[Block]:
    """A card as one line and its buttons."""
    mark = "● " if card.urgent else ""
    facts = [words(f"  ·  {value}") for _, value in card.facts if value]
    return [rich(line(bold(f"{mark}{card.title}"), *facts)), *bottom(card)]


def top(card: Card) -> list[Block]:
    blocks = [header(f"● {card.title}" if card.urgent else card.title)]
    for paragraph in card.body:
        blocks += sections(paragraph)
    return blocks + table(card.facts)


def table(facts: Sequence[tuple[str, str]]) -> list[Block]:
    """Short facts, a line each."""
    rows = [fact(label, value) for label, value in facts if value]
    return [rich(line(*lines(rows)))] if rows else []


def fact(label: str, value: str) -> list[Block]:
    # A question carries its own mark.
    return [bold(f"{label} " if label.endswith("?") else f"{label}: "), *map(words, pieces(value, SECTION))]


def quotes(said_under: Sequence[tuple[str, str]]) -> list[Block]:
    """People's own words under their questions, the long ones in several blocks."""
    blocks = []
    for question, said in said_under:
        first, *rest = pieces(said, SECTION) or [" "]
        blocks += [rich(line(bold(question)), quoted(first)), *(rich(quoted(piece)) for piece in rest)]
    return blocks


def bottom(card: Card) -> list[Block]:
    return [*table(card.more), *columns(card.contacts), *actions(card.buttons), *context(card.small)]


def actions(buttons: Sequence[Button]) -> list[Block]:
    """Buttons in rows, each group under its heading."""
    blocks: list[Block] = []
    at = count()
    for heading, some in groups(buttons):
        blocks += [rich(line(bold(heading)))] if heading else []
        elements = [button(each, next(at)) for each in some]
        blocks += [{"type": "actions", "elements": row} for row in batches(elements, 5)]
    return blocks


def button(each: Button, at: int) -> Block:
    """Two buttons of a card may do the same to different things: the number keeps their ids apart."""
    element: Block = {
        "type": "button",
        "text": plain(each.label, 75),
        "action_id": f"{each.action or LINK}~{at}",
    }
    if each.url:
        element["url"] = each.url
    if each.subject:
        element["value"] = each.subject
    if each.style:
        element["style"] = each.style
    if each.confirm:
        element["confirm"] = confirm(each.confirm, each.style)
    return element


def confirm(asked: Confirm, style: str) -> Block:
    dialog: Block = {
        "title": plain(asked.title, 100),
        "text": plain(asked.text, 300),
        "confirm": plain(asked.yes, 30),
        "deny": plain(asked.no, 30),
    }
    return dialog | {"style": style} if style else dialog


def pressed(element: Mapping[str, Any]) -> tuple[str, str]:
    """The action and subject of a button made above; no action when it was only a link."""
    action = str(element.get("action_id", "")).partition("~")[0]
    if element.get("type") != "button" or action == LINK:
        return "", ""
    return action, element.get("value", "")
