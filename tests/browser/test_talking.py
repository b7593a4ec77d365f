"""A lead who answers where they are: a tick on the card, words in its thread, and changing them, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.somebody import Somebody

pytestmark = pytest.mark.browser

TEACHER, LEAD = "U0OYELARAN", "U0RAHMAN01"
SAID = "Her aunt collects her today."


def test_a_lead_ticks_the_card_writes_under_it_and_finds_it_kept(be: Callable[..., Somebody]) -> None:
    teacher, lead = be(TEACHER), be(LEAD)
    lead.goes_to("Lanyard", "Messages")
    teacher.reports(about="I'm worried about a child", danger="Yes")
    teacher.presses("Next")
    teacher.sees("Someone is in danger")
    teacher.fills({"What is happening": "He is on the bike shed roof.", "Who is it about?": "Jonah Pell"})
    teacher.presses("Send")
    reference = teacher.receipt()
    teacher.closes()

    card = lead.card(f"A report for you: {reference}")
    card.get_by_role("button", name="More actions").click()
    lead.page.get_by_role("menuitem", name="React with a tick").click()
    taken = lead.card(f"{reference}: you have it")
    expect(taken.get_by_role("button", name="white check mark, 1")).to_have_attribute("aria-pressed", "true")
    lead.looks("ticked")

    taken.hover()
    taken.get_by_role("link", name="Reply in a thread").click()
    box = lead.page.get_by_role("textbox", name="Reply in the thread")
    box.fill(SAID)
    box.press("Enter")
    lead.card("Your chat keeps a copy too")
    lead.looks("kept")

    mine = lead.card(SAID)
    mine.hover()
    mine.get_by_role("button", name="More actions").click()
    lead.looks("menu")
    lead.page.get_by_role("menuitem", name="Edit message").click()
    lead.page.get_by_role("textbox", name="Edit message").fill("Her aunt collects her.")
    lead.looks("editing")
    lead.page.get_by_role("button", name="Save changes").click()
    expect(lead.card("Her aunt collects her.")).to_contain_text("(edited)")
