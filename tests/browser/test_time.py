"""Time moved on in a real browser: nobody reloads anything, and everybody sees it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.somebody import Somebody

pytestmark = pytest.mark.browser

TEACHER, LEAD, DEPUTY = "U0OYELARAN", "U0RAHMAN01", "U0FAIRCLGH"


def test_a_report_that_nobody_acknowledges_goes_to_the_next_person_before_everybodys_eyes(
    be: Callable[..., Somebody],
) -> None:
    teacher, lead, deputy = be(TEACHER), be(LEAD), be(DEPUTY)
    for each in (lead, deputy):
        each.goes_to("Lanyard", "Messages")
    teacher.reports(about="I'm worried about a child", danger="Yes")
    teacher.presses("Next")
    teacher.sees("Someone is in danger")
    expect(teacher.form.get_by_role("textbox")).to_have_count(2)
    teacher.looks("urgent")
    teacher.fills({"What is happening": "He is on the bike shed roof.", "Who is it about?": "Jonah Pell"})
    teacher.presses("Send")
    reference = teacher.receipt()
    teacher.closes()
    teacher.goes_to("Lanyard", "Messages")
    lead.card(f"A report for you: {reference}")
    lead.looks("card")

    teacher.page.get_by_role("button", name="+20 min").click()
    late = teacher.card(f"{reference}: please phone")
    expect(late).to_contain_text("01632 960121")
    teacher.looks("please-phone")
    card = deputy.card(f"{reference} is now with you")
    deputy.looks("escalated")
    card.get_by_role("button", name="Open").click()
    expect(deputy.form).to_contain_text("He is on the bike shed roof.")
    deputy.looks("report")
    deputy.presses("Acknowledge")
    deputy.sees(f"{reference}: you have it")
    deputy.closes()
    expect(lead.card(f"Owen Fairclough has acknowledged {reference}")).to_be_visible()
    teacher.card(f"{reference}: acknowledged")
    lead.looks("taken")
    deputy.looks("mine")
