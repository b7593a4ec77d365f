"""One real submission, taken through the desk with nobody else at the database: the rows that it leaves."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, create_engine, select
from sqlmodel import SQLModel

from bench.letters import REFERENCE, REPORT, START, Chat
from bench.sample import Sample
from bot.ground import Ground, dice, open_ground
from bot.settings import Settings
from handlers.desk import Desk
from storage.blobs import Blobs
from templates.shapes import Form


def take(env: Mapping[str, str], chat: Chat) -> Sample:
    """Make a report in the school that these settings name."""
    ground = open_ground(Settings.read(env), None)
    try:
        return asyncio.run(report(ground, chat))
    finally:
        ground.database.close()


async def report(ground: Ground, chat: Chat) -> Sample:
    desk = Desk(ground.database, ground.trust, ground.rules, Blobs(ground.settings.home / "evidence"), dice)
    await desk.refresh()
    who, token = chat.somebody(), desk.start().token
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
    return Sample(left, gone, form.id, chat.drawn(form), found.group())


def standing(connection: Connection) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    """Every row of every table, by its key."""
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        keys = [column.name for column in table.primary_key]
        rows = [dict(row._mapping) for row in connection.execute(select(table))]
        found[table.name] = {tuple(row[key] for key in keys): row for row in rows}
    return found
