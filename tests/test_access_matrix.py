"""Every part, act and state of the table, and every id swapped: it works, or gives away nothing and is recorded."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from every_word import WORDS

from tests.rightful import CANARIES, FORMER, PERSONAS, SEEN, Kept, kept_case
from tests.teams_town import Member
from tests.teams_town import Town as Tenancy
from tests.teams_world import brambledown_in_teams
from tests.test_right_person import NOWHERE, told
from tests.townspeople import Answered, Json, Somebody
from tests.world import World, brambledown
from workflows.acts import PRESSED, WRITTEN
from workflows.states import STATES, TABLE, refusal

NO = {name: WORDS.messages[f"refusals.{name}"].title.source for name in ("not_yours", "not_leading", "closed")}
NO |= {name: WORDS.messages[f"refusals.{name}"].title.source for name in ("not_acknowledged", "already", "not_closed")}
BUSY = [WORDS.messages[f"refusals.{name}"].title.source for name in ("busy", "uncertain")]
# There is nobody left to be told of these cases: nothing can be taken up.
OFFERED = ("tell",)
SNAPSHOT = """
SELECT (SELECT count(*) FROM ledger WHERE "case" = :case), (SELECT count(*) FROM promises WHERE about = :case),
       (SELECT count(*) FROM sealed WHERE owner = :case), (SELECT count(*) FROM involved WHERE "case" = :case),
       (SELECT state || acknowledged_by FROM cases WHERE id = :case),
       (SELECT group_concat(person || part || coalesce(until, '')) FROM parties WHERE "case" = :case)
"""
ENOUGH = 5  # cells that are wrong to say so
REFUSED = """SELECT count(*) FROM ledger WHERE "case" = :case AND entry LIKE '%access.refused%'"""


@dataclass
class Town:
    """One school, the people of PERSONAS in it, and cases made as the tests ask for them; one chat to try it in."""

    world: World
    on: Callable[[str], Somebody | Member]
    picked: Callable[[str], Any]
    rows: sqlite3.Connection
    people: dict[str, str]
    nothing: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def case(self, state: str, **where: Any) -> Kept:
        assert self.world.bot
        ground = self.world.bot.ground
        made: Kept = ground.database.run_now(where.pop("trust", ground.trust), kept_case, state, self.people, **where)
        return made

    def tries(self, who: str, door: str, action: str, case: str) -> Answered:
        """A press of a button, or a form sent with nothing in it; again where the bot was too busy to say."""
        somebody = self.on(PERSONAS[who].name)
        for _ in range(5):
            answer = somebody.forges(action, case) if door == "press" else somebody.forges_form(action, case, {})
            if not any(title in text(answer) for title in BUSY):
                return answer
        raise AssertionError("the bot is too busy to be asked anything")

    def no(self, who: str, door: str, action: str) -> tuple[Any, ...]:
        """What this person is answered where there is no such case."""
        key = who, door, action
        if key not in self.nothing:
            self.nothing[key] = told(self.tries(*key, NOWHERE), NOWHERE)
        return self.nothing[key]

    def stands(self, case: str, query: str = SNAPSHOT) -> Any:
        return self.rows.execute(query, {"case": case}).fetchone()


# A school that speaks by one chat: who has it open there, and what a list says when something is picked in it.
School = tuple[World, Callable[[str], Somebody | Member], Callable[[str], Any]]


@contextmanager
def in_slack(chat: Any, folder: Path, url: str, _: Tenancy) -> Iterator[School]:
    with brambledown(chat, folder, url) as world:
        yield world, lambda name: getattr(world, name), picked


@contextmanager
def in_teams(chat: Any, folder: Path, url: str, tenancy: Tenancy) -> Iterator[School]:
    with brambledown_in_teams(chat, folder, url, tenancy) as world:
        yield world, world.on, str


@pytest.fixture(scope="module", params=[in_slack, in_teams])
def town(
    request: Any, chat: Any, tmp_path_factory: Any, new_sqlite: Callable[[], str], town: Tenancy
) -> Iterator[Town]:
    url, folder = new_sqlite(), tmp_path_factory.mktemp("matrix")
    with request.param(chat, folder, url, town) as (world, on, by):
        for each in PERSONAS.values():
            on(each.name).forges("discard", NOWHERE)  # met from now on
        rows = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        people = {who: world.person_at(on(each.name).address) for who, each in PERSONAS.items()}
        yield Town(world, on, by, rows, people)
        rows.close()


def text(answer: Answered) -> str:
    return answer.body.decode() + " ".join(answer.calls)


def expected(who: str, action: str, state: str) -> str:
    """The name of the no that the table gives, or nothing; what is not theirs at all is as if it did not exist."""
    parts = PERSONAS[who].parts
    asked = set(TABLE[action].parts)
    theirs = set(parts) & {"reporter"} if asked == {"reporter"} else set(parts) - ({"reporter"} - asked)
    if not theirs or action in OFFERED:
        return "not_yours"
    if action == "acknowledge" and who == "lead" and state not in ("received", "opened"):
        return ""  # they have it already, and are told so again
    return refusal(action, state, *theirs)


def cells(state: str) -> Iterator[tuple[str, str, str]]:
    for who in PERSONAS:
        yield from ((who, "press", action) for action in TABLE)
        yield from ((who, "form", action) for action in WRITTEN if action in TABLE)


@pytest.mark.parametrize("state", STATES)
def test_every_part_can_do_what_the_table_says_and_nothing_else(town: Town, state: str) -> None:
    shared, wrong = town.case(state), []
    town.world.settled()
    for who, door, action in cells(state):
        no = expected(who, action, state)
        changes = not no and door == "press" and action in PRESSED
        case = town.case(state) if changes else shared
        before, refused = town.stands(case.id), town.stands(case.id, REFUSED)[0]
        answer = town.tries(who, door, action, case.id)
        faults = list(seen(town, (who, door, action), answer, no, case))
        if changes:
            town.world.settled()  # what it makes the bot say to others is no part of the next answer
        after = town.stands(case.id)
        if no == "not_yours":
            if town.stands(case.id, REFUSED)[0] != refused + 1:
                faults.append("the refusal is not recorded")
            before, after = before[1:], after[1:]
        if not changes and before != after:
            faults.append(f"left a trace: {before} {after}")
        wrong += [f"{who} {door} {action} while {state}: {fault}" for fault in faults]
        if len(wrong) > ENOUGH:
            break
    assert not wrong, "\n".join(wrong)


def seen(town: Town, cell: tuple[str, str, str], answer: Answered, no: str, case: Kept) -> Iterator[str]:
    """What is wrong with an answer: not the no that it should be, or a field that it should not show."""
    who, _, action = cell
    said = next((name for name, title in NO.items() if title in text(answer)), "")
    if said != no:
        yield f"answered {said or 'yes'}, not {no or 'yes'}"
    if no == "not_yours" and told(answer, case.id) != town.no(*cell):
        yield "answered otherwise than for a case that does not exist"
    may = SEEN.get((action, PERSONAS[who].part), frozenset()) if not no else frozenset()
    shown = {name for name, canary in CANARIES.items() if canary in text(answer)}
    if shown - may:
        yield f"shows {sorted(shown - may)}"
    if action == "open" and not no and may - shown:
        yield f"does not show {sorted(may - shown)}"
    if no == "not_yours" and case.reference in text(answer):
        yield "shows the reference"


@pytest.mark.parametrize("where", ["another-case", "another-school", "another-trust"])
def test_an_id_from_elsewhere_answers_like_one_that_does_not_exist(town: Town, where: str) -> None:
    """The same people, whose case it is not; in another trust's books even those who hold every part in it."""
    others = {"elsewhere": "lead", "nobody": "reporter"}
    case = {
        "another-case": lambda: town.case("acknowledged", told=others),
        "another-school": lambda: town.case("acknowledged", told=others, school="thistlebank"),
        "another-trust": lambda: town.case("acknowledged", trust="elsewhere", school="thistlebank"),
    }[where]()
    wrong = []
    town.world.settled()
    for who in ("lead", "decider", "informed", "support", "reporter"):
        for door, actions in (("press", {**TABLE, **PRESSED}), ("form", WRITTEN)):  # with what is done to other things
            for action in actions:
                before = town.stands(case.id)[1:]
                answer = town.tries(who, door, action, case.id)
                if told(answer, case.id) != town.no(who, door, action) or town.stands(case.id)[1:] != before:
                    wrong.append(f"{who} {door} {action}: {told(answer, case.id)} {town.stands(case.id)[1:]} {before}")
                if case.reference in text(answer) or any(each in text(answer) for each in CANARIES.values()):
                    wrong.append(f"{who} {door} {action} shows something")
    assert not wrong, wrong


def picked(value: str) -> Json:
    return {"type": "static_select", "selected_option": {"value": value}}


def test_an_id_inside_a_form_is_taken_only_from_that_case_and_those_entitled(town: Town) -> None:
    """Whom to hand it to, whom to correct, which referral was answered: swapped between people, cases and trusts."""
    mine, other, foreign = (
        town.case("working"),
        town.case("working"),
        town.case("working", trust="elsewhere", school="thistlebank"),
    )
    barred = [town.people[who] for who in (*FORMER, "reporter", "lead", "nobody", "elsewhere", "guest", "foreign")]
    swapped = {
        ("handover", "to"): barred,
        ("involve", "corrects"): [other.involved, foreign.involved, mine.id],
        ("involve", "who_same"): [town.people["nobody"], town.people["guest"], foreign.id],
        ("heard", "referral"): [other.referral, foreign.referral],
    }
    before = town.stands(mine.id)
    for (action, box), ids in swapped.items():
        sends = partial(town.on("dsl").forges_form, action, mine.id)
        nothing = sends({box: town.picked(NOWHERE)})
        assert box in nothing.body.decode()
        for id in ids:
            said = sends({box: town.picked(id)})
            assert apart_from(said, id, mine.id) == apart_from(nothing, NOWHERE, mine.id), (action, box, id)
    assert town.stands(mine.id) == before


def apart_from(answer: Answered, id: str, case: str) -> tuple[Any, ...]:
    """An answer, whatever was picked; a form that is shown again carries its case."""
    return told(replace(answer, body=answer.body.replace(case.encode(), b"-")), id)


def test_the_matrix_is_as_wide_as_the_table() -> None:
    """A new act, part or state is in it by itself; somebody must say which of its fields may be seen."""
    assert {each for persona in PERSONAS.values() for each in persona.parts} >= {"lead", "informed", "support"}
    assert {"reporter", "decider"} <= {each for persona in PERSONAS.values() for each in persona.parts}
    assert {action for action, _ in SEEN} <= set(TABLE)
    assert set(PRESSED) | set(WRITTEN) >= set(TABLE)
