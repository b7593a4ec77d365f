"""What a unit leaves beside its rows: entries, promises and sealed texts, written in few statements."""

from functools import cache
from typing import Any

from sqlalchemy import Connection

from storage.ledger import ENTRIES, Composed
from storage.models import Promise, Sealed
from storage.statements import insert_into, insert_rows, insertion

PROMISES = Promise.__table__  # type: ignore[attr-defined]  # sqlmodel does not declare it
SEALED = Sealed.__table__  # type: ignore[attr-defined]
WAITING = {"state": "waiting", "attempts": 0, "lease": "", "leased_until": None, "doubt": False}


class Marks:
    """Gathers what a unit records, promises and seals, and writes it together."""

    def __init__(self, connection: Connection, trust: str) -> None:
        self._connection, self._trust = connection, trust
        self._entries: list[dict[str, Any]] = []
        self._promises: list[dict[str, Any]] = []
        self._sealed: dict[tuple[str, str], dict[str, Any]] = {}

    def enter(self, position: int, composed: Composed, case: str, facts: bytes) -> None:
        self._entries.append(
            {
                "trust": self._trust,
                "position": position,
                "entry": composed.entry,
                "leaf": composed.leaf,
                "case": case,
                "facts": facts,
            }
        )

    def promise(self, promise: dict[str, Any]) -> None:
        self._promises.append({"trust": self._trust, **WAITING, **promise})

    def seal(self, id: str, owner: str, field: str, text: bytes) -> None:
        row = {"id": id, "trust": self._trust, "owner": owner, "field": field, "text": text}
        self._sealed[owner, field] = row

    @property
    def pending(self) -> bool:
        return bool(self._entries or self._promises or self._sealed)

    def write(self) -> None:
        if self._entries:
            insert_rows(self._connection, insert_into(ENTRIES), self._entries)
            self._entries = []
        if self._promises:
            insert_rows(self._connection, _promise_once(self._connection.dialect.name), self._promises)
            self._promises = []
        if self._sealed:
            insert_rows(self._connection, _seal_again(self._connection.dialect.name), list(self._sealed.values()))
            self._sealed = {}


@cache
def _promise_once(dialect: str) -> Any:
    return insertion(dialect)(PROMISES).on_conflict_do_nothing(index_elements=["trust", "once"])


@cache
def _seal_again(dialect: str) -> Any:
    insert = insertion(dialect)(SEALED)
    return insert.on_conflict_do_update(
        index_elements=["owner", "field"],
        set_={"text": insert.excluded.text},
        where=SEALED.c.trust == insert.excluded.trust,
    )
