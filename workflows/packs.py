"""What a school's policy says, read from `policies/`: the floor under every pack, and one pack per policy."""

import tomllib
from collections.abc import Container, Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from workflows.floor import Class, Floor, Kind, Line
from workflows.policy import Conditions, Pack, RouteRow, Source, StepRow, mark

__all__ = [
    "Class",
    "Floor",
    "Kind",
    "Line",
    "Pack",
    "PackError",
    "RouteRow",
    "Source",
    "StepRow",
    "all_packs",
    "load_floor",
    "load_pack",
    "mark",
    "read_pack",
]

Shape = TypeVar("Shape", bound=BaseModel)
NOT_PACKS = ("floor", "sources", "role_words")


class PackError(ValueError):
    """A policy file cannot be used: names the file, the place in it and what is wrong."""


def load_pack(id: str, folder: Path | None = None) -> Pack:
    """The pack of that name: the school's own file in `folder` if there is one, else the shipped one."""
    if folder is not None and (own := folder / f"{id}.toml").is_file():
        return read_pack(own.read_text(encoding="utf-8"), own.name, load_floor())
    if id not in all_packs():
        raise PackError(f"There is no policy called {id!r}. The policies are: {', '.join(all_packs())}.")
    return _shipped(id)


@cache
def load_floor() -> Floor:
    """The floor: the classes, the ladder, rule 3's lines and what each type of report needs."""
    return _built(Floor, _parsed(_text("floor"), "floor.toml"), "floor.toml")


@cache
def all_packs() -> tuple[str, ...]:
    """The ids of the packs that come with us, in alphabetical order."""
    names = (file.name.removesuffix(".toml") for file in files("policies").iterdir() if file.name.endswith(".toml"))
    return tuple(sorted(name for name in names if name not in NOT_PACKS))


def read_pack(text: str, place: str, floor: Floor) -> Pack:
    """A pack from its text, checked word by word against the floor; complaints name the file `place`."""
    pack = _built(Pack, _parsed(text, place), place)
    for complaint in _complaints(pack, floor):
        raise PackError(f"{place}, {complaint}")
    return pack


@cache
def _shipped(id: str) -> Pack:
    return read_pack(_text(id), f"{id}.toml", load_floor())


def _text(name: str) -> str:
    return (files("policies") / f"{name}.toml").read_text(encoding="utf-8")


def _parsed(text: str, place: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{place}: this is not TOML: {error}.") from None


def _built(shape: type[Shape], rows: dict[str, object], place: str) -> Shape:
    try:
        return shape.model_validate(rows)
    except ValidationError as error:
        first = error.errors()[0]
        where = " ".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        raise PackError(f"{place}, {where or 'top'}: {first['msg']}.") from None


def _complaints(pack: Pack, floor: Floor) -> Iterator[str]:
    """Everything wrong with a pack that its shape alone cannot tell."""
    for at, row in enumerate(pack.routes, 1):
        place = f"route {at} ({row.report})"
        yield from _unknown(place, "type", (row.report,), floor.types)
        yield from _unknown(place, "role", row.roles, {*pack.cast, *floor.held_by})
        yield from _misworded(place, row, floor)
        yield from _unknown(place, "class", (row.klass,) if row.klass else (), floor.classes)
        for why in row.why.values():
            yield from _uncited(place, why, pack)
    for at, step in enumerate(pack.steps, 1):
        place = f"step {at} ({step.id})"
        yield from _unknown(place, "type", step.report, floor.types)
        yield from _misworded(place, step, floor)
        yield from _uncited(place, step.why, pack)
    yield from _unknown("class", "class", (pack.klass,) if pack.klass else (), floor.classes)
    yield from _unknown("cast", "role", floor.roles.every, pack.cast)
    yield from _gaps(pack, floor)


def _unknown(place: str, what: str, words: Iterable[str], known: Container[str]) -> Iterator[str]:
    for word in words:
        if word not in known:
            yield f"{place}: there is no {what} {word!r} here."


def _misworded(place: str, row: Conditions, floor: Floor) -> Iterator[str]:
    yield from _unknown(place, "`by`", row.by, floor.words.by)
    yield from _unknown(place, "`harmed`", row.harmed, floor.words.harmed)
    yield from _unknown(place, "answer", (*row.answers, *row.unless), floor.answers)


def _uncited(place: str, why: str, pack: Pack) -> Iterator[str]:
    source, text = mark(why)
    if source != "floor" and text != "default":
        yield from _unknown(place, "clause", text.split(", "), pack.clauses)


def _gaps(pack: Pack, floor: Floor) -> Iterator[str]:
    """Each routed type has one row that decides, whoever did it and whoever was harmed."""
    for report in dict.fromkeys(row.report for row in pack.routes):
        for by, harmed in product(floor.words.by, floor.words.harmed):
            rows = [r for r in pack.routes if r.report == report and r.decides and r.fits(by, harmed, frozenset())]
            closest = [r for r in rows if r.closeness == max(r.closeness for r in rows)]
            if len(closest) != 1:
                yield f"{report} by {by}, harmed {harmed}: {len(closest)} rows decide the lead, not one."
