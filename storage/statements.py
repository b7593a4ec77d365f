"""Statements as the driver takes them: compiled once, and run without the library's own way to it."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Insert

from storage.asked import Asked

Convert = Callable[[Any], Any]
Lengths = tuple[tuple[str, int], ...]


@cache
def dialect(name: str) -> Any:
    """How a database wants to be spoken to.

    The library's way to the driver, past all it must look at each time, costs five to thirty times what SQLite does.
    """
    if name == "sqlite":
        return sqlite.dialect()
    from sqlalchemy.dialects.postgresql import psycopg  # a thirtieth of the start, for those who use it

    return psycopg.dialect()  # type: ignore[no-untyped-call]


def insertion(name: str) -> Any:
    """An insert that can be told what to do about a row that stands already."""
    if name == "sqlite":
        return sqlite.insert
    from sqlalchemy.dialects import postgresql

    return postgresql.insert


class Text(NamedTuple):
    """A statement's text, what goes into each of its blanks, and what becomes of each value that comes back."""

    sql: str
    blanks: tuple[tuple[str, Convert | None], ...]
    lists: Mapping[str, Sequence[str]]  # the blanks of a list of values, one for each
    fixed: Mapping[str, Any]
    answers: bool
    converted: tuple[tuple[int, Convert], ...]  # which columns of an answer are not taken as they come
    by_name: bool

    def filled(self, values: Mapping[str, Any]) -> Any:
        given = {**self.fixed, **values} if self.fixed or self.lists else values
        for name, each in self.lists.items():
            given.update(zip(each, given.pop(name), strict=True))  # type: ignore[attr-defined]  # a dict of our own
        if self.by_name:
            return {name: convert(given[name]) if convert else given[name] for name, convert in self.blanks}
        return [convert(given[name]) if convert else given[name] for name, convert in self.blanks]

    def read(self, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [self._read(row) for row in found] if self.converted else found

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for at, convert in self.converted:
            values[at] = convert(values[at])
        return tuple(values)


def ask(connection: Connection, asked: Asked) -> list[tuple[Any, ...]]:
    """What a kept statement finds, or says that it changed, row by row."""
    values = asked.values
    lists = tuple([(name, len(values[name])) for name in _lists_in(asked.statement)])
    text = _text(asked.statement, connection.dialect.name, lists)
    cursor = _run(connection, "execute", text.sql, text.filled(values))
    return text.read(cursor.fetchall()) if text.answers else []


def change(connection: Connection, asked: Asked) -> int:
    """Run a kept statement that answers nothing; how many rows it changed."""
    text = _text(asked.statement, connection.dialect.name, ())
    changed: int = _run(connection, "execute", text.sql, text.filled(asked.values)).rowcount
    return changed


def command(connection: Connection, text: str) -> None:
    """Run what has no blanks and no answer."""
    _run(connection, "execute", text, ())


def insert_rows(connection: Connection, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Every row must name every column; statements must be few and kept, for each is compiled once."""
    text = _insert_text(statement, connection.dialect.name)
    if len(rows) == 1:
        _run(connection, "execute", text.sql, text.filled(rows[0]))
    else:
        cursor = connection.connection.cursor()
        _run(connection, "executemany", text.sql, [text.filled(row) for row in rows], cursor)


@cache
def insert_into(table: Table) -> Insert:
    return table.insert()


def _run(connection: Connection, how: str, sql: str, values: Any, at: Any = None) -> Any:
    """Straight to the driver; its faults come out as the library's, with no value of anybody's in them."""
    driver: Any = connection.connection.dbapi_connection
    try:
        return getattr(at or driver, how)(sql, values)
    except connection.dialect.loaded_dbapi.Error as fault:
        leave_out_the_detail(fault)
        lost = connection.dialect.is_disconnect(fault, driver, None)
        if lost:
            connection.invalidate(fault)
        raise _told(connection, sql, fault, lost) from fault


def _told(connection: Connection, sql: str, fault: Exception, lost: bool) -> BaseException:
    made: BaseException = DBAPIError.instance(
        sql,
        None,
        fault,
        connection.dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=connection.dialect,
    )
    return made


def leave_out_the_detail(fault: BaseException) -> bool:
    """PostgreSQL quotes the values of a row that it refuses; whether anything was left out."""
    primary = getattr(getattr(fault, "diag", None), "message_primary", None)
    if primary:
        fault.args = (primary,)
    return bool(primary)


@cache
def _text(statement: Any, name: str, lists: Lengths) -> Text:
    compiled = statement.compile(dialect=dialect(name))
    # What is in the lists does not matter here, only how much.
    asked: dict[str, Any] = {blank: None for blank, bind in compiled.binds.items() if bind.required}
    asked |= {blank: [None] * length for blank, length in lists}
    whole = compiled.construct_expanded_state(asked, escape_names=False)
    each = {one: blank for blank, them in whole.parameter_expansion.items() for one in them}
    blanks = whole.positiontup if whole.positiontup is not None else list(whole.parameters)
    fixed = {blank: value for blank, value in whole.parameters.items() if not {blank, each.get(blank)} & asked.keys()}
    columns = [_on_the_way_out(column.type, name) for column in statement.exported_columns]
    return Text(
        whole.statement,
        tuple((blank, _on_the_way_in(compiled.binds[each.get(blank, blank)].type, name)) for blank in blanks),
        {blank: tuple(whole.parameter_expansion[blank]) for blank, _ in lists},
        fixed,
        bool(columns),
        tuple([(at, convert) for at, convert in enumerate(columns) if convert]),
        by_name=whole.positiontup is None,
    )


@cache
def _lists_in(statement: Any) -> tuple[str, ...]:
    """The blanks that take a list of values."""
    binds = statement.compile(dialect=dialect("sqlite")).binds
    return tuple(name for name, bind in binds.items() if bind.expanding and bind.required)


@cache
def _insert_text(statement: Insert, name: str) -> Text:
    table: Any = statement.table
    compiled: Any = statement.compile(dialect=dialect(name), column_keys=table.columns.keys())
    order = compiled.positiontup if compiled.positiontup is not None else list(compiled.params)
    blanks = tuple((blank, _on_the_way_in(table.c[blank].type, name)) for blank in order)
    return Text(compiled.string, blanks, {}, {}, False, (), by_name=compiled.positiontup is None)


def _on_the_way_in(kind: Any, name: str) -> Convert | None:
    found: Convert | None = kind.dialect_impl(dialect(name)).bind_processor(dialect(name))
    return found


def _on_the_way_out(kind: Any, name: str) -> Convert | None:
    found: Convert | None = kind.dialect_impl(dialect(name)).result_processor(dialect(name), None)
    return found
