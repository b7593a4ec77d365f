"""How a card looks as an e-mail: plain text first, and the same words as a simple page."""

from templates.pages import page
from templates.shapes import Button, Card, Pairs

_LONGEST_SUBJECT = 120


def subject(card: Card) -> str:
    """The subject line: one line, whatever stands in the title."""
    return "".join(c if c.isprintable() else " " for c in card.title)[:_LONGEST_SUBJECT].strip()


def plain(card: Card) -> str:
    """The card as text, its one link on a line of its own."""
    link = _link(card)
    parts = [
        card.title,
        *card.body,
        _pairs(card.facts),
        f"{link.label}:\n{link.url}" if link else "",
        _pairs(card.contacts),
        *card.small,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def rich(card: Card) -> str:
    """The card as a page that any mail reader shows."""
    return page("mail", {"card": card, "link": _link(card)})


def _link(card: Card) -> Button | None:
    return next((button for button in card.buttons if button.url), None)


def _pairs(pairs: Pairs) -> str:
    return "\n".join(f"{label}: {value}" for label, value in pairs)
