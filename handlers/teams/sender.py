"""What goes out to people in Teams."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from handlers.allowance import Allowance, Limit
from handlers.senders import Mark, Posted, Shut, Unreachable
from handlers.teams.calls import FAILURES, complaint, retry_after, status
from handlers.teams.cards import chat_card, summary
from handlers.teams.connector import Connector
from handlers.teams.elements import Block
from handlers.teams.references import References
from templates.shapes import Card
from workflows.reached import Place

Answer = TypeVar("Answer")

WAITS = 10.0
# The bot was taken out or blocked there: the person is reached by e-mail, until they have it back.
SHUT = 403
# Nothing is there: the conversation, the message or the person.
NOTHING = 404
# Microsoft's name for somebody who does not exist; other refusals of a new conversation may pass.
NOBODY = ("UserNotFound", "InvalidUser")
UNTRUSTED = 401
# Microsoft's own numbers for what one bot may say in one conversation, and the lower of those for one tenant: 30 to 50.
LIMITS: Sequence[Limit] = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
LIMITS_ALL: Sequence[Limit] = ((30, 1.0),)
# For a conversation, and for all of them.
Allowances = tuple[Allowance, Allowance]
# What every channel's name has in it, and no person's.
CHANNEL = "@thread"


class TeamsSender:
    """Messages to people's own conversations, through the references that they left when they spoke, and to channels.

    A dropped line or a crash leaves it open whether Teams took a message, and Teams tells no bot what stands in a
    conversation: it is said again.  New messages go one at a time, so that it is one.
    """

    recalls = False

    def __init__(self, connector: Connector, references: References, fallback: str, allowances: Allowances) -> None:
        self.connector, self.references, self.fallback = connector, references, fallback
        self.here, self.everywhere = allowances
        self.clock = self.here.clock
        # Until when a conversation is to be left alone.
        self.quiet: dict[str, float] = {}
        # By a service that failed, the one by which people of this tenant are reached since.
        self.moved: dict[str, str] = {}

    async def post(self, to: str, card: Card, mark: Mark) -> Posted:
        """A message to a person, by their id in the directory, into a channel, or where ``Posted`` says.

        ``mark`` is of no use here: Teams tells no bot what stands in a conversation.
        """
        if " " in to or CHANNEL in to:
            return await self.into(to, card)
        place = await self.references.of(to)
        try:
            if place and place.conversation:
                return await self.say(place.service, place.conversation, card)
            return await self.begin(to, place, card)
        except Shut:
            self.references.forget(to)
            raise
        except Gone:
            self.references.forget(to)
            if place and place.conversation:
                return await self.begin(to, place, card)  # the conversation is no more; the person may be
            raise

    async def edit(self, where: Posted, card: Card, mark: Mark) -> Posted:
        """The same message, saying something else; posted again where Teams no longer has it."""
        service, conversation, name = await self.place(where.channel)
        told = (chat_card(card), summary(card))
        try:
            change = self.connector.change
            await self.asked(service, conversation, lambda there: change(there, conversation, where.stamp, told))
        except Gone:
            return await self.into(where.channel, card)
        return Posted(name, where.stamp)

    async def into(self, channel: str, card: Card) -> Posted:
        service, conversation, name = await self.place(channel)
        return Posted(name, (await self.say(service, conversation, card)).stamp)

    async def place(self, channel: str) -> tuple[str, str, str]:
        """The service and the conversation that ``Posted`` or a team's room names, and what that is to be kept as."""
        service, _, conversation = channel.rpartition(" ")
        if service:
            return service, conversation, channel
        # A channel is kept by its own name alone, by which Teams tells us of what is written beneath its messages.
        conversation = conversation.rpartition("/")[2]
        return await self.service(), conversation, conversation

    async def service(self) -> str:
        """The service of everybody in this tenant, and so of its channels."""
        return await self.references.anywhere() or self.fallback

    async def begin(self, to: str, known: Place | None, card: Card) -> Posted:
        """A conversation with somebody who has the app and has not spoken yet."""
        service = await self.service()
        member = known.member if known and known.member else to
        await self.everywhere.wait("")
        try:
            conversation = await self.sent(self.connector.open(service, member))
            posted = await self.say(service, conversation, card)
        except Gone as no:
            if no.nobody:
                raise
            # The service is not there, or what it has just opened is not yet: neither says anything of the person.
            raise Unreachable from None
        await self.references.opened(to, Place(service, conversation, known.member if known else ""))
        return posted

    async def say(self, service: str, conversation: str, card: Card) -> Posted:
        return await self.answer(service, conversation, chat_card(card), summary(card))

    async def answer(self, service: str, conversation: str, card: Block, said: str) -> Posted:
        """A card that is drawn already, into a conversation that has just spoken."""
        say = self.connector.say
        id = await self.asked(service, conversation, lambda there: say(there, conversation, card, said))
        return Posted(channel=f"{self.moved.get(service, service)} {conversation}", stamp=id)

    async def asked(self, service: str, conversation: str, call: Callable[[str], Awaitable[Answer]]) -> Answer:
        """Unless Teams has asked for quiet there: it is not asked again before the time that it named."""
        if (left := self.quiet.get(conversation, 0.0) - self.clock()) > 0:
            raise Unreachable(left, tried=False)
        self.quiet.pop(conversation, None)
        self.here.heed(conversation)
        await self.everywhere.wait("")
        self.here.take(conversation)
        there = self.moved.get(service, service)
        try:
            return await self.sent(call(there))
        except Unreachable as no:
            if no.retry_after:
                self.quiet[conversation] = self.clock() + no.retry_after
            elif not no.shut and (newest := await self.service()) != there:
                self.moved[service] = newest
                raise Unreachable(unsure=no.unsure) from None  # it is asked there next, before anything is given up
            raise

    async def sent(self, call: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(WAITS):
                return await call
        except FAILURES as error:
            raise self.outcome(error) from None

    def outcome(self, error: Exception) -> Unreachable:
        """What a failure says of the person who was written to."""
        if status(error) == UNTRUSTED:
            self.connector.tokens.forget()
        if status(error) == SHUT:
            return Shut()
        if status(error) == NOTHING or complaint(error) in NOBODY:
            return Gone(nobody=complaint(error) in NOBODY)
        return Unreachable(retry_after(error), unsure=status(error) == 0)


class Gone(Unreachable):
    """There is nothing there; ``nobody`` says that Microsoft knows no such person."""

    def __init__(self, *, nobody: bool) -> None:
        super().__init__(gone=True)
        self.nobody = nobody
