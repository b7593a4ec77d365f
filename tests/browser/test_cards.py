"""Every card of Teams as Microsoft's own renderer draws it: nothing dropped, nameless or cut off, in each theme."""

import shutil
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import PICTURES
from tests.browser.test_pages import FAINT
from tests.every_card import Shown, everything

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parent.parent.parent / "workspace" / "static"
HERE, SHEET = Path(__file__).parent, "http://cards.example/sheet"
LOOKS = ("style", "form", "modal", "teams", "adaptive")
STYLES = "\n".join(f'<link rel="stylesheet" href="/static/{name}.css">' for name in LOOKS)
# As wide as the card has it on the page of a phone 320 px wide.
DOCUMENT = f"""<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8"><title>Cards</title>
{STYLES}
<style>
body {{ overflow: auto; height: auto; background: var(--paper); }}
#sheet {{ position: relative; }}
#sheet form {{ position: absolute; width: 320px; padding: 8px 10px; }}
#sheet form > p {{ font: 11px monospace; color: var(--soft); overflow-wrap: anywhere; }}
#sheet .card {{ padding: 4px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }}
#sheet .modal-body {{ margin: 0 -10px; padding: 8px 12px 20px; background: var(--card); }}
</style>
<script src="/static/vendor/adaptivecards.min.js"></script>
<script type="module" src="/sheet.js"></script>
</head>
<body><main id="sheet"></main></body>
</html>"""
TYPES = {".js": "text/javascript", ".css": "text/css"}
CARDS = everything()


@pytest.fixture(scope="module")
def sheet(chromium: Any) -> Iterator[Page]:
    """A page that has all that the demo's page draws cards with, and nobody's server behind it."""
    shutil.rmtree(PICTURES / "cards", ignore_errors=True)
    context = chromium.new_context(viewport={"width": 1350, "height": 800}, locale="en-GB")
    page: Page = context.new_page()
    page.route("http://cards.example/**", answers)
    page.goto(SHEET)
    yield page
    context.close()


def answers(route: Route) -> None:
    path = route.request.url.removeprefix("http://cards.example/")
    if path == "sheet":
        return route.fulfill(body=DOCUMENT, content_type="text/html")
    file = STATIC / path.removeprefix("static/") if path.startswith("static/") else HERE / path
    return route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])


def draw(page: Page, cards: Sequence[Shown], theme: str) -> list[str]:
    told = [
        {
            "name": f"{each.sheet}: {each.name}",
            "card": each.card,
            "says": each.says,
            "dialog": each.sheet.endswith("dialog"),
            "unfold": each.sheet == "asks-again",
        }
        for each in cards
    ]
    found: list[str] = page.evaluate("([cards, theme]) => draw(cards, theme)", [told, theme])
    return found


def test_microsofts_renderer_draws_every_card_whole_on_a_small_phone(sheet: Page) -> None:
    """In one theme, for it is the colours alone that differ."""
    assert [wrong for at in range(0, len(CARDS), 100) for wrong in draw(sheet, CARDS[at : at + 100], "light")] == []


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_every_word_of_a_card_can_be_read_on_its_ground(sheet: Page, theme: str) -> None:
    folder, wrong = PICTURES / "cards" / theme, []
    folder.mkdir(parents=True, exist_ok=True)
    cards = sorted((each for each in CARDS if not each.alike), key=lambda each: each.sheet)
    for name, group in groupby(cards, key=lambda each: each.sheet):
        draw(sheet, list(group), theme)
        wrong += [f"{name}: {each}" for each in sheet.evaluate(FAINT)]
        sheet.screenshot(path=folder / f"{name}.jpg", type="jpeg", quality=85, full_page=True)
    assert wrong == []
