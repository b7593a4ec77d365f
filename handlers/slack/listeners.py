"""What people do in Slack: parse, one call to the desk, render."""

import asyncio
import logging
from collections.abc import Awaitable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers.desk import Desk
from handlers.slack.calls import FAILURES, complaint
from handlers.slack.cards import fallback, pressed
from handlers.slack.entrance import home_of, person_of
from handlers.slack.people import People
from handlers.slack.quoted import author_in, message_in, named, people_in
from handlers.slack.sender import SlackSender
from handlers.slack.surface import answers_from, card_view, form_view, home_view, mended, step_of
from handlers.slack.threads import Threads
from storage.faults import Busy, Uncertain
from templates.shapes import Card, Form
from workflows.people import Who
from workflows.refusals import BadAnswers

log = logging.getLogger(__name__)

Payload = Mapping[str, Any]
# What a role-holder types before a holiday: Slack keeps /away for itself.
AWAY = "/im-away"
# A trigger that has opened something: the form is there.
SPENT = ("exchanged_trigger_id", "trigger_exchanged")


class Listeners:
    """One listener for each kind of payload; what Slack should be answered goes to ``ack``."""

    def __init__(self, desk: Desk, client: AsyncWebClient, people: People, away: str = AWAY) -> None:
        self.desk, self.client, self.people, self.away = desk, client, people, away
        self.sender = SlackSender(client)
        self.threads = Threads(desk, people, self.sender)
        self.afterwards: set[asyncio.Task[None]] = set()

    async def asked(self, ack: AsyncAck, body: Payload) -> None:
        """One of our commands was typed; the form for reports opens for whatever is not the other."""
        if body["command"] == self.away:
            await self.press("away", "", body)
        else:
            await self.begin(body)
        await ack()

    async def chosen(self, ack: AsyncAck, body: Payload) -> None:
        """A shortcut was chosen, a message's own or the one for everywhere."""
        if body["type"] == "message_action":
            await self.quote(body)
        else:
            await self.begin(body)
        await ack()

    async def pressed(self, ack: AsyncAck, body: Payload) -> None:
        """A button was pressed, in a message, in a modal or on App Home."""
        action, subject = pressed(body["actions"][0])
        if action == "report" and not in_modal(body):
            await self.begin(body)
        elif action:
            await self.press(action, subject, body)
            if on_home(body):
                self.later(self.draw_home(body))
        await ack()

    async def press(self, action: str, subject: str, body: Payload) -> None:
        shown = await self.plainly(self.desk.press(action, subject, await self.who(body)))
        if shown is not None:
            await self.show(body, shown)

    async def submitted(self, ack: AsyncAck, body: Payload) -> None:
        """A step of a form was sent: the next step, the receipt, or what to mend."""
        view = body["view"]
        try:
            shown = await self.desk.answer(*step_of(view), answers_from(view), await self.who(body))
        except BadAnswers as bad:
            await ack(**mended(view, bad.problems))
        except (Busy, Uncertain) as fault:
            await ack(**mended(view, {"": in_a_line(await self.desk.sorry(spoken(fault)))}))
        else:
            await ack(response_action="update", view=view_of(shown))

    async def closed(self, ack: AsyncAck) -> None:
        """A modal was closed; its draft stays for a day."""
        await ack()

    async def happened(self, body: Payload) -> None:
        """App Home was opened, a profile changed, or something was said or done to a message."""
        event = body["event"]
        if event["type"] == "user_change":
            if who := self.people.changed(event):
                await self.desk.heard(who)
        elif event["type"] == "app_home_opened":
            if event.get("tab") == "home":
                await self.draw_home(body)
        else:
            await self.threads.happened(body)

    async def draw_home(self, body: Payload) -> None:
        """App Home as it stands now."""
        cards = await self.desk.home(await self.who(body))
        await self.client.views_publish(user_id=person_of(body), view=home_view(list(cards)))

    async def begin(self, body: Payload) -> None:
        """The form at once, nothing asked of the database: a trigger lives three seconds."""
        form = self.desk.start()
        opened = await self.client.views_open(trigger_id=body["trigger_id"], view=form_view(form))
        self.later(self.offer(body, form, opened["view"]))

    async def quote(self, body: Payload) -> None:
        """The form at once, with the message in it; then the message is kept, and only then is Slack answered."""
        message = message_in(body)
        form = self.desk.start(message)
        opened = await self.client.views_open(trigger_id=body["trigger_id"], view=form_view(form))
        who, found = await asyncio.gather(self.who(body), self.people.lookup(people_in(body)))
        faces = {each.address: each for each in found}
        told = named(message, body, faces)
        try:
            await self.desk.attach(form.token, told, faces.get(author_in(body)), who)
        except (Busy, Uncertain) as fault:
            log.warning("message not kept: %s", type(fault).__name__)  # the form says so when it is sent
            return
        if told != message:
            self.later(self.redraw(opened["view"], replace(self.desk.start(told), token=form.token)))

    async def redraw(self, view: Payload, form: Form) -> None:
        """The same questions with names in what stands above them; what was typed stays."""
        await self.client.views_update(view_id=view["id"], hash=view["hash"], view=form_view(form))

    async def offer(self, body: Payload, form: Form, view: Payload) -> None:
        """What the person left unfinished, above the same questions."""
        card = await self.desk.offer(await self.who(body))
        if card is not None:
            offered = form_view(form, offer=card)
            await self.client.views_update(view_id=view["id"], hash=view["hash"], view=offered)

    async def show(self, body: Payload, shown: Form | Card) -> None:
        if in_modal(body):
            view = body["view"]
            await self.client.views_update(view_id=view["id"], hash=view["hash"], view=view_of(shown))
        else:
            await self.client.views_open(trigger_id=body["trigger_id"], view=view_of(shown))

    async def excuse(self, body: Payload, card: Card) -> None:
        """A shortcut failed: where no form has opened, the telephone numbers, one way or the other."""
        try:
            await self.client.views_open(trigger_id=body["trigger_id"], view=card_view(card))
        except FAILURES as error:
            if complaint(error) not in SPENT:
                await self.sender.post(person_of(body), card)

    async def plainly(self, asked: Awaitable[Form | Card | None]) -> Form | Card | None:
        try:
            return await asked
        except (Busy, Uncertain) as fault:
            return await self.desk.sorry(spoken(fault))

    async def who(self, body: Payload) -> Who:
        return await self.people.who(person_of(body), home_of(body))

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """After the answer; a failure here costs a convenience and is noted by its name."""
        task = asyncio.ensure_future(work)
        self.afterwards.add(task)
        task.add_done_callback(self.noted)

    def noted(self, task: asyncio.Task[None]) -> None:
        self.afterwards.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("afterwards: %s", type(error).__name__)


def view_of(shown: Form | Card) -> dict[str, Any]:
    return form_view(shown) if isinstance(shown, Form) else card_view(shown)


def in_modal(body: Payload) -> bool:
    return bool(body.get("view")) and body["view"].get("type") == "modal"


def on_home(body: Payload) -> bool:
    return bool(body.get("view")) and body["view"].get("type") == "home"


def spoken(fault: Busy | Uncertain) -> str:
    return "busy" if isinstance(fault, Busy) else "uncertain"


def in_a_line(card: Card) -> str:
    """A card where only one line may stand: beside a question."""
    numbers = (f"{label}: {number}" for label, number in card.contacts)
    return " ".join((card.title, *card.body, *numbers)) or fallback(card)
