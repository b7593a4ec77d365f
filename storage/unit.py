"""What a workflow is given: rows, the time, fresh ids, and the only ways to leave a mark."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable
from sqlmodel import SQLModel

from storage.asked import BESIDE, Answered, Asked, kept_tables_in, tables_in
from storage.events import Event
from storage.faults import Destroyed, Foreign, Missing, ReadOnly, Unrecorded
from storage.keyring import Keyring
from storage.ledger import Happened, Heads, compose, facts_at
from storage.marks import Marks
from storage.merkle import Head
from storage.models import Case, Evidence, Involved, Party
from storage.rows import Rows, one_row
from storage.vault import Place, Vault

Row = TypeVar("Row", bound=SQLModel)
ON_THE_RECORD = (Case, Party, Involved, Evidence)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a unit is bound to for its whole life."""

    trust: str
    now: datetime
    dice: Callable[[], str]
    vault: Vault
    heads: Heads
    writing: bool = True


class Unit:
    """All of what one workflow does, or none of it."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self.now = scope.now
        self._connection, self._scope, self._trust = connection, scope, scope.trust
        self._fresh: set[str] = set()
        self._keys = Keyring(connection, scope.vault, scope.trust)
        self._marks = Marks(connection, scope.trust)
        self._rows = Rows(connection)
        self._answered = Answered()
        self._head: Head | None = None
        self._changed = self._recorded = False

    def new_id(self) -> str:
        """An opaque id of 128 bits."""
        fresh = self._scope.dice()
        self._fresh.add(fresh)
        return fresh

    def get(self, table: type[Row], id: str) -> Row:
        """The row of this id; Missing where there is none, or it is another trust's."""
        row: Any = self._rows.met(table, (id,)) or next(iter(self.find(one_row(table)(id))), None)
        owner = "id" if table.__name__ == "Trust" else "trust"
        if row is None or getattr(row, owner, self._trust) != self._trust:
            raise Missing(table.__name__)
        return row  # type: ignore[no-any-return]  # of the table that was asked

    def find(self, query: Executable | Asked) -> list[Any]:
        """What a statement finds among this trust's rows: plain values where it asks for one thing."""
        statement = query.statement if isinstance(query, Asked) else query
        if not getattr(statement, "is_select", False):
            return self._carry_out(query, statement)
        if not isinstance(query, Asked):
            self._flush()
            return self._rows.found(query, self._trust)
        if self._pending(kept_tables_in(statement)):
            self._flush()
        known = self._answered.recall(query)
        if known is None:
            known = self._rows.found(query, self._trust)
            self._answered.remember(query, known)
        return known

    def _carry_out(self, query: Executable | Asked, statement: Executable) -> list[Any]:
        """A statement that changes rows, which those in hand do not notice."""
        self._insist_on_writing()
        self._flush()
        self._changed |= _changes_a_case(statement)
        self._answered.forget((kept_tables_in if isinstance(query, Asked) else tables_in)(statement))
        return self._rows.found(query, self._trust)

    def add(self, row: Row) -> Row:
        """Keep a new row, or the changes to one; it is stamped with this unit's trust."""
        self._insist_on_writing()
        if hasattr(row, "trust"):
            row.trust = row.trust or self._trust
            if row.trust != self._trust:
                raise Foreign(type(row).__name__)
        if self._rows.take(row):
            self._changed |= isinstance(row, ON_THE_RECORD)
        return row

    def record(self, event: Event, case: str, by: str, **facts: str | int | list[str] | list[int]) -> str:
        """Enter what happened in the ledger; the answer is the entry's leaf hash."""
        self._insist_on_writing()
        head = self._head or self._scope.heads.of(self._trust)
        happened = Happened(self._trust, self.now, event, by, case)
        composed = compose(happened, head.size, facts)
        key = self._key_for_facts(case)
        place = facts_at(self._trust, head.size, composed.leaf)
        sealed = self._scope.vault.seal(key, place, composed.salted)
        self._marks.enter(head.size, composed, case, sealed)
        self._head, self._recorded = head.grown_by(composed.leaf), True
        return composed.leaf.hex()

    def promise(self, kind: str, to: str, due: datetime, *, once: str | None = None, **ids: str) -> None:
        """Promise that something will be said or done; a second one with the same ``once`` is not made."""
        self._insist_on_writing()
        self._marks.promise(
            {
                "id": self._scope.dice(),
                "kind": kind,
                "to": to,
                "about": ids.get("about", ""),
                "ids": ids,
                "due_at": due,
                "made_at": self.now,
                "once": once,
            }
        )

    def seal(self, owner: str, field: str, text: str) -> None:
        """Keep a text of a case or draft under its key, in place of an earlier one of that field."""
        self._insist_on_writing()
        key = self._keys.find_or_make(owner, fresh=owner in self._fresh)
        place = Place(self._trust, "sealed", "text", f"{owner}/{field}")
        self._marks.seal(self._scope.dice(), owner, field, self._scope.vault.seal(key, place, text.encode()))

    def _key_for_facts(self, case: str) -> bytes:
        """The case's key; the trust's where there is no case, or where the case has been erased."""
        try:
            if case:
                return self._keys.find_or_make(case, fresh=case in self._fresh)
        except Destroyed:
            pass
        return self._keys.find_or_make(self._trust, fresh=False)

    def _insist_on_writing(self) -> None:
        if not self._scope.writing:
            raise ReadOnly

    def _pending(self, tables: frozenset[str]) -> bool:
        """Whether an answer from these tables would leave out what this unit has done."""
        beside = not tables.isdisjoint(BESIDE) and (self._keys.pending or self._marks.pending)
        return beside or self._rows.pending(tables)

    def _flush(self) -> None:
        """Bring everything done so far to the database, and notice what of it belongs on the record."""
        changed = self._rows.changed()
        if not self._scope.writing:
            if changed:
                raise ReadOnly
            return
        self._changed |= any(isinstance(row, ON_THE_RECORD) for row in changed)
        self._answered.forget(self._rows.write(changed))
        self._keys.write()
        self._marks.write()

    def _settle(self) -> None:
        """Finish the unit: a case that changed unrecorded does not commit."""
        self._flush()
        if self._changed and not self._recorded:
            raise Unrecorded

    def _keep_head(self) -> None:
        """The unit is safe inside its transaction: the next one goes on from where its ledger ended."""
        if self._head:
            self._scope.heads.keep(self._trust, self._head)


@contextmanager
def bound(connection: Connection, scope: Scope) -> Iterator[Unit]:
    """A unit inside the transaction that its connection is in; whoever opened that commits it."""
    unit = Unit(connection, scope)
    yield unit
    unit._settle()


def in_turn(works: Sequence[Callable[[Unit], Any]], unit: Unit) -> list[tuple[Any, None]]:
    """Several workflows in one unit, which reads only once what they all ask; each leaves its own on the record."""
    outcomes: list[tuple[Any, None]] = []
    for work in works:
        outcomes.append((work(unit), None))
        unit._settle()
        unit._changed = unit._recorded = False
    return outcomes


def _changes_a_case(statement: Executable) -> bool:
    table = getattr(getattr(statement, "table", None), "name", "")
    return table in {kind.__tablename__ for kind in ON_THE_RECORD}
