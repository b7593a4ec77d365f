"""The floor: bare Bolt behind the same uvicorn, committing as many rows of the same shapes through the same writer."""

import argparse
import logging
import pickle
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import SQLModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.letters import TEAM
from bench.sample import Sample
from storage.database import Database
from storage.merkle import Head
from storage.queries import people as queries
from storage.statements import insert_into, insert_rows
from storage.unit import Unit
from storage.vault import Vault
from workspace.settings import Settings as Chat

TRUST = "floor"
# What may stand only once, beside the id.
UNIQUE = {"cases": ("draft", "reference"), "sealed": ("owner",), "parties": ("case",)}
RECEIPT = {"type": "modal", "title": {"type": "plain_text", "text": "Thank you"}, "clear_on_close": True}


class Rows:
    """The rows of one real submission, with fresh ids each time: nothing is decided, looked up or sealed."""

    def __init__(self, rows: Mapping[str, list[dict[str, Any]]], new_id: Callable[[], str]) -> None:
        self.rows, self.new_id = rows, new_id
        self.position = 0

    def insert(self, unit: Unit) -> None:
        connection = unit._connection
        for name, rows in self.rows.items():
            table = SQLModel.metadata.tables[name]
            insert_rows(connection, insert_into(table), [self.fresh(name, row) for row in rows])
        unit._head = Head(self.position, (b"\0" * 32,) * self.position.bit_count())

    def fresh(self, name: str, row: dict[str, Any]) -> dict[str, Any]:
        if name == "ledger":
            self.position += 1
            return {**row, "trust": TRUST, "position": self.position}
        named = {"id": self.new_id(), "trust": TRUST}
        unique = UNIQUE.get(name, ())
        return {**row, **named, **{column: self.new_id() for column in unique}}


def bare(client: AsyncWebClient, database: Database, sample: Sample) -> AsyncApp:
    """Bolt and nothing in front of it, behind it or beside it."""
    rows = Rows(sample.rows, dice)
    app = AsyncApp(signing_secret=Chat.signing_secret, authorize=authorize, process_before_response=True)

    @app.command(Chat.command)
    async def asked(ack: Any, body: dict[str, Any]) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=dict(sample.view))
        await ack()

    @app.view(sample.step)
    async def submitted(ack: Any) -> None:
        await database.run(TRUST, rows.insert)
        await ack(response_action="update", view={**RECEIPT, "blocks": sample.view["blocks"][:3]})

    return app


def dice() -> str:
    return secrets.token_hex(16)


async def authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token="-")


async def ready(database: Database, request: Request) -> Response:
    await database.run(TRUST, lambda unit: unit.find(queries.trust()))
    return JSONResponse({})


def main() -> None:
    """python -m bench.floor"""
    ask = argparse.ArgumentParser()
    ask.add_argument("--port", type=int)
    ask.add_argument("--slack")
    ask.add_argument("--database")
    ask.add_argument("--key", type=Path)
    ask.add_argument("--sample", type=Path)
    told = ask.parse_args()
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    sample = pickle.loads(told.sample.read_bytes())
    vault = Vault.from_key_file(told.key)
    database = Database.open(told.database, vault=vault, clock=partial(datetime.now, UTC), dice=dice)

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as session:
            client = AsyncWebClient(token=Chat.bot_token, base_url=told.slack, session=session, retry_handlers=[])
            app.state.bolt = AsyncSlackRequestHandler(bare(client, database, sample))
            yield

    async def events(request: Request) -> Response:
        answer: Response = await request.app.state.bolt.handle(request)
        return answer

    routes = [
        Route("/slack/events", events, methods=["POST"]),
        Route("/healthz", partial(ready, database)),
    ]
    uvicorn.Server(
        uvicorn.Config(
            Starlette(routes=routes, lifespan=living),
            port=told.port,
            log_config=None,
            access_log=False,
            server_header=False,
        )
    ).run()


if __name__ == "__main__":
    main()
