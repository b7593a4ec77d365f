"""The picture of a term's report, posted beside the word that it is there: once, or not at all."""

import asyncio
from collections.abc import Mapping

from handlers.desk import Desk
from handlers.senders import Drawn, Exhibitor, Posted, Unreachable
from storage import promises
from storage.promises import Claim
from storage.unit import Unit
from templates import documents
from workflows import termly, written_up
from workflows.rules import Rules
from workflows.summaries import Report

NAME = "figures.png"
TRIES = 5


async def exhibit(exhibitors: Mapping[str, Exhibitor], desk: Desk, claim: Claim) -> None:
    """Draw it and post it to whoever still may see it.  Raises Unreachable where the chat asks for patience.

    Where it stays open whether a chat took it, it is not posted again: the word and its link stand without it.
    """
    exhibitor = exhibitors.get(claim.ids["platform"])
    drawn = None if exhibitor is None or claim.doubt else await desk.look(described, desk.rules, claim)
    if exhibitor and drawn:
        content, alt = drawn
        png = await asyncio.to_thread(documents.png, content)
        where = Posted(claim.ids["channel"], claim.ids["stamp"])
        try:
            await exhibitor.show(where, Drawn(NAME, str(content["title"]), alt, png))
        except Unreachable as no:
            if no.retry_after and not no.unsure and claim.attempts < TRIES:
                raise
    await desk.database.run(desk.trust, promises.drop, claim.id, claim.lease)


def described(unit: Unit, rules: Rules, claim: Claim) -> tuple[documents.Content, str] | None:
    """The figures, and what the picture shows in words; none for somebody who may no longer see it."""
    found: Report | None = termly.of_reader(unit, rules, claim.ids["counted"], claim.to)
    if found is None:
        return None
    content = written_up.content(rules, found)
    return content, written_up.picture_in_words(content)
