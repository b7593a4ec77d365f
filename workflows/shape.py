"""The shape of a policy's file: every row that can be read, and in words what is wrong with the others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from workflows.floor import Floor
from workflows.policy import Pack

KINDS = ("route", "step", "duty")
TAKES = {
    "string_type": 'takes a word in quotes, as in "dsl"',
    "tuple_type": 'takes a list, as in ["pupil", "parent"]',
    "mapping_type": 'takes a table, as in { dsl = "2.4" }',
    "dict_type": 'takes a table, as in { dsl = "2.4" }',
    "model_type": "takes a table",
    "model_attributes_type": "takes a table",
    "bool_type": "takes true or false",
    "bool_parsing": "takes true or false",
    "missing": "is missing",
    "extra_forbidden": "is no word that stands here",
}


@dataclass(frozen=True)
class Shape:
    """A file's rows; ``pack`` has those that could be read, under their own numbers and lines.

    ``unsure`` are the tables that could not be read: nothing that leans on them is complained of.
    """

    pack: Pack
    wrong: tuple[str, ...]
    routes: tuple[int, ...]
    steps: tuple[int, ...]
    duties: tuple[int, ...]
    lines: Mapping[str, tuple[int, ...]]
    unsure: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether every route could be read."""
        return "route" not in self.unsure

    def route(self, at: int) -> str:
        """Where a row of the pack stands in the file."""
        row = self.pack.routes[at]
        by = f" by {', '.join(row.by)}" if row.by else ""
        return self.place("route", self.routes[at], row.report + by)

    def step(self, at: int) -> str:
        return self.place("step", self.steps[at], self.pack.steps[at].id)

    def duty(self, at: int) -> str:
        return self.place("duty", self.duties[at], self.pack.duties[at].id)

    def place(self, kind: str, number: int, name: str) -> str:
        line = self.lines[kind][number - 1] if self.lines[kind] else 0
        return f"{f' line {line}' if line else ''}, {kind} {number} ({name})"


def shaped(table: Mapping[str, Any], text: str, floor: Floor) -> Shape:
    """The table's rows as a pack; one that cannot be read is left out, and complained of."""
    rows = {kind: read if isinstance(read := table.get(kind, []), list) else [] for kind in KINDS}
    lines = {kind: headers(text, kind, len(rows[kind])) for kind in rows}
    numbers = {kind: tuple(range(1, len(rows[kind]) + 1)) for kind in rows}
    try:
        return Shape(Pack.model_validate(table), (), numbers["route"], numbers["step"], numbers["duty"], lines)
    except ValidationError as error:
        errors = [(each["loc"], each["type"], each["msg"]) for each in error.errors(include_url=False)]
    unsure = frozenset(str(loc[0]) for loc, _, _ in errors)
    bad = {kind: {loc[1] for loc, _, _ in errors if loc[0] == kind and len(loc) > 1} for kind in rows}
    kept = {kind: [at for at in range(len(rows[kind])) if at not in bad[kind]] for kind in rows}
    spare = {
        "id": "", "name": "", "edition": "", "cast": floor.roles.every, "clauses": {}, "class": "",
        "review": {"every": "", "next": "", "why": "default"},
    }  # fmt: skip
    sound = {key: spare[key] if key in unsure else table.get(key, spare[key]) for key in spare}
    pack = Pack.model_validate(sound | {kind: [rows[kind][at] for at in kept[kind]] for kind in rows})
    routes, steps, duties = (tuple(at + 1 for at in kept[kind]) for kind in KINDS)
    shape = Shape(pack, (), routes, steps, duties, lines, unsure)
    wrong = tuple(worded(shape, table, *each) for each in errors)
    return replace(shape, wrong=wrong)


def worded(shape: Shape, table: Mapping[str, Any], loc: tuple[int | str, ...], kind: str, message: str) -> str:
    """One complaint: the row it stands in, the word, and what that takes."""
    place, names = "", [str(part) for part in loc if isinstance(part, str)]
    if len(loc) > 1 and isinstance(at := loc[1], int) and loc[0] in KINDS:
        row = table[str(loc[0])][at]
        name = row.get("report" if loc[0] == "route" else "id", "?") if isinstance(row, dict) else "?"
        place, names = shape.place(str(loc[0]), at + 1, str(name)[:60]), names[1:]
    if kind == "value_error":
        return f"{place}: {message.removeprefix('Value error, ')}."
    word = " ".join(f"`{name}`" for name in names)
    return f"{place or ', top'}: {word} {TAKES.get(kind, message)}.".replace(":  ", ": ")


def headers(text: str, kind: str, count: int) -> tuple[int, ...]:
    """The lines on which the rows begin; none where they were written in another way."""
    header = re.compile(rf"\s*\[\[\s*{kind}\s*\]\]")
    found = tuple(number for number, line in enumerate(text.split("\n"), 1) if header.match(line))
    return found if len(found) == count else ()
