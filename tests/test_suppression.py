"""Nobody can work out a hidden figure: attacked with every published number, and with the rules themselves."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.models import TermFigures
from templates import documents
from templates.catalogue import Catalogue
from workflows import tallies, written_up
from workflows.packs import load_floor, load_pack
from workflows.rules import Rules
from workflows.summaries import Report, figures_of
from workflows.suppression import SMALL, Facet, Shown, facet, hidden, part_of, shown, table

KINDS = ("pupil_concern", "cyberbullying", "reputation")
WAYS = ("in_time", "late", "waiting")
COUNTS = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 7))


@st.composite
def terms(draw: st.DrawFn) -> tuple[Counter[str], Counter[str]]:
    """A term's reports by kind, and how the same reports were answered."""
    kinds = Counter({kind: n for kind, n in draw(COUNTS).items() if n})
    answers = draw(st.lists(st.sampled_from(WAYS), min_size=kinds.total(), max_size=kinds.total()))
    return kinds, Counter(answers)


def ways(total: int) -> Iterator[Counter[str]]:
    for late, waiting in product(range(total + 1), repeat=2):
        if late + waiting <= total:
            counts = {"in_time": total - late - waiting, "late": late, "waiting": waiting}
            yield Counter({way: n for way, n in counts.items() if n})


def could_be(kinds: Mapping[str, int], published: Facet) -> bool:
    """Whether so many reports could have led to what was published of how they were answered."""
    return any(facet(kinds, answers, "in_time") == published for answers in ways(sum(kinds.values())))


@settings(deadline=None)
@given(terms())
def test_whoever_knows_the_rules_and_all_lists_of_a_term_cannot_tell_a_hidden_figure(
    term: tuple[Counter[str], Counter[str]],
) -> None:
    kinds, answers = term
    published = facet(kinds, answers, "in_time")
    for kind, n in kinds.items():
        if hidden(n):
            others = [kinds | {kind: m} if m > n else Counter({**kinds, kind: m}) for m in range(1, SMALL) if m != n]
            assert any(table(other) == table(kinds) and could_be(other, published) for other in others)
    if published.table is None:
        alike = [other for other in ways(kinds.total()) if facet(kinds, other, "in_time") == published]
        for way in WAYS:
            if hidden(answers[way]):
                assert len({other[way] for other in alike}) > 1


@settings(deadline=None)
@given(terms())
def test_a_list_with_a_hidden_figure_stands_beside_no_other_list_of_the_same_reports(
    term: tuple[Counter[str], Counter[str]],
) -> None:
    kinds, answers = term
    found = facet(kinds, answers, "in_time")
    small = any(hidden(n) for n in (*kinds.values(), *answers.values()))
    assert (found.table is None) == small


@pytest.mark.parametrize("asked", range(60))
def test_of_those_asked_neither_the_few_who_did_nor_the_few_who_did_not_can_be_counted(asked: int) -> None:
    shown_as = {done: part_of(done, asked) for done in range(asked + 1)}
    for done, figure in shown_as.items():
        if hidden(done) or hidden(asked - done):
            assert done not in (0, asked) or asked < SMALL
            if 0 < done < asked:
                assert sum(other == figure for other in shown_as.values()) > 1


def kept(kinds: Mapping[str, int], answers: Mapping[str, int]) -> dict[str, Any]:
    """A term's figures as they are kept."""
    other = tallies.faceted(facet(kinds, answers, "in_time"))
    return {
        "kind": tallies.pairs(table(kinds)),
        "by": {"table": None, "share": ""},
        "answered": other,
        "standing": {"table": None, "share": ""},
        "typical": {"answered": "hour", "closed": ""},
        "decision": {},
        "referral": {},
        "duty": {},
        "practice": "answered",
        "review": "",
    }


@cache
def rules() -> Rules:
    return Rules(pack=load_pack("oak-trees"), floor=load_floor(), words=Catalogue.read())


def published(rows: list[TermFigures]) -> str:
    """The CSV of the report over these terms or schools."""
    trust = any(not row.school for row in rows)
    report = Report("Brambledown", trust, len(rows) > 1, tuple(rows), figures_of(rows), ())
    return documents.table(written_up.content(rules(), report))


def row(school: str, term: int, figures: dict[str, Any]) -> TermFigures:
    day = date(2026, 9, 1)
    made = TermFigures(school=school, year=2026, term=term, name=f"Term {term}", first=day, last=day, checkpoint="")
    made.figures = figures
    return made


def bounds(said: str) -> Shown:
    if said == "<5":
        return Shown(1, 4)
    low, _, high = said.partition("–")
    return Shown(int(low), int(high or low))


def solved(page: str) -> Iterator[tuple[str, int]]:
    """Every figure below five that the list of kinds and its total, together, leave only one value."""
    rows = [each for each in csv.DictReader(io.StringIO(page)) if each["section"] == "Reports received, by kind"]
    cells = {each["what"]: bounds(each["figure"]) for each in rows if each["what"]}
    total = cells.pop("All together", Shown(0, 0))
    for name, cell in cells.items():
        others = [each for other, each in cells.items() if other != name]
        low = max(cell.low, total.low - sum(each.high for each in others))
        high = min(cell.high, total.high - sum(each.low for each in others))
        if low == high and hidden(low):
            yield name, low


@settings(deadline=None)
@given(st.lists(terms(), min_size=1, max_size=3))
def test_no_report_of_a_term_a_year_or_the_trust_lets_one_solve_for_a_hidden_figure(
    found: list[tuple[Counter[str], Counter[str]]],
) -> None:
    each = [row("one", n, kept(*term)) for n, term in enumerate(found)]
    assert not [cell for one in each for cell in solved(published([one]))]
    assert not list(solved(published(each)))


@settings(deadline=None)
@given(st.lists(terms(), min_size=2, max_size=3), st.integers(1, 4), st.integers(1, 4))
def test_no_figure_of_the_year_or_the_trust_changes_with_one_that_its_term_hides(
    found: list[tuple[Counter[str], Counter[str]]], first: int, second: int
) -> None:
    (kinds, answers), *rest = found
    kinds["reputation"] = first
    later = [row("two", 2, kept(*term)) for term in rest]
    one = published([row("one", 1, kept(kinds, answers)), *later])
    other = published([row("one", 1, kept({**kinds, "reputation": second}, answers)), *later])
    assert one == other


def test_one_to_four_are_shown_alike_and_none_and_five_as_they_are() -> None:
    words = [written_up.said(shown(n)) for n in range(7)]
    assert words == ["0", "<5", "<5", "<5", "<5", "5", "6"]
