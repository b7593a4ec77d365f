"""What people do in Teams: parse, one call to the desk, render."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from handlers.desk import Desk
from handlers.reading import Unreadable
from handlers.teams.cards import IN_PLACE, OURS, chat_card, chat_cards, pressed, summary
from handlers.teams.elements import Block
from handlers.teams.entrance import Payload, inner, text
from handlers.teams.files import pictures_in
from handlers.teams.people import People
from handlers.teams.quoted import author_in, message_in
from handlers.teams.rooms import TeamsRooms
from handlers.teams.sender import TeamsSender
from handlers.teams.surface import again, answers_from, aside, dialog, form_card, in_place, sent_form, task
from handlers.teams.threads import Threads, is_direct, mentions_us
from handlers.teams.unkept import Unkept
from storage.faults import Busy, Uncertain
from templates.shapes import Button, Card, Form
from workflows.refusals import BadAnswers

log = logging.getLogger(__name__)

# Above the first questions; a form is not kept waiting for it.
OFFERED_WITHIN = 1.0
REPORT, HOME = "report", "home"


class Listeners:
    """One listener for each kind of activity; what Teams should be answered is returned."""

    def __init__(self, desk: Desk, people: People, sender: TeamsSender, rooms: TeamsRooms) -> None:
        self.desk, self.people, self.sender, self.references = desk, people, sender, sender.references
        self.unkept, self.threads = Unkept(desk), Threads(desk, people, sender, rooms)
        self.afterwards: set[asyncio.Task[None]] = set()

    async def hear(self, body: Payload) -> Block | None:
        """Whatever came in; nothing is said to what only tells us something."""
        listener = LISTENERS.get(str(body.get("name") or body["type"]))
        if body.get("action") != "remove":
            self.later(self.references.seen(body))
        return await listener(self, body) if listener else None

    async def begun(self, body: Payload) -> Block:
        """The command was chosen, from the slash menu or from a message's own."""
        if inner(body, "value").get("messagePayload"):
            return await self.quote(body)
        return await self.begin(body)

    async def begin(self, body: Payload) -> Block:
        """The form, with what the person left unfinished above it, where that is found at once."""
        form = self.desk.start()
        offer = None
        try:
            async with asyncio.timeout(OFFERED_WITHIN):
                offer = await self.desk.offer(await self.people.who(body))
        except (TimeoutError, Busy, Uncertain) as fault:
            log.warning("no offer: %s", type(fault).__name__)
        return task(form.title, form_card(form, offer))

    async def quote(self, body: Payload) -> Block:
        """The form with the message in it, once the message is kept."""
        message, author = message_in(body), author_in(body)
        form = self.desk.start(message)
        who, found = await asyncio.gather(self.people.who(body), self.people.lookup([author] if author else ()))
        try:
            await self.desk.attach(form.token, message, next(iter(found), None), who)
        except (Busy, Uncertain) as fault:
            log.warning("message not kept: %s", type(fault).__name__)  # the form says so when it is sent
        return dialog(form)

    async def fetched(self, body: Payload) -> Block:
        """A button that opens a dialog was pressed."""
        return await self.opened(body, inner(inner(body, "value"), "data"))

    async def submitted(self, body: Payload) -> Block:
        """Something in a dialog was pressed, or a step of a form was sent: what the dialog shows next."""
        data = inner(inner(body, "value"), "data")
        form = sent_form(data)
        if form is None:
            if "form" in inner(data, OURS):
                raise Unreadable  # there may be somebody's words in it: the gate keeps it for a person to read
            return await self.opened(body, data)
        answers = answers_from(form, data)
        try:
            shown = await self.desk.answer(form.id, form.token, answers, await self.people.who(body))
        except BadAnswers as bad:
            return again(form, answers, bad.problems)
        except (Busy, Uncertain) as fault:
            return again(form, answers, {"": in_a_line(await self.desk.sorry(spoken(fault)))})
        return dialog(shown, form.token)

    async def opened(self, body: Payload, data: Payload) -> Block:
        """What a button opens; what is none of ours is said to be too old."""
        action, subject, page = pressed(data)
        if action == "report":
            return await self.begin(body)
        if not action:
            return dialog(await self.desk.sorry("expired"))
        return dialog(await self.press(body, action, subject), subject, page)

    async def executed(self, body: Payload) -> Block:
        """A button that acts where its card stands was pressed."""
        data = inner(inner(inner(body, "value"), "action"), "data")
        action, subject, _ = pressed(data)
        if "keep" in inner(data, OURS):
            return await self.noted(body, data)
        if action == "home":
            return in_place(await self.at_home(body))
        if action not in IN_PLACE:
            return in_place(chat_card(await self.desk.sorry("expired")))
        try:
            shown = await self.desk.press(action, subject, await self.people.who(body))
        except (Busy, Uncertain) as fault:
            return aside(in_a_line(await self.desk.sorry(spoken(fault))))
        assert isinstance(shown, Card)  # noqa: S101 - none of IN_PLACE opens a form
        return in_place(chat_card(shown))

    async def noted(self, body: Payload, data: Payload) -> Block:
        """What somebody wrote or sent in their own chat belongs to the case that they picked."""
        token = str(inner(data, OURS)["keep"])
        try:
            return in_place(chat_card(await self.unkept.keep(token, data, await self.people.who(body))))
        except BadAnswers as bad:
            return aside(" ".join(bad.problems.values()))
        except (Busy, Uncertain) as fault:
            return aside(in_a_line(await self.desk.sorry(spoken(fault))))

    async def press(self, body: Payload, action: str, subject: str) -> Form | Card:
        try:
            shown = await self.desk.press(action, subject, await self.people.who(body))
        except (Busy, Uncertain) as fault:
            return await self.desk.sorry(spoken(fault))
        return shown or await self.desk.sorry("expired")

    async def spoken(self, body: Payload) -> None:
        """Somebody wrote: in their own chat a word brings a card; among others what they answer may be read."""
        said, pictures = str(body.get("text") or "").strip().lower(), pictures_in(body)
        if not is_direct(body):
            if not await self.threads.replied(body) and mentions_us(body):
                self.later(self.greet(body))
            return
        if pictures:
            self.later(self.sent(body, pictures))
        if said == HOME:
            self.later(self.reply(body, await self.at_home(body), ""))
        elif said == REPORT or not (said or pictures):
            self.later(self.greet(body))
        elif said:
            self.later(self.offer(body))

    async def installed(self, body: Payload) -> None:
        """The app was put into somebody's own chat, or taken out of it."""
        if not is_direct(body):
            return
        if str(body.get("action", "")).startswith("remove"):
            await self.references.left(body)
        else:
            self.later(self.greet(body))

    async def altered(self, body: Payload) -> None:
        """A message was edited or deleted."""
        await self.threads.altered(body)

    async def changed(self, body: Payload) -> None:
        """Somebody came into a team, or something else about it is different."""
        if not is_direct(body) and body.get("membersAdded"):
            await self.desk.came_in("teams", "")

    async def offer(self, body: Payload) -> None:
        """Whoever leads on something may have written a note; anybody else is shown what can be done here."""
        card = await self.unkept.offer(str(body["text"]), await self.people.who(body))
        await (self.reply(body, card, "") if card else self.greet(body))

    async def sent(self, body: Payload, pictures: tuple[str, ...]) -> None:
        """Pictures came: which report are they about, and may they be fetched at all?"""
        await self.reply(body, await self.unkept.offer_pictures(pictures, await self.people.who(body)), "")

    async def greet(self, body: Payload) -> None:
        """The menu: what can be done here, and where what is done is to be seen."""
        card = await self.desk.greet(await self.people.who(body))
        card = replace(card, buttons=(*card.buttons, Button(self.desk.words.sentence("words.home"), "home")))
        await self.reply(body, chat_card(card), summary(card))

    async def at_home(self, body: Payload) -> Block:
        """My reports, and my cases: what Slack shows on App Home."""
        return chat_cards(await self.desk.home(await self.people.who(body)))

    async def reply(self, body: Payload, card: Block, said: str) -> None:
        await self.sender.answer(str(body["serviceUrl"]), text(body, "conversation", "id"), card, said)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """After the answer; a failure here costs a convenience and is noted by its name."""
        task = asyncio.ensure_future(work)
        self.afterwards.add(task)
        task.add_done_callback(self.remarked)

    def remarked(self, task: asyncio.Task[None]) -> None:
        self.afterwards.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("afterwards: %s", type(error).__name__)


Listener = Callable[[Listeners, Payload], Awaitable[Block | None]]
LISTENERS: Mapping[str, Listener] = {
    "composeExtension/fetchTask": Listeners.begun,
    "composeExtension/submitAction": Listeners.submitted,
    "task/fetch": Listeners.fetched,
    "task/submit": Listeners.submitted,
    "adaptiveCard/action": Listeners.executed,
    "message": Listeners.spoken,
    "messageUpdate": Listeners.altered,
    "messageDelete": Listeners.altered,
    "conversationUpdate": Listeners.changed,
    "installationUpdate": Listeners.installed,
}


def spoken(fault: Busy | Uncertain) -> str:
    return "busy" if isinstance(fault, Busy) else "uncertain"


def in_a_line(card: Card) -> str:
    """A card where only one line may stand: above the questions."""
    numbers = (f"{label}: {number}" for label, number in card.contacts)
    return " ".join((card.title, *card.body, *numbers))
