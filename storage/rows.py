"""Writes a unit's new rows, all of a table in one statement, which the mapper would do at twice the price."""

from collections import defaultdict
from typing import Any

from sqlalchemy.orm import Session, make_transient_to_detached
from sqlmodel import SQLModel

from storage.statements import insert_into, insert_rows


class NewRows:
    """Gathers new rows until the unit needs them in the database; from then on they are the session's."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: dict[int, SQLModel] = {}

    def take(self, row: SQLModel) -> bool:
        """Whether the row is new; one that was read earlier goes on to the session at once."""
        new = row._sa_instance_state.key is None  # type: ignore[attr-defined]  # the mapper's own mark
        if new:
            self._rows[id(row)] = row
        else:
            self._session.add(row)
        return new

    def write(self, *, at_last: bool) -> list[str]:
        """Insert them, and say into which tables; unless the unit is over, what changes in them is noticed."""
        tables = defaultdict[Any, list[SQLModel]](list)
        for row in self._rows.values():
            tables[type(row)].append(row)
        self._rows = {}
        for kind, rows in tables.items():
            names = kind.__table__.columns.keys()
            values = [{name: row.__dict__[name] for name in names} for row in rows]
            insert_rows(self._session.connection(), insert_into(kind.__table__), values)
            for row in () if at_last else rows:
                make_transient_to_detached(row)
                self._session.add(row)
        return [kind.__tablename__ for kind in tables]
