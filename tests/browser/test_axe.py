"""Every page held against axe-core's rules, on a small phone and a laptop: zero violations, best practice included."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from jinja2 import Environment
from playwright.sync_api import Page, Route, expect

from bot.demo import Running, free_port, running
from storage.faults import Busy
from templates.pages import script, stylesheet
from tests.browser.conftest import SIZES
from tests.browser.test_pages import Served
from tests.node_tools import installed
from tests.test_adding import asks_for_the_page, at_the_page, picture
from tests.test_certificates import PDF, Trained, has_taken_part, link_on, training
from tests.test_nudges import adopts, before_term, morning, tasks, tuesday
from tests.test_web import CHAIR, DEPUTY_CHAIR, GO, MANY, WORDS
from tests.townspeople import buttons
from tests.world import World
from workflows import doors
from workspace.pictures import screenshot

pytestmark = pytest.mark.browser

PINNED = Path(__file__).parent.parent / "axe"
LEFT_OUT = "axe-core left out"
PAGES = Path(__file__).parent.parent.parent / "templates" / "pages"
# One's eyes need another scheme at night, and it is another set of colours: each is looked at in one of the two.
LOOKED_AT = [("small", "light"), ("laptop", "dark")]
ASK = "async () => (await axe.run()).violations.map((e) => `${e.id}: ${e.nodes.map((n) => n.html.slice(0, 160))}`)"

Complaints = Callable[[Page], list[str]]


@pytest.fixture(scope="session")
def complaints(request: pytest.FixtureRequest) -> Complaints:
    """What axe finds on a page."""
    source = (installed(PINNED, LEFT_OUT, request) / "node_modules" / "axe-core" / "axe.min.js").read_text()

    def ask(page: Page) -> list[str]:
        page.evaluate(source)
        found: list[str] = page.evaluate(ASK)
        return found

    return ask


class Album:
    """Every page that browsers were shown, by its status, its title and the part of our pages that it is in."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}

    def of(self, browser: httpx.Client) -> httpx.Client:
        browser.event_hooks = {"response": [self.keeps]}
        return browser

    def keeps(self, answer: httpx.Response) -> None:
        answer.read()
        if answer.headers.get("content-type", "").startswith("text/html"):
            title = re.search(r"<title>(.*?)</title>", answer.text)
            assert title
            where = answer.url.path.split("/")[2]
            self.pages.setdefault(f"{answer.status_code} {title[1]}, {where}", answer.text)


def mark(page: httpx.Response) -> str:
    return re.findall(r'name="mark" value="([^"]*)"', page.text)[-1]


def at_the_door(album: Album, folder: Path) -> None:
    """The chair from the invitation to signing out, with everything on the way that is refused, wrong or broken."""
    served = Served(folder)
    served.desk.note = MANY
    served.desk.originals = {1: screenshot((60, 98, 160), "one"), 2: b"MZ a program"}
    with album.of(httpx.Client(base_url=served.address.removesuffix("/p"), follow_redirects=True)) as one:
        one.post(f"/p/l/{served.link(doors.case_link, 'case-one', DEPUTY_CHAIR)}", data=GO)
        invitation = f"/p/l/{served.link(doors.invite_link, CHAIR)}"
        one.get(invitation)
        one.post(invitation, data=GO)
        one.post(f"{invitation}/passphrase", data={"passphrase": "short", "again": "short"})
        one.post(f"{invitation}/passphrase", data={"passphrase": WORDS, "again": WORDS})
        link = f"/p/l/{served.link(doors.case_link, 'case-one', CHAIR)}"
        one.post(link, data=GO)
        one.post(f"{link}/in", data={"passphrase": "not the right words"})
        case = one.post(f"{link}/in", data={"passphrase": WORDS})
        one.post("/p/c/press", data={"mark": mark(case), "action": "recuse"})
        form = one.post("/p/c/press", data={"mark": mark(case), "action": "note"})
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.text))
        one.post("/p/c/answer", data={**hidden, "text.note": "short"})
        served.desk.fault = Busy()
        one.post("/p/c/answer", data={**hidden, "text.note": "Long enough to be kept as a note"})
        one.get("/p/c/")
        served.desk.fault = None
        one.post("/p/c/answer", data={**hidden, "text.note": "Long enough to be kept as a note"})
        one.post("/p/c/press", data={"mark": mark(case), "action": "acknowledge"})
        gallery = f"/p/e/{served.link(doors.evidence_link, 'case-one', CHAIR)}"
        one.get(gallery)
        one.get(f"{gallery}/2")
        one.post("/p/c/out", data={"mark": mark(case)})
        one.post("/p/c/answer", data={**hidden, "text.note": "Written after the session had ended"})
        one.get(link)
        one.post(link, data=GO)
        one.post(f"{link}/again", data=GO)
        one.get("/p/nowhere")
    served.close()


def in_the_school(album: Album, world: World) -> None:
    """Screenshots that are added and looked at, a task that came by e-mail, a policy's text, and a term's figures."""
    first = at_the_page(world)
    album.of(first.browser)
    first.enters()
    first.browser.post("/p/add/answer", data={"mark": first.mark})
    first.says("no")
    assert first.puts(picture(), picture_date="2026-11-19", picture_place="A group chat").status_code == 201
    first.browser.post("/p/add/done", data={"mark": first.mark})
    card = world.settled().dsl.opens()
    browser = album.of(world.browser())
    browser.get(next(each["url"] for each in buttons(card) if "/p/e/" in each.get("url", "")))
    again = asks_for_the_page(world.teacher, world.settled().teacher.messages()[-1])
    album.of(again.browser)
    again.enters()
    again.says("yes")
    school = before_term(world)
    assert adopts(school, "2026-1", "# Social media\n\nTell the headteacher.\n") == 0
    assert adopts(school, "2026-2", "# Social media\n\nTell the headteacher at once.\n", changes="Sooner.") == 0
    morning(school, tuesday(school))
    letter = next(each for each in reversed(school.chair.inbox()) if "please, by" in each["subject"])
    task = next(word for word in letter["text"].split() if "/p/t/" in word)
    browser.get(task)
    browser.post(task, data={"act": "done", "done_on": "2099-01-01"})
    browser.post(task, data={"act": "done", "done_on": str(tuesday(school))})
    mine = next(t for t in tasks(school) if t.duty == "new_version" and t.person == school.person_of(school.teacher))
    shown = " ".join(school.teacher.forges("duty_show", mine.id).calls)
    browser.get(next(word for word in shown.split('"') if "/p/policy/" in word))
    with_a_certificate(album, school)
    said = next(each for each in reversed(school.head.messages()) if "in figures" in each["text"])
    figures = re.search(r"/p/r/[\w-]+", str(said))
    assert figures
    browser.get(figures[0])


def with_a_certificate(album: Album, school: World) -> None:
    """A certificate that is added to what was done, and opened again."""
    has_taken_part(school, school.teacher)
    mine = training(school, school.teacher).id
    trained = Trained(school, link_on(school.teacher, "duty_certificate", mine))
    album.of(trained.browser)
    trained.enters()
    trained.browser.get("/p/certificate/")
    assert trained.puts(PDF).status_code == 201
    trained.finishes()
    school.settled()
    album.of(school.browser()).get(link_on(school.teacher, "duty_certificates", mine))


@pytest.fixture(scope="module")
def album(chat: Any, new_sqlite: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Album:
    made = Album()
    folders = [tmp_path_factory.mktemp(name) for name in ("door", "school")]

    def looks_at_everything() -> None:
        at_the_door(made, folders[0])
        world = World(chat, folders[1], new_sqlite())
        world.opens()
        in_the_school(made, world)
        world.closes()

    with ThreadPoolExecutor(1) as beside:  # the browser's loop runs in this thread, and founding needs one too
        beside.submit(looks_at_everything).result()
    return made


def own_words(name: str) -> list[str]:
    """What stands in a page's own template and in no other's, outside its blanks."""
    tokens = {
        each.stem: [word for _, kind, word in Environment().lex(each.read_text()) if kind == "data"]
        for each in PAGES.glob("*.html")
    }
    others = "".join(word for other, words in tokens.items() if other != name for word in words)
    lines = [line.strip() for word in tokens[name] for line in word.splitlines()]
    return [line for line in lines if len(line) > 10 and line not in others]


def test_every_page_of_ours_was_looked_at(album: Album) -> None:
    ours = [each.stem for each in PAGES.glob("*.html") if '{% extends "base.html" %}' in each.read_text()]
    shown = "".join(album.pages.values())
    assert [name for name in ours if (words := own_words(name)) and not any(word in shown for word in words)] == []


@pytest.mark.parametrize(("size", "scheme"), LOOKED_AT)
def test_axe_has_nothing_to_say_of_our_own_pages(
    chromium: Any, complaints: Complaints, album: Album, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page, wrong = context.new_page(), []
    page.route("**/*", lambda route: answers(route, album))
    for at, name in enumerate(album.pages):
        page.goto(f"http://lanyard.example/p/page?{at}")
        wrong += [f"{name}: {each}" for each in complaints(page)]
    context.close()
    assert not wrong, "\n".join(wrong)


def answers(route: Route, album: Album) -> None:
    """The page that is asked for, its style and script; a picture for every other address."""
    parts = urlsplit(route.request.url)
    files = {"/p/style.css": ("text/css", stylesheet()), "/p/adding.js": ("text/javascript", script())}
    if parts.path == "/p/page":
        route.fulfill(content_type="text/html", body=[*album.pages.values()][int(parts.query)])
    elif parts.path in files:
        kind, body = files[parts.path]
        route.fulfill(content_type=kind, body=body)
    else:
        route.fulfill(content_type="image/png", body=screenshot((60, 98, 160), "one"))


@pytest.fixture(scope="module")
def both() -> Iterator[Running]:
    with running(port=0, bot_port=free_port(), teams=True) as up:
        yield up


@pytest.mark.parametrize(("size", "scheme"), LOOKED_AT)
def test_axe_has_nothing_to_say_of_the_demos_chats(
    chromium: Any, complaints: Complaints, both: Running, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    viewport = {"width": width, "height": height}
    context = chromium.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce", locale="en-GB")
    page, wrong = context.new_page(), []

    def looks(what: str) -> None:
        page.wait_for_timeout(150)
        wrong.extend(f"{what}: {each}" for each in complaints(page))

    page.goto(both.workspace)
    expect(page.get_by_role("heading", name="Who would you like to be?")).to_be_visible()
    looks("who")
    page.goto(f"{both.workspace}/?as=U0RAHMAN01")
    listed = page.get_by_role("navigation", name="Channels and messages")
    expect(listed).to_be_visible()
    looks("slack")
    listed.get_by_role("link", name=re.compile("^staffroom")).click()
    page.get_by_role("textbox", name="Message #staffroom").fill("/report")
    looks("slack, writing")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="Make a report")).to_be_visible()
    looks("slack, a form")
    page.get_by_test_id("modal-x").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"{both.workspace}/teams?as=U0RAHMAN01")
    expect(page.get_by_text("You can make a report here").last).to_be_visible(timeout=20_000)
    looks("teams")
    page.get_by_role("button", name="Make a report").last.click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="Make a report")).to_be_visible()
    looks("teams, a form")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Staff room").click()
    page.get_by_role("button", name="More actions for the message").first.click()
    looks("teams, the channel")
    context.close()
    assert not wrong, "\n".join(wrong)
