"""Keeps every statement to the rows of one trust."""

from functools import lru_cache
from typing import Any

from sqlalchemy.orm import with_loader_criteria

from storage.models import Entry, LedgerHead, Owned, Trust


def only(trust: str, statement: Any) -> Any:
    """The same statement, blind to every other trust's rows."""
    return statement.options(*_blinkers(trust))


@lru_cache(maxsize=256)
def _blinkers(trust: str) -> tuple[Any, ...]:
    """One for each table: sqlmodel's mix-ins have no columns of their own to speak of."""
    tables: list[Any] = [*Owned.__subclasses__(), Entry, LedgerHead]
    owned = [with_loader_criteria(table, table.trust == trust, include_aliases=True) for table in tables]
    # The house itself, which is bound to no trust, may see which trusts there are.
    house = with_loader_criteria(Trust, Trust.id == trust, include_aliases=True)  # type: ignore[arg-type]
    return (*owned, house) if trust else tuple(owned)
