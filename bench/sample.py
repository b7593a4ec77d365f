"""One real submission, taken through the desk with nobody else at the database: the rows that it leaves."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, create_engine, select
from sqlmodel import SQLModel

from bench.letters import REFERENCE, REPORT, REPORTERS, START, TEAM
from bot.ground import Ground, dice, open_ground
from bot.settings import Settings
from handlers.desk import Desk
from handlers.slack.surface import form_view
from storage.blobs import Blobs
from templates.shapes import Form
from workflows.people import Who


@dataclass(frozen=True)
class Sample:
    """The rows by table, how many went, and the view that the last step is sent from."""

    rows: Mapping[str, list[dict[str, Any]]]
    gone: int
    step: str
    view: Mapping[str, Any]
    reference: str

    @property
    def size(self) -> int:
        return sum(len(rows) for rows in self.rows.values())

    def counted(self) -> dict[str, int]:
        return {name: len(rows) for name, rows in self.rows.items()}


def take(env: Mapping[str, str]) -> Sample:
    """Make a report in the school that these settings name."""
    ground = open_ground(Settings.read(env), None)
    try:
        return asyncio.run(report(ground))
    finally:
        ground.database.close()


async def report(ground: Ground) -> Sample:
    desk = Desk(ground.database, ground.trust, ground.rules, Blobs(ground.settings.home / "evidence"), dice)
    await desk.refresh()
    who = Who("slack", TEAM, REPORTERS[0], name="Tolu Oyelaran", emails=("t.oyelaran@brambledown.example",))
    token = desk.start().token
    form = await desk.answer("start", token, START, who)
    assert isinstance(form, Form)
    rows = create_engine(ground.settings.database_url.get_secret_value())
    with rows.connect() as connection:
        before = standing(connection)
    receipt = await desk.answer(form.id, token, REPORT, who)
    with rows.connect() as connection:
        after = standing(connection)
    rows.dispose()
    new = {name: [row for key, row in there.items() if key not in before[name]] for name, there in after.items()}
    gone = sum(key not in after[name] for name, there in before.items() for key in there)
    left = {name: there for name, there in new.items() if there}
    found = REFERENCE.search(str(receipt))
    assert found
    return Sample(left, gone, form.id, form_view(form), found.group())


def standing(connection: Connection) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    """Every row of every table, by its key."""
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        keys = [column.name for column in table.primary_key]
        rows = [dict(row._mapping) for row in connection.execute(select(table))]
        found[table.name] = {tuple(row[key] for key in keys): row for row in rows}
    return found
