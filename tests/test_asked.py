"""Questions that are kept: asked of one trust only, and answered anew when something was written in between."""

import inspect
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select, update

from storage.asked import Asked, tables_in
from storage.database import Database
from storage.events import Event
from storage.faults import Missing
from storage.models import Account, Case, Draft, Party
from storage.queries import cases, doors, drafts, people
from storage.tenancy import only
from storage.unit import Unit
from tests.storing import MORNING, a_case, a_party, opened, report

TOLD = ("dsl", "deputy", "head", "chair")
OAK, ASH = "oak-trust", "ash-trust"
VALUES = {"datetime": MORNING, "date": MORNING.date(), "str": "somebody", "Sequence[str]": ["a", "b"]}
QUESTIONS = [
    (f"{room.__name__}.{name}", ask)
    for room in (cases, doors, drafts, people)
    for name, ask in vars(room).items()
    if hasattr(ask, "__wrapped__") and ask.__module__ == room.__name__
]


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    with opened(database_url, tmp_path / "key") as database:
        yield database


def asked(ask: Any) -> Asked:
    wanted = inspect.get_annotations(ask.__wrapped__, eval_str=False)
    names = {str: "str", datetime: "datetime", date: "date"}
    given = [VALUES[names.get(kind, "Sequence[str]")] for name, kind in wanted.items() if name != "return"]
    question: Asked = ask(*given)
    return question


def test_the_kept_questions_are_found() -> None:
    assert len(QUESTIONS) > 30


@pytest.mark.parametrize(("name", "ask"), QUESTIONS, ids=[name for name, _ in QUESTIONS])
def test_every_kept_question_asks_each_of_its_tables_for_one_trusts_rows_only(name: str, ask: Any) -> None:
    question = asked(ask)
    statement, values = only(OAK, question)
    written = str(statement)
    tables = tables_in(question.statement)
    assert tables
    assert values["trust__"] == OAK
    for table in tables:
        assert f"{table}.{'id' if table == 'trusts' else 'trust'} = :trust__" in written, written


def test_a_question_asked_again_gives_what_was_written_in_between(database: Database) -> None:
    def work(unit: Unit) -> None:
        case: Case = unit.add(a_case(unit))
        unit.record(Event.REPORT_SUBMITTED, case.id, "teacher")
        assert unit.find(cases.parties(case.id)) == []
        party = unit.add(a_party(unit, case.id, "dsl"))
        assert unit.find(cases.parties(case.id)) == [party]
        assert unit.find(cases.told_to("dsl")) == [case]
        party.until = unit.now
        assert unit.find(cases.told_to("dsl")) == []
        assert len(unit.find(cases.history(case.id))) == 1
        unit.record(Event.CASE_RECUSED, case.id, "dsl")
        assert len(unit.find(cases.history(case.id))) == 2

    database.run_now(OAK, work)


def test_a_question_asked_again_forgets_what_was_deleted(database: Database) -> None:
    def work(unit: Unit) -> None:
        unit.add(Draft(id="d1", author="teacher", touched_at=unit.now, expires_at=unit.now))
        assert len(unit.find(drafts.by_id("d1"))) == 1
        unit.find(drafts.delete_draft("d1"))
        assert unit.find(drafts.by_id("d1")) == []

    database.run_now(OAK, work)


def test_what_was_answered_is_not_changed_by_whoever_asked(database: Database) -> None:
    def work(unit: Unit) -> None:
        unit.add(Account(id=unit.new_id(), person="p", platform="mail", address="p@brambledown.example"))
        unit.find(people.accounts_of(["p"])).clear()
        assert len(unit.find(people.accounts_of(["p"]))) == 1
        assert len(unit.find(people.by_email(["P@brambledown.example"]))) == 0

    database.run_now(OAK, work)


def test_the_same_question_of_two_trusts_has_two_answers(database: Database) -> None:
    case = database.run_now(OAK, report)
    other = database.run_now(ASH, report)

    def told(unit: Unit) -> set[str]:
        return {found.id for found in unit.find(cases.told_to("dsl"))}

    assert database.look_now(OAK, told) == {case}
    assert database.look_now(ASH, told) == {other}
    assert database.look_now("", told) == set()


def test_one_row_is_one_object_however_it_is_asked_for(database: Database) -> None:
    case = database.run_now(OAK, report)

    def work(unit: Unit) -> None:
        [found] = unit.find(cases.by_id(case))
        assert unit.get(Case, case) is found
        pairs = unit.find(select(Case, Party.person).join(Party, col(Party.case) == col(Case.id)))
        assert {(id(row), person) for row, person in pairs} == {(id(found), each) for each in TOLD}
        found.state = "closed"
        assert unit.find(select(Case).where(col(Case.state) == "closed")) == [found]
        assert unit.find(cases.open_cases()) == []
        unit.record(Event.CASE_CLOSED, case, "dsl")

    database.run_now(OAK, work)
    assert database.look_now(OAK, lambda unit: unit.get(Case, case).state) == "closed"


def test_of_a_changed_row_only_what_changed_is_written(database: Database) -> None:
    """Two processes may each change their own column of one row: neither takes back what the other wrote."""
    case = database.run_now(OAK, report)

    def work(unit: Unit) -> None:
        [found] = unit.find(cases.by_id(case))
        unit.find(update(Case).values(klass="now"))
        found.outside = ["police"]
        found.due_at = unit.now
        unit.record(Event.CASE_ESCALATED, case, "")

    database.run_now(OAK, work)
    kept: Case = database.look_now(OAK, lambda unit: unit.get(Case, case))
    assert (kept.klass, kept.outside, kept.due_at) == ("now", ["police"], MORNING)


def test_a_change_to_a_row_that_is_gone_is_not_taken_for_kept(database: Database) -> None:
    def work(unit: Unit) -> None:
        draft = unit.add(Draft(id="d1", author="teacher", touched_at=unit.now, expires_at=unit.now))
        unit.find(drafts.delete_draft("d1"))
        draft.author = "somebody"

    with pytest.raises(Missing):
        database.run_now(OAK, work)


def test_a_question_with_a_list_takes_any_number(database: Database) -> None:
    def work(unit: Unit) -> None:
        for name in ("a", "b", "c"):
            unit.add(Account(id=name, person=name, platform="mail", address=f"{name}@brambledown.example"))
        for many in ((), ("a",), ("a", "b"), ("c", "b", "a"), ("nobody",)):
            assert {found.person for found in unit.find(people.accounts_of(many))} == {*many} - {"nobody"}

    database.run_now(OAK, work)
