"""The hazard log is true: every hazard is named once, and is shown by tests that are there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PAGE = Path("docs/hazards.md").read_text(encoding="utf-8")
HAZARDS = re.findall(r"^### (H\d+) (.+?)\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE)
ASKED = ("Cause", "Effect", "Before", "Stands against it", "After", "Shown by")


@cache
def those_in(file: str) -> frozenset[str]:
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


def told(body: str) -> dict[str, str]:
    return {
        name: " ".join(text.split()) for name, text in re.findall(r"- \*\*(.+?)\*\*: (.*?)(?=\n- |\Z)", body, re.DOTALL)
    }


def test_every_hazard_is_there_once_and_in_order() -> None:
    assert [id for id, _, _ in HAZARDS] == [f"H{number:02}" for number in range(1, len(HAZARDS) + 1)]
    assert len({title for _, title, _ in HAZARDS}) == len(HAZARDS) >= 25


@pytest.mark.parametrize(("id", "title", "body"), HAZARDS, ids=[id for id, _, _ in HAZARDS])
def test_a_hazard_says_its_cause_effect_and_safeguard_and_what_shows_it(id: str, title: str, body: str) -> None:
    said = told(body)
    assert tuple(said) == ASKED
    assert all(said.values())
    (bad, before), (still, after) = (map(int, said[mark].split(" × ")) for mark in ("Before", "After"))
    assert 3 <= bad == still <= 5, "what stands against it makes it rarer, not milder"
    assert 1 <= after < before <= 5
    named = re.findall(r"`(tests/\w+\.py)::(\w+)`", said["Shown by"])
    assert named
    assert said["Shown by"].count("`") == 2 * len(named), "every name is one of a test"
    assert not [f"{file}::{test}" for file, test in named if test not in those_in(file)]
