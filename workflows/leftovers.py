"""What is left over at the doors, thrown away once a day: links that open nothing any more, sessions that ended."""

from datetime import datetime, timedelta

from storage.queries import leftovers as queries
from storage.unit import Unit
from workflows.doors import MEMORY

A_DAY = timedelta(days=1)


def sweep_doors(unit: Unit, at: datetime) -> None:
    """``at`` is the machine's own time: a demo's clock moves on, and must not lock a visitor out.

    A link to a case stays for as long as it can ask for a fresh one.
    """
    unit.find(queries.old_links(at - MEMORY, at - A_DAY))
    unit.find(queries.ended_sessions(at - A_DAY))
