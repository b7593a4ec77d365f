"""Whatever somebody has to do, whenever and with whomever: one message, one clear thing, no day that has passed."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from sqlmodel import col, select

from handlers.slack.cards import card_blocks, fallback
from handlers.teams.cards import chat_card
from storage.database import Database
from storage.models import Account, Person, School, Task
from storage.promises import Claim
from storage.unit import Unit
from templates.catalogue import Catalogue
from templates.shapes import Card
from tests.adaptive_rules import problems as problems_in_teams
from tests.blockkit_rules import problems
from tests.storing import Clock, opened
from workflows import appointments, nudging, tasked
from workflows.calendar import LONDON
from workflows.duties import ABOUT, duties_of
from workflows.packs import load_floor, load_pack
from workflows.register import Member, Official, Register
from workflows.rules import Rules
from workflows.telling import Telling

TRUST, TODAY = "beck-trust", date(2026, 11, 24)
NOW = datetime.combine(TODAY, time(10), LONDON).astimezone(UTC)
WORDS = Catalogue.read()
RULES = {
    pack: Rules(load_pack(pack), load_floor(), WORDS, "https://lanyard.beck.example")
    for pack in ("oak-trees", "king-offa", "arthur-terry", "whinless-down", "moston-lane")
}
# The longest that a register takes.
NAMED = "Brambledown and Thistlebank Primary School's own newsletter!"
ACCOUNT = Official("page", "Instagram and Threads together", NAMED, owner="head", administrators=("head", "chair"))
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
DAY = r"\w+day \d+ \w+ \d{4}"


class Enough(Exception):
    """What was said, raised so that nothing of it is kept."""

    def __init__(self, told: Telling | None) -> None:
        super().__init__()
        self.told = told


def register() -> Register:
    numbers = {"social_care": "01632 960101", "out_of_hours": "01632 960102", "lado": "01632 960103"}
    members = (
        Member("head", "Head of Beck", emails=("head@beck.example",), roles=(("headteacher", "beck"),)),
        Member("chair", "Chair of Beck", emails=("chair@beck.example",), roles=(("chair_of_governors", "beck"),)),
    )
    return Register("Beck Trust", "oak-trees", numbers, (("beck", "Beck School", ""),), members, accounts=(ACCOUNT,))


@pytest.fixture(scope="module")
def school(new_sqlite: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    clock = Clock()
    clock.now = NOW
    with opened(new_sqlite(), tmp_path_factory.mktemp("words") / "key", clock) as database:
        database.run_now(TRUST, appointments.found, TRUST, register(), False)
        database.run_now(TRUST, appointments.apply, RULES["oak-trees"], register(), {}, True)
        yield database


@some.composite
def owing(draw: some.DrawFn, pack: str) -> dict[str, Any]:
    """One task of any duty, due whenever, and put off however often."""
    rules = RULES[pack]
    duty = draw(some.sampled_from(duties_of(rules.pack, rules.floor)))
    due = TODAY + timedelta(days=draw(some.integers(-400, 400)))
    period = str(due) if not duty.each else f"{ABOUT}page {due}" + (" chair" if duty.when == "departure" else "")
    opened_on = min(due, TODAY) - timedelta(days=draw(some.integers(0, 90)))
    return {
        "duty": duty.id,
        "due_on": due,
        "opened_on": opened_on,
        "period": period,
        "put_off": draw(some.integers(0, 2)),
    }


def once(each: dict[str, Any]) -> tuple[str, str]:
    return each["duty"], each["period"]


@some.composite
def mornings(draw: some.DrawFn) -> dict[str, Any]:
    """What one person has to do, what those whom they manage have not done, and where they are reached."""
    pack = draw(some.sampled_from(sorted(RULES)))
    names = some.text("abcdefghij é'-", min_size=1, max_size=60).map(lambda name: " ".join(f"N{name}".split()))
    theirs = some.lists(owing(pack), min_size=1, max_size=4, unique_by=once)
    return {
        "pack": pack,
        "mine": draw(some.lists(owing(pack), max_size=12, unique_by=once)),
        "late": draw(some.lists(some.tuples(names, theirs), max_size=25)),
        "unable": draw(some.booleans()),
        "mail": draw(some.booleans()),
    }


def said(unit: Unit, morning: dict[str, Any]) -> None:
    """Put it all into the database and ask what the message of the day is."""
    rules, (beck,) = RULES[morning["pack"]], unit.find(select(School))
    head, chair = (unit.find(select(Person).where(col(Person.key) == key))[0] for key in ("head", "chair"))
    if not morning["mail"]:
        unit.add(Account(id=unit.new_id(), person=head.id, platform="slack", workspace="T1", address="U1"))

    def task(person: str, each: dict[str, Any], **how: Any) -> Task:
        period = each["period"].replace("chair", chair.id)
        common = {"school": beck.id, "policy": morning["pack"], "next_on": TODAY}
        row: Task = unit.add(Task(id=unit.new_id(), person=person, **{**common, **each, "period": period, **how}))
        return row

    for each in morning["mine"]:
        task(head.id, each)
    late: list[str] = []
    state = "unable" if morning["unable"] else "open"
    for name, theirs in morning["late"]:
        person = unit.add(Person(id=unit.new_id(), name=name, staff=True))
        for each in theirs:
            due = min(each["due_on"], TODAY - timedelta(days=1))
            late.append(f"{task(person.id, each, due_on=due, state=state).id}:1")
    ids = {"school": beck.id, "overdue": ",".join(late)}
    claim = Claim(unit.new_id(), TRUST, "nudge", head.id, "", ids, unit.now, unit.now, 0, "lease", False)
    raise Enough(nudging.telling(unit, rules, claim))


def telling(school: Database, morning: dict[str, Any]) -> Telling | None:
    with pytest.raises(Enough) as enough:
        school.run_now(TRUST, said, morning)
    return enough.value.told


def texts(card: Card) -> list[str]:
    return [card.title, card.short, *card.body, *card.small, *(part for pair in card.facts for part in pair)]


def much() -> dict[str, Any]:
    """Everything at once, of people with the longest names."""
    duties = [duty for duty in duties_of(RULES["king-offa"].pack, RULES["king-offa"].floor) if duty.when != "departure"]
    due = TODAY - timedelta(days=300)
    everything = [
        {
            "duty": duty.id,
            "due_on": due,
            "opened_on": due,
            "period": f"{ABOUT}page {due}" if duty.each else str(due),
            "put_off": 2,
        }
        for duty in duties
    ]
    names = [f"N{chr(97 + n)}{'x' * 58}" for n in range(25)]
    late = [(name, everything[:4]) for name in names]
    return {"pack": "king-offa", "mine": everything, "late": late, "unable": False, "mail": False}


@example(morning=much())
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(morning=mornings())
def test_a_message_asks_for_one_thing_and_for_nothing_by_a_day_that_has_passed(
    school: Database, morning: dict[str, Any]
) -> None:
    told = telling(school, morning)
    if told is None:
        assert (morning["mine"], morning["late"]) == ([], [])
        return
    card = WORDS.card(told.message, told.values)
    asks = [each for each in card.buttons if each.style == "primary"]
    assert len(asks) == bool(morning["mine"])
    if morning["mine"] and not morning["mail"]:
        assert (asks[0].action, asks[0].subject) == ("duty_done", told.values["task_id"])
        first = min(each["due_on"] for each in morning["mine"])
        assert tasked.spoken_day(str(first)) == told.values["due"]
    assert len(told.values["others"]) == max(0, len(morning["mine"]) - 1)
    passed = {tasked.spoken_day(str(each["due_on"])) for each in morning["mine"] if each["due_on"] < TODAY}
    for text in texts(card):
        assert text.strip() == text != ""
        assert not [wrong for wrong in ("  ", "None", "{{") if wrong in text], text
        assert not re.search(r"(^|[ :])[.,;:]|\b(by|for|of) ?[.,!?]?$", text), text
        # A day that has passed was to be kept; it is never asked for.
        for before, day in re.findall(rf"(.{{0,20}})\bby ({DAY})", text):
            assert before.endswith("was to be done ") == (day in passed), text
    assert max(len(card.title), len(card.short)) <= 150
    if not morning["mail"]:
        assert problems({"text": fallback(card), "blocks": card_blocks(card)}, "message") == []
        assert problems_in_teams(chat_card(card)) == []
