"""Governors hear in figures what was reported and how it was answered, and nothing by which to tell a case."""

import csv
import hashlib
import io
import re
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.report_files import Asked, for_school, for_trust, written
from bot.school_year import apply_calendar
from storage.models import TermFigures
from storage.queries import people as queries
from storage.unit import Unit
from storage.verify import verify
from templates import documents
from tests.office import Office
from tests.test_nudges import morning, ticks
from tests.test_practice import begins
from tests.townspeople import REFERENCE, Somebody
from tests.world import World
from workflows import tallies, terms, written_up
from workflows.calendar import LONDON
from workflows.rules import Rules
from workflows.schooldays import fixed, working_day_from
from workflows.summaries import Report, figures_of
from workspace.files import Upload

CHILD = {"what": "CANARYNARRATIVE", "harmed_names": "Jo Bloggs"}
BULLIED = {"by": "pupil", "harmed": "pupil", "what": "CANARYNARRATIVE", "pictures_sexual": "none"}
CHAIR, CHAIR_OF_TRUSTEES = "ngozi.okafor@okafor-family.example", "p.hargreaves@hargreaves-surveyors.example"
KINDS = "Reports received, by kind"


@pytest.fixture
def school(world: World) -> World:
    """The school in the last week of a term that ends on Friday; the next begins two weeks later."""
    today = world.clock.now().astimezone(LONDON).date()
    days = [today - timedelta(days=60), today + timedelta(days=3), next_term(world), today + timedelta(days=90)]
    calendar = world.folder / "calendar.toml"
    calendar.write_text(
        f'[[term]]\nname = "Autumn term"\nfirst = {days[0]}\nlast = {days[1]}\n'
        f'[[term]]\nname = "Spring term"\nfirst = {days[2]}\nlast = {days[3]}\n'
    )
    with redirect_stdout(io.StringIO()) as said:
        assert apply_calendar(world.settings, calendar, "brambledown", yes=True) == 0, said.getvalue()
    ticks(world)
    return world.settled()


def next_term(world: World) -> date:
    """About three weeks later, on a day that nobody has off."""
    day = world.clock.now().astimezone(LONDON).date() + timedelta(days=20)
    return working_day_from(fixed(), day)


def over(world: World) -> World:
    """The Saturday after the term."""
    world.settled()
    world.clock.reaches(world.clock.now() + timedelta(days=4))
    return world.settled()


def asked(world: World, *, year: bool = False, checkpoint: bool = False) -> Asked:
    kept = world.folder / "kept.checkpoint" if checkpoint else None
    return Asked(not year, year, None, None, world.folder / "report.pdf", kept)


def written_by(world: World, wanted: Asked) -> dict[tuple[str, str], str]:
    """What `lanyard report governors` wrote, at the school's own time: the CSV by section and line."""
    assert world.bot
    with redirect_stdout(io.StringIO()):
        assert written(world.bot.ground, wanted, for_school, "brambledown") == 0
    rows = csv.DictReader(io.StringIO(wanted.out.with_suffix(".csv").read_text()))
    return {(row["section"], row["what"]): row["figure"] for row in rows}


def test_a_term_is_counted_by_kind_and_a_figure_below_five_is_hidden(school: World) -> None:
    for _ in range(5):
        school.teacher.reports("pupil_concern", **CHILD)
    school.teacher.reports("cyberbullying", **BULLIED)
    found = written_by(over(school), asked(school))
    assert found[KINDS, "Worried about a child"] == "5"
    assert found[KINDS, "Online bullying"] == "<5"
    assert found[KINDS, "All together"] == "6–9"
    assert found["How soon they were answered", ""].startswith("Not shown as figures")
    pdf = school.folder / "report.pdf"
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf.read_bytes()
    with Image.open(pdf.with_suffix(".png")) as picture:
        assert picture.width > 800
    made = [event for event in school.events() if event == "report.made"]
    assert len(made) == 2
    assert "CANARY" not in str(found)


def drawn(world: World) -> tuple[str, str, str]:
    """The report as it would be counted now, without the ledger's hash: the PDF's digest, the CSV, the PNG's digest.

    Digests, because a difference between two pictures is not one that anybody reads, and takes minutes to print.
    """
    assert world.bot
    found: tuple[str, str, str] = world.look(drawn_now, world.bot.ground.rules)
    return found


def drawn_now(unit: Unit, rules: Rules) -> tuple[str, str, str]:
    (school,) = unit.find(queries.schools())
    (term, *_) = terms.of(unit, school.id).terms
    figures = dict(tallies.of_term(unit, rules, school.id, term))
    facts = {"school": school.id, "year": 2026, "term": 1, "name": term.name, "checkpoint": ""}
    row = TermFigures(**facts, first=term.first, last=term.last, figures=figures)
    content = written_up.content(rules, Report(school.name, False, False, (row,), figures_of([row]), ()))
    pdf, png = (hashlib.sha256(file).hexdigest() for file in (documents.pdf(content), documents.png(content)))
    return pdf, documents.table(content), png


ABOUT_THEM = (
    ("teacher", "head_concern", {"what": "x", "harmed": "pupil"}),
    ("dsl", "self_report", {"what": "x", "harmed": "nobody"}),
    ("head", "self_report", {"what": "x", "harmed": "nobody"}),
    ("teacher", "colleague_concern", {"what": "x", "harmed": "pupil", "subject_staff": ["dsl"]}),
    ("teacher", "colleague_concern", {"what": "x", "harmed": "pupil", "subject_names": "Owen Fairclough"}),
    ("teacher", "colleague_concern", {"what": "x", "harmed": "pupil", "subject_staff": ["other_teacher"]}),
    ("teacher", "pupil_concern", {**CHILD, "close_staff": ["head"]}),
    ("teacher", "cyberbullying", {**BULLIED, "close_staff": ["chief_executive"]}),
)


def test_a_report_about_a_leader_or_a_reader_or_somebody_close_to_one_changes_no_byte(school: World) -> None:
    for _ in range(5):
        school.teacher.reports("pupil_concern", **CHILD)
    school.teacher.reports("cyberbullying", **BULLIED)
    before = drawn(school.settled())
    for who, about, answers in ABOUT_THEM:
        picked = {
            name: [getattr(school, each).id for each in answer] if isinstance(answer, list) else answer
            for name, answer in answers.items()
        }
        made = len(school.cases())
        getattr(school, who).reports(about, **picked)
        assert len(school.settled().cases()) == made + 1
        assert drawn(school) == before, f"{about} by {who}, with {sorted(answers)}"
    school.teacher.reports("cyberbullying", **BULLIED, close_staff=[school.other_teacher.id])
    assert drawn(school.settled()) == before  # one of one to four
    school.teacher.reports("pupil_concern", **CHILD)
    assert drawn(school.settled()) != before


def test_practice_is_counted_among_no_reports_and_stands_on_a_line_of_its_own(school: World) -> None:
    before = drawn(school)[1].splitlines()
    sent = begins(school)
    school.settled()
    held = drawn(school)[1].splitlines()
    assert [line for line in held if line not in before] == [
        'Also to know,Practice of the report chain,"held, and not answered by those asked first"'
    ]
    school.dsl.acknowledges(sent.reference)
    answered = drawn(school.settled())[1].splitlines()
    assert [line for line in answered if line not in before] == [
        'Also to know,Practice of the report chain,"held, and answered"'
    ]


def test_what_was_counted_once_stays_as_it_was_counted(school: World) -> None:
    school.teacher.reports("pupil_concern", **CHILD)
    first = written_by(over(school), asked(school))
    school.dsl.acknowledges()
    school.settled()
    assert written_by(school, asked(school)) == first
    assert written_by(school, asked(school, year=True)) == first


def test_the_hash_on_the_page_is_that_of_a_checkpoint_by_which_the_ledger_can_be_checked(school: World) -> None:
    wanted = asked(school, checkpoint=True)
    found = written_by(over(school), wanted)
    assert wanted.checkpoint
    note = wanted.checkpoint.read_text()
    assert found["The record behind these figures", "Autumn term"] == hashlib.sha256(note.encode()).hexdigest()
    assert school.look(verify, note).whole


def test_the_trust_has_no_number_about_adults_with_fewer_than_three_schools(school: World) -> None:
    for _ in range(6):
        school.teacher.reports("colleague_concern", what="x", harmed="pupil", subject_staff=[school.other_teacher.id])
    over(school)
    assert school.bot
    wanted = asked(school)
    with redirect_stdout(io.StringIO()):
        assert written(school.bot.ground, wanted, for_trust) == 0
    page = wanted.out.with_suffix(".csv").read_text()
    assert "only where it has at least three schools" in page
    assert "Concerns about adults,6" not in page


def test_a_term_that_has_not_ended_is_not_counted(school: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert school.bot
    assert written(school.bot.ground, asked(school), for_school, "brambledown") == 2
    assert "no such term has ended" in capsys.readouterr().err
    assert "report.made" not in school.events()


READY = " in figures"


def linked(text: str) -> str:
    """Where the link in a letter leads."""
    found = re.search(r"/p/r/[\w-]+", text)
    assert found
    return found[0]


def test_when_the_term_has_ended_those_who_govern_are_told_once_each_by_a_link_of_their_own(school: World) -> None:
    for _ in range(5):
        school.teacher.reports("pupil_concern", **CHILD)
    first = next_term(school)
    morning(school, first)
    assert [said for said in school.head.hears() if READY in said] == ["Brambledown Primary School in figures"]
    assert [said for said in school.chief_executive.hears() if READY in said] == [
        "Brambledown Learning Trust in figures"
    ]
    letters = [each for each in school.workspace.letters if READY in each.subject]
    assert {one for each in letters for one in each.to} == {CHAIR, CHAIR_OF_TRUSTEES}
    assert len({linked(each.text) for each in letters}) == 2
    for somebody in (school.teacher, school.dsl, school.deputy_head, school.ict, school.business_manager):
        assert not [said for said in somebody.hears() if READY in said]
    morning(school, working_day_from(fixed(), first + timedelta(days=1)))
    assert len([said for said in school.head.hears() if READY in said]) == 1
    assert school.ledger_is_whole()


def test_a_reader_opens_the_page_and_its_files_and_no_longer_once_the_office_is_anothers(school: World) -> None:
    for _ in range(5):
        school.teacher.reports("pupil_concern", **CHILD)
    morning(school, next_term(school))
    (message,) = [each for each in school.head.messages() if READY in each["text"]]
    page, browser = linked(str(message)), school.browser()
    seen = browser.get(page)
    assert seen.status_code == 200
    assert "Safeguarding in figures" in seen.text
    made = school.events().count("report.made")
    assert browser.get(f"{page}/term.png").content.startswith(b"\x89PNG")
    assert school.events().count("report.made") == made
    assert browser.get(f"{page}/term.pdf").content.startswith(b"%PDF-")
    assert "Worried about a child,5" in browser.get(f"{page}/term.csv").text
    assert school.events().count("report.made") == made + 2
    assert browser.get(f"{page}/case.pdf").status_code == 404
    assert browser.get(page[:-3] + "xyz").status_code == 410
    head, deputy = (
        '{ role = "headteacher", school = "brambledown" },',
        '{ role = "deputy_headteacher", school = "brambledown" },',
    )
    school.applies({head: "", deputy: f"{deputy} {head}"})
    assert browser.get(page).status_code == 403
    assert browser.get(f"{page}/term.pdf").status_code == 403


def test_concerns_about_adults_are_one_number_of_a_trust_with_three_schools_and_of_no_school(school: World) -> None:
    for _ in range(6):
        school.teacher.reports("colleague_concern", what="x", harmed="pupil", subject_staff=[school.other_teacher.id])
    school.teacher.reports("head_concern", what="x", harmed="pupil")
    first = '[[school]]\nid = "brambledown"\nname = "Brambledown Primary School"\n'
    others = "".join(f'[[school]]\nid = "{key}"\nname = "{key.title()} School"\n' for key in ("fernhill", "oldcross"))
    school.applies({first: f"{first}\n{others}"})
    with redirect_stdout(io.StringIO()):
        for key in ("fernhill", "oldcross"):
            assert apply_calendar(school.settings, school.folder / "calendar.toml", key, yes=True) == 0
    over(school)
    assert school.bot
    wanted = asked(school)
    with redirect_stdout(io.StringIO()):
        assert written(school.bot.ground, wanted, for_trust) == 0
    page = wanted.out.with_suffix(".csv").read_text()
    assert '"Concerns about adults, across the trust",Concerns about adults,6' in page
    assert ("Reports received, by kind", "All together") not in written_by(school, wanted)


def test_the_command_says_what_it_needs_and_that_no_term_has_ended_yet(
    chat: Any, tmp_path: Path, new_sqlite: Callable[[], str]
) -> None:
    office = Office(tmp_path, chat, new_sqlite()).founds()
    out = str(office.folder / "report.pdf")
    for words, said in (
        (("governors", "--out", out), "no such term has ended"),
        (("trust", "--year", "--out", out), "no such term has ended"),
        (("governors", "--out", out, "--school", "nowhere"), "there is brambledown"),
        (("governors", "--out", out, "--year", "--from", "2026-09-01"), "Ask for one of them"),
        (("trust", "--out", out.replace(".pdf", ".txt")), "must end in .pdf"),
    ):
        code, _, problem = office.lanyard("report", *words)
        assert (code, said in problem) == (2, True), problem
    assert not (office.folder / "report.pdf").exists()


# -- the picture in chat


def shared(somebody: Somebody) -> list[Upload]:
    """The files that the bot has posted in its direct messages with somebody."""
    workspace = somebody.world.workspace
    messages = list(workspace.rooms.with_bot(somebody.id).messages.values())
    return [workspace.files.content(id) for each in messages if each.bot for id in each.files]


def test_in_a_chat_the_reports_picture_follows_in_words_too_and_nobody_else_sees_it(school: World) -> None:
    for _ in range(5):
        school.teacher.reports("pupil_concern", **CHILD)
    school.teacher.reports("cyberbullying", **BULLIED)
    morning(school, next_term(school))
    (file,) = shared(school.head)
    assert "Worried about a child: 5" in file.alt
    assert not re.search(r": [1-4](;|$)", file.alt)
    assert file.content.startswith(b"\x89PNG")
    assert len(shared(school.chief_executive)) == 1
    for somebody in (school.teacher, school.dsl, school.deputy_head, school.business_manager):
        assert shared(somebody) == []
    # Slack tells the app of its own file as of a person's: it must not answer itself.
    assert [said for said in school.head.hears() if not REFERENCE.search(said)][-1] == ""
    assert "report.made" in school.events()


@pytest.mark.parametrize("how", ["scope", "drop", "limited"])
def test_where_the_chat_takes_no_picture_the_word_and_its_link_stand_alone(school: World, how: str) -> None:
    if how == "scope":
        school.workspace.scopes.discard("files:write")
    else:
        school.misbehaves(how, 1, 1, "files.completeUploadExternal")
    morning(school, next_term(school))
    assert [said for said in school.head.hears() if READY in said] == ["Brambledown Primary School in figures"]
    school.clock.forward(minutes=1)
    school.settled()
    # After a dropped line Slack has it; it is asked to wait and asked again; nobody gets it twice.
    most = {"scope": 0, "drop": 2, "limited": 2}[how]
    assert len(shared(school.head)) + len(shared(school.chief_executive)) == most
    assert school.owed() == []


def test_whoever_lost_the_office_while_the_chat_made_us_wait_gets_no_picture(school: World) -> None:
    school.misbehaves("limited", 2, 30, "files.completeUploadExternal")
    morning(school, next_term(school))
    assert shared(school.head) + shared(school.chief_executive) == []
    head, deputy = (
        '{ role = "headteacher", school = "brambledown" },',
        '{ role = "deputy_headteacher", school = "brambledown" },',
    )
    school.applies({head: "", deputy: f"{deputy} {head}"})
    school.clock.forward(minutes=1)
    school.settled()
    assert shared(school.head) == []
    assert len(shared(school.chief_executive)) == 1
