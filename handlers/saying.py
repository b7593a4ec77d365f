"""How one message is said: over the one that stands already, or anew, with the mark that it is known by again."""

import hashlib
from datetime import datetime

from handlers.senders import Mark, Posted, Sender, Unreachable
from storage.promises import Claim
from templates.shapes import Card
from workflows.telling import Telling

CardOf = tuple[str, str, str]


async def said(sender: Sender, told: Telling, card: Card, mark: Mark) -> Posted:
    """Over the earlier message, or anew where its conversation is gone: that says nothing of the person."""
    if not anew(told):
        try:
            return await sender.edit(Posted(told.channel, told.stamp), card, mark)
        except Unreachable as no:
            if not no.gone:
                raise
    return await sender.post(told.address, card, mark)


def anew(told: Telling) -> bool:
    """Whether it is a new message; a letter always is."""
    return not told.stamp or told.platform == "mail"


def mark_of(claim: Claim, platform: str, doubted: datetime | None = None) -> Mark:
    """A card is the same card whichever promise about it is kept first; each letter and message is its own.

    ``doubted`` (UTC) says when another promise about this card was made that may have been heard.
    """
    card = card_of(claim)
    named = " ".join(card) if card[-1] and platform != "mail" else claim.id
    return Mark(hashlib.sha256(named.encode()).hexdigest()[:32], claim.made_at if claim.doubt else doubted)


def card_of(claim: Claim) -> CardOf:
    """Which card a promise is about: the case, whose it is, and its slot, which is empty for what is no card."""
    return claim.about, claim.to, claim.ids.get("slot", "")
