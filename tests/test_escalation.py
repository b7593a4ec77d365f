"""Nobody waits in silence: a report that nobody acknowledges goes up the ladder, on the right clock."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.townspeople import Somebody, words
from tests.world import World
from workflows.calendar import LONDON, due, in_school_time
from workflows.packs import load_floor
from workflows.schooldays import bank_holidays, fixed, works

CANARY = "CANARYNARRATIVE"
CHILD = {"what": CANARY, "harmed_names": "Jo Bloggs"}
COLLEAGUE = {"what": CANARY, "harmed": "nobody"}
CLASSES = load_floor().classes
MOMENTS = some.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=some.just(UTC))  # noqa: DTZ001 - in UTC


def london(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), LONDON).astimezone(UTC)


def next_day(world: World, wanted: int) -> date:
    """The next such weekday that is a school day, as are those around it."""
    day = world.clock.now().astimezone(LONDON).date() + timedelta(days=1)
    while day.weekday() != wanted or not works(fixed(), day):
        day += timedelta(days=1)
    return day


def reached(somebody: Somebody, reference: str) -> bool:
    letters = [letter["subject"] + letter["text"] for letter in somebody.inbox()]
    return reference in " ".join([*somebody.hears(), *letters])


# -- up the ladder


def test_an_urgent_report_climbs_every_twenty_minutes_and_the_reporter_hears_whom_to_phone(world: World) -> None:
    sent = world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    assert world.leads() == {"dsl"}
    for already, coming in ((1, "deputy-dsl"), (2, "headteacher"), (3, "chair"), (4, "chief-executive")):
        world.clock.forward(minutes=19)
        assert len(world.settled().leads()) == already
        world.clock.forward(minutes=2)
        world.settled()
        assert coming in world.leads()
        assert "Please phone" in " ".join(world.teacher.hears())
    assert all(reached(one, sent.reference) for one in (world.deputy_dsl, world.head, world.chief_executive))
    assert reached(world.chair, sent.reference)
    assert CANARY in words(world.head.opens(sent.reference))


def test_after_the_last_rung_the_reporter_gets_the_outside_numbers_and_the_operator_an_alarm_daily(
    world: World,
) -> None:
    sent = world.teacher.reports("pupil_concern", **CHILD)
    for _ in range(7):
        world.settled()
        world.clock.forward(minutes=21)
    world.settled()
    assert world.case().outside == ["lado"]
    assert f"Nobody at the school can take {sent.reference}. Please phone" in world.teacher.hears()
    assert "01632 960112" in words(world.teacher.card("Nobody at the school"))
    alarms = len(operators(world))
    assert alarms >= 1
    assert not any(sent.reference in letter or CANARY in letter for letter in operators(world))
    for days in (1, 2):
        world.clock.forward(days=1, minutes=1)
        world.settled()
        assert len(operators(world)) == alarms + days
    world.head.acknowledges(sent.reference)
    quiet = len(operators(world.settled()))
    world.clock.forward(days=3)
    assert len(operators(world.settled())) == quiet


def operators(world: World) -> list[str]:
    letters = world.workspace.letters
    return [each.subject + each.text for each in letters if each.is_for("operator@brambledown.example")]


def test_an_acknowledgement_stops_the_clock(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD)
    world.settled().dsl.acknowledges()
    world.settled()
    world.clock.forward(days=2)
    assert world.settled().leads() == {"dsl"}
    assert not any("Please phone" in each for each in world.teacher.hears())


def test_a_restart_between_loses_no_rung_and_repeats_none(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    world.stops()
    world.clock.forward(minutes=21)
    world.starts()
    world.settled()
    assert world.leads() == {"dsl", "deputy-dsl"}
    assert len(world.deputy_dsl.hears()) == 1
    assert sum("Please phone" in each for each in world.teacher.hears()) == 1
    assert world.ledger_is_whole()


def test_three_days_of_standing_still_are_one_step_not_a_burst(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    world.stops()
    world.clock.forward(days=3)
    world.starts()
    assert len(world.settled().leads()) == 2
    assert len(world.deputy_dsl.hears()) == 1


def test_the_next_rung_is_never_somebody_the_report_is_about(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD, close_staff=[world.deputy_dsl])
    world.settled()
    world.clock.forward(minutes=21)
    world.settled()
    assert "deputy-dsl" not in world.leads()
    assert world.deputy_dsl.hears() == []
    assert "headteacher" in world.leads()


def test_somebody_who_is_away_is_stepped_over(world: World) -> None:
    today = world.clock.now().astimezone(LONDON).date()
    deputy = 'id = "deputy-dsl"'
    world.applies({deputy: f"{deputy}\naway = [{{ from = {today}, until = {today} }}]"})
    world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    world.clock.forward(minutes=21)
    world.settled()
    assert world.leads() == {"dsl", "headteacher"}


# -- on which clock


def test_a_report_of_the_day_waits_two_hours_of_school_time(world: World) -> None:
    world.teacher.reports("colleague_concern", **COLLEAGUE)
    world.settled()
    world.clock.forward(hours=1, minutes=58)
    assert world.settled().leads() == {"headteacher"}
    world.clock.forward(minutes=3)
    assert len(world.settled().leads()) == 2


def test_five_past_four_on_a_friday_does_not_wait_until_monday_in_silence(world: World) -> None:
    friday = next_day(world, 4)
    world.clock.reaches(london(friday, 16, 5))
    world.teacher.reports("colleague_concern", **COLLEAGUE)
    world.settled()
    world.clock.reaches(london(friday, 17, 58))
    assert world.settled().leads() == {"headteacher"}
    world.clock.reaches(london(friday, 18, 1))
    assert len(world.settled().leads()) == 2
    assert any("Please phone" in each for each in world.teacher.hears())


def test_a_report_of_the_day_on_a_saturday_is_due_on_monday_at_ten(world: World) -> None:
    friday = next_day(world, 4)
    world.clock.reaches(london(friday + timedelta(days=1), 11))
    world.teacher.reports("colleague_concern", **COLLEAGUE)
    world.settled()
    monday = friday + timedelta(days=3)
    assert world.case().due_at == london(monday, 10)
    world.clock.reaches(london(friday + timedelta(days=2), 23))
    assert world.settled().leads() == {"headteacher"}
    world.clock.reaches(london(monday, 10, 1))
    assert len(world.settled().leads()) == 2


def test_the_rest_waits_a_school_day(world: World) -> None:
    world.teacher.reports("policy_breach", what=CANARY, by="parent", harmed="nobody", pictures_sexual="none")
    world.settled()
    assert world.case().klass == "soon"
    world.clock.forward(hours=23, minutes=58)
    assert world.settled().leads() == {"headteacher"}
    world.clock.forward(minutes=3)
    assert len(world.settled().leads()) == 2


def test_an_urgent_report_ignores_night_and_weekend(world: World) -> None:
    saturday = next_day(world, 4) + timedelta(days=1)
    world.clock.reaches(london(saturday, 23, 50))
    world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    world.clock.forward(minutes=21)
    assert len(world.settled().leads()) == 2


# -- the calendar by itself

CHRISTMAS_EVE = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("klass", "since", "expected"),
    [
        # Good Friday and Easter Monday 2027 are bank holidays; the clocks went forward on the Sunday after.
        ("day", london(date(2027, 3, 25), 17), london(date(2027, 3, 25), 18)),
        ("day", london(date(2027, 3, 26), 11), london(date(2027, 3, 30), 10)),
        ("soon", london(date(2027, 3, 25), 12), london(date(2027, 3, 30), 12)),
        # The nights when the clocks change: an hour is missing, an hour comes twice.
        ("now", datetime(2026, 3, 29, 0, 50, tzinfo=UTC), datetime(2026, 3, 29, 1, 10, tzinfo=UTC)),
        ("now", datetime(2026, 10, 25, 0, 50, tzinfo=UTC), datetime(2026, 10, 25, 1, 10, tzinfo=UTC)),
        ("day", datetime(2026, 3, 29, 0, 50, tzinfo=UTC), datetime(2026, 3, 30, 9, 0, tzinfo=UTC)),
        ("day", datetime(2026, 10, 25, 0, 50, tzinfo=UTC), datetime(2026, 10, 26, 10, 0, tzinfo=UTC)),
        ("soon", london(date(2026, 3, 27), 12), datetime(2026, 3, 30, 11, 0, tzinfo=UTC)),
        ("soon", london(date(2026, 10, 23), 12), datetime(2026, 10, 26, 12, 0, tzinfo=UTC)),
        # At Christmas: Friday the 25th, and the Monday after for Boxing Day on a Saturday.
        ("soon", london(CHRISTMAS_EVE, 12), london(date(2026, 12, 29), 12)),
        ("day", london(CHRISTMAS_EVE, 18), london(date(2026, 12, 29), 10)),
        ("day", london(CHRISTMAS_EVE, 7), london(CHRISTMAS_EVE, 10)),
    ],
)
def test_holidays_and_the_changing_of_the_clocks(klass: str, since: datetime, expected: datetime) -> None:
    assert due(CLASSES[klass], since, fixed()) == expected


@given(since=MOMENTS)
def test_an_urgent_report_is_due_after_twenty_minutes_of_real_time(since: datetime) -> None:
    assert due(CLASSES["now"], since, fixed()) - since == timedelta(minutes=20)


@given(since=MOMENTS, klass=some.sampled_from(["day", "soon"]))
def test_what_is_not_urgent_falls_due_in_school_time_or_as_it_ends(since: datetime, klass: str) -> None:
    moment = due(CLASSES[klass], since, fixed())
    assert moment > since
    assert moment.tzinfo is not None
    assert in_school_time(moment - timedelta(microseconds=1), fixed())
    day = moment.astimezone(LONDON).date()
    assert day.weekday() < 5
    assert day not in bank_holidays(day.year)


@given(since=MOMENTS, klass=some.sampled_from(["day", "soon"]))
def test_nothing_falls_due_earlier_than_the_time_that_was_promised(since: datetime, klass: str) -> None:
    """Counted minute by minute: the school time between, unless a day's report met the end of school time."""
    moment = due(CLASSES[klass], since, fixed())
    promised = timedelta(hours=2) if klass == "day" else timedelta(hours=10)
    passed = school_time_between(since, moment)
    ended = klass == "day" and in_school_time(since, fixed()) and moment == closing_of(since)
    assert passed <= promised
    assert passed == promised or ended


def closing_of(moment: datetime) -> datetime:
    return london(moment.astimezone(LONDON).date(), 18)


def school_time_between(since: datetime, until: datetime) -> timedelta:
    """Day by day, by the walls' clocks, which school time never changes."""
    passed, day = timedelta(0), since.astimezone(LONDON).date()
    while day <= until.astimezone(LONDON).date():
        if works(fixed(), day):
            passed += max(timedelta(0), min(until, london(day, 18)) - max(since, london(day, 8)))
        day += timedelta(days=1)
    return passed


@given(since=MOMENTS, later=some.timedeltas(timedelta(0), timedelta(days=10)))
def test_a_report_made_later_is_never_due_earlier_by_more_than_the_end_of_the_day(
    since: datetime, later: timedelta
) -> None:
    soon = CLASSES["soon"]
    assert due(soon, since, fixed()) <= due(soon, since + later, fixed())
