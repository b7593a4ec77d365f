"""What a card must hold to in Teams: Microsoft's own schema, its size, and that nothing in it is parsed."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator
from jsonschema.protocols import Validator

SCHEMA = Path(__file__).parent / "schemas" / "adaptive-card-1.5.0.json"
LARGEST = 28_000
# Teams searches its own directory for a list that says so: an extension of its own to the schema.
PEOPLE = {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}
# Both read Markdown, in which a reporter's words could become a link.
PARSED = ("TextBlock", "FactSet")


@cache
def validator() -> Validator:
    return Draft6Validator(json.loads(SCHEMA.read_text()))


def problems(card: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with a card."""
    found = [f"{list(error.absolute_path)}: {error.message[:300]}" for error in validator().iter_errors(plain(card))]
    if (size := len(json.dumps(card, ensure_ascii=False).encode())) > LARGEST:
        found.append(f"{size} octets")
    found += [f"{part['type']} parses what it shows" for part in parts(card) if part.get("type") in PARSED]
    ids = [part["id"] for part in parts(card) if str(part.get("type")).startswith("Input.")]
    found += [f"{id} twice" for id in {id for id in ids if ids.count(id) > 1}]
    return found


def plain(part: Any) -> Any:
    """Without what Teams adds to the schema."""
    if isinstance(part, list):
        return [plain(each) for each in part]
    if not isinstance(part, dict):
        return part
    assert part.get("choices.data", PEOPLE) == PEOPLE
    # What a button carries is nobody's to describe.
    kept = {name: value for name, value in part.items() if name not in ("msteams", "choices.data")}
    return {name: value if name == "data" else plain(value) for name, value in kept.items()}


def parts(part: Any) -> Iterator[dict[str, Any]]:
    """Every element and action of a card, from the top down."""
    if isinstance(part, list):
        for each in part:
            yield from parts(each)
    elif isinstance(part, dict):
        yield part
        for name, each in part.items():
            if name not in ("data", "choices.data"):
                yield from parts(each)


def words(card: Any) -> str:
    """Every word that a card shows."""
    shown = ("text", "title", "label", "errorMessage", "value")
    said = [str(part[name]) for part in parts(card) for name in shown if isinstance(part.get(name), str)]
    return " ".join(said)
