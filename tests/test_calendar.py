"""A school gives its own calendar, as TOML or as the .ics of its website; what waits is dated anew, once."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.school_year import apply_calendar
from tests.office import Office
from tests.world import World
from workflows.calendar import LONDON

CALENDAR = Path("workspace/calendar.toml").absolute().read_text(encoding="utf-8")


@pytest.fixture
def office(chat: Any, tmp_path: Path, new_sqlite: Callable[[], str]) -> Iterator[Office]:
    return Office(tmp_path, chat, new_sqlite()).founds()


def given(office: Office, text: str, *more: str, name: str = "calendar.toml") -> tuple[int, str, str]:
    file = office.folder / name
    file.write_bytes(text.encode())
    return office.lanyard("calendar", "apply", str(file), *(more or ("--yes",)))


def events(office: Office) -> list[str]:
    return [json.loads(entry)["event"] for (entry,) in office.rows("SELECT entry FROM ledger ORDER BY position")]


def test_the_year_is_shown_done_recorded_and_printed_as_a_person_would_read_it(office: Office) -> None:
    _, out, _ = office.lanyard("calendar")
    assert "No terms are known" in out
    code, out, err = given(office, CALENDAR)
    assert (code, err) == (0, "")
    assert "Autumn term: Wednesday 2 September to Friday 18 December 2026" in out
    assert "INSET: Monday 4 January 2027" in out
    assert events(office).count("calendar.set") == 1
    _, out, _ = office.lanyard("calendar")
    assert "Brambledown Primary School: school time 08:00 to 17:30" in out
    assert "Summer term: Monday 12 April to Thursday 22 July 2027 (66 days with pupils, 68 for staff)" in out
    assert "    Half-term: Monday 31 May to Friday 4 June 2027" in out
    assert "    INSET: Monday 12 April, Thursday 22 July" in out
    assert "2026/27: 190 days with pupils, 195 for staff" in out
    assert "    May Day: Monday 3 May" in out
    assert "    First week: Monday 12 April to Friday 16 April" in out
    assert given(office, CALENDAR)[:2] == (0, "Nothing to change.\n")
    assert events(office).count("calendar.set") == 1


def test_nothing_is_changed_before_somebody_said_yes(office: Office) -> None:
    code, out, _ = given(office, CALENDAR, "--")
    assert (code, "Autumn term" in out) == (1, True)
    assert office.rows("SELECT id FROM calendar") == []


def test_a_corrected_file_replaces_its_own_year_and_leaves_the_years_before_it(office: Office) -> None:
    given(office, CALENDAR)
    next_year = CALENDAR.replace("2027-", "2028-").replace("2026-", "2027-").replace("2028-02-29", "2028-02-28")
    assert given(office, next_year)[0] == 0
    both = office.rows("SELECT count(*) FROM calendar WHERE kind = 'term'")
    assert both == [(6,)]
    code, out, _ = given(office, next_year.replace("2028-01-04, ", ""))
    assert code == 0
    assert "INSET: Tuesday 4 January 2028, no longer" in out
    assert office.rows("SELECT count(*) FROM calendar WHERE kind = 'inset' AND first < '2027-09-01'") == [(5,)]


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Brambledown//EN
{events}END:VCALENDAR
"""
EVENT = "BEGIN:VEVENT\nUID:{0}\nDTSTAMP:20260901T000000Z\nDTSTART;VALUE=DATE:{1}\n{2}SUMMARY:{3}\nEND:VEVENT\n"


def ics(*events: tuple[str, str, str]) -> str:
    said = "".join(
        EVENT.format(number, first, f"DTEND;VALUE=DATE:{end}\n" if end else "", title)
        for number, (first, end, title) in enumerate(events)
    )
    return ICS.format(events=said).replace("\n", "\r\n")


def test_the_calendar_of_a_schools_website_is_read_and_what_it_cannot_read_is_named(office: Office) -> None:
    text = ics(
        ("20260902", "", "INSET day (no pupils)"),
        ("20260903", "", "Autumn Term begins"),
        ("20261026", "20261031", "Half Term"),
        ("20261218", "", "Autumn term ends at 2pm"),
        ("20270104", "20270326", "Spring Term 2027"),
        ("20270215", "20270220", "Spring half-term holiday"),
        ("20270326", "", "Good Friday"),
        ("20270506", "", "School closed: polling station"),
        ("20270412", "", "Summer term starts"),
        ("20270723", "", "Last day of term"),
        ("20261211", "", "Christmas jumper day"),
    )
    code, out, err = given(office, text, name="brambledown.ics")
    assert (code, err) == (0, "")
    assert "Not understood, left out: Christmas jumper day (2026-12-11)" in out
    assert "Good Friday" not in out
    rows = office.rows("SELECT kind, first, last FROM calendar ORDER BY kind, first")
    assert [tuple(map(str, row)) for row in rows] == [
        ("closed", "2027-05-06", "2027-05-06"),
        ("half_term", "2026-10-26", "2026-10-30"),
        ("half_term", "2027-02-15", "2027-02-19"),
        ("inset", "2026-09-02", "2026-09-02"),
        ("term", "2026-09-03", "2026-12-18"),
        ("term", "2027-01-04", "2027-03-25"),
        ("term", "2027-04-12", "2027-07-23"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("first = 2027-01-04", "first = 2026-12-10", "Autumn term ends on 2026-12-18, after Spring term has begun"),
        ("last = 2026-12-18", "last = 2026-08-18", "it ends on 2026-08-18, before it begins on 2026-09-02"),
        ("first = 2026-10-26", "first = 2026-08-26", "the half-term of 2026-08-26 lies in no term"),
        ("open = []", "open = [2026-11-11]", "2026-11-11 is no bank holiday"),
        ('until = "17:30"', 'until = "07:30"', "school time ends at 07:30, before it begins at 08:00"),
        ('from = "08:00"', 'from = "8 o\'clock"', "hours.from"),
        ("first = 2026-09-02", "first = 2026-13-02", "is not TOML"),
        ('name = "Autumn term"', 'nmae = "Autumn term"', "term.0.nmae"),
    ],
)
def test_a_file_that_cannot_be_right_changes_nothing_and_says_why(
    old: str, new: str, said: str, office: Office
) -> None:
    assert old in CALENDAR
    code, out, err = given(office, CALENDAR.replace(old, new, 1))
    assert (code, out) == (2, "")
    assert said in err
    assert office.rows("SELECT id FROM calendar") == []


@pytest.mark.parametrize("text", ["", "BEGIN:VCALENDAR\r\n", "\0\xff\xfe", ics(("20261211", "", "Jumper day"))])
def test_a_file_that_is_no_calendar_is_refused_in_words(text: str, office: Office) -> None:
    code, _, err = given(office, text, name="x.ics")
    assert code == 2
    assert err.startswith("x.ics: ")
    assert "Traceback" not in err


def test_a_calendar_of_no_school_we_know_is_refused(office: Office) -> None:
    code, _, err = given(office, CALENDAR.replace('school = "brambledown"', 'school = "elsewhere"'))
    assert code == 2
    assert "Add --school with one of: brambledown" in err


# -- what waits


def terms_around(first: date, last: date) -> str:
    """A term that ends, and one that begins after a holiday."""
    spring = last + timedelta(days=21)
    return "\n".join(
        f'[[term]]\nname = "{name}"\nfirst = {begins}\nlast = {ends}'
        for name, begins, ends in (("Autumn", first, last), ("Spring", spring, spring + timedelta(days=60)))
    )


def comes(world: World, text: str) -> str:
    file = world.folder / "calendar.toml"
    file.write_text(text, encoding="utf-8")
    with redirect_stdout(io.StringIO()) as said:
        assert apply_calendar(world.settings, file, "brambledown", yes=True) == 0
    return said.getvalue()


def test_what_waits_is_dated_anew_once_and_that_is_recorded(world: World) -> None:
    sent = world.teacher.reports("policy_breach", what="x", by="parent", harmed="nobody", pictures_sexual="none")
    world.settled()
    before = world.case().due_at
    today = world.clock.now().astimezone(LONDON).date()
    calendar = terms_around(today - timedelta(days=60), today)
    assert f"Report {sent.reference} is to be acknowledged by" in comes(world, calendar)
    spring = today + timedelta(days=21)
    after = world.case().due_at
    assert before is not None
    assert after is not None
    assert before < after
    assert after.astimezone(LONDON).date() >= spring
    assert "Nothing to change" in comes(world, calendar)
    world.clock.forward(days=5)
    assert len(world.settled().leads()) == 1
    world.clock.reaches(datetime.combine(after.astimezone(LONDON).date(), time(18, 1), LONDON).astimezone(UTC))
    assert len(world.settled().leads()) == 2
    assert world.ledger_is_whole()


def test_a_report_of_the_day_is_not_put_off_until_after_the_holiday(world: World) -> None:
    today = world.clock.now().astimezone(LONDON).date()
    comes(world, terms_around(today - timedelta(days=60), today - timedelta(days=1)))
    world.teacher.reports("colleague_concern", what="x", harmed="nobody")
    world.settled()
    world.clock.forward(hours=2, minutes=1)
    assert len(world.settled().leads()) == 2
