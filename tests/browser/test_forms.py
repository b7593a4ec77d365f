"""Filling in a form in a real browser: by keyboard alone, after an error, after trouble, and with a doubtful name."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from bot.demo import Running, free_port
from tests.browser.somebody import Somebody

pytestmark = pytest.mark.browser

Be = Callable[..., Somebody]
SECOND_TEACHER, SUPPLY, HEAD, LEAD = "U0PEMBERTN", "U0MURPHY01", "U0WHITLOCK", "U0RAHMAN01"
WHAT = "She raised her voice at a child in the corridor."
LABEL = "() => { const e = document.activeElement; return e.labels?.[0]?.innerText ?? e.innerText ?? e.ariaLabel; }"


def tab_to(somebody: Somebody, words: str) -> None:
    """Tab until what has the focus is called this; inside the form it never leaves the form."""
    for _ in range(60):
        if words in (somebody.page.evaluate(LABEL) or ""):
            return
        somebody.page.keyboard.press("Tab")
        assert somebody.page.evaluate(
            "() => !!document.activeElement.closest('dialog') || !document.querySelector('dialog')"
        )
    pytest.fail(f"the keyboard never reached “{words}”")


def test_a_report_is_made_with_a_keyboard_alone_and_the_focus_comes_back(be: Be) -> None:
    teacher = be(SECOND_TEACHER)
    keys = teacher.page.keyboard
    teacher.goes_to("staffroom")
    writing = teacher.page.get_by_role("textbox", name="Message #staffroom")
    writing.focus()
    keys.type("/report")
    keys.press("Enter")
    if not teacher.form.count():
        teacher.page.wait_for_timeout(500)
    if not teacher.form.count():
        keys.press("Enter")
    teacher.sees("Make a report")
    tab_to(teacher, "What is it about?")
    keys.type("Something an adult")
    tab_to(teacher, "Yes")
    keys.press("ArrowDown")
    teacher.looks("first-step")
    tab_to(teacher, "Next")
    keys.press("Enter")
    teacher.sees("About an adult here")
    tab_to(teacher, "Who is it about?")
    keys.type("espin")
    expect(teacher.form.get_by_role("option", name="Daniel Espinosa")).to_be_visible()
    teacher.looks("picking")
    keys.press("Enter")
    expect(teacher.form.get_by_role("button", name="Remove Daniel Espinosa")).to_be_visible()
    tab_to(teacher, "What did you see or hear?")
    keys.type(WHAT)
    tab_to(teacher, "A pupil")
    keys.press("Space")
    teacher.looks("filled-in")
    tab_to(teacher, "Send")
    keys.press("Enter")
    reference = teacher.receipt()
    keys.press("Escape")
    expect(teacher.form).to_have_count(0)
    expect(writing).to_be_focused()
    teacher.goes_to("Lanyard", "Messages")
    teacher.card(f"{reference}: received")


def test_the_focus_stays_in_the_form_and_goes_round(be: Be) -> None:
    teacher = be(SECOND_TEACHER)
    teacher.reports()
    first = teacher.form.get_by_role("button", name="Close").first
    last = teacher.form.get_by_role("button", name="Next")
    last.focus()
    teacher.page.keyboard.press("Tab")
    expect(first).to_be_focused()
    teacher.page.keyboard.press("Shift+Tab")
    expect(last).to_be_focused()


def test_what_was_typed_is_still_there_after_a_question_was_left_out(be: Be) -> None:
    teacher = be(SECOND_TEACHER)
    teacher.reports(about="Something the headteacher has said or done", danger="No")
    teacher.presses("Next")
    teacher.fills({"What did you see or hear?": WHAT})
    teacher.presses("Send")
    expect(teacher.form.get_by_role("alert").first).to_contain_text("One answer needs another look.")
    expect(teacher.form.get_by_label("What did you see or hear?")).to_have_value(WHAT)
    teacher.looks("left-out")
    teacher.form.get_by_role("link", name="Was anyone hurt or upset").click()
    expect(teacher.form.get_by_role("radio", name="A pupil")).to_be_focused()
    teacher.chooses("Was anyone hurt or upset", "Nobody, or I'm not sure")
    teacher.presses("Send")
    teacher.receipt()


def test_what_was_typed_is_still_there_after_trouble_and_sending_again_makes_one_report(
    be: Be, school: Running
) -> None:
    guest = be(SUPPLY)
    own = guest.page.get_by_role("article").filter(has_text=": received")
    guest.goes_to("Lanyard", "Messages")
    guest.settled()
    before = own.count()
    tell(school, "mischief", {"kind": "slow", "times": 1, "seconds": 5})
    guest.reports(about="Something an adult who works here has said or done", danger="No")
    # The chat answers the bot five seconds late: the form is there at once, and nothing red comes after it.
    guest.page.wait_for_timeout(4000)
    expect(guest.page.get_by_text("failed with the error")).to_have_count(0)
    expect(guest.form.get_by_role("radio", name="No")).to_be_checked()
    guest.presses("Next")
    guest.picks("Who is it about?", "Priya Bhatt")
    guest.fills({"What did you see or hear?": WHAT})
    guest.chooses("Was anyone hurt or upset", "A pupil")
    tell(school, "bot", {"url": f"http://127.0.0.1:{free_port()}"})
    guest.presses("Send")
    expect(guest.form.get_by_text("We had some trouble connecting. Try again?")).to_be_visible()
    expect(guest.form.get_by_label("What did you see or hear?")).to_have_value(WHAT)
    expect(guest.form.get_by_role("button", name="Remove Priya Bhatt")).to_be_visible()
    guest.looks("trouble")
    tell(school, "bot", {"url": school.bot})
    tell(school, "mischief", {"kind": "duplicate", "times": 1, "seconds": 0})
    guest.presses("Send")
    reference = guest.receipt()
    guest.closes()
    guest.goes_to("Lanyard", "Messages")
    guest.card(f"{reference}: received")
    guest.page.wait_for_timeout(3000)
    expect(own).to_have_count(before + 1)


def tell(school: Running, order: str, asked: dict[str, object]) -> None:
    """What the host of the chat can order."""
    httpx.post(f"{school.workspace}/ui/{order}", json=asked, trust_env=False, timeout=10).raise_for_status()


def test_a_typed_name_that_could_be_somebody_about_to_be_told_is_asked_about(be: Be) -> None:
    teacher, head = be(SECOND_TEACHER), be(HEAD)
    before = head_knows(head)
    teacher.reports(about="Something an adult who works here has said or done", danger="No")
    teacher.presses("Next")
    teacher.fills({"Not in the list?": "Mrs Whitlock", "What did you see or hear?": WHAT})
    teacher.chooses("Was anyone hurt or upset", "A pupil")
    teacher.presses("Send")
    teacher.sees("Is it the same person?")
    asked = teacher.form.get_by_role("radiogroup", name="You wrote “Mrs Whitlock”")
    expect(asked.get_by_role("radio")).to_have_count(3)
    teacher.looks("name-check")
    asked.get_by_role("radio", name="Not sure").check()
    teacher.presses("Send")
    reference = teacher.receipt()
    teacher.closes()
    teacher.goes_to("Lanyard", "Messages")
    teacher.card(f"{reference}: received")
    teacher.page.wait_for_timeout(1500)
    assert reference not in head.settled()
    assert head_knows(head) == before


def head_knows(head: Somebody) -> str:
    head.goes_to("Lanyard", "Messages")
    return head.settled()
