"""What somebody wrote or sent to the bot, until they say which case it belongs to: in memory, for a while."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from handlers.desk import Desk
from handlers.teams.cards import OURS, chat_card
from handlers.teams.elements import Block
from handlers.teams.surface import form_card
from templates.shapes import Card, Message, Pairs
from workflows import noting, sent_pictures
from workflows.people import Who
from workflows.refusals import BadAnswers, Refused

NOTE, PICTURES, BOX, QUESTION = "keep_note", "keep_pictures", "case", "pictures_sexual"
KEPT_FOR, MOST = 1800.0, 500


@dataclass(frozen=True, repr=False)
class Unsaid:
    """One message, whose it is, and the cases that were offered for it; its words, or where its pictures lie."""

    by: str
    cases: Mapping[str, str]
    at: float
    text: str = ""
    files: Sequence[str] = ()


class Unkept:
    """The messages that wait; a card that offers to keep one carries a token, and never the words."""

    def __init__(self, desk: Desk, clock: Callable[[], float] = time.monotonic) -> None:
        self.desk, self.clock = desk, clock
        self.waiting: OrderedDict[str, Unsaid] = OrderedDict()

    async def offer(self, text: str, who: Who) -> Block | None:
        """A list of the cases that this could be a note on; none where they have no such case."""
        cases: Pairs = await self.desk.look(noting.open_to, self.desk.rules, who)
        return self.asked(NOTE, Unsaid(who.address, dict(cases), self.clock(), text)) if cases else None

    async def offer_pictures(self, files: Sequence[str], who: Who) -> Block:
        """A list of the reports that these could belong to, and the question that comes before anything is fetched."""
        cases: Pairs = await self.desk.look(sent_pictures.open_to, self.desk.rules, who)
        if not cases:
            return chat_card(self.desk.words.card("dm.picture", self.desk.always()))
        return self.asked(PICTURES, Unsaid(who.address, dict(cases), self.clock(), files=files))

    def asked(self, step: str, unsaid: Unsaid) -> Block:
        token = secrets.token_urlsafe(16)
        self.waiting[token] = unsaid
        while len(self.waiting) > MOST or next(iter(self.waiting.values())).at < self.clock() - KEPT_FOR:
            self.waiting.popitem(last=False)
        form = self.desk.words.form(step, {"cases": tuple(unsaid.cases.items())}, {})
        card = form_card(replace(form, danger=(), contacts=()))
        told = {OURS: {"keep": token}}
        card["actions"] = [card["actions"][0] | {"type": "Action.Execute", "verb": step, "data": told}]
        return card

    async def keep(self, token: str, given: Mapping[str, Any], who: Who) -> Card:
        """What was written becomes a note, what was sent is fetched; what is no longer here has to be sent again.

        Raises BadAnswers.
        """
        unsaid, case = self.waiting.get(token), str(given.get(BOX, ""))
        if unsaid is None or unsaid.by != who.address or case not in unsaid.cases:
            return await self.desk.sorry("expired")
        if unsaid.files:
            shown = await self.keep_pictures(unsaid, case, str(given.get(QUESTION, "")), who)
        else:
            shown = await self.keep_note(unsaid, case, who)
        self.waiting.pop(token, None)
        return shown

    async def keep_note(self, unsaid: Unsaid, case: str, who: Who) -> Card:
        shown = await self.desk.answer("note", case, {"note": unsaid.text}, who)
        if isinstance(shown, Card) and not shown.quotes:
            return shown  # a refusal: it is not theirs any more
        return self.desk.words.card("lead.kept", {"reference": unsaid.cases[case], "case_id": case})

    async def keep_pictures(self, unsaid: Unsaid, case: str, said: str, who: Who) -> Card:
        if said not in ("yes", "no"):
            raise BadAnswers(self.desk.in_words({QUESTION: "option"}))
        files = [{"file": each, "platform": who.platform} for each in unsaid.files]
        try:
            if not await self.desk.run(sent_pictures.hold, case, files, who):
                return self.desk.say(Message("refusals.no_pictures"))
        except Refused as no:
            return await self.desk.refuse(no, case, who)
        shown = await self.desk.answer(sent_pictures.ACT, case, {QUESTION: said}, who)
        assert isinstance(shown, Card)  # noqa: S101 - a step on a case is answered with a card
        return shown
