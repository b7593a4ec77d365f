"""The pages: a chair without a chat account opens a report, and nobody else does."""

import html
import io
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlmodel import col, select
from starlette.applications import Starlette

from handlers.web.front import House
from handlers.web.posted import mark
from handlers.web.routes import pages
from storage.database import Database
from storage.faults import Busy, Uncertain
from storage.models import Entry, Link, Passphrase, Person, Promise, RoleHeld, Trust, WebSession
from storage.unit import Unit
from storage.vault import Vault, create_key_file
from templates.shapes import Answers, Button, Card, Confirm, Field, Form, Option
from workflows import doors
from workflows.people import Who
from workflows.refusals import BadAnswers, Refused

TRUST = "oak"
CHAIR, HEAD, DEPUTY_CHAIR = "p-chair", "p-head", "p-trustees"
WORDS = "seven purple herons"
QUIET = "CANARYNARRATIVE said <b>'{{7*7}}'</b> & left"
PHONE = "01632 960100"
GO = {"go": ""}  # what a browser sends for a form with nothing but a button


class Clock:
    """The machine's clock, in the test's hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: int) -> None:
        self.now += timedelta(**time)


@dataclass
class Gallery:
    reference: str
    items: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass
class SchoolDesk:
    """A desk with one case on it, which remembers what was asked of it."""

    database: Database
    asked: list[tuple[object, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fault: Exception | None = None
    note: Form = field(default_factory=lambda: NOTE)
    answers: Answers = field(default_factory=dict)
    originals: dict[int, bytes] = field(default_factory=dict)

    async def press(self, action: str, subject: str, who: Who) -> Form | Card | None:
        self.asked.append((action, subject, who.platform, who.address))
        if self.fault:
            raise self.fault
        return {"open": CASE, "note": self.note, "acknowledge": SEEN, "recuse": None}.get(action, SEEN)

    async def answer(self, step: str, token: str, answers: Answers, who: Who) -> Form | Card:
        self.asked.append((step, token, who.address))
        if self.fault:
            raise self.fault
        self.answers = answers
        note = answers.get("note", "")
        assert isinstance(note, str)
        if len(note) < 10:
            raise BadAnswers({"note": "Please write a few more words."})
        self.notes.append(note)
        return Card("Your note is kept")

    async def sorry(self, fault: str) -> Card:
        said = {"busy": "Not saved", "uncertain": "We cannot tell yet", "unexpected": "Something went wrong"}
        return Card(said[fault], contacts=(("School office", PHONE),))

    async def pictures(self, token: str) -> Gallery:
        self.asked.append(("pictures", *await self.database.look(TRUST, doors.evidence_for, token)))
        return Gallery("K7-3FQ", tuple((n, (f"Date: {n} November", "Place: not given")) for n in self.originals))

    async def picture(self, token: str, position: int) -> bytes:
        await self.database.look(TRUST, doors.evidence_for, token)
        if position not in self.originals:
            raise Refused("link")
        return self.originals[position]


CASE = Card(
    "Report K7-3FQ",
    body=("A colleague asked for this to be read today.",),
    facts=(("State", "received"),),
    quotes=(("What happened?", QUIET),),
    contacts=(("Children’s social care", "01632 960200"),),
    small=("Only the people who were told can see this.",),
    urgent=True,
    buttons=(
        Button("I have seen this", "acknowledge", "another-case", "primary"),
        Button("Add a note", "note", "case-one"),
        Button("See the screenshots (2)", url="https://lanyard.example/p/e/abc"),
        Button(
            "I should not have this",
            "recuse",
            "case-one",
            "danger",
            Confirm("Hand this on?", "It closes itself to you.", "Yes, hand it on", "No, keep it"),
        ),
        Button("Delete everything", "erase", "case-one"),
    ),
)
SEEN = Card("You have acknowledged K7-3FQ")
NOTE = Form(
    id="note",
    title="Add a note",
    submit="Keep the note",
    token="case-one",
    fields=(Field("note", "Your note", "text", required=True, at_most=5_000),),
)


def school(unit: Unit) -> None:
    unit.add(Trust(id=TRUST, name="Oak", pack="oak-trees"))
    for person, role in (
        (CHAIR, "chair_of_governors"),
        (HEAD, "headteacher"),
        (DEPUTY_CHAIR, "chair_of_trustees"),
    ):
        unit.add(Person(id=person, name=person))
        held = RoleHeld(id=unit.new_id(), school="s-1", person=person, role=role, since=unit.now)
        unit.add(held)


@dataclass
class World:
    browser: httpx.AsyncClient
    desk: SchoolDesk
    database: Database
    clock: Clock
    another: Callable[..., httpx.AsyncClient]

    def rows(self, table: Any) -> list[Any]:
        return self.database.look_now(TRUST, lambda unit: unit.find(select(table)))

    def events(self) -> list[str]:
        found = self.database.look_now(TRUST, lambda unit: unit.find(select(Entry.entry).order_by(col(Entry.position))))
        return [re.search(r'"event":"([^"]+)"', entry)[1] for entry in found]  # type: ignore[index]

    def case_link(self, person: str = CHAIR, case: str = "case-one") -> str:
        return self.database.run_now(TRUST, doors.case_link, case, person)

    def invite_link(self, person: str = CHAIR) -> str:
        return self.database.run_now(TRUST, doors.invite_link, person)

    async def chooses(self, words: str = WORDS, again: str = WORDS, token: str = "") -> httpx.Response:
        token = token or self.invite_link()
        return await self.browser.post(f"/p/l/{token}/passphrase", data={"passphrase": words, "again": again})

    async def tries(self, token: str, words: str) -> httpx.Response:
        return await self.browser.post(f"/p/l/{token}/in", data={"passphrase": words})

    async def signs_in(self, case: str = "case-one") -> httpx.Response:
        if not self.rows(Passphrase):
            assert (await self.chooses()).status_code == 200
        let_in = await self.tries(self.case_link(case=case), WORDS)
        assert let_in.status_code == 303
        return await self.browser.get(let_in.headers["location"])


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    clock, count = Clock(), iter(range(10**6))
    create_key_file(tmp_path / "key")
    vault = Vault.from_key_file(tmp_path / "key")
    database = Database.open(database_url, vault=vault, clock=clock, dice=lambda: f"{next(count):032x}")
    database.run_now(TRUST, school)
    desk = SchoolDesk(database)

    async def contacts() -> tuple[tuple[str, str], ...]:
        return (("School office", PHONE),)

    def browser(url: str = "https://lanyard.example", *, house: House | None = None) -> httpx.AsyncClient:
        house = house or House("Brambledown Primary School", url, clock, contacts)
        app = Starlette(routes=pages(desk, database, TRUST, house))
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=url)

    async with browser() as client:
        yield World(client, desk, database, clock, browser)
    database.close()


def mark_in(page: httpx.Response) -> str:
    return re.search(r'name="mark" value="([0-9a-f]{64})"', page.text)[1]  # type: ignore[index]


def text(page: httpx.Response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page.text))


async def test_looking_at_a_link_never_uses_it_up(world: World) -> None:
    await world.chooses()
    token = world.case_link()
    for _ in range(3):
        page = await world.browser.get(f"/p/l/{token}")
        assert page.text.count("<button") == 1
    [link] = [link for link in world.rows(Link) if link.purpose == "case"]
    assert link.used_at is None
    assert (await world.tries(token, WORDS)).status_code == 303


async def test_a_link_looks_the_same_to_a_scanner_whatever_it_is(world: World) -> None:
    real = world.case_link()
    one, other = await world.browser.get(f"/p/l/{real}"), await world.browser.get("/p/l/made-up")
    assert one.text.replace(real, "") == other.text.replace("made-up", "")


async def test_a_token_is_nowhere_in_the_database(world: World) -> None:
    token = world.case_link()
    await world.signs_in()
    cookie = world.browser.cookies["lanyard"]
    kept = [row.token for row in [*world.rows(Link), *world.rows(WebSession)]]
    assert kept
    assert not {token, cookie} & set(kept)


async def test_the_chair_signs_in_with_link_and_passphrase_and_reads_the_report(world: World) -> None:
    page = await world.signs_in()
    assert page.status_code == 200
    assert ("open", "case-one", "person", CHAIR) in world.desk.asked
    assert "Report K7-3FQ" in page.text
    assert "CANARYNARRATIVE" in page.text
    assert "link.used" in world.events()


async def test_words_in_a_report_are_shown_as_the_text_they_are(world: World) -> None:
    page = await world.signs_in()
    assert html.escape(QUIET, quote=False).replace("'", "&#39;") in page.text
    assert "<b>" not in page.text


async def test_a_link_without_the_passphrase_opens_nothing(world: World) -> None:
    await world.chooses()
    token = world.case_link()
    asked = await world.browser.post(f"/p/l/{token}", data=GO)
    assert 'type="password"' in asked.text
    wrong = await world.tries(token, "seven purple heron")
    assert wrong.status_code == 422
    assert "4 tries are left" in text(wrong)
    assert "set-cookie" not in wrong.headers
    assert world.desk.asked == []
    assert (await world.browser.get("/p/c/")).status_code == 403
    assert "passphrase.failed" in world.events()


async def test_without_a_passphrase_the_link_says_how_to_be_invited_and_lets_nobody_in(world: World) -> None:
    token = world.case_link()
    page = await world.browser.post(f"/p/l/{token}", data=GO)
    assert "invite you again" in page.text
    assert PHONE in page.text
    assert (await world.tries(token, "")).status_code == 410
    assert world.rows(WebSession) == []


async def test_a_passphrase_is_typed_as_people_type(world: World) -> None:
    await world.chooses()
    assert (await world.tries(world.case_link(), "  seven  purple herons ")).status_code == 303


async def test_five_wrong_tries_shut_the_door_for_a_quarter_of_an_hour(world: World) -> None:
    await world.chooses()
    token = world.case_link()
    answers = [await world.tries(token, f"wrong words number {n}") for n in range(5)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 429]
    assert "One try is left" in text(answers[3])
    assert (await world.tries(token, WORDS)).status_code == 429
    assert (await world.tries(world.case_link(), WORDS)).status_code == 429
    world.clock.pass_(minutes=14)
    assert (await world.tries(token, WORDS)).status_code == 429
    world.clock.pass_(minutes=1)
    assert (await world.tries(token, WORDS)).status_code == 303
    assert world.events().count("passphrase.failed") == 5


async def test_a_link_that_was_used_ran_out_or_never_was_answers_alike(world: World) -> None:
    await world.signs_in()
    used = world.case_link()
    assert (await world.tries(used, WORDS)).status_code == 303
    assert (await world.tries(used, WORDS)).status_code == 410
    old = world.case_link()
    world.clock.pass_(hours=72)
    answers = []
    for token in (
        used,
        old,
        "never-was",
        world.database.run_now(TRUST, doors.evidence_link, "case-one", CHAIR),
    ):
        for step in ("", "/in"):
            page = await world.browser.post(f"/p/l/{token}{step}", data={"passphrase": WORDS})
            answers.append((page.status_code, page.text.replace(token, "")))
    assert {status for status, _ in answers} == {410}
    assert len(set(answers)) == 1
    assert PHONE in answers[0][1]


async def test_a_case_link_lives_three_days_and_an_invitation_seven(world: World) -> None:
    await world.chooses()
    case, invitation = world.case_link(), world.invite_link()
    world.clock.pass_(hours=71, minutes=59)
    assert (await world.browser.post(f"/p/l/{case}", data=GO)).status_code == 200
    world.clock.pass_(minutes=1)
    assert (await world.browser.post(f"/p/l/{case}", data=GO)).status_code == 410
    world.clock.pass_(days=3, hours=23)
    assert (await world.browser.post(f"/p/l/{invitation}", data=GO)).status_code == 200
    world.clock.pass_(hours=1)
    assert (await world.browser.post(f"/p/l/{invitation}", data=GO)).status_code == 410


async def test_a_fresh_link_goes_to_the_owners_inbox_and_the_page_never_says_whether(world: World) -> None:
    token = world.case_link()
    world.clock.pass_(days=4)
    real = await world.browser.post(f"/p/l/{token}/again", data=GO)
    await world.browser.post(f"/p/l/{token}/again", data=GO)
    unknown = await world.browser.post("/p/l/never-was/again", data=GO)
    assert real.text == unknown.text
    [promise] = world.rows(Promise)
    assert (promise.kind, promise.to, promise.about) == ("mail", CHAIR, "case-one")


@pytest.mark.parametrize(
    ("words", "again", "says"),
    [
        ("brief words", "brief words", "shorter than 12"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "over and over"),
        ("abc abc abc abc abc", "abc abc abc abc abc", "over and over"),
        ("a " * 11 + "b", "a " * 11 + "c", "did not say the same"),
        (WORDS, "seven purple heron", "did not say the same"),
        ("x y" * 70, "x y" * 70, "longer than 200"),
    ],
)
async def test_a_passphrase_that_is_easily_guessed_is_not_kept(world: World, words: str, again: str, says: str) -> None:
    token = world.invite_link()
    page = await world.chooses(words, again, token)
    assert page.status_code == 422
    assert says in page.text
    assert world.rows(Passphrase) == []
    assert words not in page.text
    assert (await world.chooses(token=token)).status_code == 200


async def test_an_invitation_sets_one_passphrase_and_only_its_hash_is_kept(world: World) -> None:
    first, second = world.invite_link(), world.invite_link()
    assert "Choose your passphrase" in (await world.browser.post(f"/p/l/{first}", data=GO)).text
    assert (await world.chooses(token=first)).status_code == 200
    assert (await world.chooses("another three words", "another three words", first)).status_code == 410
    assert (await world.chooses("another three words", "another three words", second)).status_code == 410
    [kept] = world.rows(Passphrase)
    assert kept.id == CHAIR
    assert (len(kept.salt), len(kept.hash)) == (16, 32)
    assert world.events().count("passphrase.set") == 1
    [told] = world.rows(Promise)
    assert (told.kind, told.to, told.ids) == ("mail", CHAIR, {"message": "mail.passphrase_set"})


async def test_a_new_passphrase_ends_the_open_sessions_and_the_old_one(world: World) -> None:
    await world.signs_in()
    await world.chooses("another three words", "another three words")
    assert (await world.browser.get("/p/c/")).status_code == 403
    assert (await world.tries(world.case_link(), WORDS)).status_code == 422
    assert (await world.tries(world.case_link(), "another three words")).status_code == 303


async def test_a_first_invitation_is_between_two_and_a_second_is_heard_by_the_ladder(world: World) -> None:
    world.database.run_now(TRUST, doors.invite, CHAIR, "operator")
    assert [(p.kind, p.to, p.ids["message"]) for p in world.rows(Promise)] == [("mail", CHAIR, "mail.invited")]
    await world.chooses()
    world.database.run_now(TRUST, doors.invite, CHAIR, "operator")
    told = {(p.to, p.ids.get("person")) for p in world.rows(Promise) if p.ids["message"] == "mail.reinvited"}
    assert told == {(HEAD, CHAIR), (DEPUTY_CHAIR, CHAIR)}
    assert {"person.invited", "passphrase.reset"} <= set(world.events())


async def test_the_cookie_is_ours_alone_and_short(world: World) -> None:
    await world.chooses()
    cookie = (await world.tries(world.case_link(), WORDS)).headers["set-cookie"].lower()
    for part in ("httponly", "secure", "samesite=strict", "path=/p/", "max-age=1800"):
        assert part in cookie
    async with world.another("http://intranet.example") as plain:
        inside = await plain.post(f"/p/l/{world.case_link()}/in", data={"passphrase": WORDS})
    assert "secure" not in inside.headers["set-cookie"].lower()


async def test_half_an_hour_later_nobody_is_signed_in(world: World) -> None:
    await world.signs_in()
    world.clock.pass_(minutes=29)
    assert (await world.browser.get("/p/c/")).status_code == 200
    world.clock.pass_(minutes=1)
    assert (await world.browser.get("/p/c/")).status_code == 403


async def test_signing_out_ends_the_session_for_any_copy_of_the_cookie(world: World) -> None:
    page = await world.signs_in()
    copied = world.browser.cookies["lanyard"]
    out = await world.browser.post("/p/c/out", data={"mark": mark_in(page)})
    assert "Nothing of the report stays" in out.text
    world.browser.cookies.set("lanyard", copied)
    assert (await world.browser.get("/p/c/")).status_code == 403


async def test_a_button_always_speaks_of_the_sessions_own_case(world: World) -> None:
    page = await world.signs_in()
    seen = await world.browser.post(
        "/p/c/press", data={"mark": mark_in(page), "action": "acknowledge", "subject": "another-case"}
    )
    assert "You have acknowledged" in seen.text
    assert world.desk.asked[-1] == ("acknowledge", "case-one", "person", CHAIR)


@pytest.mark.parametrize("action", ["erase", "report", "open", "", "acknowledge\n"])
async def test_nothing_but_the_pages_own_buttons_can_be_pressed(world: World, action: str) -> None:
    page = await world.signs_in()
    before = len(world.desk.asked)
    no = await world.browser.post("/p/c/press", data={"mark": mark_in(page), "action": action})
    assert no.status_code == 404
    assert len(world.desk.asked) == before
    assert "Delete everything" not in page.text


async def test_handing_a_case_on_asks_once_more(world: World) -> None:
    page = await world.signs_in()
    asked = re.search(r"<details>.*?</details>", page.text, re.DOTALL)
    assert asked
    assert "Hand this on?" in asked[0]
    assert 'value="recuse"' in asked[0]
    assert page.text.count('value="recuse"') == 1
    gone = await world.browser.post("/p/c/press", data={"mark": mark_in(page), "action": "recuse"})
    assert (gone.status_code, gone.headers["location"]) == (303, "/p/c/")


async def test_a_note_is_kept_as_it_was_typed(world: World) -> None:
    page = await world.signs_in()
    form = await world.browser.post("/p/c/press", data={"mark": mark_in(page), "action": "note"})
    filled = {"mark": mark_in(form), "action": "note", "step": "note", "token": "case-one"}
    kept = await world.browser.post("/p/c/answer", data={**filled, "text.note": "Phoned home.\r\nNo answer."})
    assert "Your note is kept" in kept.text
    assert world.desk.notes == ["Phoned home.\nNo answer."]
    assert world.desk.asked[-1] == ("note", "case-one", CHAIR)


@pytest.mark.parametrize("changed", [{"token": "another-case"}, {"step": "report"}, {"token": ""}])
async def test_a_form_answers_only_what_it_was_drawn_for(world: World, changed: dict[str, str]) -> None:
    page = await world.signs_in()
    form = await world.browser.post("/p/c/press", data={"mark": mark_in(page), "action": "note"})
    filled = {"mark": mark_in(form), "action": "note", "step": "note", "token": "case-one"}
    sent = {**filled, "text.note": "Phoned home, no answer.", **changed}
    assert (await world.browser.post("/p/c/answer", data=sent)).status_code == 403
    assert world.desk.notes == []


@pytest.mark.parametrize(("step", "token"), [("note", "another-case"), ("start", "case-one"), ("urgent", "")])
async def test_a_mark_worked_out_from_ones_own_cookie_opens_nothing_more(world: World, step: str, token: str) -> None:
    await world.signs_in()
    forged = mark(world.browser.cookies["lanyard"], step, token)
    sent = {"mark": forged, "action": "note", "step": step, "token": token, "text.note": "Phoned home, no answer."}
    assert (await world.browser.post("/p/c/answer", data=sent)).status_code == 403
    assert world.desk.notes == []


MANY = Form(
    id="note",
    title="Much to say",
    submit="Send",
    token="case-one",
    fields=(
        Field(
            "saw",
            "How do you know?",
            "choice",
            True,
            options=(Option("saw", "I saw"), Option("told", "I was told")),
        ),
        Field("who", "Who else knows?", "many", options=(Option("dsl", "The DSL"), Option("head", "The head"))),
        Field("when", "When?", "when"),
        Field("note", "What?", "text", True),
        Field("picked", "Which colleague?", "person"),
        Field("shots", "Pictures", "files"),
    ),
    values={"who": ("head",), "note": "Begun <earlier>"},
)


async def test_every_kind_of_question_that_a_page_asks_comes_back_as_it_was_answered(world: World) -> None:
    page = await world.signs_in()
    world.desk.note = MANY
    form = await world.browser.post("/p/c/press", data={"mark": mark_in(page), "action": "note"})
    assert re.search(r'value="head" checked', form.text)
    assert "Begun &lt;earlier&gt;</textarea>" in form.text
    assert "Which colleague?" not in form.text
    sent = {
        "mark": mark_in(form),
        "action": "note",
        "step": "note",
        "token": "case-one",
        "choice.saw": "told",
        "many.who": ["dsl", "head"],
        "when.when": "2026-06-19T14:05",
        "text.note": "short",
        "files.shots": "F1",
        "person.picked": "U1",
    }
    again = await world.browser.post("/p/c/answer", data=sent)
    assert world.desk.answers == {
        "saw": "told",
        "who": ("dsl", "head"),
        "when": "2026-06-19T14:05:00+01:00",
        "note": "short",
    }
    for kept in (
        'value="told" checked',
        'value="dsl" checked',
        'value="2026-06-19T14:05"',
        ">\nshort</textarea>",
    ):
        assert kept in again.text


async def test_a_note_that_needs_mending_comes_back_with_its_words(world: World) -> None:
    page = await world.signs_in()
    form = await world.browser.post("/p/c/press", data={"mark": mark_in(page), "action": "note"})
    filled = {"mark": mark_in(form), "action": "note", "step": "note", "token": "case-one"}
    again = await world.browser.post("/p/c/answer", data={**filled, "text.note": "</texta"})
    assert again.status_code == 422
    assert "&lt;/texta</textarea>" in again.text
    assert "Please write a few more words." in again.text
    assert world.desk.notes == []


@pytest.mark.parametrize(("fault", "says"), [(Busy(), "Not saved"), (Uncertain(), "We cannot tell yet")])
async def test_a_note_that_could_not_be_kept_stays_in_the_page(world: World, fault: Exception, says: str) -> None:
    page = await world.signs_in()
    form = await world.browser.post("/p/c/press", data={"mark": mark_in(page), "action": "note"})
    world.desk.fault = fault
    filled = {"action": "note", "step": "note", "token": "case-one", "text.note": "Phoned home, no answer."}
    answer = await world.browser.post("/p/c/answer", data={"mark": mark_in(form), **filled})
    assert answer.status_code == 503
    assert says in answer.text
    assert "Phoned home, no answer.</textarea>" in answer.text
    world.desk.fault = None
    found = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
    kept = await world.browser.post("/p/c/answer", data={**found, "text.note": "Phoned home, no answer."})
    assert "Your note is kept" in kept.text


async def test_words_typed_into_a_session_that_ended_are_given_back(world: World) -> None:
    page = await world.signs_in()
    world.clock.pass_(minutes=31)
    late = await world.browser.post(
        "/p/c/answer", data={"mark": mark_in(page), "step": "note", "text.note": "Phoned home, no answer."}
    )
    assert late.status_code == 403
    assert "Phoned home, no answer.</textarea>" in late.text
    assert world.desk.notes == []


@pytest.mark.parametrize("place", ["/p/c/press", "/p/c/answer", "/p/c/out"])
async def test_another_site_cannot_press_a_button_for_somebody_signed_in(world: World, place: str) -> None:
    page = await world.signs_in()
    before = len(world.desk.asked)
    good = {"mark": mark_in(page), "action": "acknowledge", "step": "note"}
    unmarked = [
        {**good, "mark": "0" * 64},
        {**good, "mark": ""},
        {**good, "mark": "é"},
        {"action": "acknowledge"},
    ]
    for data in unmarked:
        assert (await world.browser.post(place, data=data)).status_code == 403
    for site in ("cross-site", "same-site"):
        sent = await world.browser.post(place, data=good, headers={"sec-fetch-site": site})
        assert sent.status_code == 403
    assert (await world.browser.post(place, json=good)).status_code == 415
    assert len(world.desk.asked) == before
    assert (await world.browser.get("/p/c/")).status_code == 200


async def test_a_session_opens_one_case_only(world: World) -> None:
    await world.signs_in("case-two")
    assert world.desk.asked == [("open", "case-two", "person", CHAIR)]


async def test_every_answer_carries_the_strict_headers(world: World) -> None:
    await world.signs_in()
    world.desk.originals = {1: png()}
    token = world.database.run_now(TRUST, doors.evidence_link, "case-one", CHAIR)
    for place in ("/p/c/", "/p/l/x", "/p/nowhere", "/p/style.css", f"/p/e/{token}", f"/p/e/{token}/1"):
        page = await world.browser.get(place)
        csp = page.headers["content-security-policy"]
        for rule in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert rule in csp
        assert "unsafe" not in csp
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == ("no-cache" if "style" in place else "no-store")


async def test_no_page_asks_for_a_script_or_another_host(world: World) -> None:
    case = await world.signs_in()
    for page in (case, await world.browser.get("/p/l/x"), await world.chooses("short", "short")):
        assert not re.search(r"<script|javascript:|\son\w+=|style=|https?://(?!lanyard)", page.text)
        assert '<html lang="en-GB">' in page.text
        assert page.text.count("<h1") == page.text.count("<main") == 1
        for control in re.findall(r"<(?:input|textarea)[^>]*>", page.text):
            name = re.search(r'\bid="([^"]+)"', control)
            assert re.search(r'type="hidden"| hidden>', control) or (name and f'for="{name[1]}"' in page.text)


async def test_what_nobody_expected_is_said_in_generic_words(world: World, caplog: Any) -> None:
    await world.signs_in()
    world.desk.fault = RuntimeError("CANARYNARRATIVE in a traceback")
    page = await world.browser.get("/p/c/")
    assert page.status_code == 500
    assert "Something went wrong" in page.text
    assert PHONE in page.text
    assert "no-store" in page.headers["cache-control"]
    assert "CANARY" not in page.text + caplog.text
    assert "RuntimeError" in caplog.text


async def test_the_phone_numbers_stay_when_the_database_cannot_be_asked(world: World) -> None:
    working = True

    async def contacts() -> tuple[tuple[str, str], ...]:
        if not working:
            raise Busy
        return (("School office", PHONE),)

    house = House("Brambledown", "https://lanyard.example", world.clock, contacts)
    async with world.another(house=house) as browser:
        assert PHONE in (await browser.get("/p/l/x")).text
        working = False
        page = await browser.get("/p/l/x")
    assert page.status_code == 200
    assert PHONE in page.text


@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("GET", "/p/"),
        ("GET", "/p/l/"),
        ("GET", "/p/c/../../etc/passwd"),
        ("GET", "/p/l/%00"),
        ("GET", "/p/e/x/99999999999999999999999"),
        ("GET", "/p/e/x/-1"),
        ("DELETE", "/p/c/"),
        ("PUT", "/p/l/x"),
        ("POST", "/p/e/x"),
        ("POST", "/p/c/press"),
        ("GET", "/p/style.css/../base.html"),
    ],
)
async def test_an_odd_request_gets_a_quiet_no(world: World, method: str, place: str) -> None:
    page = await world.browser.request(method, place, data=GO if method == "POST" else None)
    assert page.status_code in (200, 403, 404, 405, 410)
    assert "Traceback" not in page.text
    assert world.desk.asked in ([], [("pictures",)])


async def test_a_body_without_end_is_turned_away(world: World) -> None:
    huge = await world.browser.post("/p/l/x/in", data={"passphrase": "x" * 1_100_000})
    many = await world.browser.post("/p/l/x/in", data={f"f{n}": "" for n in range(200)})
    broken = await world.browser.post(
        "/p/l/x/in", content=b"a=%ff\xff", headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert (huge.status_code, many.status_code, broken.status_code) == (413, 400, 400)


def png(size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (10, 120, 90)).save(out, "PNG")
    return out.getvalue()


async def test_screenshots_open_for_ten_minutes_for_whom_the_link_was_made(world: World) -> None:
    world.desk.originals = {1: png(), 2: b"MZ a program"}
    token = world.database.run_now(TRUST, doors.evidence_link, "case-one", CHAIR)
    page = await world.browser.get(f"/p/e/{token}")
    assert world.desk.asked == [("pictures", "case-one", CHAIR)]
    assert page.text.count("<img") == 2
    assert "Place: not given" in page.text
    shown = await world.browser.get(f"/p/e/{token}/1")
    assert (shown.headers["content-type"], shown.headers["content-disposition"]) == ("image/png", "inline")
    missing = await world.browser.get(f"/p/e/{token}/3")
    assert missing.status_code == 404
    assert "has not reached us" in missing.text
    program = await world.browser.get(f"/p/e/{token}/2")
    assert program.status_code == 422
    assert "cannot be shown" in program.text
    assert b"MZ a program" not in program.content
    world.clock.pass_(minutes=10)
    assert (await world.browser.get(f"/p/e/{token}")).status_code == 410
    assert (await world.browser.get(f"/p/e/{token}/1")).status_code == 410


async def test_a_link_for_a_case_does_not_open_its_screenshots(world: World) -> None:
    for token in (world.case_link(), world.invite_link()):
        assert (await world.browser.get(f"/p/e/{token}")).status_code == 410
    evidence = world.database.run_now(TRUST, doors.evidence_link, "case-one", CHAIR)
    assert (await world.browser.post(f"/p/l/{evidence}", data=GO)).status_code == 410


async def test_a_demo_clock_that_runs_ahead_shuts_no_door(world: World) -> None:
    await world.chooses()
    token = world.case_link()
    machine = Clock()
    world.clock.pass_(days=30)

    async def contacts() -> tuple[tuple[str, str], ...]:
        return ()

    house = House("Brambledown", "https://lanyard.example", machine, contacts)
    async with world.another(house=house) as browser:
        let_in = await browser.post(f"/p/l/{token}/in", data={"passphrase": WORDS})
        assert let_in.status_code == 303
        assert (await browser.get("/p/c/")).status_code == 200


def test_another_trusts_links_are_unknown_here(world: World) -> None:
    token = world.case_link()
    with pytest.raises(Refused):
        world.database.look_now("elm", doors.behind, token, world.clock.now)
