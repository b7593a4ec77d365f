"""The real demo, and people at real browsers; what each of them sees is kept as pictures under tests/pictures/."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.demo import Running, free_port, running
from tests.browser.somebody import Somebody

CHROMIUM = os.environ.get("LANYARD_TEST_CHROMIUM", "/usr/bin/chromium")
QUIETLY = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync --lang=en-GB"
)
SIZES = {"laptop": (1280, 800), "phone": (390, 844), "small": (320, 640)}
PICTURES = Path(__file__).parent.parent / "pictures"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no browser at {CHROMIUM}")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=QUIETLY.split())
        yield browser
        browser.close()


@pytest.fixture(scope="session", params=["laptop", "phone"])
def size(request: pytest.FixtureRequest) -> str:
    """How big everybody's screen is."""
    return str(request.param)


@pytest.fixture(scope="session")
def school(size: str) -> Iterator[Running]:
    """A school of its own for each size of screen."""
    shutil.rmtree(PICTURES / size, ignore_errors=True)
    with running(port=0, bot_port=free_port()) as up:
        yield up


@pytest.fixture
def be(chromium: Any, school: Running, size: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Somebody]]:
    """Be somebody, in a browser of their own; all of them are there at the same time."""
    name = request.node.originalname.removeprefix("test_")[:40].rstrip("_")
    folder, everybody, count = PICTURES / size / name, [], iter(range(1, 1000))
    folder.mkdir(parents=True, exist_ok=True)

    def become(id: str, **more: Any) -> Somebody:
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        context = chromium.new_context(viewport=viewport, reduced_motion="reduce", locale="en-GB", **more)
        context.set_default_timeout(15_000)
        somebody = Somebody(context, school.workspace, id, (folder, count))
        everybody.append(somebody)
        return somebody

    yield become
    for each in everybody:
        each.leaves()
        each.context.close()
