"""Who may do what with a report, and when: one table, its page, and the doors that ask it."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.cases_page import PAGE, page
from tests.townspeople import Somebody, actions
from tests.world import World
from workflows.states import PARTS, STATES, TABLE, after, may

TYPED = {"type": "plain_text_input", "value": "Spoke to her."}
BOXES = {"note": "note", "close": "reason", "reopen": "reopened", "add": "added"}


def test_the_page_is_the_one_that_the_table_gives() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python3 run.py docs writes it afresh"


def test_every_row_speaks_of_states_and_parts_that_there_are() -> None:
    for rule in TABLE.values():
        assert set(rule.states) <= set(STATES)
        assert set(rule.parts) <= set(PARTS)
        assert set(rule.leads_to) <= set(rule.states)
        assert set(rule.leads_to.values()) <= set(STATES)


def test_nothing_leads_out_of_the_states_that_are_kept() -> None:
    assert {after(action, state) for action in TABLE for state in STATES} == set(STATES)
    assert not [action for action in TABLE if may(action, "received", "support") and action not in ("open", "recuse")]


def brought_to(world: World, state: str) -> str:
    """A report that stands so."""
    world.teacher.reports("pupil_concern", what="Something.", harmed_names="Jo Bloggs")
    case = world.settled().case().id
    steps: tuple[Callable[[], Any], ...] = (
        lambda: world.dsl.forges("open", case),
        lambda: world.dsl.forges("acknowledge", case),
        lambda: world.dsl.forges_form("note", case, {"note": TYPED}),
        lambda: world.dsl.forges_form("close", case, {"reason": TYPED}),
    )
    for step in steps[: STATES.index(state)]:
        step()
    assert world.settled().case().state == state
    return case


@pytest.mark.parametrize("state", STATES)
def test_the_opened_report_shows_the_buttons_that_the_table_allows(school: World, state: str) -> None:
    brought_to(school, state)
    stands = after("open", state)
    shown = set(actions(school.dsl.opens())) - {"link"}
    allowed = {action for action in TABLE if may(action, stands, "lead")}
    # Nothing has been referred that could have been answered, and nothing sent that is asked about.
    assert shown == allowed - {"open", "heard", "sent_pictures"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", sorted(BOXES))
def test_what_a_lead_may_not_do_now_changes_nothing(school: World, state: str, action: str) -> None:
    """Told here a second time, so that a table that has become too generous is noticed."""
    case = brought_to(school, state)
    school.dsl.forges_form(action, case, {BOXES[action]: TYPED})
    allowed = state in {"note": STATES, "close": ("acknowledged", "working"), "reopen": ("closed",), "add": ()}[action]
    then = {"note": "working" if state == "acknowledged" else state, "close": "closed", "reopen": "working"}
    did = {"note": "case.noted", "close": "case.closed", "reopen": "case.reopened", "add": "report.added"}[action]
    before = {"note": state in ("working", "closed"), "close": state == "closed"}.get(action, False)
    assert school.settled().events(case).count(did) == allowed + before
    assert school.case().state == (then[action] if allowed else state)


def test_a_report_is_worked_only_by_somebody_who_has_it_in_hand() -> None:
    for action in ("steps", "decide", "refer", "ask", "close"):
        assert {state for state in STATES if may(action, state, "lead")} == {"acknowledged", "working"}


def test_the_reporter_does_nothing_that_a_lead_does(school: World) -> None:
    case = brought_to(school, "acknowledged")
    reporter: Somebody = school.teacher
    for action in (action for action, rule in TABLE.items() if "lead" in rule.parts and "reporter" not in rule.parts):
        before = school.settled().events(case)
        reporter.forges(action, case)
        assert set(school.settled().events(case)[len(before) :]) <= {"access.refused"}, action
