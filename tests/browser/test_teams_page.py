"""Brambledown with Teams beside Slack, in a real browser: report in one and acknowledge in the other."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.demo import Running, free_port, running
from tests.browser.conftest import PICTURES, SIZES
from tests.browser.somebody import TOO_WIDE, nameless

pytestmark = pytest.mark.browser

TEACHER, HEAD, BY_MAIL = "U0OYELARAN", "U0WHITLOCK", "M0OKAFOR01"


@pytest.fixture
def school_with_both() -> Iterator[Running]:
    """Of its own for each test: whoever has spoken from one of their two chats is told there alone."""
    (PICTURES / "teams").mkdir(parents=True, exist_ok=True)
    with running(port=0, bot_port=free_port(), teams=True) as up:
        yield up


@pytest.fixture
def opens(chromium: Any, school_with_both: Running) -> Iterator[Callable[..., Page]]:
    """Somebody's page in a browser of their own, and whatever its script complained of."""
    contexts, complaints = [], list[str]()

    def opened(path: str, size: str = "laptop") -> Page:
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        context = chromium.new_context(viewport=viewport, reduced_motion="reduce", locale="en-GB")
        context.set_default_timeout(15_000)
        contexts.append(context)
        page: Page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{school_with_both.workspace}{path}")
        return page

    yield opened
    for each in contexts:
        each.close()
    assert complaints == []


def looks(page: Page, what: str) -> None:
    page.wait_for_timeout(150)
    page.screenshot(path=PICTURES / "teams" / f"{what}.png")
    assert page.evaluate(TOO_WIDE) <= 0, f"{what}: the page scrolls sideways"
    assert nameless(page.context, page) == [], f"{what}: something has no name"


def dialog(page: Page, title: str) -> Locator:
    """The dialog, once it shows this."""
    shown = page.get_by_role("dialog")
    expect(shown.get_by_role("heading", name=title)).to_be_visible(timeout=20_000)
    return shown


def writes(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Type a message").fill(words)
    page.keyboard.press("Enter")


def picks(shown: Locator, question: str, answer: str) -> None:
    shown.get_by_role("radio", name=re.compile(rf"^{re.escape(question)}.*{answer}$")).check()


def reports(page: Page) -> str:
    """A pupil's friend request, from the slash command to the receipt; its reference."""
    writes(page, "/report")
    form = dialog(page, "Make a report")
    looks(page, "first-step")
    kinds = form.get_by_label("What is it about?")
    kinds.select_option(value="pupil_contact")
    picks(form, "Is anyone in danger right now?", "No")
    form.get_by_role("button", name="Next").click()
    form = dialog(page, "Contact from a pupil")
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_text("Please answer this question.").first).to_be_visible()
    looks(page, "missing-answers")
    picks(form, "Are you worried that this pupil", "No")
    picks(form, "Is the pupil a member of your family?", "No")
    form.get_by_label("Who is the pupil?").fill("Alfie Marsden")
    form.get_by_label("What happened?").fill("He asked to follow me on a photo site.")
    form = sends(page, "Thank you. Your report is in")
    looks(page, "receipt")
    found = re.search(r"reference is ([0-9A-Z]{2,3}-[0-9A-Z]{3})", form.inner_text())
    assert found
    form.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    return found[1]


def sends(page: Page, then: str) -> Locator:
    """The last step, sent again where a slow machine makes the form ask for that."""
    shown = page.get_by_role("dialog")
    done, again = shown.get_by_role("heading", name=then), shown.get_by_text("We can't tell yet whether it was saved")
    for _ in range(3):
        shown.get_by_role("button", name="Send").click()
        page.wait_for_timeout(500)
        expect(page.locator("dialog[aria-busy]")).to_have_count(0, timeout=20_000)
        expect(done.or_(again).first).to_be_visible(timeout=20_000)
        if done.is_visible():
            break
    return dialog(page, then)


def card(page: Page, words: str) -> Locator:
    found = page.get_by_role("article").filter(has_text=words).last
    expect(found).to_be_visible(timeout=20_000)
    return found


def goes_between(page: Page, size: str) -> None:
    """From one chat to the other and back, in the page."""
    either = page.get_by_role("navigation", name="Which chat")
    expect(either.get_by_role("link", name="Slack")).to_have_attribute("aria-current", "page")
    looks(page, f"either-{size}-slack")
    either.get_by_role("link", name="Teams").click()
    card(page, "You can make a report here")
    looks(page, f"either-{size}-teams")
    either.get_by_role("link", name="Slack").click()
    expect(page.get_by_role("navigation", name="Channels and messages")).to_be_visible()


def test_what_is_reported_in_teams_is_acknowledged_in_slack_and_a_visitor_goes_between_them(
    opens: Callable[..., Page],
) -> None:
    teacher, head = opens(f"/teams?as={TEACHER}"), opens(f"/?as={HEAD}")
    head.get_by_role("link", name=re.compile("^Lanyard")).click()
    head.get_by_role("tab", name="Messages").click()
    card(teacher, "You can make a report here")
    reference = reports(teacher)
    card(teacher, f"{reference}: received")
    card(head, f"A report for you: {reference}").get_by_role("button", name="Acknowledge").click()
    card(head, f"{reference}: you have it")
    card(teacher, f"{reference}: acknowledged")
    for size in ("laptop", "phone"):
        goes_between(opens("/?as=U0FAIRCLGH", size), size)
    by_mail = opens(f"/?as={BY_MAIL}")
    expect(by_mail.get_by_role("navigation", name="Channels and messages")).to_be_visible()
    expect(by_mail.get_by_role("navigation", name="Which chat")).to_have_count(0)


def test_what_is_reported_in_teams_is_opened_and_acknowledged_there(opens: Callable[..., Page]) -> None:
    teacher, head = opens(f"/teams?as={TEACHER}"), opens(f"/teams?as={HEAD}")
    card(head, "You can make a report here")
    card(teacher, "You can make a report here")
    looks(teacher, "welcome")
    reference = reports(teacher)
    told = card(head, f"A report for you: {reference}")
    expect(told).not_to_contain_text("Alfie")
    looks(head, "card")
    told.get_by_role("button", name="Open", exact=True).click()
    shown = dialog(head, f"{reference}: Contact from a pupil")
    expect(shown).to_contain_text("He asked to follow me on a photo site.")
    looks(head, "report")
    shown.get_by_role("button", name="Close").click()
    told.get_by_role("button", name="Acknowledge", exact=True).click()
    card(head, f"{reference}: you have it")
    looks(head, "acknowledged")
    card(teacher, f"{reference}: acknowledged")
    looks(teacher, "followed")
    writes(teacher, "home")
    card(teacher, "Your reports")
    looks(teacher, "home")


def test_teams_looks_right_in_each_of_its_themes(opens: Callable[..., Page]) -> None:
    for theme, size in product(("light", "dark", "contrast"), ("laptop", "phone")):
        page = opens(f"/teams?as=U0KOWALSKA&theme={theme}", size)
        card(page, "You can make a report here")
        looks(page, f"{theme}-{size}-chat")
        page.get_by_role("link", name="Staff room").click()
        page.get_by_role("button", name="More actions for the message").first.click()
        looks(page, f"{theme}-{size}-channel")
        page.get_by_role("menuitem", name="Report this message").click()
        shown = dialog(page, "Make a report")
        looks(page, f"{theme}-{size}-form")
        shown.get_by_role("button", name="Close").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
