"""What is wrong with a policy's file, all of it at once, for whoever edits it."""

import tomllib
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import chain, combinations, product
from typing import Any

from workflows.floor import Floor
from workflows.policy import Conditions, Pack, RouteRow, mark
from workflows.shape import KINDS, Shape, shaped

LARGEST = 200_000
MOST_ROWS = 400
LONGEST = 400
CURLY = frozenset("“”„‘’")
# Those of the floor's rules that can put somebody in a place.
RULES = range(1, 7)


def examined(text: str, place: str, floor: Floor) -> tuple[Pack | None, tuple[str, ...]]:
    """The pack, if nothing is wrong with its text; else every complaint, each naming the file `place`."""
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        curly = " Type straight quotes: a word processor's curly ones are not read." if CURLY & {*text} else ""
        return None, (clean(f"{place}: this is not TOML: {error}.{curly}"),)
    except (ValueError, RecursionError):
        return None, (f"{place}: this is not TOML: a number is too long, or lists stand too deep in each other.",)
    if any(isinstance(rows := table.get(key), list) and len(rows) > MOST_ROWS for key in KINDS):
        return None, (f"{place}: over {MOST_ROWS} routes, steps or duties; that is no policy.",)
    shape = shaped(table, text, floor)
    wrong = (*shape.wrong, *complaints(shape, shape.pack, floor))
    said = tuple(dict.fromkeys(clean(f"{place}{line}") for line in wrong))
    return (None if said else shape.pack), said


def clean(line: str) -> str:
    """One line that any screen can show, whatever stands in the file."""
    return "".join(one if one.isprintable() else "�" for one in line[:LONGEST])


def complaints(shape: Shape, pack: Pack, floor: Floor) -> Iterator[str]:
    """Everything that the shape of each row alone cannot tell."""
    for at, row in enumerate(pack.routes):
        place = shape.route(at)
        yield from unknown(place, "type", (row.report,), floor.types)
        if "cast" not in shape.unsure:
            yield from unknown(place, "role", row.roles, {*pack.cast, *floor.held_by})
        yield from misworded(place, row, floor)
        yield from unknown(place, "class", (row.klass,) if row.klass else (), floor.classes)
        yield from idle(place, row)
        for why in row.why.values():
            yield from uncited(place, why, pack, shape.unsure)
    for at, step in enumerate(pack.steps):
        place = shape.step(at)
        yield from unknown(place, "type", step.report, floor.types)
        yield from misworded(place, step, floor)
        yield from uncited(place, step.why, pack, shape.unsure)
    for at, duty in enumerate(pack.duties):
        place = shape.duty(at)
        yield from uncited(place, duty.why, pack, shape.unsure)
        if "cast" not in shape.unsure:
            yield from unknown(place, "role", duty.to, {*pack.cast, *floor.held_by, *floor.audiences})
    yield from uncited(", review", pack.review.why, pack, shape.unsure)
    yield from unknown(", class", "class", (pack.klass,) if pack.klass else (), floor.classes)
    if "cast" not in shape.unsure:
        yield from unknown(", cast", "role", floor.roles.every, pack.cast)
        offices = {*floor.roles.every, *floor.roles.governors, *floor.roles.trust, *floor.held_by}
        yield from (f", cast: {role!r} is no role that Lanyard knows." for role in pack.cast if role not in offices)
    yield from repeated(shape, pack)
    yield from gaps(shape, pack, floor)


def unknown(place: str, what: str, words: Iterable[str], known: Collection[str]) -> Iterator[str]:
    for word in words:
        if word not in known:
            # A clause that merely looks like another is no slip of the pen.
            near = what != "clause" and get_close_matches(word, [each for each in known if isinstance(each, str)], 1)
            yield f"{place}: there is no {what} {word!r} here." + (f" Is it {near[0]!r}?" if near else "")


def misworded(place: str, row: Conditions, floor: Floor) -> Iterator[str]:
    yield from unknown(place, "`by`", row.by, floor.words.by)
    yield from unknown(place, "`harmed`", row.harmed, floor.words.harmed)
    yield from unknown(place, "answer", (*row.answers, *row.unless), floor.answers)
    for word in sorted({*row.answers} & {*row.unless}):
        yield f"{place}: it can never count: {word!r} stands both in `answers` and in `unless`."


def idle(place: str, row: RouteRow) -> Iterator[str]:
    if not row.roles and not row.nobody:
        yield f"{place}: it names nobody; give a lead, a choice, informed or support, or say nobody = true."
    yield from twice(place, row.roles)


def twice(place: str, words: Sequence[str]) -> Iterator[str]:
    for word in dict.fromkeys(word for word in words if words.count(word) > 1):
        yield f"{place}: {word!r} stands twice."


def uncited(place: str, why: str, pack: Pack, unsure: Container[str]) -> Iterator[str]:
    source, text = mark(why)
    if source == "floor":
        yield from unknown(place, "rule", (why,), [f"floor {rule}" for rule in RULES])
    elif text != "default" and "clauses" not in unsure:
        yield from unknown(place, "clause", text.split(", "), pack.clauses)


def repeated(shape: Shape, pack: Pack) -> Iterator[str]:
    """Rows that only add people, and add the same in the same case."""
    seen: dict[object, int] = {}
    for at, row in enumerate(pack.routes):
        if not row.decides:
            key = (row.report, *map(frozenset, (row.by, row.harmed, row.answers, row.unless, row.roles)))
            first = seen.setdefault(key, at)
            if first != at:
                yield f"{shape.route(at)}: it says the same as route {shape.routes[first]}."


def gaps(shape: Shape, pack: Pack, floor: Floor) -> Iterator[str]:
    """Each routed type has one row that decides, whoever did it and whoever was harmed."""
    for report in dict.fromkeys(row.report for row in pack.routes):
        rows = {at: row for at, row in enumerate(pack.routes) if row.report == report and row.decides}
        ever: set[int] = set()
        found: dict[tuple[tuple[int, ...], frozenset[str]], dict[str, list[str]]] = {}
        for (by, harmed), chosen in decided(rows, floor).items():
            for numbers, answers in chosen.items():
                ever.update(numbers)
                if len(numbers) != 1:
                    found.setdefault((numbers, answers), {}).setdefault(by, []).append(harmed)
        yield from (spoken(shape, report, key, who, floor) for key, who in found.items() if shape.whole or key[0])
        for at in rows.keys() - ever:
            if not {*rows[at].answers} & {*rows[at].unless}:
                yield f"{shape.route(at)}: it can never count: closer routes decide every report that it fits."


def decided(
    rows: Mapping[int, RouteRow], floor: Floor
) -> Mapping[tuple[str, str], Mapping[tuple[int, ...], frozenset[str]]]:
    """For each `by` and `harmed`: which rows decide, and the fewest answers with which they do."""
    words = sorted({word for row in rows.values() for word in (*row.answers, *row.unless)} & {*floor.answers})
    subsets = [frozenset(some) for n in range(len(words) + 1) for some in combinations(words, n)]
    found: dict[tuple[str, str], dict[tuple[int, ...], frozenset[str]]] = {}
    for pair in product(floor.words.by, floor.words.harmed):
        of_pair = found.setdefault(pair, {})
        for answers in subsets:
            fitting = {at: row.closeness for at, row in rows.items() if row.fits(*pair, answers)}
            closest = max(fitting.values(), default=None)
            of_pair.setdefault(tuple(at for at, close in fitting.items() if close == closest), answers)
    return found


def spoken(
    shape: Shape, report: str, case: tuple[tuple[int, ...], frozenset[str]], who: Mapping[str, list[str]], floor: Floor
) -> str:
    numbers, answers = case
    harmed = list(dict.fromkeys(chain.from_iterable(who.values())))
    hurt = "" if len(harmed) == len(floor.words.harmed) else f", harmed {' or '.join(harmed)}"
    facts = f", with {' and '.join(sorted(answers))}" if answers else ""
    rows = f"{len(numbers)} rows decide the lead, not one" if numbers else "no row says who leads"
    named = f" (routes {', '.join(str(shape.routes[at]) for at in numbers)})" if numbers else ""
    by = "" if len(who) == len(floor.words.by) else f" by {' or '.join(who)}"
    return f", {report}{by}{hurt}{facts}: {rows}{named}."
