"""What a person can ask for, on any surface: plain values in, one workflow, words out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from handlers.asking import about_message, form_of, no_place
from handlers.looks import Standing, at_home, reported, standing, unfinished
from handlers.pictured import Gallery, gallery, one_picture
from storage.blobs import AlreadyKept, Blobs
from storage.database import Database
from templates.shapes import Answers, Card, Form, Message
from workflows import (
    absences,
    access,
    accounts,
    acts,
    conversations,
    evidence,
    reports,
    rooms,
    shown,
    states,
)
from workflows.calendar import day_of
from workflows.conversations import Place, Said
from workflows.drafts import Quoted
from workflows.people import Who
from workflows.quoted import attach
from workflows.refusals import BadAnswers, Refused
from workflows.rules import Rules
from workflows.steps import Ask
from workflows.taken import Sent

NOT_YOURS = "refusals.not_yours"
Lookup = Callable[[Sequence[str]], Awaitable[Sequence[Who]]]


class Desk:
    """The front desk of one trust."""

    def __init__(self, database: Database, trust: str, rules: Rules, blobs: Blobs, dice: Callable[[], str]) -> None:
        self.database, self.trust, self.rules, self.blobs, self.dice = database, trust, rules, blobs, dice
        self.words = rules.words
        self.lookups: dict[str, Lookup] = {}
        self.taking_files: frozenset[str] = frozenset({"slack"})  # the platforms whose forms do
        self.standing = Standing()
        self.afterwards: Callable[[], object] = lambda: None
        self.policies = Path()

    async def today(self) -> date:
        """The date in the school, by the desk's own clock."""
        day: date = await self.look(lambda unit: day_of(unit.now))
        return day

    async def refresh(self) -> None:
        """Learn anew what stands on every form; run at the start and every minute."""
        self.standing = await self.look(standing, self.words.sentence("words.school_phone"))

    def start(self, message: Quoted | None = None) -> Form:
        """The first step, about a message or not; no database, because a trigger lives three seconds."""
        schools = self.standing.schools if len(self.standing.schools) > 1 else ()
        form = self.words.first(self.standing.outside, schools, message=message is not None)
        form = about_message(form, self.words, message) if message else form
        return replace(form, token=self.dice())

    async def attach(self, token: str, message: Quoted, author: Who | None, who: Who) -> None:
        """Keep a message with the report that was begun about it."""
        await self.database.run(self.trust, attach, token, message, author, who)

    async def offer(self, who: Who) -> Card | None:
        """An unfinished report, offered to whoever wrote it."""
        found = await self.look(unfinished, who)
        return self.words.card("reporter.draft", found) if found else None

    async def answer(self, step: str, token: str, answers: Answers, who: Who) -> Form | Card:
        """Take a step's answers: the next step, or the receipt.  Raises BadAnswers, in words."""
        try:
            if step == "away":
                return self.say(await self.run(absences.set_out, answers, who))
            sent = Sent(step, answers, await self.faces(answers, who))
            if step in acts.WRITTEN:
                return self.say(await self.run(shown.write, token, sent, who))
            return self.next(token, await self.run(reported, token, sent, who), who)
        except BadAnswers as bad:
            raise BadAnswers(self.in_words(bad.problems)) from None
        except Refused as no:
            return await self.refuse(no, token, who)

    async def press(self, action: str, subject: str, who: Who) -> Form | Card | None:
        """Do what a button says."""
        try:
            return await self.pressed(action, subject, who)
        except Refused as no:
            return await self.refuse(no, subject, who)

    async def pressed(self, action: str, subject: str, who: Who) -> Form | Card:
        if action == "report":
            return self.start()
        if action == "resume":
            return self.next(subject, await self.run(reports.resume, subject, who), who)
        if action == "discard":
            return self.say(await self.database.run(self.trust, reports.discard, subject, who))
        if action in acts.OFFICES:
            return self.say(await self.run(acts.OFFICES[action], subject, who))
        if action in acts.ABOUT_ONESELF or action in acts.WRITTEN:
            return await self.asked(action, subject, who)
        if action in acts.PRESSED:
            return self.say(await self.run(shown.act, action, subject, who))
        raise Refused("expired")

    async def asked(self, action: str, subject: str, who: Who) -> Form:
        """The form behind a button, for whoever may fill it in."""
        if own := acts.ABOUT_ONESELF.get(action):
            values = await self.look(own, self.rules, subject, who)
        else:
            values = await self.look(shown.ask, self.rules, action, subject, who)
        form = replace(self.words.form(action, values, self.standing.outside), token=subject)
        form = replace(form, values=values.get("values", {}))
        # What a reporter must read first, a lead at work need not.
        return form if action in states.REPORTERS else replace(form, danger=(), contacts=())

    async def home(self, who: Who) -> tuple[Card, ...]:
        """My reports with their state, and the cases that I may see."""
        said = await self.look(at_home, self.rules, who)
        return tuple(self.words.card(name, values) for name, values in said)

    async def is_ours(self, place: Place) -> bool:
        """Whether a message of ours about a case lies there: what is written under anything else is not read."""
        return bool(await self.look(conversations.under, place))

    async def hear(self, said: Said, who: Who) -> Card | None:
        """Keep what somebody entitled to the case wrote under its card; to anybody else, as under no card at all."""
        try:
            if said.files or said.left:
                await self.run(conversations.warn, said, who)
            message = await self.run(conversations.hear, said, who)
        except Refused as no:
            if no.message.name != NOT_YOURS:
                return self.say(no.message)
            return await self.greet(who) if said.direct else None
        return self.say(message) if message else None

    async def tick(self, at: Place, who: Who) -> Card | None:
        """A reaction that stands for pressing Acknowledge; it is nothing where there is nothing of theirs."""
        try:
            await self.run(conversations.tick, at, who)
        except Refused as no:
            return None if no.message.name == NOT_YOURS else self.say(no.message)
        return None

    async def altered(self, at: Place, edit: str = "") -> None:
        """A message was edited, or without a name for that deleted: on the record, where it was kept."""
        if await self.look(conversations.is_kept, at):
            await self.run(conversations.altered, at, edit)

    async def came_in(self, platform: str, channel: str) -> None:
        """Somebody new reads a channel: what we show there is held against its members again."""
        if await self.look(rooms.shows_anything, platform, channel):
            await self.run(rooms.look_again, platform, channel)

    async def heard(self, who: Who) -> None:
        """A platform says how an account stands now, and what its owner is called."""
        if await self.look(accounts.news, who):
            await self.run(accounts.heard, who)

    async def greet(self, who: Who) -> Card:
        """The answer to anything that is written to the bot."""
        return self.words.card("dm.greeting", self.always())

    async def sorry(self, fault: str) -> Card:
        """Something could not be done: what was kept, what to do now, whom to phone."""
        name = f"refusals.{fault}" if f"refusals.{fault}" in self.words.messages else "refusals.busy"
        return self.words.card(name, self.always())

    async def pictures(self, token: str) -> Gallery:
        """The screenshots behind a link, for the person and case it was made for; the look is recorded."""
        shown: Gallery = await self.run(gallery, token)
        return shown

    async def picture(self, token: str, position: int) -> bytes:
        """One original; only the capped process that draws it again may be given it."""
        found = await self.look(one_picture, self.rules, token, position)
        sealed = await asyncio.to_thread(self.blobs.get, found.id)
        original: bytes = await self.look(evidence.opened, found, sealed)
        return original

    async def keep_blob(self, id: str, sealed: bytes) -> None:
        """Durable when this returns; one that a crash left after it was whole is as good."""
        with suppress(AlreadyKept):
            await asyncio.to_thread(self.blobs.put, id, sealed)

    async def run(self, workflow: Callable[..., Any], *args: Any) -> Any:
        """One workflow under this trust's rules, as they hold where whoever acts (the last of ``args``) is."""
        done = await self.database.run(self.trust, workflow, self.rules_for(args[-1:]), *args)
        self.afterwards()
        return done

    def rules_for(self, by: Sequence[object]) -> Rules:
        fileless = any(isinstance(who, Who) and who.platform not in self.taking_files for who in by)
        return replace(self.rules, pictures=False) if fileless else self.rules

    async def look(self, query: Callable[..., Any], *args: Any) -> Any:
        return await self.database.look(self.trust, query, *args)

    def say(self, message: Message) -> Card:
        return self.words.card(message.name, {**self.always(), **message.values})

    def next(self, token: str, reply: Ask | Message, who: Who) -> Form | Card:
        if isinstance(reply, Message):
            return self.say(reply)
        token = reply.token or token
        if reply.step == "start":
            form = self.start(reply.message)
            kept = (self.words.sentence("words.typed_kept"),) if reply.typed else ()
            return replace(form, token=token, intro=(*kept, *form.intro))
        form = form_of(reply, self.words, self.standing.outside, without=no_place(self.rules_for((who,))))
        return replace(form, token=token)

    async def refuse(self, no: Refused, subject: str, who: Who) -> Card:
        """An expected no, in the same words whether a thing is another's or does not exist; recorded."""
        if no.message.name == NOT_YOURS:
            await self.database.run(self.trust, access.refused, subject, who)
        return self.say(no.message)

    async def faces(self, answers: Answers, who: Who) -> Mapping[str, Who]:
        """The profiles of those picked in a form, where their platform tells."""
        fields = [*(field for kind in self.rules.reports.values() for field in kind.fields), *self.words.written()]
        asked = {field.id for field in fields if field.kind == "person"}
        picked = [each for id in asked & answers.keys() for each in as_ids(answers[id])]
        if not picked or who.platform not in self.lookups:
            return {}
        return {face.address: face for face in await self.lookups[who.platform](picked)}

    def in_words(self, problems: Mapping[str, str]) -> dict[str, str]:
        return {id: self.words.sentence(f"errors.{why}") for id, why in problems.items()}

    def always(self) -> dict[str, Any]:
        """Values that every refusal and greeting may use."""
        return {"contacts": self.words.contacts(self.standing.outside), "phones": self.standing.phones}


def as_ids(answer: object) -> tuple[str, ...]:
    return (answer,) if isinstance(answer, str) else tuple(str(each) for each in answer)  # type: ignore[attr-defined]
