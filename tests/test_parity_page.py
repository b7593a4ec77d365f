"""The page of what works where is what the surfaces make of every form, message and button."""

import re

from tests.every_word import CARDS, FORMS
from tests.parity_page import PAGE, REASONS, page


def test_the_page_is_what_the_surfaces_make_of_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python3 run.py docs writes it afresh"


def test_every_form_and_every_message_stands_on_it() -> None:
    told = page()
    assert [name for name in CARDS if f"`{name}` |" not in told] == []
    assert [form.id for form in FORMS if f"`{form.id}` |" not in told] == []


def test_every_reason_is_one_that_something_has() -> None:
    table, _, _ = page().partition("## Why not")
    used = {int(each) for each in re.findall(r"(?:not|in part|a page): (\d+)", table)}
    assert used == set(range(1, 1 + len(REASONS)))


def test_teams_lacks_nothing_but_files_and_letters() -> None:
    cells = [row.split(" | ") for row in page().splitlines() if row.startswith("| ") and "`" in row]
    lacking = {why for row in cells for why in re.findall(r"not: (\d+)", row[2])}
    assert {list(REASONS)[int(each) - 1] for each in lacking} == {"files", "letter"}
