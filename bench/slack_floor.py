"""The floor under Slack: bare Bolt, and nothing in front of it, behind it or beside it."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.floor import Ground, serve
from workspace.settings import Settings as Chat

TEAM = "T0BRAMBLE1"
RECEIPT = {"type": "modal", "title": {"type": "plain_text", "text": "Thank you"}, "clear_on_close": True}


def bare(client: AsyncWebClient, ground: Ground) -> AsyncApp:
    """A form that opens, and a step that is kept."""
    shown = dict(ground.sample.view)
    app = AsyncApp(signing_secret=Chat.signing_secret, authorize=authorize, process_before_response=True)

    @app.command(Chat.command)
    async def asked(ack: Any, body: dict[str, Any]) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=shown)
        await ack()

    @app.view(ground.sample.step)
    async def submitted(ack: Any) -> None:
        await ground.commit()
        await ack(response_action="update", view={**RECEIPT, "blocks": shown["blocks"][:3]})

    return app


async def authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token="-")


def floor(ground: Ground) -> Starlette:
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as session:
            base = f"{ground.chat}/api/"
            client = AsyncWebClient(token=Chat.bot_token, base_url=base, session=session, retry_handlers=[])
            app.state.bolt = AsyncSlackRequestHandler(bare(client, ground))
            yield

    async def events(request: Request) -> Response:
        answer: Response = await request.app.state.bolt.handle(request)
        return answer

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])], lifespan=living)


if __name__ == "__main__":
    serve(floor)
