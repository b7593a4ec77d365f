"""The books of a run: what was acknowledged is stored, is in the ledger, and was said or is still promised."""

import json
from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import Engine, create_engine, text

# How the references of those cases begin that nobody reported, and whose ledger their entries are.
PAST = "past-"


class Books:
    """Reads the bot's database as a stranger, by its own connection."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(url)

    def due(self) -> int:
        """Promises that should be kept by now and are not."""
        now = datetime.now(UTC)
        due = "select count(*) from promises where state = 'waiting' and due_at <= :now"
        with self.engine.connect() as connection:
            sqlite = self.engine.dialect.name == "sqlite"
            at = now.replace(tzinfo=None).isoformat(" ") if sqlite else now
            return int(connection.execute(text(due), {"now": at}).scalar_one())

    def balance(self, acknowledged: Collection[str], posts: Collection[tuple[float, str, str]]) -> dict[str, object]:
        """The counts, with ``balanced`` saying whether they agree case by case.

        A message is promised at least once, so one too many is counted and shown, and one too few unbalances.
        """
        with self.engine.connect() as connection:
            unlike = f" where reference not like '{PAST}%'"
            cases = dict(tuple(row) for row in connection.execute(text(f"select id, reference from cases{unlike}")))
            entries = [
                json.loads(row[0])
                for row in connection.execute(text(f"select entry from ledger where trust <> '{PAST}'"))
            ]
            owed = list(connection.execute(text("select about, state from promises where kind = 'card'")))
            parties = Counter(row[0] for row in connection.execute(text('select "case" from parties')))
        submitted = Counter(entry["case"] for entry in entries if entry["event"] == "report.submitted")
        waiting = Counter(cases[about] for about, state in owed if state == "waiting" and about in cases)
        dropped = sum(state == "dropped" for _, state in owed)
        seen = Counter(about for _, _, about in posts)
        wanted = {name: parties[id] + 1 for id, name in cases.items()}  # each party's card, and the receipt
        stored = set(cases.values())
        return {
            "acknowledged": len(acknowledged),
            "cases": len(cases),
            "in the ledger": sum(submitted.values()),
            "messages wanted": sum(wanted.values()),
            "messages seen": sum(seen[name] for name in wanted),
            "messages still promised": sum(waiting.values()),
            "messages said again": sum(max(0, seen[name] - many) for name, many in wanted.items()),
            "promises dropped": dropped,
            "balanced": stored == set(acknowledged)
            and submitted == Counter(dict.fromkeys(cases, 1))
            and not dropped
            and all(seen[name] + waiting[name] >= many for name, many in wanted.items()),
        }
