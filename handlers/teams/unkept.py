"""What a lead wrote to the bot, until they say which case it is a note on: in memory, for a while, and theirs alone."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from handlers.desk import Desk
from handlers.teams.cards import OURS
from handlers.teams.elements import Block
from handlers.teams.surface import form_card
from templates.shapes import Card, Pairs
from workflows import noting
from workflows.people import Who

STEP, BOX = "keep_note", "case"
KEPT_FOR, MOST = 1800.0, 500


@dataclass(frozen=True, repr=False)
class Written:
    """One message, whose it is, and the cases that were offered for it."""

    by: str
    text: str
    cases: Mapping[str, str]
    at: float


class Unkept:
    """The messages that wait; a card that offers to keep one carries a token, and never the words."""

    def __init__(self, desk: Desk, clock: Callable[[], float] = time.monotonic) -> None:
        self.desk, self.clock = desk, clock
        self.waiting: OrderedDict[str, Written] = OrderedDict()

    async def offer(self, text: str, who: Who) -> Block | None:
        """A list of the cases that this could be a note on; none where they have no such case."""
        cases: Pairs = await self.desk.look(noting.open_to, self.desk.rules, who)
        if not cases:
            return None
        token = secrets.token_urlsafe(16)
        self.waiting[token] = Written(who.address, text, dict(cases), self.clock())
        while len(self.waiting) > MOST or next(iter(self.waiting.values())).at < self.clock() - KEPT_FOR:
            self.waiting.popitem(last=False)
        form = self.desk.words.form(STEP, {"cases": cases}, {})
        card = form_card(replace(form, danger=(), contacts=()))
        told = {OURS: {"keep": token}}
        card["actions"] = [card["actions"][0] | {"type": "Action.Execute", "verb": STEP, "data": told}]
        return card

    async def keep(self, token: str, case: str, who: Who) -> Card:
        """What was written becomes a note; what is no longer here has to be written again.  Raises BadAnswers."""
        written = self.waiting.get(token)
        if written is None or written.by != who.address or case not in written.cases:
            return await self.desk.sorry("expired")
        shown = await self.desk.answer("note", case, {"note": written.text}, who)
        del self.waiting[token]
        if isinstance(shown, Card) and not shown.quotes:
            return shown  # a refusal: it is not theirs any more
        return self.desk.words.card("lead.kept", {"reference": written.cases[case], "case_id": case})
