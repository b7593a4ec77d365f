"""The page of every route is what the policies give, and nothing else."""

import pytest

from bot.routes_page import PAGE, page
from workflows.packs import all_packs, load_floor, load_pack


def test_the_page_is_the_one_that_the_policies_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python3 run.py docs writes it afresh"


@pytest.mark.parametrize("id", all_packs())
def test_every_report_of_every_policy_stands_on_it(id: str) -> None:
    pack = load_pack(id)
    section = page().split(f"## {pack.name}\n")[1].split("\n## ")[0]
    assert all(f"`{report}` |" in section for report in load_floor().types)
    for row in (line for line in section.splitlines() if line.startswith("| ") and "---" not in line):
        assert len(row.split(" | ")) == 4, row
        assert not row.endswith("|  |"), row


def test_it_says_who_leads_and_what_is_offered_where_nobody_is_told() -> None:
    line = "| **Unsuitable content** `inappropriate_content` | done by a pupil, a parent or carer, an outsider or "
    assert line + "somebody unknown | ICT **leads**<br>where a pupil was harmed, designated" in page()
    assert "may tell the designated safeguarding lead | our own choice |" in page()
