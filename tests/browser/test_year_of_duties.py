"""What a policy asks for over the year, as a teacher and the headteacher see it, on a laptop and a phone at once."""

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from bot.demo import Running, free_port, given_a_year, running
from bot.ground import Ground, open_ground
from bot.recovery import sheet_of
from bot.settings import Settings
from bot.staff import apply_people
from storage.unit import Unit
from tests.browser.conftest import PICTURES, SIZES
from tests.browser.somebody import TOO_WIDE, Somebody
from workflows import cases, people, practice, reports
from workflows.drafts import Written
from workflows.people import Who
from workflows.rules import Rules
from workspace.settings import HERE

pytestmark = pytest.mark.browser

TEACHER, COLLEAGUE, LEAD, HEAD = "U0OYELARAN", "U0PEMBERTN", "U0RAHMAN01", "U0WHITLOCK"
LANDED = "Lanyard has written to everybody who has something to do."
TEAM = "T0BRAMBLE1"
DPO = '{ role = "dpo", school = "brambledown" },'


class Both:
    """One person who has the page open on a laptop and on a phone, where the same things appear."""

    def __init__(self, laptop: Somebody, phone: Somebody) -> None:
        self.laptop, self.phone = laptop, phone

    def goes_to(self, tab: str) -> "Both":
        for each in (self.laptop, self.phone):
            each.goes_to("Lanyard", tab)
        return self

    def looks(self, what: str, at: str = "") -> None:
        """Keep a picture from each; ``at`` is what has to stand in the middle of it."""
        for each in (self.laptop, self.phone):
            if at:
                each.page.get_by_text(at).last.scroll_into_view_if_needed()
            each.looks(what)

    def sees(self, heading: str) -> None:
        for each in (self.laptop, self.phone):
            each.sees(heading)

    def card(self, words: str) -> Locator:
        self.phone.card(words)
        return self.laptop.card(words)

    def presses(self, card: str, button: str) -> None:
        self.card(card).get_by_role("button", name=button).click()

    def sees_at_home(self, words: str) -> None:
        for each in (self.laptop, self.phone):
            expect(each.page.get_by_role("tabpanel", name="Home")).to_contain_text(words)


@pytest.fixture(scope="module")
def school_with_a_year() -> Iterator[Running]:
    with running(port=0, bot_port=free_port()) as up:
        given_a_year(up)
        yield up


@pytest.fixture
def both(chromium: Any, school_with_a_year: Running) -> Iterator[Callable[[str], Both]]:
    contexts, numbers = [], {size: count(1) for size in SIZES}

    def one(id: str, size: str) -> Somebody:
        folder = PICTURES / "year_of_duties" / size
        folder.mkdir(parents=True, exist_ok=True)
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        contexts.append(chromium.new_context(viewport=viewport, reduced_motion="reduce", locale="en-GB"))
        contexts[-1].set_default_timeout(15_000)
        return Somebody(contexts[-1], school_with_a_year.workspace, id, (folder, numbers[size]))

    yield lambda who: Both(one(who, "laptop"), one(who, "phone"))
    for each in contexts:
        each.close()


@contextmanager
def ground_of(up: Running) -> Iterator[Ground]:
    """What a command of `lanyard` stands on, at the demo's own time."""
    ground = open_ground(Settings.read(up.env), up.folder / "clock.json")
    yield ground
    ground.database.close()


def worried(unit: Unit, rules: Rules) -> None:
    """Six reports of a term that is over soon, each acknowledged."""
    author = people.meet(unit, Who("slack", TEAM, COLLEAGUE)).person
    for _ in range(6):
        written = Written(report="pupil_concern", answers={"what": "x"})
        case = reports.submit(unit, rules, unit.new_id(), written, author)
        cases.acknowledge(unit, rules, case.id, Who("slack", TEAM, LEAD))


def test_a_term_begins_and_what_it_asks_is_done_counted_and_missed(
    both: Callable[[str], Both], school_with_a_year: Running
) -> None:
    with ground_of(school_with_a_year) as ground:
        ground.database.run_now(ground.trust, worried, ground.rules)
    teacher, head = both(TEACHER).goes_to("Messages"), both(HEAD).goes_to("Messages")
    teacher.laptop.page.get_by_role("button", name="Next term", exact=True).click()
    expect(teacher.laptop.page.get_by_text(LANDED)).to_be_visible(timeout=30_000)
    done_by(teacher)
    head.card("in figures")
    head.looks("told")
    figures_page(head)
    for _ in range(4):
        teacher.laptop.page.get_by_role("button", name="Next week", exact=True).click()
        teacher.laptop.page.wait_for_timeout(2000)
    teacher.card("It was to be done by")
    teacher.looks("asked-again")
    head.goes_to("Home").sees_at_home("Overdue")
    head.looks("home")
    head.looks("home-bars", at="How far Brambledown Primary School has come")
    head.looks("home-overdue", at="Please speak to them.")


def done_by(teacher: Both) -> None:
    """One thing, from the message to the thanks."""
    teacher.card("this term's online-safety training")
    teacher.looks("asked")
    teacher.presses("Also open", "Show me")
    teacher.sees("Online-safety training this term")
    teacher.looks("shown")
    teacher.laptop.presses("I have taken part")
    teacher.sees("Say that it is done")
    teacher.looks("done-form")
    day = teacher.laptop.page.get_by_test_id("clock-now").get_attribute("datetime")
    teacher.laptop.fills({"On which day was it done?": str(day)[:10]})
    teacher.laptop.presses("Keep")
    teacher.card("Thank you. It is kept as done")
    for each in (teacher.laptop, teacher.phone):
        each.leaves()
    teacher.looks("done")
    teacher.goes_to("Home").sees_at_home("For you to do")
    teacher.looks("home")
    teacher.looks("home-duties", at="For you to do")
    teacher.goes_to("Messages")


def figures_page(head: Both) -> None:
    """The governors' report by its link: the page, its picture, and the PDF's first page."""
    for each in (head.laptop, head.phone):
        with each.context.expect_page() as opening:
            each.card("in figures").get_by_role("link", name="Open the report").click()
        page = opening.value
        page.wait_for_load_state()
        page.wait_for_function("() => document.images[0].naturalWidth > 800")
        page.screenshot(path=each.folder / f"{next(each.count):02}-figures-page.png", full_page=True)
        assert page.evaluate(TOO_WIDE) <= 0
        link = page.get_by_role("link", name="Open the report (PDF)").get_attribute("href")
        pdf = each.context.request.get(page.url.split("/p/")[0] + str(link)).body()
        assert pdf.startswith(b"%PDF-")
        page.close()
    report = head.laptop.folder / "report.pdf"
    report.write_bytes(pdf)
    if draws := shutil.which("pdftoppm"):
        subprocess.run([draws, "-r", "80", "-png", report, report.with_suffix("")], check=True, timeout=60)


def test_a_practice_report_and_a_yes_that_is_asked_for_come_as_cards_and_the_key_goes_on_paper(
    both: Callable[[str], Both], school_with_a_year: Running
) -> None:
    up, lead, head = school_with_a_year, both(LEAD).goes_to("Messages"), both(HEAD).goes_to("Messages")
    head.laptop.page.get_by_role("button", name="Next term", exact=True).click()
    expect(head.laptop.page.get_by_text(LANDED)).to_be_visible(timeout=30_000)
    with ground_of(up) as ground:
        sent = ground.database.run_now(ground.trust, practice.begin, ground.rules, Who("slack", TEAM, TEACHER))
    lead.card(f"PRACTICE: A report for you: {sent.reference}")
    lead.looks("practice-card")
    lead.presses(sent.reference, "Open")
    lead.sees("PRACTICE")
    lead.looks("practice-report")
    lead.laptop.presses("Acknowledge")
    lead.sees("you have it")
    lead.laptop.leaves()
    lead.card("you have it")
    lead.looks("practice-taken")

    school = (HERE / "school.toml").read_text()
    assert DPO in school
    (up.folder / "school.toml").write_text(school.replace(DPO, f'{DPO} {{ role = "dsl", school = "brambledown" }},'))
    with redirect_stdout(io.StringIO()), ThreadPoolExecutor(1) as apart:  # the browser has a loop in this thread
        files = up.folder / "school.toml", up.folder / "clock.json"
        assert apart.submit(apply_people, Settings.read(up.env), *files, yes=True).result() == 0
    head.card("Your yes is asked for")
    head.looks("second-yes")
    head.presses("Your yes is asked for", "Yes")
    head.looks("second-yes-sure")

    sheet = up.folder / "sheet.html"
    sheet.write_text(sheet_of(Path(up.env["LANYARD_KEY_FILE"]), "Brambledown Primary School"))
    for each in (lead.laptop, lead.phone):
        each.page.goto(sheet.as_uri())
        each.page.screenshot(path=each.folder / f"{next(each.count):02}-recovery-sheet.png", full_page=True)
        assert each.page.evaluate(TOO_WIDE) <= 0
