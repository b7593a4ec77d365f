"""Keeps every statement to the rows of one trust."""

from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam
from sqlalchemy.orm import with_loader_criteria

from storage.asked import Asked, tables_in
from storage.models import Entry, LedgerHead, Owned, Trust

OURS = "trust__"


def only(trust: str, query: Executable | Asked) -> Asked:
    """The same statement, blind to every other trust's rows, and its values."""
    if isinstance(query, Asked):
        return Asked(_kept_blinkered(query.statement, not trust), {**query.values, OURS: trust})
    return Asked(_blinkered(query, not trust), {OURS: trust})


def _blinkered(statement: Any, house: bool) -> Any:
    tables = tables_in(statement)
    return statement.options(*(blinker for name, blinker in _blinkers(house).items() if name in tables))


_kept_blinkered = cache(_blinkered)


@cache
def _blinkers(house: bool) -> dict[str, Any]:
    """One for each table: sqlmodel's mix-ins have no columns of their own to speak of."""
    tables: list[Any] = [*Owned.__subclasses__(), Entry, LedgerHead]
    ours: Any = bindparam(OURS)
    owned = {one.__tablename__: with_loader_criteria(one, one.trust == ours, include_aliases=True) for one in tables}
    # The house itself, which is bound to no trust, may see which trusts there are.
    mine: Any = with_loader_criteria(Trust, Trust.id == ours, include_aliases=True)
    return owned if house else {**owned, Trust.__tablename__: mine}
