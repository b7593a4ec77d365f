"""The chair on a very small phone that runs no script: the door, the report, a note, the way out."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bot.demo import Running
from tests.browser.conftest import PICTURES
from tests.browser.somebody import TOO_WIDE
from workspace.flows_about_adults import link_in
from workspace.town import Town

pytestmark = pytest.mark.browser

PASSPHRASE = "harbour lantern tuesday"


@pytest.fixture
def phone(chromium: Any) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    yield context
    context.close()


@pytest.fixture
def looks(size: str) -> Callable[[Page, str], None]:
    folder, number = PICTURES / size / "the_chair_on_320_px_without_script", count(1)
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, what: str) -> None:
        page.screenshot(path=Path(folder) / f"{next(number):02}-{what}.png", full_page=True)
        assert page.evaluate(TOO_WIDE) <= 0, f"{what} scrolls sideways"

    return keep


@pytest.mark.parametrize("size", ["small"], indirect=True)
def test_the_chair_reads_and_notes_a_report_on_a_small_phone_without_script(
    school: Running, phone: BrowserContext, looks: Callable[[Page, str], None]
) -> None:
    with httpx.Client(base_url=school.workspace, trust_env=False, timeout=10) as http:
        town = Town(http, school.bot)
        invitation = link_in(town.letter(town.chair, "please set your passphrase"))
        teacher = town.teacher
        form = teacher.sends(teacher.types("/report"), {"about": "head_concern", "danger": "no"})
        what = "She shouted into a child’s face.\n" + "unbroken" * 30
        teacher.closes(teacher.sends(form, {"what": what, "harmed": "pupil"}))
        link = link_in(town.letter(town.chair, "a report for you"))

    page = phone.new_page()
    page.goto(link)
    page.get_by_role("button", name="Continue").click()
    looks(page, "not-invited-yet")
    page.goto(invitation)
    looks(page, "door")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Your passphrase").fill("too short")
    page.get_by_label("The same again").fill("too short")
    page.get_by_role("button", name="Keep this passphrase").click()
    expect(page.get_by_role("alert")).to_contain_text("That was shorter than 12 characters.")
    looks(page, "too-short")
    page.get_by_label("Your passphrase").fill(PASSPHRASE)
    page.get_by_label("The same again").fill(PASSPHRASE)
    page.get_by_role("button", name="Keep this passphrase").click()
    page.goto(link)
    page.get_by_role("button", name="Continue").click()
    looks(page, "sign-in")
    page.get_by_label("Passphrase", exact=True).fill("something else entirely")
    page.get_by_role("button", name="Open the report").click()
    expect(page.get_by_role("alert")).to_contain_text("4 tries are left")
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Open the report").click()
    expect(page.get_by_text("She shouted into a child’s face.")).to_be_visible()
    looks(page, "report")
    page.get_by_role("button", name="Acknowledge").click()
    looks(page, "acknowledged")
    page.get_by_role("link", name="Back to the report").click()
    page.get_by_role("button", name="Add a note").click()
    page.get_by_label("Your note").fill("Spoke to the LADO at ten.")
    looks(page, "note")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Spoke to the LADO at ten.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    looks(page, "out")
    page.goto(f"{school.bot}/p/c/")
    expect(page.get_by_text("She shouted into a child’s face.")).to_have_count(0)
    looks(page, "afterwards")
