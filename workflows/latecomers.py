"""Whoever has come to a role since a report named somebody: they are not told while it could be them.

A typed name is compared with those about to be told when it is typed, and its writer is asked.  Nobody is there to be
asked when somebody else is brought in later, so that they are kept out, as after "not sure", until the lead has said.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from storage import sealed
from storage.models import Case, Involved
from storage.queries import cases as queries
from storage.unit import Unit
from workflows.names import doubtful
from workflows.routing import Place
from workflows.steps import faces

# Those who are shut out by being named so.
PARTS = ("subject", "close")


def held_back(unit: Unit, case: Case, places: Collection[Place]) -> frozenset[str]:
    """Those of these people who could be somebody that the report names, and about whom nobody was asked."""
    named: list[Involved] = unit.find(queries.involved(case.id))
    typed = [row.id for row in named if row.part in PARTS and not row.person]
    if not typed or not places:
        return frozenset()
    names, asked = said(unit, case)
    alike = doubtful({names[id] for id in typed if id in names}, faces(unit, places))
    return frozenset(face.id for name, found in alike.items() for face in found if face.id not in asked.get(name, ()))


def said(unit: Unit, case: Case) -> tuple[Mapping[str, str], Mapping[str, Collection[str]]]:
    """The typed names by their row, and with whom each was compared when it was typed."""
    kept = sealed.opened(unit, case.id)
    first: dict[str, Any] = json.loads(kept.get("answers", "{}"))
    names, asked = dict(first.get("names", {})), {name: set(ids) for name, ids in first.get("asked", {}).items()}
    for found in (json.loads(text) for field, text in kept.items() if field.startswith("named.")):
        names[found["row"]] = found["name"]
        asked.setdefault(found["name"], set()).update(found.get("compared", "").split())
    return names, asked
