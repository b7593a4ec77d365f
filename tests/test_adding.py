"""Screenshots added on our own page: by whoever asked for the link, once, sealed as they come, and no others."""

import hashlib
import io
import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlmodel import col, select

from handlers.fetchers import LARGEST
from storage.events import Event
from storage.models import Case, Evidence, Link, WebSession
from tests.canaries import files_under
from tests.test_pictures import HOSTILE, png_that_claims
from tests.test_right_person import NOWHERE
from tests.townspeople import Json, Somebody, actions, buttons, words
from tests.world import World, until

BULLIED = {"by": "pupil", "harmed": "pupil", "what": "They made a group.", "pictures_sexual": "none"}
PLACE = "Canaryplace, the group Year Six"
SECRET = b"CANARYPIXELS"


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (40, 90, 160)).save(out, kind)
    return out.getvalue()


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 600


def large(size: int) -> bytes:
    """A picture of exactly so many bytes, whose end looks like nothing in particular."""
    whole = picture()
    return whole + SECRET + b"\x07" * (size - len(whole) - len(SECRET))


class Visitor:
    """Somebody in a browser of their own, at the page that their link opens."""

    def __init__(self, world: World, link: str) -> None:
        self.world, self.link, self.browser, self.sent = world, link, world.browser(), 0

    def enters(self) -> "Visitor":
        assert self.browser.get(self.link).status_code == 200
        self.page = self.browser.post(self.link, data={"go": ""})
        return self

    def says(self, answer: str) -> httpx.Response:
        posted = {"mark": self.mark, "choice.pictures_sexual": answer}
        self.page = self.browser.post("/p/add/answer", data=posted)
        return self.page

    def begins(self) -> "Visitor":
        self.enters()
        self.says("no")
        assert "Choose pictures" in self.page.text
        return self

    @property
    def mark(self) -> str:
        found = re.search(r'(?:name="mark" value|data-mark)="([0-9a-f]{64})"', self.page.text)
        assert found, self.page.text
        return found[1]

    def puts(self, content: bytes, **told: str) -> httpx.Response:
        return self.browser.put("/p/add/picture", content=self.body(content, **told), headers=self.headers())

    def body(self, content: bytes, **told: str) -> bytes:
        self.sent += 1
        about = {"once": f"{self.sent:032x}", **told}
        return json.dumps({what: text for what, text in about.items() if text}).encode() + b"\n" + content

    def headers(self, **other: str) -> dict[str, str]:
        return {"content-type": "application/octet-stream", "lanyard-mark": self.mark, **other}


def link_in(card: Json) -> str:
    return str(next(each["url"] for each in buttons(card) if "/p/a/" in each.get("url", "")))


def asks_for_the_page(who: Somebody, on: Json) -> Visitor:
    shown = who.presses("screenshots", on)
    assert shown
    return Visitor(who.world, link_in(shown))


@pytest.fixture
def reported(school: World) -> Visitor:
    """A report of online bullying, and its reporter with a link to the page."""
    return at_the_page(school)


def at_the_page(world: World) -> Visitor:
    sent = world.teacher.reports("cyberbullying", **BULLIED)
    world.settled()
    return asks_for_the_page(world.teacher, sent.receipt)


def pictures(world: World) -> list[Evidence]:
    return world.rows(select(Evidence).order_by(col(Evidence.position)))


def kept_files(world: World) -> list[tuple[str, bytes]]:
    return [(file.name, content) for file, content in files_under(world.settings.home / "evidence")]


def test_the_reporter_adds_a_screenshot_and_the_lead_sees_it_with_its_day_time_and_place(world: World) -> None:
    reported = at_the_page(world)
    told = {"picture_date": "2026-11-19", "picture_time": "20:15", "picture_place": PLACE, "picture_account": "jo"}
    assert reported.begins().puts(picture(), **told).status_code == 201
    world.settled()
    assert "Something has been added" in " ".join(world.dsl.hears())
    opened = world.dsl.opens()
    assert PLACE in words(opened)
    assert "20:15" in words(opened)
    assert "added a screenshot on our page" in words(opened)
    gallery = next(each["url"] for each in buttons(opened) if "/p/e/" in each.get("url", ""))
    shown = world.browser().get(f"{gallery}/1")
    assert shown.headers["content-type"] == "image/png"
    (row,) = pictures(world)
    digest = hashlib.sha256(picture()).hexdigest()
    assert (row.state, row.media, row.size, row.sha256) == ("fetched", "image/png", len(picture()), digest)
    assert "evidence.sent" in world.events(row.case)
    assert world.ledger_is_whole()


def test_the_lead_hears_once_however_many_pictures_come(reported: Visitor, school: World) -> None:
    reported.begins()
    assert [reported.puts(picture()).status_code for _ in range(3)] == [201] * 3
    school.settled()
    assert " ".join(school.dsl.hears()).count("Something has been added") == 1


def test_looking_at_the_link_uses_nothing_up_and_opening_it_does(reported: Visitor, school: World) -> None:
    for _ in range(3):
        assert reported.browser.get(reported.link).text.count("<button") == 1
    (link,) = [each for each in school.rows(select(Link)) if each.purpose == "add"]
    assert link.used_at is None
    assert reported.enters().page.status_code == 200
    again = Visitor(school, reported.link).enters()
    assert again.page.status_code == 410
    assert again.browser.get("/p/add/").status_code == 410


def test_the_link_lives_half_an_hour_and_so_does_the_page_after_each_picture(reported: Visitor, school: World) -> None:
    late = asks_for_the_page(school.teacher, school.teacher.card("Add screenshots"))
    reported.begins()
    school.clock.forward(minutes=29)
    assert reported.puts(picture()).status_code == 201
    school.clock.forward(minutes=2)
    assert late.enters().page.status_code == 410
    assert reported.puts(picture()).status_code == 201
    school.clock.forward(minutes=31)
    assert reported.puts(picture()).status_code == 403
    assert reported.browser.get("/p/add/").status_code == 410
    assert len(pictures(school)) == 2


def test_no_picture_comes_before_the_question_is_answered(reported: Visitor, school: World) -> None:
    reported.enters()
    assert "child undressed" in reported.page.text
    assert reported.puts(picture()).status_code == 403
    assert reported.says("").status_code == 422
    assert reported.puts(picture()).status_code == 403
    assert (pictures(school), kept_files(school)) == ([], [])


def test_after_a_yes_nothing_is_uploaded_and_the_lead_is_told_that_there_is_such_a_picture(
    reported: Visitor, school: World
) -> None:
    page = reported.enters().says("yes")
    assert "No picture was sent" in page.text
    assert "against the law" in page.text
    reported.page.read()
    assert reported.browser.get("/p/add/").status_code == 410
    assert (pictures(school), kept_files(school)) == ([], [])
    school.settled()
    assert "please open it and act now" in " ".join(school.dsl.hears())
    assert "undressed" not in words(school.dsl.card("not sent"))
    assert "evidence.held" in school.events(school.case().id)
    assert "may show a child undressed" in words(school.dsl.opens())


def test_somebody_without_screenshots_leaves_and_nobody_is_told_anything(reported: Visitor, school: World) -> None:
    before = school.settled().dsl.hears()
    assert "No picture was sent" in reported.enters().says("none").text
    assert school.settled().dsl.hears() == before


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "HEIC"])
def test_every_kind_of_picture_that_phones_make_is_taken_by_its_content(
    reported: Visitor, school: World, kind: str
) -> None:
    content = HEIC if kind == "HEIC" else picture(kind)
    assert reported.begins().puts(content).status_code == 201
    assert pictures(school)[0].media == f"image/{kind.lower()}"


NO_PICTURES = {name: content for name, content in HOSTILE.items() if not content.startswith((b"\x89PNG", b"\xff\xd8"))}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_is_not_kept(reported: Visitor, school: World, name: str) -> None:
    assert reported.begins().puts(NO_PICTURES[name]).status_code == 415
    assert (pictures(school), kept_files(school)) == ([], [])


def test_a_picture_made_to_burst_its_reader_is_kept_and_shown_to_nobody(reported: Visitor, school: World) -> None:
    assert reported.begins().puts(png_that_claims(65_500, 65_500)).status_code == 201
    assert reported.puts(picture()).status_code == 201
    school.settled()
    gallery = next(each["url"] for each in buttons(school.dsl.opens()) if "/p/e/" in each.get("url", ""))
    assert school.browser().get(f"{gallery}/1").status_code == 422
    assert school.browser().get(f"{gallery}/2").status_code == 200


def test_ten_megabytes_are_taken_and_one_byte_more_is_not(reported: Visitor, school: World) -> None:
    reported.begins()
    assert reported.puts(large(LARGEST)).status_code == 201
    assert reported.puts(large(LARGEST + 1)).status_code == 413
    assert [row.size for row in pictures(school)] == [LARGEST]
    assert [name for name, _ in kept_files(school)] == [pictures(school)[0].id]


def test_a_picture_that_says_it_is_too_large_is_not_read_at_all(reported: Visitor, school: World) -> None:
    answer = reported.begins() and raw(school, reported, {"Content-Length": str(LARGEST * 2)}, [])
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer.lower()


def test_a_picture_that_hides_its_size_is_dropped_on_the_way(reported: Visitor, school: World) -> None:
    body = reported.begins().body(picture() + b"\x07" * LARGEST)
    pieces = [body[n : n + 65_536] for n in range(0, len(body), 65_536)]
    chunked = [b"%x\r\n%b\r\n" % (len(each), each) for each in pieces]
    answer = raw(school, reported, {"Transfer-Encoding": "chunked"}, chunked)
    assert answer.startswith(b"HTTP/1.1 413")
    assert (pictures(school), kept_files(school)) == ([], [])


def raw(world: World, visitor: Visitor, headers: dict[str, str], pieces: list[bytes]) -> bytes:
    """A request as bytes on a line of its own, and as much of its answer as comes in one go."""
    cookie = "; ".join(f"{each.name}={each.value}" for each in visitor.browser.cookies.jar)
    lines = {**visitor.headers(), "Host": "lanyard", "Cookie": cookie, **headers}
    said = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    with socket.create_connection(("127.0.0.1", world.settings_port()), timeout=20) as line:
        line.sendall(f"PUT /p/add/picture HTTP/1.1\r\n{said}\r\n".encode())
        try:
            for piece in pieces:
                line.sendall(piece)
        except OSError:
            pass  # it was closed before we had finished, as it should be
        return line.recv(4096)


def test_the_eleventh_picture_is_turned_away_and_a_fresh_link_takes_it(reported: Visitor, school: World) -> None:
    reported.begins()
    assert [reported.puts(picture()).status_code for _ in range(11)] == [201] * 10 + [409]
    another = asks_for_the_page(school.teacher, school.teacher.card("Add screenshots")).begins()
    assert another.puts(picture()).status_code == 201
    assert [row.position for row in pictures(school)] == [*range(1, 12)]


def test_a_line_that_breaks_leaves_nothing_of_its_picture_and_all_that_came_before(world: World) -> None:
    reported = at_the_page(world)
    reported.begins()
    assert reported.puts(picture()).status_code == 201
    body = reported.body(large(2_000_000))
    with socket.create_connection(("127.0.0.1", world.settings_port()), timeout=20) as line:
        cookie = "; ".join(f"{each.name}={each.value}" for each in reported.browser.cookies.jar)
        lines = {**reported.headers(), "Host": "lanyard", "Cookie": cookie, "Content-Length": str(len(body))}
        said = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        line.sendall(f"PUT /p/add/picture HTTP/1.1\r\n{said}\r\n".encode() + body[:1_000_000])
        until(lambda: len(kept_files(world)) == 2, "the half that came")
        assert SECRET not in b"".join(content for _, content in kept_files(world))
    until(lambda: len(kept_files(world)) == 1, "the end of that half")
    assert len(pictures(world)) == 1
    assert reported.puts(picture()).status_code == 201


def test_two_pictures_at_once_both_come_and_each_has_its_place(world: World) -> None:
    reported = at_the_page(world)
    bodies = [reported.begins().body(large(3_000_000 + n)) for n in range(1)]
    bodies.append(reported.body(large(3_000_001)))

    def sends(body: bytes) -> int:
        headers = {**reported.headers(), "Cookie": f"lanyard_adding={reported.browser.cookies['lanyard_adding']}"}
        return httpx.put(f"{world.url}/p/add/picture", content=body, headers=headers, timeout=30).status_code

    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(sends, bodies)] == [201, 201]
    assert [row.position for row in pictures(world)] == [1, 2]
    assert {row.size for row in pictures(world)} == {3_000_000, 3_000_001}


def test_a_picture_sent_again_in_doubt_is_kept_once(world: World) -> None:
    reported = at_the_page(world)
    body = reported.begins().body(picture())
    for _ in range(2):
        assert reported.browser.put("/p/add/picture", content=body, headers=reported.headers()).status_code == 201
    assert len(pictures(world)) == 1


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not json",
        b"[]",
        b'{"once": 1}',
        b'{"once": "short"}',
        b'{"once": "%032d", "surprise": "x"}' % 7,
        b'{"once": "%032d", "picture_date": "yesterday"}' % 7,
        b'{"once": "%032d", "picture_date": "2026-02-30"}' % 7,
        b'{"once": "%032d", "picture_time": "25:00"}' % 7,
        b'{"once": "%032d", "picture_place": "%s"}' % (7, b"x" * 501),
        b'{"once": "%032d", "picture_account": "%s"}' % (7, b"x" * 201),
        b'{"once": "%s"}' % (b"x" * 9_000),
        b"\xff\xfe",
    ],
)
def test_what_the_page_never_sends_is_not_kept(reported: Visitor, school: World, line: bytes) -> None:
    reported.begins()
    sent = reported.browser.put("/p/add/picture", content=line + b"\n" + picture(), headers=reported.headers())
    assert sent.status_code == 422
    assert (pictures(school), kept_files(school)) == ([], [])


def test_a_picture_comes_from_our_own_page_in_its_own_session_only(reported: Visitor, school: World) -> None:
    body = reported.begins().body(picture())
    for other, status in (
        ({"lanyard-mark": "0" * 64}, 403),
        ({"lanyard-mark": ""}, 403),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
        ({"content-type": "text/plain"}, 415),
        ({"sec-fetch-site": "cross-site"}, 403),
    ):
        sent = reported.browser.put("/p/add/picture", content=body, headers=reported.headers(**other))
        assert sent.status_code == status, other
    stolen = httpx.put(f"{school.url}/p/add/picture", content=body, headers=reported.headers())
    assert stolen.status_code == 403
    assert (pictures(school), kept_files(school)) == ([], [])


def test_a_session_for_adding_opens_no_case_and_a_cases_session_adds_nothing(reported: Visitor, school: World) -> None:
    reported.begins()
    cookie = reported.browser.cookies["lanyard_adding"]
    assert httpx.get(f"{school.url}/p/c/", headers={"Cookie": f"lanyard={cookie}"}).status_code == 403
    for row in school.rows(select(WebSession)):
        assert cookie not in row.token
    other = httpx.get(f"{school.url}/p/add/", headers={"Cookie": f"lanyard_adding={cookie[:-1]}"})
    assert other.status_code == 410


def test_another_kind_of_link_does_not_open_the_page(reported: Visitor, school: World) -> None:
    assert reported.begins().puts(picture()).status_code == 201
    gallery = next(each["url"] for each in buttons(school.settled().dsl.opens()) if "/p/e/" in each.get("url", ""))
    assert Visitor(school, gallery.replace("/p/e/", "/p/a/")).enters().page.status_code == 410
    fresh = asks_for_the_page(school.teacher, school.teacher.card("Add screenshots"))
    assert school.browser().get(fresh.link.replace("/p/a/", "/p/e/")).status_code == 410
    assert school.browser().post(fresh.link.replace("/p/a/", "/p/l/"), data={"go": ""}).status_code == 410


@pytest.mark.parametrize("who", ["other_teacher", "head", "ict", "supply_teacher"])
def test_nobody_else_is_given_a_link(reported: Visitor, school: World, who: str) -> None:
    somebody = getattr(school, who)
    case = school.case().id
    for id in (case, NOWHERE):
        assert "/p/a/" not in str(somebody.forges("screenshots", id))


def test_a_report_that_becomes_somebody_elses_takes_no_more_pictures(school: World) -> None:
    school.teacher.reports("cyberbullying", **BULLIED)
    lead = school.settled().dsl
    opened = lead.opens()
    assert "screenshots" in actions(opened)
    visitor = asks_for_the_page(lead, opened).begins()
    assert visitor.puts(picture()).status_code == 201
    lead.forges("recuse", school.case().id)
    school.settled()
    assert visitor.puts(picture()).status_code == 403
    assert visitor.browser.get("/p/add/").status_code == 410
    assert len(pictures(school)) == 1
    assert len(kept_files(school)) == 1


def test_a_report_of_indecent_images_never_takes_a_picture(school: World) -> None:
    school.teacher.reports("indecent_images", what="A pupil has one.", by="pupil", harmed_names="Jo Bloggs")
    school.settled()
    for somebody in (school.teacher, school.dsl):
        answer = str(somebody.forges("screenshots", school.case().id))
        assert "against the law" in answer
        assert "/p/a/" not in answer
    assert "screenshots" not in actions(school.dsl.opens())
    assert "screenshots" not in actions(school.teacher.card())


def test_a_picture_never_comes_to_a_report_whose_type_the_rules_have_changed_since(
    reported: Visitor, school: World
) -> None:
    reported.begins()

    def become(unit: Any) -> None:
        case: Case = unit.find(select(Case))[0]
        case.reported = "indecent_images"
        unit.record(Event.CASE_NOTED, case.id, "")

    assert school.bot
    school.bot.ground.database.run_now(school.bot.ground.trust, become)
    assert reported.puts(picture()).status_code == 403
    assert kept_files(school) == []


def test_what_the_reporter_sees_when_they_have_finished_says_how_many_came(reported: Visitor) -> None:
    reported.begins()
    for _ in range(2):
        reported.puts(picture())
    done = reported.browser.post("/p/add/done", data={"mark": reported.mark})
    assert "2 pictures are with" in done.text
    assert reported.browser.get("/p/add/").status_code == 410
    assert reported.puts(picture()).status_code == 403


def test_the_picture_and_what_was_told_of_it_stand_nowhere_in_the_clear(
    reported: Visitor, school: World, caplog: pytest.LogCaptureFixture
) -> None:
    told = {"picture_place": PLACE, "picture_account": "Canaryaccount"}
    assert reported.begins().puts(large(300_000), **told).status_code == 201
    assert reported.puts(b"CANARYPIXELS, no picture", **told).status_code == 415
    school.settled()
    everything = b"".join(content for _, content in files_under(school.folder)) + caplog.text.encode()
    for canary in (SECRET, b"Canaryplace", b"Canaryaccount"):
        assert canary not in everything
    assert "Canary" not in " ".join(school.dsl.hears() + school.teacher.hears())


def test_only_the_page_that_sends_pictures_runs_a_script(reported: Visitor, school: World) -> None:
    page = reported.begins().page
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert "unsafe" not in page.headers["content-security-policy"]
    other = school.browser().get(reported.link)
    assert "script-src" not in other.headers["content-security-policy"]
    script = reported.browser.get("/p/adding.js")
    assert script.headers["content-type"].startswith("text/javascript")
    named = set(re.findall(r'(?:say\(|: )"(\w+)"', script.text)) - {"big", "many"}
    shown = {re.sub(r"-(\w)", lambda m: m[1].upper(), each) for each in re.findall(r"data-([\w-]+)=", page.text)}
    assert named <= shown
