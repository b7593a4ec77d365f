"""A school year in seconds: three schools, 120 staff, holidays, both clock changes, restarts and three days down."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from storage import promises
from storage.database import Database
from storage.models import Person, Promise, School, Task
from storage.unit import Unit
from storage.verify import verify
from templates.catalogue import Catalogue
from tests.storing import Clock, opened
from workflows import appointments, nudges, nudging, staff_list, tasks, timetable
from workflows.calendar import LONDON
from workflows.packs import load_floor, load_pack
from workflows.people import Who
from workflows.register import Member, Register
from workflows.rules import Rules
from workflows.schooldays import A_DAY, WEEK, Schooldays, Span, works
from workflows.telling import Telling
from workflows.terms import of
from workflows.timetable import Dates

TRUST = "beck-trust"
RULES = Rules(load_pack("oak-trees"), load_floor(), Catalogue.read(), "https://lanyard.beck.example")
SCHOOLS = ("ashbeck", "birkbeck", "holbeck")
PER_SCHOOL = 40
FIRST, LAST = date(2026, 8, 24), date(2027, 7, 30)
DOWN = {date(2027, 1, 19), date(2027, 1, 20), date(2027, 1, 21)}
AUTUMN, SPRING, SUMMER = date(2026, 9, 2), date(2027, 1, 4), date(2027, 4, 12)


def year(shift: int) -> Dates:
    """One school's year; each school's terms begin on another day."""
    by = timedelta(days=shift)
    spans = []
    for name, first, last, half in (
        ("Autumn", AUTUMN + by, date(2026, 12, 18), date(2026, 10, 26)),
        ("Spring", SPRING + by, date(2027, 3, 25), date(2027, 2, 15)),
        ("Summer", SUMMER + by, date(2027, 7, 22), date(2027, 5, 31)),
    ):
        spans += [("term", Span(first, last, name)), ("half_term", Span(half, half + timedelta(days=4), name))]
        spans.append(("inset", Span(first, first)))
    return Dates(tuple(sorted(spans)))


def email(school: str, number: int) -> str:
    return f"s{number}@{school}.example"


def register() -> Register:
    offices = ("headteacher", "dsl", "deputy_dsl", "social_media", "ict")
    members = [
        Member(f"{school}-{n}", f"Somebody {n} of {school}", emails=(email(school, n),), roles=((role, school),))
        for school in SCHOOLS
        for n, role in enumerate(offices)
    ]
    chairs = [
        Member(f"{school}-chair", f"Chair of {school}", emails=(f"c@{school}.example",), roles=((office, school),))
        for school, office in ((school, "chair_of_governors") for school in SCHOOLS)
    ]
    numbers = {"social_care": "01632 960101", "out_of_hours": "01632 960102", "lado": "01632 960103"}
    schools = tuple((school, f"{school.title()} School", "") for school in SCHOOLS)
    return Register("Beck Trust", "oak-trees", numbers, schools, (*members, *chairs), date(2027, 5, 10))


def on_the_list() -> tuple[staff_list.Member, ...]:
    """Part-timers, teachers, joiners in November, leavers at Easter, and a line manager for each ten."""
    return tuple(
        staff_list.Member(
            line=n,
            email=email(school, n),
            name=f"Somebody {n} of {school}",
            manager=email(school, 0) if n in (10, 20, 30) else email(school, 10 * (n // 10)) if n else "",
            school=school,
            team=f"Year {n % 6 + 1}",
            teaches=n % 3 > 0,
            works=("monday", "tuesday") if n % 7 == 3 else (),
            joined=date(2026, 11, 9) if n in (11, 12) else None,
            leaves=date(2027, 3, 25) if n in (21, 22) else None,
        )
        for school in SCHOOLS
        for n in range(PER_SCHOOL)
    )


@dataclass
class Year:
    """The trust with its clock, and what everybody was sent."""

    database: Database
    clock: Clock
    heard: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[tuple[str, str, str], list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def founded(self) -> None:
        found = register()
        run = self.database.run_now
        run(TRUST, appointments.found, TRUST, found, False)
        run(TRUST, appointments.apply, RULES, found, {}, True)
        accounts = {
            each: (Who("slack", "T1", f"U{hashlib.sha256(each.encode()).hexdigest()[:8]}", each, (each,)),)
            for each in (email(school, n) for school in SCHOOLS for n in range(PER_SCHOOL))
        }
        run(TRUST, staff_list.apply, RULES, on_the_list(), accounts)
        for shift, school in enumerate(SCHOOLS):
            run(TRUST, timetable.apply, RULES, school, year(shift))
        # Somebody is ill for the whole of the spring term's first half.
        away = Absences(date(2027, 1, 4), date(2027, 2, 12))
        run(TRUST, away.of, f"{SCHOOLS[0]}-3")

    def lives(self, day: date) -> None:
        """One day with the bot up: whatever falls due, as it falls due, up to midnight."""
        self.clock.now = datetime.combine(day, time(5), LONDON).astimezone(UTC)
        night = datetime.combine(day, time(23), LONDON).astimezone(UTC)
        self.database.run_now(TRUST, nudges.begin)
        while self.clock.now < night:
            while self.keeps():
                pass
            self.clock.now = min(self.next_due() or night, night)

    def next_due(self) -> datetime | None:
        waiting = select(func.min(col(Promise.due_at))).where(
            col(Promise.state) == "waiting",
            col(Promise.kind).in_(("day", "nudge")),
            col(Promise.due_at) > self.clock.now,
        )
        return self.database.look_now(TRUST, lambda unit: unit.find(waiting))[0]

    def keeps(self) -> int:
        claims = [one for one in self.database.run_now("", promises.claim, 200, 60) if one.kind in ("day", "nudge")]
        for one in claims:
            self.database.run_now(TRUST, self.kept, one)
        return len(claims)

    def kept(self, unit: Unit, claim: promises.Claim) -> None:
        if claim.kind == "day":
            nudges.open_day(unit, RULES, claim.ids["school"])
            promises.keep(unit, claim.id, claim.lease)
            return
        told = nudging.telling(unit, RULES, claim)
        if told is None:
            promises.drop(unit, claim.id, claim.lease)
            return
        if "task" not in claim.ids:
            self.hears(unit, told)
        nudging.sent(unit, claim, told, "D1", "1.0")

    def hears(self, unit: Unit, told: Telling) -> None:
        self.heard[told.person].append(unit.now)
        for id in told.reminded:
            task = unit.get(Task, id)
            self.asked[task.person, task.duty, task.period].append(unit.now)
        if told.message == "nudge.ask":
            answers(unit, told)

    def rows(self, query: object) -> list[tuple[object, ...]]:
        return self.database.look_now(TRUST, lambda unit: unit.find(query))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Absences:
    first: date
    last: date

    def of(self, unit: Unit, key: str) -> None:
        from storage.models import Absence

        person = unit.find(select(Person).where(col(Person.key) == key))[0]
        unit.add(Absence(id=unit.new_id(), person=person.id, first=self.first, last=self.last))


def answers(unit: Unit, told: Telling) -> None:
    """Most do it at once, some put it off, one in ten cannot, and a few never answer."""
    task = str(told.values["task_id"])
    by = Who("person", "", told.person)
    mood = int.from_bytes(hashlib.sha256(f"{told.person} {unit.get(Task, task).duty}".encode()).digest()[:2]) % 10
    if mood < 6 or (mood < 8 and unit.get(Task, task).put_off == 2):
        tasks.finish(unit, RULES, task, {"done_on": str(unit.now.astimezone(LONDON).date())}, by)
    elif mood < 8:
        tasks.put_off(unit, RULES, task, by)
    elif mood == 8:
        tasks.cannot(unit, RULES, task, by)


@pytest.fixture(scope="module")
def lived(new_sqlite: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    url, key, clock = new_sqlite(), tmp_path_factory.mktemp("year") / "key", Clock()
    clock.now = datetime.combine(FIRST, time(5), LONDON).astimezone(UTC)
    lives: Year | None = None
    day = FIRST
    while day <= LAST:
        # A restart each month; once it stands still for three days.
        month = day.month
        with opened(url, key, clock) as database:
            if lives is None:
                lives = Year(database, clock)
                lives.founded()
            lives.database = database
            while day <= LAST and day.month == month:
                if day not in DOWN:
                    lives.lives(day)
                day += A_DAY
    assert lives is not None
    with opened(url, key, clock) as database:
        lives.database = database
        yield lives


def schools(year: Year) -> dict[str, tuple[str, Schooldays]]:
    """By id: its key and its calendar."""

    def calendars(unit: Unit) -> dict[str, tuple[str, Schooldays]]:
        return {row.id: (row.key, of(unit, row.id)) for row in unit.find(select(School))}

    return year.database.look_now(TRUST, calendars)


def people(year: Year) -> dict[str, Person]:
    return {row.id: row for row in year.rows(select(Person))}  # type: ignore[attr-defined,misc]


def test_nobody_hears_at_night_at_a_weekend_in_a_holiday_or_on_a_day_that_they_do_not_work(lived: Year) -> None:
    calendars, staff = schools(lived), people(lived)
    assert sum(map(len, lived.heard.values())) > 1000
    for id, moments in lived.heard.items():
        person = staff[id]
        _, school = calendars[person.school]
        for moment in moments:
            local = moment.astimezone(LONDON)
            assert works(school, local.date()), (person.key, local)
            assert school.opens <= local.time() < school.closes, (person.key, local)
            assert not person.works or WEEK[local.weekday()] in person.works
            assert person.leaves is None or local.date() <= person.leaves
            assert person.joined is None or local.date() >= person.joined


def test_nobody_hears_twice_on_one_day(lived: Year) -> None:
    for moments in lived.heard.values():
        days = Counter(moment.astimezone(LONDON).date() for moment in moments)
        assert max(days.values()) == 1


def test_every_duty_of_every_term_was_asked_on_its_day_and_none_was_lost_or_doubled(lived: Year) -> None:
    calendars, staff = schools(lived), people(lived)
    found: dict[tuple[str, str, str], Task] = {}
    for task in lived.rows(select(Task)):
        key = (task.person, task.duty, task.period)  # type: ignore[attr-defined]
        assert key not in found
        found[key] = task  # type: ignore[assignment]
    missing = []
    for person in staff.values():
        if not person.staff:
            continue
        _, school = calendars[person.school]
        for term in school.terms:
            first = max(term.first, person.joined or term.first)
            if first > term.last or (person.leaves and person.leaves < first):
                continue
            for duty in ("staff_training", "privacy_settings", *(("pupils_teaching",) if person.teaches else ())):
                task = found.get((person.id, duty, str(term.first)))
                if task is None:
                    missing.append((person.name, duty, term.name))
                    continue
                day = first
                while not works(school, day) or day in DOWN:
                    day += A_DAY
                assert task.opened_on == day, (person.name, duty, term.name)
    assert missing == []


def test_each_was_reminded_of_as_soon_as_they_could_hear(lived: Year) -> None:
    calendars, staff = schools(lived), people(lived)
    for task in lived.rows(select(Task)):
        person = staff[task.person]  # type: ignore[attr-defined]
        _, school = calendars[task.school]  # type: ignore[attr-defined]
        asked = lived.asked[task.person, task.duty, task.period]  # type: ignore[attr-defined]
        if not asked:
            # Overtaken before they could hear: they left, were away, or somebody set another day.
            assert task.state == "ended" or task.opened_on >= LAST - timedelta(days=10), task  # type: ignore[attr-defined]
            continue
        day = task.opened_on  # type: ignore[attr-defined]
        while day in DOWN or not works(school, day) or (person.works and WEEK[day.weekday()] not in person.works):
            day += A_DAY
        if person.key == f"{SCHOOLS[0]}-3" and date(2027, 1, 4) <= day <= date(2027, 2, 12):
            day = date(2027, 2, 22)
        assert asked[0].astimezone(LONDON).date() == day, (person.name, task)


def test_what_is_late_was_raised_and_nothing_was_put_off_more_than_twice(lived: Year) -> None:
    every = lived.rows(select(Task))
    assert {task.put_off for task in every} <= {0, 1, 2}  # type: ignore[attr-defined]
    late = [each for each in every if each.state == "open" and each.due_on < LAST - timedelta(days=40)]  # type: ignore[attr-defined]
    assert late
    staff = people(lived)
    for task in late:
        person = staff[task.person]  # type: ignore[attr-defined]
        if person.key and person.key.endswith("-0"):  # nobody stands above a headteacher here
            continue
        assert task.raised == 2, (person.name, task)  # type: ignore[attr-defined]


def test_the_ledger_of_the_year_is_whole(lived: Year) -> None:
    assert lived.database.look_now(TRUST, verify, None).whole


def test_a_term_whose_first_day_is_corrected_either_way_asks_nobody_again(
    new_sqlite: Callable[[], str], tmp_path: Path
) -> None:
    clock = Clock()
    clock.now = datetime.combine(FIRST, time(5), LONDON).astimezone(UTC)
    with opened(new_sqlite(), tmp_path / "key", clock) as database:
        trust = Year(database, clock)
        trust.founded()
        for days_later in (0, 1, -1):
            for shift, school in enumerate(SCHOOLS):
                database.run_now(TRUST, timetable.apply, RULES, school, year(shift + days_later))
            terms = [sum(term.name == "Autumn" for term in one.terms) for _, one in schools(trust).values()]
            assert terms == [1, 1, 1], "the corrected term takes the place of the other"
            trust.lives(AUTUMN + timedelta(days=5 + days_later))
        asked = Counter((task.person, task.duty) for task in trust.rows(select(Task)))  # type: ignore[attr-defined]
        termly = {duty.id for duty in RULES.pack.duties if duty.when == "term"}
        assert len(asked) > 100
        assert {many for (_, duty), many in asked.items() if duty in termly} == {1}
