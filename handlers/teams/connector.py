"""The line to Teams itself, through Microsoft's SDK: what is said into conversations, and who is in them."""

import logging
from collections.abc import Mapping
from typing import Any, cast

from microsoft_teams.api.activities import ActivityParams
from microsoft_teams.api.activities.message import MessageActivityInput
from microsoft_teams.api.clients.conversation import ConversationClient, CreateConversationParams
from microsoft_teams.api.models import Account, Attachment
from microsoft_teams.common import Client, ClientOptions

from handlers.teams.elements import CARD
from handlers.teams.entrance import Payload
from handlers.teams.places import BOT
from handlers.teams.tokens import Tokens

# The SDK waits for ever if nobody tells it otherwise, and repeats nothing: the promises own every retry.
WAITS = 10.0
PAGE = 200


class Connector:
    """Each call raises one of FAILURES, or Unreachable where we are given no token."""

    def __init__(self, tokens: Tokens, tenant: str) -> None:
        self.tokens, self.tenant = tokens, tenant
        self.client = Client(ClientOptions(timeout=WAITS, token=self.token))
        # Making one sets httpx to tell every address it asks, and some of them name a conversation.
        for name in ("httpx", "microsoft_teams"):
            logging.getLogger(name).setLevel(logging.CRITICAL)

    async def say(self, service: str, conversation: str, card: Payload, summary: str) -> str:
        """A new message; its id."""
        sent = await self.at(service).create_activity(conversation, message(card, summary))
        return named(sent.id)

    async def change(self, service: str, conversation: str, id: str, told: tuple[Payload, str]) -> None:
        """The same message, saying something else."""
        await self.at(service).update_activity(conversation, id, message(*told))

    async def open(self, service: str, member: str) -> str:
        """A conversation with one person, the one there is if there is one; its id."""
        asked = CreateConversationParams(members=[Account(id=member)], tenant_id=self.tenant)
        return named((await self.at(service).create(asked)).id)

    async def member(self, service: str, conversation: str, account: str) -> Mapping[str, Any]:
        """What a conversation's own list says of somebody in it."""
        found = await self.at(service).get_member_by_id(conversation, account)
        return cast(Mapping[str, Any], found.model_dump(by_alias=True, exclude_none=True))

    async def members(self, service: str, conversation: str, most: int) -> list[Mapping[str, Any]]:
        """Everybody in a conversation, page after page.  Raises ValueError where there are more than ``most``."""
        found: list[Mapping[str, Any]] = []
        token: str | None = None
        while True:
            page = await self.at(service).get_paged_members(conversation, PAGE, token)
            found += [each.model_dump(by_alias=True, exclude_none=True) for each in page.members]
            if len(found) > most:
                raise ValueError
            if not (token := page.continuation_token):
                return found

    async def remove(self, service: str, conversation: str, id: str) -> None:
        """Take a message away."""
        await self.at(service).delete_activity(conversation, id)

    def at(self, service: str) -> ConversationClient:
        return ConversationClient(service, self.client)

    async def token(self) -> str:
        return await self.tokens.get(BOT)

    async def close(self) -> None:
        await self.client.http.aclose()


def message(card: Payload, summary: str) -> ActivityParams:
    """A card; ``summary`` is what a notification shows."""
    held = Attachment(content_type=CARD, content=dict(card))
    return MessageActivityInput(attachments=[held], summary=summary)


def named(id: str | None) -> str:
    if not id:
        raise LookupError
    return id
