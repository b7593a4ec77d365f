"""A school's own calendar: which days count, over ten years of made-up schools and both clock changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from workflows.calendar import LONDON, closing, due, in_school_time, next_opening, opening
from workflows.packs import load_floor
from workflows.schooldays import (
    Schooldays,
    Span,
    bank_holidays,
    first_week,
    fixed,
    next_working_day,
    teaches,
    term_after,
    term_of,
    working_day_from,
    working_days_between,
    works,
)

bank_holidays(2026)  # before anything is measured: the library behind it takes a while to load
CLASSES = load_floor().classes
YEARS = range(2025, 2035)
MOMENTS = some.datetimes(datetime(2025, 9, 10), datetime(2035, 7, 1), timezones=some.just(UTC))  # noqa: DTZ001 - in UTC
DATES = some.dates(date(2025, 9, 10), date(2035, 7, 1))


@some.composite
def schools(draw: some.DrawFn) -> Schooldays:
    """Ten years of three terms each, with half-terms, INSET days and days of its own."""
    terms, halves, inset = list[Span](), list[Span](), set[date]()
    for year in YEARS:
        shift = timedelta(days=draw(some.integers(-5, 5)))
        for name, first, last, half in (
            ("Autumn", date(year, 9, 3), date(year, 12, 18), date(year, 10, 24)),
            ("Spring", date(year + 1, 1, 6), date(year + 1, 3, 28), date(year + 1, 2, 14)),
            ("Summer", date(year + 1, 4, 14), date(year + 1, 7, 22), date(year + 1, 5, 27)),
        ):
            terms.append(Span(first + shift, last + shift, name))
            halves.append(Span(half + shift, half + shift + timedelta(days=8)))
            if draw(some.booleans()):
                inset.add(first + shift)
    closed = frozenset(draw(some.sets(DATES, max_size=5)))
    opens = draw(some.sampled_from([time(7, 30), time(8), time(8, 45)]))
    usual = fixed()
    return Schooldays(
        usual.weekdays,
        opens,
        draw(some.sampled_from([time(15, 30), time(18)])),
        terms=tuple(terms),
        half_terms=tuple(halves),
        inset=frozenset(inset) - closed,
        closed=closed,
    )


@given(school=schools(), day=DATES)
def test_pupils_are_in_on_weekdays_of_a_term_only(school: Schooldays, day: date) -> None:
    if teaches(school, day):
        assert day.weekday() < 5
        assert day not in bank_holidays(day.year)
        assert day not in school.closed | school.inset
        assert term_of(school, day)
        assert not any(day in off for off in school.half_terms)
        assert works(school, day)
    elif works(school, day):
        assert day in school.inset


@given(school=schools(), day=DATES)
def test_the_next_working_day_is_the_first_one(school: Schooldays, day: date) -> None:
    coming = next_working_day(school, day)
    assert coming > day
    assert works(school, coming)
    assert not any(works(school, each) for each in Span(day + timedelta(days=1), coming - timedelta(days=1)))
    assert working_days_between(school, day, coming) == 1
    assert working_day_from(school, coming) == coming
    assert coming - day <= timedelta(days=60)


@given(school=schools(), days=some.tuples(DATES, DATES, DATES))
def test_working_days_add_up(school: Schooldays, days: tuple[date, date, date]) -> None:
    first, middle, last = sorted(days)
    whole = working_days_between(school, first, last)
    assert whole == working_days_between(school, first, middle) + working_days_between(school, middle, last)


@given(school=schools(), day=DATES)
def test_a_term_begins_with_its_first_week(school: Schooldays, day: date) -> None:
    term = term_of(school, day)
    if term is None:
        after = term_after(school, day)
        assert after is None or after.first > day
        return
    week = first_week(school, term)
    assert len(week) == 5
    assert week[0] == working_day_from(school, term.first)
    assert all(term.first <= each <= term.last and works(school, each) for each in week)
    assert working_days_between(school, week[0], week[-1]) == 4


@given(school=schools(), since=MOMENTS, klass=some.sampled_from(["day", "soon"]))
def test_what_falls_due_does_so_in_school_time_and_a_report_of_the_day_never_waits_for_a_holiday_to_end(
    school: Schooldays, since: datetime, klass: str
) -> None:
    moment = due(CLASSES[klass], since, school)
    assert moment > since
    last = moment - timedelta(microseconds=1)
    assert in_school_time(last, school) or in_school_time(last, school.without_terms())
    if klass == "day":
        assert moment <= due(CLASSES["day"], since, school.without_terms())
    else:
        assert works(school, moment.astimezone(LONDON).date())


@given(school=schools(), since=MOMENTS)
def test_a_now_report_knows_no_calendar(school: Schooldays, since: datetime) -> None:
    assert due(CLASSES["now"], since, school) - since == timedelta(minutes=20)


@given(school=schools(), moment=MOMENTS)
def test_school_time_has_the_schools_own_hours_on_londons_clock(school: Schooldays, moment: datetime) -> None:
    start = next_opening(moment, school)
    day = start.astimezone(LONDON).date()
    assert start == max(moment, opening(day, school))
    assert opening(day, school).astimezone(LONDON).time() == school.opens
    assert closing(day, school).astimezone(LONDON).time() == school.closes
    assert in_school_time(start, school)


AUTUMN = Span(date(2026, 9, 2), date(2026, 12, 18), "Autumn term")
SPRING = Span(date(2027, 1, 4), date(2027, 3, 25), "Spring term")
SCHOOL = Schooldays(
    fixed().weekdays,
    time(8),
    time(18),
    terms=(AUTUMN, SPRING),
    half_terms=(Span(date(2026, 10, 26), date(2026, 10, 30)),),
    inset=frozenset({date(2026, 9, 2), date(2027, 1, 4)}),
    closed=frozenset({date(2026, 11, 26)}),
    opened=frozenset({date(2026, 12, 25)}),
)


@pytest.mark.parametrize(
    ("day", "pupils", "staff"),
    [
        (date(2026, 9, 2), False, True),  # INSET
        (date(2026, 9, 3), True, True),
        (date(2026, 10, 24), False, False),  # a Saturday
        (date(2026, 10, 26), False, False),  # half-term, the Monday after the clocks went back
        (date(2026, 11, 2), True, True),
        (date(2026, 11, 26), False, False),  # closed
        (date(2026, 12, 21), False, False),  # the holiday between two known terms
        (date(2026, 12, 25), False, False),  # open on a bank holiday, but in no term
        (date(2027, 3, 26), False, False),  # Good Friday
        (date(2027, 4, 20), True, True),  # after the last known term: a weekday
        (date(2026, 8, 31), False, False),  # before the first one: a bank holiday
        (date(2026, 8, 28), True, True),
    ],
)
def test_one_autumn_day_by_day(day: date, pupils: bool, staff: bool) -> None:
    assert (teaches(SCHOOL, day), works(SCHOOL, day)) == (pupils, staff)


def test_a_year_that_is_missing_between_two_is_not_taken_for_a_holiday() -> None:
    later = Schooldays(
        SCHOOL.weekdays, SCHOOL.opens, SCHOOL.closes, terms=(AUTUMN, Span(date(2027, 9, 2), date(2027, 12, 17)))
    )
    assert works(later, date(2027, 2, 1))


@pytest.mark.parametrize(
    ("klass", "since", "expected"),
    [
        # The last afternoon before Christmas: tonight, and for what may rest, in January.
        ("day", (date(2026, 12, 18), 16), (date(2026, 12, 18), 18)),
        ("soon", (date(2026, 12, 18), 16), (date(2027, 1, 4), 16)),
        # In the holiday a report of the day waits for the next weekday, not for January.
        ("day", (date(2026, 12, 21), 11), (date(2026, 12, 21), 13)),
        ("soon", (date(2026, 12, 21), 11), (date(2027, 1, 4), 18)),
        # INSET days count: staff are in.
        ("soon", (date(2027, 1, 3), 11), (date(2027, 1, 4), 18)),
        # Half-term, across the end of summer time.
        ("soon", (date(2026, 10, 23), 12), (date(2026, 11, 2), 12)),
        ("day", (date(2026, 10, 25), 12), (date(2026, 10, 26), 10)),
    ],
)
def test_holidays_and_deadlines(klass: str, since: tuple[date, int], expected: tuple[date, int]) -> None:
    moment, wanted = (datetime.combine(day, time(hour), LONDON) for day, hour in (since, expected))
    assert due(CLASSES[klass], moment.astimezone(UTC), SCHOOL) == wanted
