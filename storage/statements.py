"""Inserts many rows at once, as cheaply as the driver can: every report passes here six times."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import Insert

Convert = Callable[[Any], Any]
SQLITE = sqlite.dialect()


def insert_rows(connection: Connection, statement: Insert, rows: Sequence[dict[str, Any]]) -> None:
    """Every row must name every column; statements must be few and kept, for each is compiled once."""
    if connection.dialect.name != "sqlite":
        connection.execute(statement, rows)
        return
    sql, columns = _compiled(statement)
    values = [tuple([convert(row[name]) if convert else row[name] for name, convert in columns]) for row in rows]
    connection.exec_driver_sql(sql, values)


@cache
def insert_into(table: Table) -> Insert:
    return table.insert()


@cache
def _compiled(statement: Insert) -> tuple[str, tuple[tuple[str, Convert | None], ...]]:
    """The statement's text and, in the order of its blanks, what each column makes of a value."""
    table: Any = statement.table
    compiled: Any = statement.compile(dialect=SQLITE, column_keys=table.columns.keys())
    return compiled.string, tuple((name, _convert(table.c[name])) for name in compiled.positiontup)


def _convert(column: Any) -> Convert | None:
    found: Convert | None = column.type.dialect_impl(SQLITE).bind_processor(SQLITE)
    return found
