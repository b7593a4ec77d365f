"""What both floors share: as many rows of the same shapes through the same writer, behind the same uvicorn."""

import argparse
import pickle
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from sqlmodel import SQLModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.sample import Sample
from storage.database import Database
from storage.merkle import Head
from storage.queries import people as queries
from storage.statements import insert_into, insert_rows
from storage.unit import Unit
from storage.vault import Vault

TRUST = "floor"
# What may stand only once, beside the id.
UNIQUE = {"cases": ("draft", "reference"), "sealed": ("owner",), "parties": ("case",)}


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


@dataclass(frozen=True)
class Ground:
    """What a floor stands on; ``chat`` is the address of the stand-in."""

    chat: str
    database: Database
    sample: Sample
    rows: Rows

    async def commit(self) -> None:
        """What one submission leaves is on disk."""
        await self.database.run(TRUST, self.rows.insert)


def dice() -> str:
    return secrets.token_hex(16)


async def ready(database: Database, request: Request) -> Response:
    await database.run(TRUST, lambda unit: unit.find(queries.trust()))
    return JSONResponse({})


def serve(floor: Callable[[Ground], Starlette]) -> None:
    """python -m bench.slack_floor, or bench.teams_floor"""
    ask = argparse.ArgumentParser()
    ask.add_argument("--port", type=int)
    ask.add_argument("--chat")
    ask.add_argument("--database")
    ask.add_argument("--key", type=Path)
    ask.add_argument("--sample", type=Path)
    told = ask.parse_args()
    sample = pickle.loads(told.sample.read_bytes())
    vault = Vault.from_key_file(told.key)
    database = Database.open(told.database, vault=vault, clock=partial(datetime.now, UTC), dice=dice)
    app = floor(Ground(told.chat, database, sample, Rows(sample.rows, dice)))
    app.router.routes.append(Route("/healthz", partial(ready, database)))
    config = uvicorn.Config(app, port=told.port, log_config=None, access_log=False, server_header=False)
    uvicorn.Server(config).run()
