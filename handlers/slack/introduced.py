"""Asks Slack whether it knows a token, for whoever has just pasted it."""

import asyncio
import logging

from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.calls import FAILURES, complaint
from handlers.slack.people import People
from workflows.people import Who

ASKED_WITHIN = 15


class NotKnown(Exception):
    """Slack does not take the token; says so in Slack's own word, or "unreachable"."""


async def team_of(token: str, url: str) -> tuple[str, str]:
    """The id and name of the workspace that a bot token is for.  Raises NotKnown."""
    answer = await asked(token, url, "auth.test")
    return str(answer["team_id"]), str(answer["team"])


async def may_open_lines(token: str, url: str) -> None:
    """Whether an app-level token is taken.  Raises NotKnown."""
    await asked(token, url, "apps.connections.open")


async def account_of(token: str, url: str, team: str, email: str) -> Who | None:
    """Whose account an e-mail address is, if anybody's.  Raises Unreachable when Slack does not say."""
    return await People(AsyncWebClient(token=token, base_url=url, retry_handlers=[]), team).by_email(email)


async def asked(token: str, url: str, method: str) -> dict[str, object]:
    logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)  # its sentences repeat what was sent
    client = AsyncWebClient(token=token, base_url=url, timeout=ASKED_WITHIN, retry_handlers=[])
    try:
        async with asyncio.timeout(ASKED_WITHIN):
            answer = await client.api_call(method)
    except FAILURES as fault:
        raise NotKnown(complaint(fault) or "unreachable") from None
    return dict(answer.data) if isinstance(answer.data, dict) else {}
