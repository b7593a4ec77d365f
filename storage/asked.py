"""Questions to the database: statements that are built once, and what a unit has been answered already."""

from collections.abc import Callable, Iterable
from functools import cache, wraps
from inspect import signature
from typing import Any, NamedTuple, ParamSpec

from sqlalchemy import Executable, bindparam
from sqlalchemy.sql.util import find_tables

P = ParamSpec("P")
# Written beside a unit's rows, and therefore always read anew.
BESIDE = {"keys", "ledger", "ledger_heads", "promises", "sealed"}


class Asked(NamedTuple):
    """A kept statement with blanks, and what goes into them."""

    statement: Executable
    values: dict[str, Any]

    @property
    def key(self) -> tuple[int, tuple[Any, ...]]:
        return id(self.statement), tuple(self.values.values())


def kept(build: Callable[P, Executable]) -> Callable[P, Asked]:
    """Build the statement at the first call only, with a blank for each parameter: building costs more than asking.

    A parameter may therefore be compared with columns, and nothing else may be done with it.
    """
    blanks = {name: f"{name}_" for name in signature(build).parameters}

    @cache
    def statement() -> Executable:
        built: Callable[..., Executable] = build
        return built(**{name: bindparam(blank) for name, blank in blanks.items()})

    @wraps(build)
    def ask(*args: P.args, **kwargs: P.kwargs) -> Asked:
        given = dict(zip(blanks, args, strict=False)) | kwargs
        return Asked(statement(), {blanks[name]: frozen(value) for name, value in given.items()})

    return ask


def frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Answered:
    """What one unit has read, good until it writes to a table that was read from."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, tuple[Any, ...]], tuple[frozenset[str], list[Any]]] = {}

    def recall(self, asked: Asked) -> list[Any] | None:
        found = self._rows.get(asked.key)
        return list(found[1]) if found else None

    def remember(self, asked: Asked, rows: list[Any]) -> None:
        tables = kept_tables_in(asked.statement)
        if tables.isdisjoint(BESIDE):
            self._rows[asked.key] = tables, list(rows)

    def forget(self, written: Iterable[str]) -> None:
        if self._rows and (tables := set(written)):
            self._rows = {key: kept for key, kept in self._rows.items() if tables.isdisjoint(kept[0])}


def tables_in(statement: Executable) -> frozenset[str]:
    """Every table that a statement reads, wherever in it."""
    everywhere = {"check_columns": True, "include_aliases": True, "include_joins": True, "include_selects": True}
    tables: list[Any] = find_tables(statement, **everywhere)  # type: ignore[arg-type]
    return frozenset(name for table in tables if (name := getattr(table, "name", "")))


kept_tables_in = cache(tables_in)
