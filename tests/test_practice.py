"""A practice report proves the chain: it goes where a real one goes, says what it is, and wakes nobody."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from every_word import CARDS, OUTSIDE, PLAUSIBLE, WORDS
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from storage.migrations import guards
from storage.models import Case
from tests.office import Office
from tests.test_doors_of_the_chair import Reader
from tests.test_escalation import london, next_day
from tests.townspeople import Json, Somebody, words
from tests.world import World
from workflows import practice
from workflows.people import Who

STAFF = ("teacher", "dsl", "deputy_dsl", "head", "deputy_head", "ict", "chief_executive")


def begins(world: World, by: Somebody | None = None) -> Case:
    """What `lanyard practice` does, at the school's own time."""
    assert world.bot
    who = Who("slack", world.workspace.town.team["id"], (by or world.teacher).id)
    ground = world.bot.ground
    made: Case = ground.database.run_now(ground.trust, practice.begin, ground.rules, who)
    return made


def everything_said(world: World) -> list[str]:
    """Each message and letter about reports, from its first word."""
    staff: list[Somebody] = [getattr(world, name) for name in STAFF]
    chat = [said for each in staff for message in each.messages() for said in (message["text"], words(message))]
    return chat + [each.subject for each in world.workspace.letters if "passphrase" not in each.subject]


def test_a_practice_report_goes_the_way_of_a_real_one_and_is_acknowledged(world: World) -> None:
    sent = begins(world)
    world.settled()
    assert world.leads() == {"dsl"}
    world.dsl.opens(sent.reference)
    world.dsl.acknowledges(sent.reference)
    world.settled()
    assert f"PRACTICE: Your report {sent.reference} has been acknowledged" in world.teacher.hears()
    assert world.events(sent.id).count("report.submitted") == 1
    assert {"case.viewed", "case.acknowledged", "card.sent", "receipt.sent"} <= set(world.events(sent.id))
    assert world.ledger_is_whole()


def test_whatever_is_read_about_it_begins_with_the_word_practice(world: World) -> None:
    sent = begins(world)
    for _ in range(8):
        world.settled()
        world.clock.forward(minutes=21)
    world.settled()
    said = everything_said(world)
    assert len(said) > 10
    assert [each for each in said if not each.startswith("PRACTICE")] == []
    assert world.case().outside == ["lado"]
    opened = world.dsl.opens(sent.reference)
    assert words(opened).removeprefix("Lanyard ").startswith("PRACTICE: ")
    world.dsl.acknowledges(sent.reference)
    for action in ("note", "close", "decide"):
        world.dsl.shuts()
        assert_warns(world.dsl.presses(action, on=world.dsl.opens(sent.reference)))
    world.dsl.shuts()
    nobody_left = world.dsl.presses("handover", on=world.dsl.opens(sent.reference))
    assert words(nobody_left).removeprefix("Lanyard ").startswith("PRACTICE: ")


def assert_warns(form: Json | None) -> None:
    assert form
    assert form["title"]["text"] == "PRACTICE"
    assert "nobody will take what you write here for a real worry" in words(form)


def test_who_adds_to_it_reads_first_that_a_real_worry_goes_into_a_new_report(world: World) -> None:
    sent = begins(world)
    world.settled()
    form = world.teacher.presses("add", on=world.teacher.card(sent.reference))
    assert_warns(form)
    assert "/report" in words(form)
    assert form
    assert words(world.teacher.sends(form, added="heard")).removeprefix("Lanyard ").startswith("PRACTICE: ")


def test_nobody_is_sent_to_the_telephone_by_practice(world: World) -> None:
    begins(world)
    for _ in range(8):
        world.settled()
        world.clock.forward(minutes=21)
    world.settled()
    heard = " ".join(words(each) for each in world.teacher.messages())
    assert "Had it been real, you would now be asked to phone" in heard
    assert "Please phone" not in heard
    assert "phone now" not in heard


def test_the_operator_hears_once_that_nobody_acknowledged_it_and_no_alarm_is_repeated(world: World) -> None:
    begins(world)
    for _ in range(8):
        world.settled()
        world.clock.forward(minutes=21)
    world.settled()
    for _ in range(3):
        world.clock.forward(days=1)
        world.settled()
    letters = [each.subject for each in world.workspace.letters if "operator@brambledown.example" in each.to]
    over = "PRACTICE: Lanyard: nobody at Brambledown Primary School acknowledged the practice report"
    assert letters == [over]


def test_practice_wakes_nobody_at_night(world: World) -> None:
    friday = next_day(world, 4)
    world.clock.reaches(london(friday, 21))
    sent = begins(world)
    world.settled()
    world.clock.reaches(london(friday + timedelta(days=1), 12))
    assert world.settled().dsl.hears() == []
    assert world.teacher.hears() == []
    assert [each for each in world.workspace.letters if "PRACTICE" in each.subject] == []
    monday = friday + timedelta(days=3)
    world.clock.reaches(london(monday, 7, 55))
    assert world.settled().dsl.hears() == []
    world.clock.reaches(london(monday, 8, 1))
    assert sent.reference in world.settled().dsl.hears()[0]
    assert world.leads() == {"dsl"}
    world.clock.reaches(london(monday, 8, 21))
    assert world.settled().leads() == {"dsl", "deputy-dsl"}


def test_a_practice_report_left_over_night_goes_on_in_the_morning(world: World) -> None:
    tuesday = next_day(world, 1)
    world.clock.reaches(london(tuesday, 17, 50))
    begins(world)
    world.settled()
    world.clock.reaches(london(tuesday, 23))
    assert world.settled().leads() == {"dsl"}
    world.clock.reaches(london(tuesday + timedelta(days=1), 8, 11))
    assert world.settled().leads() == {"dsl", "deputy-dsl"}


def test_a_real_report_beside_it_keeps_its_own_words_and_clock(world: World) -> None:
    friday = next_day(world, 4)
    begins(world)
    world.settled()
    world.clock.reaches(london(friday, 21))
    real = world.teacher.reports("pupil_concern", what="CANARY", harmed_names="Jo Bloggs")
    world.settled()
    assert next(each for each in world.dsl.hears() if real.reference in each).startswith("Now")
    world.clock.forward(minutes=21)
    assert any(real.reference in each for each in world.settled().deputy_dsl.hears())


def test_practice_is_listed_apart_from_what_is_real(world: World) -> None:
    real = world.teacher.reports("pupil_concern", what="CANARY", harmed_names="Jo Bloggs")
    tried = begins(world)
    world.settled()
    for home in (world.teacher.home(), world.dsl.home()):
        shown = words(home)
        heading = shown.index(" Practice ")
        assert shown.index(real.reference) < heading < shown.index(f"PRACTICE: {tried.reference}")
    assert tried.reference not in words(world.ict.home())


def test_the_chair_reads_practice_in_the_letter_and_on_the_page(world: World) -> None:
    chair = Reader(world, world.chair)
    chair.chooses()
    sent = begins(world)
    for _ in range(3):
        world.settled()
        world.clock.forward(minutes=21)
    letter = chair.letter(sent.reference)
    assert letter["subject"].startswith("PRACTICE")
    page = chair.enters(chair.link(sent.reference))
    assert "<h1>PRACTICE: " in page.text
    assert "<title>PRACTICE: " in page.text
    form = chair.presses(page, "add" if 'value="add"' in page.text else "recuse")
    assert "PRACTICE" in form.text


@pytest.fixture
def two(database_url: str) -> Engine:
    """A database with one practice report and one real one."""
    engine = create_engine(database_url)
    row = {
        "trust": "oak", "school": "s", "report": "r", "policy": "p", "klass": "now", "state": "received", "by": "pupil",
        "harmed": "pupil", "danger": False, "flags": "[]", "picked": "[]", "outside": "[]", "reporter": "x",
        "opened_at": "2026-11-20 10:00:00", "acknowledged_by": "", "proof": "",
    }  # fmt: skip
    with engine.begin() as connection:
        for id, marked in (("tried", True), ("real", False)):
            values = {**row, "id": id, "draft": id, "reference": id, "practice": marked}
            names, blanks = (", ".join(f(each) for each in values) for f in ('"{}"'.format, ":{}".format))
            connection.execute(text(f"INSERT INTO cases ({names}) VALUES ({blanks})"), values)
    return engine


@pytest.mark.parametrize(("id", "becomes"), [("tried", False), ("real", True)])
def test_practice_never_becomes_real_nor_the_reverse(two: Engine, id: str, becomes: bool) -> None:
    change = text("UPDATE cases SET practice = :becomes WHERE id = :id")
    with pytest.raises(DBAPIError, match=guards.FOR_EVER), two.begin() as connection:
        connection.execute(change, {"id": id, "becomes": becomes})
    with two.begin() as connection:
        connection.execute(text("UPDATE cases SET state = 'closed' WHERE id = :id"), {"id": id})
    two.dispose()


@pytest.mark.parametrize("name", CARDS)
def test_every_message_has_room_for_the_word(name: str) -> None:
    marked = WORDS.card(name, {**PLAUSIBLE, "practice": True})
    assert marked.title.startswith("PRACTICE: ")
    assert marked.short.startswith("PRACTICE: ")
    assert len(marked.title) <= 110
    assert len(marked.short) <= 150
    assert marked.body[0] == WORDS.sentence("words.practice_card")


@pytest.mark.parametrize("step", ["note", "add", "close", "reopen"])
def test_every_form_about_it_says_so_before_any_box(step: str) -> None:
    form = WORDS.form(step, {"practice": True, "learns": False}, OUTSIDE)
    assert (form.title, form.intro[0]) == ("PRACTICE", WORDS.sentence("words.practice_form"))
    assert len(form.intro[0]) <= 600


@pytest.fixture
def office(chat: Any, tmp_path: Path, new_sqlite: Callable[[], str]) -> Office:
    return Office(tmp_path, chat, new_sqlite())


def test_practice_is_begun_at_the_command_line_in_somebodys_name(office: Office) -> None:
    office.founds()
    code, out, err = office.lanyard("practice", "--by", "nobody@brambledown.example")
    assert (code, out) == (2, "")
    assert "Nobody in the chat has the address" in err
    code, out, err = office.lanyard("practice", "--by", "o.fairclough@brambledown.example")
    assert (code, err) == (0, "")
    assert "Nasreen Rahman, designated safeguarding lead" in out
    code, out, err = office.lanyard("practice", "--list")
    assert "not acknowledged yet" in out
    assert office.rows("SELECT practice FROM cases") == [(1,)]
