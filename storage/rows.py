"""The rows that a unit has in hand: one object for each, new ones and changed ones written all at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable, bindparam, update
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import Mapper
from sqlmodel import SQLModel, select

from storage.asked import Asked, kept
from storage.faults import Missing
from storage.statements import ask, change, insert_into, insert_rows
from storage.tenancy import only

Key = tuple[Any, ...]
Values = Sequence[Any]


class Kind(NamedTuple):
    """A table's rows as objects: how to make one, its columns in order, and which of them name it."""

    mapper: Mapper[Any]
    columns: tuple[str, ...]
    named_by: tuple[int, ...]

    def key(self, values: Values) -> Key:
        return tuple([values[at] for at in self.named_by])

    def key_of(self, row: SQLModel) -> Key:
        return tuple([row.__dict__[self.columns[at]] for at in self.named_by])

    def made(self, values: Values) -> SQLModel:
        row: SQLModel = self.mapper.class_manager.new_instance()
        row.__dict__.update(zip(self.columns, values, strict=True))
        _mark_as_kept(row, self)
        return row


class Rows:
    """What was read and what is new, by table; nothing is written before a question or the end asks for it.

    Changes are those that the mapper itself notes on each row; it writes them at six times the price.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, dict[Key, SQLModel]] = defaultdict(dict)
        self._new: dict[str, dict[int, SQLModel]] = defaultdict(dict)

    def take(self, row: SQLModel) -> bool:
        """Whether the row is new; one that was read, here or in an earlier unit, has its changes written."""
        table = table_of(type(row))
        self._known[table][kind_of(type(row)).key_of(row)] = row
        new = _state(row).key is None
        if new:
            self._new[table][id(row)] = row
        return new

    def met(self, table: type[SQLModel], key: Key) -> SQLModel | None:
        return self._known[table_of(table)].get(key)

    def found(self, query: Executable | Asked, trust: str) -> list[Any]:
        """What a statement finds among this trust's rows; the values themselves where it asks for one thing."""
        asked = only(trust, query)
        if isinstance(query, Asked):
            tables, values = _kept_tables_of(query.statement), ask(self._connection, asked)
        else:
            result = self._connection.execute(*asked)
            if not result.returns_rows:
                return []
            tables, values = _tables_of(query), [*result]
        table = tables[0] if len(tables) == 1 else None
        if table:
            return self._read(table, values)
        if any(tables):
            return self._beside_each_other(tables, values)
        return [row[0] if len(row) == 1 else row for row in values]

    def _beside_each_other(self, tables: Sequence[type[SQLModel] | None], found: Sequence[Values]) -> list[Any]:
        """Rows of several tables, or rows and values, found together."""
        columns, at = [], 0
        for table in tables:
            until = at + (len(kind_of(table).columns) if table else 1)
            part = [values[at:until] for values in found]
            columns.append(self._read(table, part) if table else [value for (value,) in part])
            at = until
        return list(zip(*columns, strict=True))

    def _read(self, table: type[SQLModel], found: Iterable[Values]) -> list[Any]:
        """The objects of these rows; one that is in hand already is given as it is."""
        kind, known = kind_of(table), self._known[table_of(table)]
        rows = []
        for values in found:
            key = kind.key(values)
            if (row := known.get(key)) is None:
                row = known[key] = kind.made(values)
            rows.append(row)
        return rows

    def pending(self, tables: Iterable[str]) -> bool:
        """Whether anything of these tables is new or changed."""
        for table in tables:
            if self._new.get(table):
                return True
            if table in self._known:
                for row in self._known[table].values():
                    if row._sa_instance_state.modified:  # type: ignore[attr-defined]  # asked for each row at each question
                        return True
        return False

    def changed(self) -> list[SQLModel]:
        """Every row that was read and is not any more what it was."""
        rows = (row for known in self._known.values() for row in known.values() if _touched(row))
        return [row for row in rows if _state(row).key is not None and _differences(row)]

    def write(self, changed: list[SQLModel]) -> list[str]:
        """Everything, a statement for each table's new rows and one for each changed row; says which tables."""
        for row in changed:
            self._update(row)
        written = [table_of(type(row)) for row in changed]
        for table, rows in self._new.items():
            if rows:
                self._insert(list(rows.values()))
                written.append(table)
        self._new.clear()
        return written

    def _insert(self, rows: list[SQLModel]) -> None:
        table: Any = type(rows[0])
        kind = kind_of(table)
        values = [{name: row.__dict__[name] for name in kind.columns} for row in rows]
        insert_rows(self._connection, insert_into(table.__table__), values)
        for row in rows:
            _mark_as_kept(row, kind)

    def _update(self, row: SQLModel) -> None:
        kind, values = kind_of(type(row)), row.__dict__
        names = tuple(sorted(_differences(row)))
        filled = {f"new_{name}": values[name] for name in names}
        filled |= {f"key_{at}": value for at, value in enumerate(_state(row).key[1])}
        if change(self._connection, Asked(_update_of(type(row), names), filled)) != 1:
            raise Missing(type(row).__name__)
        _mark_as_kept(row, kind)


@cache
def one_row(table: type[SQLModel]) -> Callable[[str], Asked]:
    """Asks for the row of an id."""
    column: Any = inspect(table).primary_key[0]

    @kept
    def by_its_id(id: str) -> Executable:
        return select(table).where(column == id)

    return by_its_id


def table_of(table: type[SQLModel]) -> str:
    name: str = table.__tablename__  # type: ignore[assignment]  # a plain name in every model of ours
    return name


def _tables_of(statement: Any) -> tuple[type[SQLModel] | None, ...]:
    """What a statement asks for, thing by thing: the table where it is whole rows, None where it is a value."""
    told: list[dict[str, Any]] = getattr(statement, "column_descriptions", [])
    return tuple(inspect(one["expr"]).mapper.class_ if one.get("entity") is one["expr"] else None for one in told)


_kept_tables_of = cache(_tables_of)


@cache
def kind_of(table: type[SQLModel]) -> Kind:
    mapper: Mapper[Any] = inspect(table)
    columns = tuple(mapper.columns.keys())
    return Kind(mapper, columns, tuple(columns.index(column.key) for column in mapper.primary_key))


@cache
def _update_of(table: Any, names: tuple[str, ...]) -> Executable:
    columns = table.__table__.c
    whose = (column == bindparam(f"key_{at}") for at, column in enumerate(table.__table__.primary_key))
    return update(table.__table__).where(*whose).values({columns[name]: bindparam(f"new_{name}") for name in names})


def _state(row: SQLModel) -> Any:
    return row._sa_instance_state  # type: ignore[attr-defined]  # where the mapper notes what was changed


def _touched(row: SQLModel) -> bool:
    touched: bool = _state(row).modified
    return touched


def _differences(row: SQLModel) -> list[str]:
    values = row.__dict__
    return [name for name, was in _state(row).committed_state.items() if values[name] != was]


def _mark_as_kept(row: SQLModel, kind: Kind) -> None:
    state = _state(row)
    state.key = (type(row), kind.key_of(row))
    state.committed_state.clear()
    state.modified = False
