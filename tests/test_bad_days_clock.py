"""A bad day by the clock: the two nights when it changes, and three days in which nothing ran."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.townspeople import words
from tests.world import World, until
from workflows.times import LONDON

CHILD = {"what": "CANARYNARRATIVE", "harmed_names": "Jo Bloggs"}
COLLEAGUE = {"what": "CANARYNARRATIVE", "harmed": "nobody"}


def changing(world: World, month: int) -> datetime:
    """The next moment at which London's clocks change in this month: 01:00 UTC on its last Sunday."""
    now = world.clock.now()
    for year in (now.year, now.year + 1):
        last = date(year, month, 31)
        moment = datetime.combine(last - timedelta(days=(last.weekday() + 1) % 7), time(1), UTC)
        if moment > now + timedelta(days=1):
            return moment
    raise AssertionError


@pytest.mark.parametrize(("month", "said"), [(3, "02:05"), (10, "01:05")])
def test_an_urgent_report_in_the_night_of_the_changing_clocks_waits_twenty_real_minutes(
    school: World, month: int, said: str
) -> None:
    moment = changing(school, month)
    school.clock.reaches(moment - timedelta(minutes=15))
    sent = school.teacher.reports("pupil_concern", **CHILD)
    assert f"acknowledge it by {said} today" in words(sent.receipt)
    assert school.settled().leads() == {"dsl"}
    school.clock.forward(minutes=18)
    assert school.settled().leads() == {"dsl"}
    school.clock.forward(minutes=3)
    assert school.settled().leads() == {"dsl", "deputy-dsl"}
    school.clock.forward(minutes=21)
    assert school.settled().leads() == {"dsl", "deputy-dsl", "headteacher"}
    assert [len(one.hears()) for one in (school.dsl, school.deputy_dsl, school.head)] == [1, 1, 1]


@pytest.mark.parametrize("month", [3, 10])
def test_the_rest_of_that_nights_reports_are_due_at_ten_by_the_clock_on_the_wall(school: World, month: int) -> None:
    school.clock.reaches(changing(school, month) - timedelta(minutes=30))
    school.teacher.reports("colleague_concern", **COLLEAGUE)
    school.settled()
    due = school.case().due_at
    assert due
    assert due.astimezone(LONDON).time() == time(10)
    school.clock.reaches(due - timedelta(minutes=5))
    assert school.settled().leads() == {"headteacher"}
    school.clock.reaches(due + timedelta(minutes=1))
    assert len(school.settled().leads()) == 2


def test_after_three_days_down_everything_owed_is_said_once_and_each_report_is_one_step_further(school: World) -> None:
    urgent = school.teacher.reports("pupil_concern", **CHILD)
    daily = school.teacher.reports("colleague_concern", **COLLEAGUE)
    taken = school.other_teacher.reports("pupil_concern", **CHILD)
    school.settled()
    school.dsl.acknowledges(taken.reference)
    school.settled()
    with school.chat_is_down():
        unsaid = school.other_teacher.reports("pupil_concern", **CHILD)
        school.settled()
        school.stops()
    school.clock.forward(days=3)
    school.starts()
    until(lambda: unsaid.reference in " ".join(school.settled().dsl.hears()), "the card that was never sent")
    school.settled()
    assert school.leads(urgent.case) == school.leads(unsaid.case) == {"dsl", "deputy-dsl"}
    assert len(school.leads(daily.case)) == 2
    assert school.leads(taken.case) == {"dsl"}
    for somebody in (school.dsl, school.deputy_dsl, school.head, school.teacher, school.other_teacher):
        heard = somebody.hears()
        assert len(heard) == len(set(heard)), f"{somebody.name} hears something twice"
    late = [said for said in school.teacher.hears() if "Please phone" in said]
    assert [sum(each.reference in said for said in late) for each in (urgent, daily)] == [1, 1]
    assert not any(taken.reference in said and "Please phone" in said for said in school.other_teacher.hears())
    school.clock.forward(minutes=21)
    assert school.settled().leads(urgent.case) == {"dsl", "deputy-dsl", "headteacher"}
    assert school.ledger_is_whole()
