"""The page of faults names tests that there are, and says of each fault which holds it."""

import re
from pathlib import Path

from tests.gates import ROOT

PAGE = ROOT / "docs" / "faults.md"
NAMED = re.compile(r"`(test_\w+)`")


def test_each_fault_on_the_page_is_held_by_a_test_that_there_is() -> None:
    known = {name for file in Path(ROOT / "tests").glob("test_*.py") for name in names_in(file)}
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    assert [row for row in rows if not NAMED.findall(row)] == []
    assert sorted(set(NAMED.findall(PAGE.read_text())) - known) == []


def names_in(file: Path) -> list[str]:
    return re.findall(r"^(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE)
