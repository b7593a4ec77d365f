"""What somebody had seen of a case before it was closed to them, as the ledger says."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from storage.events import Event
from storage.models import Case, Entry, Party, Person
from storage.queries import cases as queries
from storage.unit import Unit
from workflows.rules import Rules
from workflows.times import spoken

LOOKS = (Event.CASE_VIEWED, Event.EVIDENCE_VIEWED)
# More often than this, the case's history tells the rest.
SHOWN = 12


def looks(unit: Unit, case: Case, person: str) -> Iterator[tuple[str, datetime]]:
    """Each look of theirs at the case or its screenshots, by the name of its event, in order."""
    entries: list[Entry] = unit.find(queries.history(case.id))
    for entry in entries:
        told = json.loads(entry.entry)
        if told["event"] in LOOKS and told["actor"] == person:
            yield told["event"], datetime.fromisoformat(told["at"])


def lines(unit: Unit, rules: Rules, case: Case, lost: Iterable[Party]) -> Iterator[tuple[str, str]]:
    """For each who is no longer told: their name and role, and what they had opened, and when."""
    for party in lost:
        name, role = unit.get(Person, party.person).name, rules.words.sentence(f"role.{party.role}")
        had = list(looks(unit, case, party.person))
        said = [
            rules.words.sentence(f"seen.{event.replace('.', '_')}", {"when": spoken(at, unit.now)})
            for event, at in had[:SHOWN]
        ]
        if len(had) > SHOWN:
            said.append(rules.words.sentence("seen.more", {"count": len(had) - SHOWN}))
        yield f"{name}, {role}", "; ".join(said) or rules.words.sentence("seen.never")


def stamped(unit: Unit, rules: Rules, key: str, by: str, at: datetime) -> str:
    """A line that says by whom, and when."""
    return rules.words.sentence(key, {"who": unit.get(Person, by).name, "when": spoken(at, unit.now)})
