"""The policy's steps on a report: ticked, waived with a reason, taken up again; and what must be done is done."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.test_doors_of_the_chair import CANARY, Reader
from tests.townspeople import Json, Somebody, actions, words
from tests.world import World, brambledown

BULLIED = {"harmed": "staff", "what": CANARY, "pictures_sexual": "none"}
MUST = "step__who-keeps-the-child-safe"
WHY = "why__who-keeps-the-child-safe"


@pytest.fixture
def terry(chat: Any, tmp_path: Any, database_url: str) -> Iterator[World]:
    """A school under the policy with the longest walk through steps."""
    with brambledown(chat, tmp_path, database_url, {'pack = "oak-trees"': 'pack = "arthur-terry"'}) as world:
        yield world


def steps(somebody: Somebody) -> Json:
    form = somebody.presses("steps", somebody.opens(somebody.world.cases()[-1].reference))
    assert form
    return form


def ids(form: Json) -> list[str]:
    asked = [str(block.get("block_id", "")) for block in form["blocks"] if block["type"] == "input"]
    return [each.removeprefix("step.") for each in asked if each.startswith("step.")]


def bullied(world: World, by: str) -> Somebody:
    """A report of bullying that whoever leads has in hand."""
    world.teacher.reports("cyberbullying", by=by, **BULLIED)
    lead = {"dsl": world.dsl, "headteacher": world.head}[next(iter(world.settled().leads(world.cases()[-1].id)))]
    lead.acknowledges(world.cases()[-1].reference)
    world.settled()
    return lead


def test_each_step_is_ticked_waived_with_a_reason_or_taken_up_again_and_says_by_whom(terry: World) -> None:
    lead = bullied(terry, "parent")
    form = steps(lead)
    assert "save-evidence" in ids(form)
    shown = lead.sends(
        form, **{"step__save-evidence": "done", "step__if-refused": "waived", "why__if-refused": "It is gone."}
    )
    assert terry.settled().case().state == "working"
    told = words(shown)
    assert "What you said of the steps is kept" in told
    assert re.search(rf"Make sure the evidence is saved[^(]*\(done: {lead.name}, \d\d:\d\d today\)", told)
    assert re.search(rf"If they refuse[^(]*\(not needed: {lead.name}", told)
    assert "(still to do)" in told
    assert "It is gone." in told
    lead.sends(steps(lead), **{"step__if-refused": "open", "why__if-refused": "It came back."})
    told = words(lead.opens())
    assert "It is gone." in told
    assert "It came back." in told
    assert re.search(r"If they refuse[^(]*\(still to do\)", told)
    did = [each for each in terry.events(terry.case().id) if each.startswith("step.")]
    assert sorted(did) == ["step.done", "step.reopened", "step.waived"]
    assert "It is gone." not in json.dumps([each for each in terry.workspace.calls if "chat." in each["method"]])
    assert terry.ledger_is_whole()


def test_a_step_is_not_waived_without_a_reason_nor_words_kept_without_a_tick(terry: World) -> None:
    lead = bullied(terry, "pupil")
    form = lead.sends(steps(lead), **{"step__save-evidence": "waived"})
    assert form["errors"] == {"why.save-evidence": "Please answer this question."}
    lead.shuts()
    form = lead.sends(steps(lead), **{"why__save-evidence": "On the shared drive."})
    assert form["errors"] == {"step.save-evidence": "Please answer this question."}
    assert not [each for each in terry.events(terry.case().id) if each.startswith("step.")]


def test_the_steps_branch_where_the_policy_does(terry: World) -> None:
    by_a_pupil = ids(steps(bullied(terry, "pupil")))
    by_a_parent = ids(steps(bullied(terry, "parent")))
    assert "own-disciplinary-procedure" in by_a_pupil
    assert "meet-the-victim" not in by_a_pupil
    assert "meet-the-victim" in by_a_parent
    assert "own-disciplinary-procedure" not in by_a_parent


def about_the_dsl(world: World) -> None:
    world.teacher.reports("pupil_concern", what=CANARY, harmed_names="Jo Bloggs", subject_staff=[world.dsl])
    world.settled().head.acknowledges()
    world.settled()


def test_who_keeps_the_child_safe_is_answered_before_the_report_is_closed(world: World) -> None:
    about_the_dsl(world)
    shown = world.head.presses("close", world.head.opens())
    assert "must be done first" in words(shown)
    reason = {"reason": {"type": "plain_text_input", "value": "Nothing in it."}}
    world.head.forges_form("close", world.case().id, reason)
    assert world.settled().case().state == "acknowledged"
    world.head.shuts()
    form = steps(world.head)
    block = next(block for block in form["blocks"] if block.get("block_id") == "step.who-keeps-the-child-safe")
    assert [option["value"] for option in block["element"]["options"]] == ["done"]
    waived: Json = {"type": "radio_buttons", "selected_option": {"value": "waived"}}
    why = {"type": "plain_text_input", "value": "No need."}
    forged = {"step.who-keeps-the-child-safe": waived, "why.who-keeps-the-child-safe": why}
    world.head.forges_form("steps", world.case().id, forged)
    assert "step.waived" not in world.events(world.case().id)
    mended = world.head.sends(form, **{MUST: "done"})
    assert mended["errors"] == {"why.who-keeps-the-child-safe": "Please answer this question."}
    world.head.sends(mended, **{MUST: "done", WHY: "Her class teacher stays with her."})
    world.head.forges_form("close", world.case().id, reason)
    assert world.settled().case().state == "closed"


def test_a_step_that_comes_with_a_change_of_roles_is_asked_and_earlier_answers_stay(school: World) -> None:
    """Somebody whom the report is about becomes a deputy safeguarding lead."""
    about: dict[str, Any] = {"what": CANARY, "harmed_names": "Jo Bloggs", "subject_staff": [school.ict]}
    school.teacher.reports("pupil_concern", **about)
    school.settled().head.acknowledges()
    form = steps(school.settled().head)
    before = ids(form)
    assert "who-keeps-the-child-safe" not in before
    school.head.sends(form, **{f"step__{before[0]}": "done"})
    ict = '{ role = "ict", school = "brambledown" }'
    school.applies({ict: f'{ict}, {{ role = "deputy_dsl", school = "brambledown" }}'})
    assert ids(steps(school.settled().head)) == ["who-keeps-the-child-safe", *before]
    shown = words(school.head.opens())
    assert f"(done: {school.head.name}" in shown
    assert "(must be done before it is closed)" in shown
    assert "must be done first" in words(school.head.presses("close", school.head.opens()))


def test_those_who_are_informed_see_the_steps_and_do_not_tick_them(terry: World) -> None:
    terry.teacher.reports("cyberbullying", by="pupil", **{**BULLIED, "harmed": "pupil"})
    terry.settled().dsl.acknowledges()
    terry.settled()
    tick = {"step.save-evidence": {"type": "radio_buttons", "selected_option": {"value": "done"}}}
    for somebody in (terry.head, terry.teacher, terry.ict):
        somebody.forges_form("steps", terry.case().id, tick)
    informed = {told.key for told in terry.told() if told.part == "informed"}
    if "headteacher" in informed:
        assert "steps" not in actions(terry.head.opens())
    assert not [each for each in terry.events(terry.case().id) if each.startswith("step.")]


def test_the_chair_goes_through_the_steps_on_the_page(world: World) -> None:
    world.teacher.reports("head_concern", what=CANARY, harmed="pupil", harmed_names="Jo Bloggs")
    chair = Reader(world, world.chair)
    chair.chooses()
    page = chair.enters(chair.link(world.settled().case().reference))
    chair.presses(page, "acknowledge")
    form = chair.presses(chair.browser.get("/p/c/"), "steps")
    assert "(must be done before it is closed)" in form.text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.text))
    ticked = {"choice.step.who-keeps-the-child-safe": "done"}
    again = chair.browser.post("/p/c/answer", data={**hidden, **ticked})
    assert again.status_code == 422
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', again.text))
    why = {"text.why.who-keeps-the-child-safe": "Her aunt has her."}
    done = chair.browser.post("/p/c/answer", data={**hidden, **ticked, **why})
    assert "Her aunt has her." in done.text
    assert world.settled().events(world.case().id).count("step.done") == 1
