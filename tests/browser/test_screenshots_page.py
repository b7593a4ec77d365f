"""Screenshots are added on our own page in a real browser, by keyboard alone, from a laptop to a small phone."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import SIZES
from tests.browser.somebody import nameless
from tests.browser.test_pages import STUMBLES
from tests.test_adding import HEIC, Visitor, at_the_page, picture, pictures
from tests.townspeople import buttons
from tests.world import World
from workspace.pictures import screenshot

pytestmark = pytest.mark.browser


class Looker:
    """Somebody at the page, who stops at whatever they would stumble over and keeps a picture of the rest."""

    def __init__(self, context: Any, folder: Path) -> None:
        self.context, self.folder, self.seen = context, folder, 0
        self.page: Page = context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", self.hears)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def hears(self, told: Any) -> None:
        """What the browser complains of, but for what it asks of every site by itself."""
        if told.type == "error" and "favicon" not in told.location["url"]:
            self.wrong.append(told.text)

    def goes_to(self, visitor: Visitor) -> None:
        self.page.goto(visitor.link)
        self.looks("door")
        self.goes_on("Continue")
        self.looks("question")

    def answers(self, said: str) -> None:
        self.page.get_by_role("radio", name=said, exact=True).check()
        self.goes_on("Next")

    def presses(self, button: str) -> None:
        """With the keyboard, as everything here."""
        self.page.get_by_role("button", name=button, exact=True).focus()
        self.page.keyboard.press("Enter")

    def goes_on(self, button: str) -> None:
        """The same, to another page."""
        with self.page.expect_navigation():
            self.presses(button)

    def looks(self, what: str) -> None:
        self.seen += 1
        self.page.screenshot(path=self.folder / f"{self.seen:02}-{what}.png", full_page=True)
        assert self.page.evaluate(STUMBLES) == [], what
        assert nameless(self.context, self.page) == [], what

    def chooses(self, *files: tuple[str, bytes]) -> None:
        chosen: list[Any] = [{"name": name, "mimeType": "image/png", "buffer": content} for name, content in files]
        self.page.get_by_label("Choose pictures").set_input_files(chosen)

    @property
    def told(self) -> Any:
        return self.page.locator("#said")


@pytest.fixture(params=[("laptop", "light"), ("phone", "dark"), ("small", "light")], ids=lambda each: each[0])
def be(chromium: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Looker]]:
    """Be somebody with a screen of this size."""
    size, scheme = request.param
    width, height = SIZES[size]
    folder = Path(os.environ.get("LANYARD_TEST_SHOTS", tmp_path)) / f"adding-{size}-{request.node.originalname[5:30]}"
    folder.mkdir(parents=True, exist_ok=True)
    opened: list[Any] = []

    def become(**more: Any) -> Looker:
        viewport = {"width": width, "height": height}
        context = chromium.new_context(viewport=viewport, color_scheme=scheme, locale="en-GB", **more)
        context.set_default_timeout(15_000)
        opened.append(context)
        return Looker(context, folder)

    yield become
    for each in opened:
        each.close()


@pytest.fixture
def visitor(school: World) -> Visitor:
    return at_the_page(school)


@pytest.fixture
def school(chat: Any, tmp_path: Path, new_sqlite: Callable[[], str]) -> Iterator[World]:
    """Not the demo's, which the other browser tests share: here a link is asked for as the chat would."""
    world = World(chat, tmp_path, new_sqlite())
    with ThreadPoolExecutor(1) as beside:  # the browser's loop runs in this thread, and founding needs one too
        beside.submit(world.opens).result()
    yield world
    world.closes()


def test_pictures_are_chosen_told_of_sent_and_finished_with(
    be: Callable[..., Looker], visitor: Visitor, school: World
) -> None:
    teacher = be()
    teacher.goes_to(visitor)
    teacher.answers("No")
    teacher.looks("empty")
    teacher.presses("Send")
    expect(teacher.told).to_have_text("Choose at least one picture first.")
    first, second = screenshot((60, 98, 160), "one"), screenshot((160, 60, 98), "two")
    teacher.chooses(("Ella and Jo.png", first), ("IMG_2041.HEIC", HEIC), ("notes.pdf", b"%PDF-1.7"), ("x.png", second))
    expect(teacher.page.get_by_role("img", name="Picture 1, as you chose it")).to_be_visible()
    teacher.page.get_by_role("button", name="Take picture 4 out").click()
    teacher.page.get_by_label("Picture 1: what day").fill("2026-11-19")
    teacher.page.get_by_label("Picture 1: about what time").fill("20:15")
    teacher.page.get_by_label("Picture 1: which app").fill("A group chat for Year Six")
    teacher.page.get_by_label("Picture 1: which account").fill("ella.b")
    teacher.looks("chosen")
    teacher.presses("Send")
    expect(teacher.told).to_contain_text("Not every picture has arrived.")
    expect(teacher.page.get_by_text("Picture 1 is with the report.")).to_be_visible()
    expect(teacher.page.get_by_text("It was not kept: it is not a picture")).to_be_visible()
    assert teacher.page.evaluate("() => document.activeElement.textContent") == "Picture 3"
    teacher.looks("sent")
    teacher.page.get_by_role("button", name="Take picture 3 out").click()
    assert [(row.media, row.position) for row in pictures(school)] == [("image/png", 1), ("image/heic", 2)]
    teacher.page.reload()
    expect(teacher.told).to_have_text("2 pictures are with the report already.")
    teacher.goes_on("I have finished")
    expect(teacher.page.get_by_role("heading", name="You have finished")).to_be_visible()
    teacher.looks("finished")
    assert [each for each in teacher.wrong if "415" not in each] == []
    lead = be()
    gallery = next(each["url"] for each in buttons(school.settled().dsl.opens()) if "/p/e/" in each.get("url", ""))
    lead.page.goto(gallery)
    lead.looks("gallery")
    expect(lead.page.get_by_text("A group chat for Year Six")).to_be_visible()
    expect(lead.page.get_by_text("this kind (HEIC) can't be shown here")).to_be_visible()
    assert "Ella" not in lead.page.inner_text("body")


def test_a_line_that_breaks_is_said_and_sending_again_brings_the_rest(
    be: Callable[..., Looker], visitor: Visitor, school: World
) -> None:
    teacher, sent = be(), iter(range(9))
    teacher.goes_to(visitor)
    teacher.answers("No")

    def break_off(route: Route) -> None:
        if next(sent) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    teacher.page.route("**/p/add/picture", break_off)
    teacher.chooses(("one.png", picture()), ("two.png", picture("PNG", (80, 80))), ("three.png", picture()))
    teacher.presses("Send")
    expect(teacher.told).to_contain_text("Not every picture has arrived.")
    expect(teacher.page.get_by_text("the line broke off")).to_be_visible()
    teacher.looks("broken")
    assert len(pictures(school)) == 2
    teacher.presses("Send")
    expect(teacher.told).to_contain_text("All pictures are with the report.")
    assert len(pictures(school)) == 3


def test_too_many_and_too_large_are_said_before_anything_is_sent(
    be: Callable[..., Looker], visitor: Visitor, school: World
) -> None:
    teacher = be()
    teacher.goes_to(visitor)
    teacher.answers("No")
    teacher.chooses(("large.png", b"\x89PNG" + b"\x07" * 10_000_001))
    expect(teacher.told).to_contain_text("larger than 10 MB")
    teacher.chooses(*[(f"{n}.png", picture()) for n in range(11)])
    expect(teacher.told).to_contain_text("No more than 10 pictures at a time.")
    expect(teacher.page.locator("#pictures > li")).to_have_count(10)
    assert pictures(school) == []


def test_a_picture_that_must_not_be_sent_is_not_and_the_page_says_what_to_do(
    be: Callable[..., Looker], visitor: Visitor
) -> None:
    teacher = be()
    teacher.goes_to(visitor)
    teacher.answers("Yes, or I'm not sure")
    teacher.looks("held")
    expect(teacher.page.get_by_role("heading", level=1)).to_contain_text("No picture was sent")


def test_without_script_the_page_says_so_and_what_to_do(be: Callable[..., Looker], visitor: Visitor) -> None:
    teacher = be(java_script_enabled=False)
    teacher.page.goto(visitor.link)
    teacher.page.get_by_role("button", name="Continue").click()
    teacher.page.get_by_role("radio", name="No", exact=True).check()
    teacher.page.get_by_role("button", name="Next").click()
    teacher.page.screenshot(path=teacher.folder / "01-no-script.png", full_page=True)
    expect(teacher.page.get_by_role("heading", name="This browser does not run our script")).to_be_visible()
    expect(teacher.page.get_by_label("Choose pictures")).to_be_hidden()
