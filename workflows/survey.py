"""Every report that a policy can be asked about, and where each would go in a given school."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product

from templates.report_types import ReportType
from workflows.floor import Floor
from workflows.policy import Pack
from workflows.routing import Cast, Facts, Place, Route, route, rungs_after
from workflows.rules import Rules

# Somebody harmed whom nobody knows by any role, and somebody ordinary who reports.
SOMEBODY, TEACHER = "somebody-harmed", "teacher"


@dataclass(frozen=True)
class Situation:
    """Who did it, who was harmed, and the form's other facts that a route depends on."""

    by: str
    harmed: str
    answers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """Where a type of report goes in some of the situations it can tell of.

    ``child`` are those told besides where a pupil was harmed; ``then`` those asked next, one after the other.
    """

    report: str
    situations: tuple[Situation, ...]
    every: tuple[Situation, ...]
    recipients: tuple[Place, ...]
    child: tuple[Place, ...]
    then: tuple[Place, ...]
    outside: tuple[str, ...]
    several: bool
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Gone:
    """Where one report went, and who is asked after that."""

    route: Route
    then: tuple[Place, ...]


def surveyed(rules: Rules, cast: Cast) -> tuple[Outcome, ...]:
    """Where every type of report goes, told apart only where it makes a difference to who is told."""
    return tuple(chain.from_iterable(of_type(rules, cast, kind) for kind in rules.reports.values()))


def of_type(rules: Rules, cast: Cast, kind: ReportType) -> Iterator[Outcome]:
    found: dict[Hashable, list[Situation]] = {}
    besides: dict[Hashable, tuple[Place, ...]] = {}
    gone = {each: followed(rules, cast, kind.id, each) for each in situations(rules.pack, rules.floor, kind)}
    for each, where in gone.items():
        child = for_the_child(rules.floor, gone, each)
        told = tuple(place for place in where.route.recipients if place not in child)
        key = (told, where.route.outside, where.route.several, where.then)
        found.setdefault(key, []).append(each)
        besides[key] = child or besides.get(key, ())
    for alike, same in found.items():
        one = gone[same[0]]
        classes = {gone[each].route.klass for each in same}
        yield Outcome(
            report=kind.id,
            situations=tuple(same),
            every=tuple(gone),
            recipients=tuple(place for place in one.route.recipients if place not in besides[alike]),
            child=besides[alike],
            then=one.then,
            outside=one.route.outside,
            several=one.route.several,
            classes=tuple(klass for klass in rules.floor.strictest_first if klass in classes),
        )


def followed(rules: Rules, cast: Cast, report: str, situation: Situation) -> Gone:
    asked = rules.pack, rules.floor, cast, facts_of(report, situation)
    return Gone(route(*asked), rungs_after(*asked, frozenset()))


def for_the_child(floor: Floor, gone: Mapping[Situation, Gone], situation: Situation) -> tuple[Place, ...]:
    """Those who are told by rule 1 only because a pupil was harmed: all else is as if nobody had been."""
    if situation.harmed not in floor.child.harmed:
        return ()
    places = gone[situation].route.recipients
    added = tuple(place for place in places if place.part == "informed" and place.why in ("floor 1", "floor 4"))
    rest = tuple(place for place in places if place not in added)
    alike = (
        where.route.recipients == rest
        for other, where in gone.items()
        if (other.by, other.answers) == (situation.by, situation.answers) and other.harmed not in floor.child.harmed
    )
    return added if any(alike) else ()


def situations(pack: Pack, floor: Floor, kind: ReportType) -> Sequence[Situation]:
    """Everything that the form of a type can say and its routes can ask; a named colleague did it under any type."""
    wanted = {word for row in pack.routes if row.report == kind.id for word in (*row.answers, *row.unless)}
    words = sorted(wanted.intersection(kind.flags.values()))
    subsets = [frozenset(some) for n in range(len(words) + 1) for some in combinations(words, n)]
    by = {kind.by, *options(kind, kind.by_field), *floor.colleague}
    named = {"pupil" for field in kind.fields if field.part == "harmed" and kind.named[field.id] == "pupil"}
    harmed = {kind.harmed, *options(kind, kind.harmed_field), *named}
    return [
        Situation(*each) for each in product(ordered(by, floor.words.by), ordered(harmed, floor.words.harmed), subsets)
    ]


def options(kind: ReportType, field: str) -> tuple[str, ...]:
    return tuple(option.value for each in kind.fields if each.id == field for option in each.options)


def ordered(words: Iterable[str], order: Sequence[str]) -> list[str]:
    return sorted({*words} & {*order}, key=order.index)


def facts_of(report: str, situation: Situation) -> Facts:
    return Facts(
        report=report,
        by=situation.by,
        harmed=situation.harmed,
        harmed_persons=frozenset({SOMEBODY} if situation.harmed == "staff" else ()),
        reporter=TEACHER,
        answers=situation.answers,
    )
