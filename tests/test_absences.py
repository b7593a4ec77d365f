"""Whoever holds a role says when they are away: reports find somebody else meanwhile, and them again afterwards."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot import daily
from storage.models import Absence
from tests.test_second_yes import applies
from tests.townspeople import Json, Somebody, words
from tests.world import World
from workflows.calendar import day_of
from workspace.people import Person as Chatter

CHILD = {"what": "He has stopped eating.", "harmed_names": "Jo Bloggs"}


def day(world: World, days: int) -> str:
    return str(day_of(world.clock.now()) + timedelta(days=days))


def leaves(somebody: Somebody, **days: str) -> Json:
    return somebody.sends(somebody.types("/im-away"), **days)


def test_while_the_safeguarding_lead_is_away_the_deputy_is_asked(world: World) -> None:
    said = leaves(world.dsl, until=day(world, 2))
    assert "Owen Fairclough (deputy designated safeguarding lead)" in words(said)
    world.teacher.reports("pupil_concern", **CHILD)
    assert world.settled().leads() == {"deputy-dsl"}
    assert world.dsl.hears() == []
    home = world.dsl.home()
    assert "You're down as away" in words(home)
    assert "Welcome back" in words(world.dsl.presses("back", home))
    world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    first, second = world.cases()
    assert (world.leads(first.id), world.leads(second.id)) == ({"deputy-dsl"}, {"dsl"})
    events = [each for each in world.events() if each.startswith("absence.")]
    assert events == ["absence.set", "absence.ended"]
    assert world.ledger_is_whole()


def test_what_nobody_has_acknowledged_goes_to_whoever_stands_in(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD)
    assert world.settled().leads() == {"dsl"}
    leaves(world.dsl, until=day(world, 2))
    assert world.settled().leads() == {"dsl", "deputy-dsl"}
    assert world.deputy_dsl.hears()
    assert world.head.hears() == [], "the next rung is not asked before the deputy had their time"


def test_what_is_acknowledged_stays_with_whoever_has_it(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    world.dsl.acknowledges()
    leaves(world.dsl, until=day(world, 2))
    assert world.settled().leads() == {"dsl"}
    assert world.deputy_dsl.hears() == []


def test_without_a_last_day_it_lasts_until_they_are_back(school: World) -> None:
    assert "until you say that you are back" in words(leaves(school.dsl))
    school.clock.forward(days=60)
    school.teacher.reports("pupil_concern", **CHILD)
    assert school.settled().leads() == {"deputy-dsl"}


def test_an_absence_to_come_begins_on_its_day(world: World) -> None:
    leaves(world.head, **{"from": day(world, 1), "until": day(world, 3)})
    assert "You'll be away from" in words(world.head.home())
    world.teacher.reports("policy_breach", what="Hello", by="unknown", harmed="nobody", pictures_sexual="none")
    assert world.settled().leads() == {"headteacher"}
    world.clock.forward(hours=15)
    assert world.bot
    for _ in range(2):
        world.bot.ground.database.run_now(world.bot.ground.trust, daily.promised, "begin")
    assert world.settled().leads() == {"headteacher", "deputy-headteacher"}


def test_somebody_without_a_role_is_told_kindly_that_they_need_not_say_so(school: World) -> None:
    said = school.teacher.types("/im-away")
    assert "You can just be away" in words(said)
    assert "Going to be away?" not in words(school.teacher.home())
    assert "Going to be away?" in words(school.dsl.home())


def test_nobody_sends_the_chair_on_holiday_from_an_account_in_the_chairs_name(world: World) -> None:
    mine = Chatter("U0SPOOFED1", "Ngozi Okafor", "", "", "ngozi.okafor@okafor-family.example", "#000", "T0BRAMBLE1")
    world.workspace.town.people[mine.id] = mine
    world.workspace.rooms.rooms["C0STAFFRM1"].members.append(mine.id)
    spoofed = Somebody(world, mine.id)
    spoofed.reports("policy_breach", what="Hello", by="unknown", harmed="nobody", pictures_sexual="none")
    assert "You can just be away" in words(spoofed.types("/im-away"))
    state = {"type": "datepicker", "selected_date": day(world, 0)}
    spoofed.forges_form("away", "", {"from": state})
    assert world.rows(select(Absence)) == []


def test_where_nobody_could_stand_in_it_is_not_kept_and_says_what_happens(school: World) -> None:
    nobody = {f'{{ role = "{role}", school = "brambledown" }},': "" for role in ("deputy_headteacher",)}
    nobody |= {
        f'roles = [{{ role = "{role}", school = "brambledown" }}]': "roles = []"
        for role in ("chair_of_governors", "chief_executive", "chair_of_trustees")
    }
    applies(school, nobody)
    said = leaves(school.head, until=day(school, 3))
    assert "Nobody could stand in for you" in words(said)
    assert "name a deputy" in words(said)
    assert school.rows(select(Absence)) == []


def test_without_a_deputy_the_next_on_the_ladder_is_named(school: World) -> None:
    applies(school, {'{ role = "deputy_headteacher", school = "brambledown" },': ""})
    assert "Ngozi Okafor (chair of governors)" in words(leaves(school.head, until=day(school, 3)))


@pytest.mark.parametrize(
    ("first", "last", "beside"), [(-1, 3, "from"), (3, 2, "until"), (0, 900, "until"), (900, 901, "from")]
)
def test_days_that_cannot_be_are_asked_again(school: World, first: int, last: int, beside: str) -> None:
    form = leaves(school.dsl, **{"from": day(school, first), "until": day(school, last)})
    assert list(form["errors"]) == [beside]
    assert school.rows(select(Absence)) == []


def test_what_they_say_next_takes_the_place_of_what_they_said_before(school: World) -> None:
    leaves(school.dsl, until=day(school, 10))
    form = school.dsl.types("/im-away")
    assert "You are down as away from" in words(form)
    school.dsl.sends(form, **{"from": day(school, 5), "until": day(school, 6)})
    school.teacher.reports("pupil_concern", **CHILD)
    assert school.settled().leads() == {"dsl"}


def test_the_school_file_leaves_alone_what_people_said_themselves(school: World) -> None:
    leaves(school.dsl, until=day(school, 10))
    applies(school, {'phone = "01632 960120"': 'phone = "01632 960129"'})
    school.teacher.reports("pupil_concern", **CHILD)
    assert school.settled().leads() == {"deputy-dsl"}


def test_back_before_the_school_file_expected_them(school: World) -> None:
    span = f"away = [{{ from = {day(school, 0)}, until = {day(school, 9)} }}]"
    applies(school, {'phone = "01632 960120"': f'phone = "01632 960120"\n{span}'})
    school.dsl.presses("back", school.dsl.home())
    applies(school, {})
    school.teacher.reports("pupil_concern", **CHILD)
    assert school.settled().leads() == {"dsl"}
