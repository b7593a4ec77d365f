"""Nobody is reminded outside school time, twice for one thing, while they are away, or when it is not theirs."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as some

from storage.models import Person
from tests.test_schooldays import schools
from workflows.audience import Crowd
from workflows.calendar import LONDON, closing, day_of, in_school_time, opening
from workflows.duties import Dates, owed
from workflows.floor import Duty
from workflows.nudges import LATEST, SETTLING, moment
from workflows.packs import load_floor, load_pack
from workflows.schooldays import Schooldays, Span, fixed, works

DAYS = some.dates(date(2026, 9, 1), date(2036, 7, 1))
MINUTES = some.integers(0, 24 * 60 - 1)
TRAINING = next(duty for duty in load_pack("oak-trees").duties if duty.id == "staff_training")
DSL_TRAINING = next(duty for duty in load_floor().duties if duty.id == "dsl_training")
TODAY = date(2026, 11, 20)
TERM = Span(date(2026, 9, 2), date(2026, 12, 18), "Autumn")


def usual(*terms: Span) -> Schooldays:
    return Schooldays(fixed().weekdays, time(8), time(17, 30), terms=terms)


@given(schools(), DAYS, MINUTES, some.text(max_size=20), some.integers(1, 5000))
def test_everybodys_minute_lies_in_school_time_whenever_the_day_is_opened(
    school: Schooldays, day: date, minute: int, person: str, people: int
) -> None:
    now = (datetime.combine(day, time(), LONDON) + timedelta(minutes=minute)).astimezone(UTC)
    today = day_of(now)
    until = closing(today, school) - LATEST
    if not works(school, today) or not opening(today, school) <= now < until:
        return
    due = moment(person, max(now, opening(today, school) + SETTLING), until, people)
    assert due >= now
    assert in_school_time(due, school)
    assert due == moment(person, max(now, opening(today, school) + SETTLING), until, people)


def person(id: str, school: str = "", **more: object) -> Person:
    return Person(id=id, trust="t", name=id, staff=True, school=school, **more)


def crowd_of(school: str, *people: Person, first: str = "ashbeck", absent: frozenset[str] = frozenset()) -> Crowd:
    """As it is found for a school: whoever is its own, and whoever holds a role there."""
    held = {each.id: {"dsl": TODAY} for each in people if each.id == "dsl-of-both"}
    members = {each.id: each for each in people if each.id in held or (each.school or first) == school}
    at_home = frozenset(id for id, each in members.items() if (each.school or first) == school)
    return Crowd(members, held, frozenset(), at_home, absent, {})


def asked(crowd: Crowd, duty: Duty, today: date = TODAY) -> list[str]:
    return [each.id for each in crowd.asked(duty, today)]


def test_somebody_at_two_schools_does_what_everybody_does_once_and_what_an_office_asks_for_at_each() -> None:
    both = person("dsl-of-both", "ashbeck")
    ash, birk = crowd_of("ashbeck", both), crowd_of("birkbeck", both)
    assert (asked(ash, TRAINING), asked(birk, TRAINING)) == (["dsl-of-both"], [])
    assert asked(ash, DSL_TRAINING) == asked(birk, DSL_TRAINING) == ["dsl-of-both"]


def test_whoever_is_away_hears_nothing_and_is_still_asked_for_what_they_owe() -> None:
    ill = person("ill", "ashbeck")
    away, back = crowd_of("ashbeck", ill, absent=frozenset({"ill"})), crowd_of("ashbeck", ill)
    assert asked(away, TRAINING) == ["ill"]
    assert not away.may_hear(ill, TODAY)
    assert back.may_hear(ill, TODAY)


def test_whoever_joins_in_mid_term_is_asked_from_their_first_day_with_as_long_as_everybody_has() -> None:
    joins = TODAY + timedelta(days=3)
    new = person("new", "ashbeck", joined=joins)
    crowd = crowd_of("ashbeck", new)
    assert asked(crowd, TRAINING) == []
    assert asked(crowd, TRAINING, joins) == ["new"]
    school = usual(TERM)
    assert owed(TRAINING, school, TODAY, Dates(joined=joins)) is None
    mine, others = (owed(TRAINING, school, joins, Dates(joined=each)) for each in (joins, None))
    assert mine
    assert others
    assert (mine.opens, others.opens) == (joins, TERM.first)
    assert mine.due > joins


def test_whoever_joins_as_a_term_ends_is_asked_in_the_next_and_is_never_late_on_their_first_day() -> None:
    spring = Span(date(2027, 1, 6), date(2027, 3, 25), "Spring")
    school = usual(TERM, spring)
    for joins in (TERM.last - timedelta(days=7), TERM.last - timedelta(days=6), TERM.last):
        assert owed(TRAINING, school, joins, Dates(joined=joins)) is None
        found = owed(TRAINING, school, spring.first, Dates(joined=joins))
        assert found
        assert (found.period, found.opens) == (str(spring.first), spring.first)
        assert found.due > spring.first + timedelta(days=7)


def test_whoever_has_left_is_asked_for_nothing_more() -> None:
    leaver = person("leaver", "ashbeck", leaves=TODAY)
    crowd = crowd_of("ashbeck", leaver)
    assert crowd.has("leaver", TODAY)
    tomorrow = TODAY + timedelta(days=1)
    assert not crowd.has("leaver", tomorrow)
    assert asked(crowd, TRAINING, tomorrow) == []


def test_what_a_year_asks_for_and_nobody_was_asked_in_autumn_is_not_overdue_on_the_day_it_is_asked() -> None:
    spring = Span(date(2027, 1, 6), date(2027, 3, 25), "Spring")
    yearly = next(duty for duty in load_floor().duties if duty.when == "year")
    found = owed(yearly, usual(TERM, spring), spring.first, Dates())
    assert found
    assert spring.first + timedelta(days=14) < found.due <= spring.last
