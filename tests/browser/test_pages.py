"""The pages in a real browser: without script, by keyboard alone, from a small phone to a desk."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from handlers.web.front import House
from handlers.web.routes import pages
from storage.database import Database
from storage.unit import Unit
from storage.vault import Vault, create_key_file
from tests.test_web import CHAIR, PHONE, TRUST, WORDS, Clock, SchoolDesk, png, school
from workflows import doors, passphrases

pytestmark = pytest.mark.browser

# Text too faint for its ground (WCAG AA).
FAINT = """() => {
  const found = [], seen = (e) => e.getClientRects().length > 0;
  const light = (c) => {
    const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if (!/^rgba.*, 0\\)$/.test(c)) return c;
    }
    return "rgb(255, 255, 255)";
  };
  for (const e of document.querySelectorAll("body *")) {
    const words = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!words || !seen(e)) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push("faint (" + ratio.toFixed(1) + "): " + e.textContent.trim().slice(0, 40));
  }
  return found;
}"""

# What a reader would stumble over: sideways scrolling, boxes without a name, targets too small for a thumb, faint text.
STUMBLES = (
    f"() => {{ const faint = {FAINT};"
    """
  const found = [];
  const seen = (e) => e.getClientRects().length > 0;
  if (document.documentElement.scrollWidth > innerWidth) found.push("scrolls sideways");
  for (const e of document.querySelectorAll("input:not([type=hidden]), textarea, select"))
    if (seen(e) && !e.labels.length) found.push("no label: " + e.name);
  for (const e of document.querySelectorAll("button, summary, .button, input:not([type=hidden]), textarea"))
    if (seen(e) && !/radio|checkbox/.test(e.type) && e.getBoundingClientRect().height < 44)
      found.push("small target: " + e.textContent);
  const levels = [...document.querySelectorAll("h1,h2,h3")].filter(seen).map((e) => +e.tagName[1]);
  if (levels[0] !== 1 || levels.filter((l) => l === 1).length !== 1) found.push("not one h1 first");
  levels.forEach((l, i) => { if (i && l > levels[i - 1] + 1) found.push("heading skips a level"); });
  return [...found, ...faint()];
}"""
)

NAME = """() => {
  const e = document.activeElement;
  return /INPUT|TEXTAREA/.test(e.tagName) ? e.name : e.textContent.trim();
}"""


class Served:
    """The pages at an address of this machine."""

    def __init__(self, folder: Path) -> None:
        create_key_file(folder / "key")
        self.clock, count = Clock(), iter(range(10**6))
        self.database = Database.open(
            f"sqlite:///{folder}/lanyard.db",
            vault=Vault.from_key_file(folder / "key"),
            clock=self.clock,
            dice=lambda: f"{next(count):032x}",
        )
        self.database.run_now(TRUST, school)
        self.desk = SchoolDesk(self.database, originals={1: png((800, 1400)), 2: b"MZ a program"})

        async def contacts() -> tuple[tuple[str, str], ...]:
            return (("School office", PHONE), ("Local authority designated officer (LADO)", "01632 960200"))

        house = House("Brambledown Primary School", "http://127.0.0.1", self.clock, contacts)
        app = Starlette(routes=pages(self.desk, self.database, TRUST, house))
        self.server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, ws="none"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        until = time.monotonic() + 10
        while not self.server.started and time.monotonic() < until:
            time.sleep(0.02)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/p"

    def link(self, workflow: Any, *args: str) -> str:
        return str(self.database.run_now(TRUST, workflow, *args))

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join(5)
        self.database.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    served.close()


class Reader:
    """Somebody at a browser who has only a keyboard, and stops at whatever they would stumble over."""

    def __init__(self, page: Any, shots: Path) -> None:
        self.page, self.shots, self.seen = page, shots, 0

    def goes_to(self, address: str) -> None:
        self.page.goto(address)
        self.looks()

    def looks(self) -> None:
        self.seen += 1
        self.page.screenshot(path=self.shots / f"{self.seen:02}.png", full_page=True)
        assert self.page.evaluate(STUMBLES) == []

    def reaches(self, words: str) -> None:
        """Tab until the thing with these words, or this name, has the focus, which must be visible."""
        for _ in range(40):
            self.page.keyboard.press("Tab")
            name = self.page.evaluate(NAME)
            if name.startswith(words):
                assert self.page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") != "none"
                return
        pytest.fail(f"the keyboard never reached {words!r}")

    def presses(self, words: str) -> None:
        self.reaches(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.looks()

    def types(self, box: str, words: str) -> None:
        self.reaches(box)
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(words)

    def reads(self, words: str) -> None:
        assert words in self.page.inner_text("main")


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark"), (1280, "light"), (1280, "dark")])
def test_the_chair_goes_from_invitation_to_note_with_a_keyboard_and_no_script(
    served: Served, chromium: Any, tmp_path: Path, width: int, scheme: str
) -> None:
    shots = Path(os.environ.get("LANYARD_TEST_SHOTS", tmp_path)) / f"pages-{width}-{scheme}"
    shots.mkdir(parents=True, exist_ok=True)
    context = chromium.new_context(
        viewport={"width": width, "height": 740}, color_scheme=scheme, java_script_enabled=False
    )
    reader = Reader(context.new_page(), shots)

    reader.goes_to(f"{served.address}/l/{served.link(doors.invite_link, CHAIR)}")
    reader.presses("Continue")
    reader.types("passphrase", "aaaaaaaaaaaaaa")
    reader.types("again", "aaaaaaaaaaaaaa")
    reader.presses("Keep this passphrase")
    reader.reads("over and over")
    reader.types("passphrase", WORDS)
    reader.types("again", WORDS)
    reader.presses("Keep this passphrase")
    reader.reads("Your passphrase is set")

    link = served.link(doors.case_link, "case-one", CHAIR)
    reader.goes_to(f"{served.address}/l/{link}")
    reader.presses("Continue")
    reader.types("passphrase", "not the right words")
    reader.presses("Open the report")
    reader.reads("That was not it")
    reader.types("passphrase", WORDS)
    reader.presses("Open the report")
    reader.reads("CANARYNARRATIVE")
    reader.reaches("I should not have this")
    reader.page.keyboard.press("Enter")
    reader.looks()
    reader.reads("Hand this on?")
    reader.presses("Yes, hand it on")
    reader.presses("Add a note")
    reader.types("text.note", "short")
    reader.presses("Keep the note")
    reader.reads("Please write a few more words.")
    reader.types("text.note", " of breath, but well")
    reader.presses("Keep the note")
    reader.presses("Back to the report")
    reader.presses("I have seen this")
    reader.presses("Sign out")
    reader.reads("Nothing of the report stays")
    assert served.desk.notes == ["short of breath, but well"]

    reader.goes_to(f"{served.address}/l/{link}")
    reader.presses("Continue")
    reader.reads("This link no longer opens")
    reader.presses("Send me a fresh link")
    reader.goes_to(f"{served.address}/e/{served.link(doors.evidence_link, 'case-one', CHAIR)}")
    assert reader.page.evaluate("() => [...document.images].map((i) => i.naturalHeight > 0)") == [True, False]
    reader.presses("Look at screenshot 2")
    reader.reads("cannot be shown")
    reader.goes_to(f"{served.address}/nowhere")
    context.close()


def test_the_cookie_comes_along_from_a_link_in_somebody_elses_mail_page(served: Served, chromium: Any) -> None:
    served.database.run_now(TRUST, _has_chosen)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    link = f"{served.address}/l/{served.link(doors.case_link, 'case-one', CHAIR)}"
    page.set_content(f'<a href="{link.replace("127.0.0.1", "localhost")}">the link in the e-mail</a>')
    page.click("a")
    page.click("button.go")
    page.fill("#passphrase", WORDS)
    page.click("button.go")
    assert page.url.endswith("/p/c/")
    assert "Report K7-3FQ" in page.inner_text("h1")
    context.close()


def _has_chosen(unit: Unit) -> None:
    salt = passphrases.salt()
    stretched = passphrases.stretch(WORDS, salt)
    doors.choose(unit, doors.invite_link(unit, CHAIR), salt, stretched, unit.now)
