"""Cards as Adaptive Cards: in a chat, in a dialog.  What a button carries is written and read here."""

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.teams.elements import (
    OCTETS,
    Block,
    adaptive,
    container,
    octets,
    pairs,
    paragraphs,
    phones,
    pieces,
    rich,
    rows,
    small,
    title,
    words,
)
from templates.edges import OTHERS, READ_ON, REST
from templates.shapes import Button, Card, Pairs, groups

OURS = "lanyard"
# What can be done where the card stands, for its answer tells no story.  The others open a dialog, which is not
# kept in the chat: the answer to an Action.Execute would be.
IN_PLACE = ("acknowledge", "recuse", "discard", "tell", "home")
# Of one quote in one piece: several find room on a page.
PIECE = 8_000


def chat_card(card: Card) -> Block:
    """The card as a message; one that carries people's words is refused, whoever asks."""
    return chat_cards((card,))


def chat_cards(cards: Sequence[Card]) -> Block:
    """Several in one message, one under another; those with buttons and no text are a line each."""
    for card in cards:
        insist_on_thin(card)
    if len(cards) == 1:
        (card,) = cards
        return adaptive(fitted([*above(card), *below(card)]), [in_chat(each) for each in card.buttons])
    return adaptive(together([one_of_several(card) for card in cards]))


def one_of_several(card: Card) -> list[Block]:
    parts = row(card) if not card.body and card.buttons else [*above(card), *below(card)]
    return [*parts, *rows([in_chat(each) for each in card.buttons])]


def together(cards: Sequence[list[Block]]) -> list[Block]:
    """As many whole cards as one message holds, a line between them, and a sentence that says where the others are."""
    taken: list[Block] = []
    for count, (first, *rest) in enumerate(cards):
        card = [first | {"separator": True, "spacing": "Medium"} if taken else first, *rest]
        if octets([*taken, *card]) > OCTETS - 4_000:
            return [*taken, rich(words(OTHERS.format(count=len(cards) - count)), separator=True)]
        taken += card
    return taken


def insist_on_thin(card: Card) -> None:
    if card.quotes or card.more:
        raise AssertionError("a card with quotes goes only into a form or page")


def summary(card: Card) -> str:
    """What a notification shows; a chat reads it as plain text."""
    return card.short or card.title


def dialog_pages(card: Card) -> list[Block]:
    """The card as a dialog, on as many pages as it takes: nothing of what was reported is cut off."""
    head, foot = above(card)[1:] if not card.urgent else above(card), below(card)
    first, rest = [*head, *quotes(card.quotes), *foot], buttons(card.buttons)
    pages: list[list[Block]] = [[]]
    room = OCTETS - octets(rest)
    for block in first:
        if pages[-1] and octets([*pages[-1], block]) > room:
            pages.append([])
        pages[-1].append(block)
    return [adaptive([*page, *rest[0]], rest[1]) for page in pages]


def read_on(action: str, subject: str, page: int) -> Block:
    """The button to the next page of what another button opened."""
    return {
        "type": "Action.Submit",
        "title": READ_ON,
        "data": {OURS: {"press": action, "on": subject, "page": page}},
        "associatedInputs": "none",
    }


def above(card: Card) -> list[Block]:
    heading = title(f"● {card.title}" if card.urgent else card.title)
    return [heading, *(block for text in card.body for block in paragraphs(text)), *pairs(card.facts)]


def below(card: Card) -> list[Block]:
    return [*pairs(card.more), *phones(card.contacts), *small(card.small)]


def quotes(said_under: Pairs) -> list[Block]:
    """People's own words under their questions."""
    return [
        block
        for question, said in said_under
        for block in (
            rich(words(question, weight="Bolder"), separator=True, spacing="Medium"),
            *(
                part | {"spacing": "Small"}
                for piece in pieces(said, PIECE) or [" "]
                for part in container(paragraphs(piece), "emphasis")
            ),
        )
    ]


def row(card: Card) -> list[Block]:
    """A card as one line."""
    mark = "● " if card.urgent else ""
    facts = [words(f"  ·  {value}") for _, value in card.facts if value]
    return [rich(words(f"{mark}{card.title}", weight="Bolder"), *facts)]


def buttons(all: Sequence[Button]) -> tuple[list[Block], list[Block]]:
    """A dialog's buttons: in rows in its body, and at its foot those that ask once more before they act."""
    asking = [in_dialog(each) for each in all if each.confirm]
    body: list[Block] = []
    for heading, some in groups(each for each in all if not each.confirm):
        body += [rich(words(heading, weight="Bolder"))] if heading else []
        body += rows([in_dialog(each) for each in some])
    return body, asking


def in_dialog(each: Button) -> Block:
    return link(each) if each.url else confirmed(each, press("Action.Submit", each))


def in_chat(each: Button) -> Block:
    """Done in its place, or opening a dialog."""
    if each.url:
        return link(each)
    if each.action in IN_PLACE:
        return confirmed(each, press("Action.Execute", each) | {"verb": each.action})
    action = press("Action.Submit", each)
    action["data"]["msteams"] = {"type": "task/fetch"}
    return confirmed(each, action)


def press(kind: str, each: Button) -> Block:
    action: Block = {
        "type": kind,
        "title": each.label,
        "data": {OURS: {"press": each.action, "on": each.subject}},
        "associatedInputs": "none",
    }
    styles = {"primary": "positive", "danger": "destructive"}
    return action | {"style": styles[each.style]} if each.style else action


def confirmed(each: Button, action: Block) -> Block:
    """Teams asks nobody whether they are sure: the question unfolds under the button, and folds up again."""
    if not each.confirm:
        return action
    asked = each.confirm
    body = [rich(words(asked.title, weight="Bolder")), *paragraphs(asked.text)]
    inside = {"type": "AdaptiveCard", "body": body, "actions": [action | {"title": asked.yes}]}
    return {"type": "Action.ShowCard", "title": each.label, "card": inside}


def link(each: Button) -> Block:
    return {"type": "Action.OpenUrl", "title": each.label, "url": each.url}


def pressed(data: Mapping[str, Any]) -> tuple[str, str, int]:
    """The action, subject and page of a button made above; no action where it is none of ours."""
    ours = data.get(OURS)
    if not isinstance(ours, dict) or not isinstance(ours.get("press"), str):
        return "", "", 0
    subject, page = ours.get("on"), ours.get("page")
    return ours["press"], subject if isinstance(subject, str) else "", page if type(page) is int else 0


def fitted(blocks: Sequence[Block]) -> list[Block]:
    """As many parts as the message holds, and a sentence that says where the rest is."""
    taken: list[Block] = []
    for block in blocks:
        if octets([*taken, block]) > OCTETS - 4_000:
            return [*taken, *paragraphs(REST.format(count=len(blocks) - len(taken)))]
        taken.append(block)
    return taken
