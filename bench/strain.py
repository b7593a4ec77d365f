"""What else it has to bear: Slack that is slow, a school with many cases, a crowd of promises due at once."""

import asyncio
import secrets
import time
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import create_engine
from sqlmodel import SQLModel

from bench.audit import PAST
from bench.rounds import Bench, Faulty
from storage.statements import insert_into, insert_rows

AT_ONCE = 500
SLOW_SECONDS = 0.1
Row = dict[str, Any]


class Strain:
    """Three measurements on a bench whose rounds are over."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.cases, self.promises = bench, bench.size.cases, bench.size.promises

    def run(self) -> None:
        """All of it; the books are balanced afterwards."""
        asyncio.run(self.slow_slack())
        self.restart()
        asyncio.run(self.letters("empty"))
        crowd = self.fill()
        self.restart()
        asyncio.run(self.letters("full"))
        asyncio.run(self.crowd(crowd))
        self.bench.keep("strained MB", self.bench.stage.lanyard.megabytes())

    def restart(self) -> None:
        self.bench.stage.lanyard.stop()
        self.bench.stage.lanyard.start()

    async def slow_slack(self) -> None:
        """Nobody's acknowledgement waits for a message to somebody else."""
        self.bench.stage.asked(f"/bench/slow?seconds={SLOW_SECONDS}")
        await self.bench.submissions("slow", self.bench.stage.lanyard, (64, self.bench.size.letters[64]))
        self.bench.stage.asked("/bench/slow?seconds=0")

    async def letters(self, name: str) -> None:
        await self.bench.submissions("", self.bench.stage.lanyard, (4, 24))
        await self.bench.submissions(name, self.bench.stage.lanyard, (16, self.bench.size.letters[16]))

    def fill(self) -> list[str]:
        """Cases as one submission leaves them, told to their lead long ago; answers some of their ids."""
        self.bench.stage.lanyard.stop()
        engine = create_engine(self.bench.books.engine.url)
        ids: list[str] = []
        with engine.begin() as connection:
            numbers = iter(range(self.cases))
            while some := [*islice(numbers, AT_ONCE)]:
                copies = [self.copy(number) for number in some]
                ids += [copy["cases"][0]["id"] for copy in copies]
                for name in self.bench.sample.rows:
                    rows = [row for copy in copies for row in copy[name]]
                    insert_rows(connection, insert_into(SQLModel.metadata.tables[name]), rows)
        engine.dispose()
        return ids[: self.promises]

    def copy(self, number: int) -> dict[str, list[Row]]:
        """The sample's rows about another case."""
        sample, case = self.bench.sample.rows, secrets.token_hex(16)
        old = sample["cases"][0]["id"]

        def row(name: str, values: Row) -> Row:
            fresh = {column: case if value == old else value for column, value in values.items()}
            if fresh.get("id", case) != case:
                fresh["id"] = secrets.token_hex(16)
            if name == "cases":
                fresh |= {"reference": f"{PAST}{number}", "draft": secrets.token_hex(16)}
            if name == "ledger":
                fresh |= {"trust": PAST, "position": number}
            if name == "promises":
                fresh |= {"state": "kept", "lease": "", "kept_at": fresh["made_at"]}
            return fresh

        return {name: [row(name, values) for values in rows] for name, rows in sample.items()}

    async def crowd(self, cases: list[str]) -> None:
        """All of them are kept, each is seen once, and the figure is how many a second."""
        lead = self.bench.sample.rows["parties"][0]["person"]
        since = len(self.bench.posts)
        spent = self.bench.stage.lanyard.seconds()
        self.promise(cases, lead)
        began = time.monotonic()
        while self.bench.books.due():
            if time.monotonic() > began + 60 + len(cases) / 10:
                raise Faulty("a crowd of promises is not being kept")
            await asyncio.sleep(0.2)
        took = time.monotonic() - began
        seen = self.bench.stage.asked(f"/bench/posts?since={since}")
        if len(seen) != len(cases):  # none of them was dropped, say the books: so each was said once
            raise Faulty(f"{len(cases)} promises, {len(seen)} messages")
        self.bench.keep("crowd /s", len(cases) / took)
        self.bench.keep("crowd cpu ms", (self.bench.stage.lanyard.seconds() - spent) / len(cases) * 1000)

    def promise(self, cases: list[str], lead: str) -> None:
        """Another card about each of these cases, due now."""
        kept = next(row for row in self.bench.sample.rows["promises"] if row["kind"] == "card" and row["to"] == lead)
        now = datetime.now(UTC)
        fresh = {**kept, "due_at": now, "made_at": now, "state": "waiting", "lease": "", "leased_until": None}
        table = insert_into(SQLModel.metadata.tables["promises"])
        with self.bench.books.engine.begin() as connection:
            rows = [{**fresh, "id": secrets.token_hex(16), "about": case, "kept_at": None} for case in cases]
            insert_rows(connection, table, rows)
