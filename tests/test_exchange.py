"""The lead asks, the reporter answers; each sees the exchange, and the reporter sees nothing else."""

import json
from typing import Any

from tests.test_doors_of_the_chair import CANARY, Reader
from tests.test_right_person import NOWHERE, told
from tests.townspeople import Json, Somebody, actions, words
from tests.world import World

CHILD = {"what": CANARY, "harmed_names": "Jo Bloggs"}
QUESTION, ANSWER = "Was anybody else in the room?", "Only Sam, by the door."
TYPED = {"asked": {"type": "plain_text_input", "value": QUESTION}}
ANSWERED = {"answered": {"type": "plain_text_input", "value": ANSWER}}


def asked(world: World, **answers: Any) -> str:
    """The safeguarding lead has the report, has kept a note, and has asked something; its reference."""
    sent = world.teacher.reports("pupil_concern", **{**CHILD, **answers})
    world.settled().dsl.acknowledges(sent.reference)
    world.settled().dsl.sends(form(world.dsl, "note", sent.reference), note="NOTECANARY of the lead's.")
    world.settled().dsl.sends(form(world.dsl, "ask", sent.reference), asked=QUESTION)
    world.settled()
    return sent.reference


def form(somebody: Somebody, action: str, reference: str = "") -> Json:
    shown = somebody.presses(action, somebody.opens(reference))
    assert shown
    return shown


def test_the_reporter_is_asked_answers_and_sees_only_that(world: World) -> None:
    reference = asked(world)
    assert f"There is a question about your report {reference}" in world.teacher.hears()
    assert QUESTION not in json.dumps([each for each in world.workspace.calls if "chat." in each["method"]])
    shown = world.teacher.presses("answer", world.teacher.card("a question for you"))
    assert shown
    assert QUESTION in words(shown)
    assert "NOTECANARY" not in words(shown)
    assert world.dsl.name not in words(shown)
    thanked = world.teacher.sends(shown, answered=ANSWER)
    assert "That is added" in words(thanked)
    assert f"Something has been added to {reference}" in world.settled().dsl.hears()
    opened = words(world.dsl.opens(reference))
    assert opened.index(QUESTION) < opened.index(ANSWER)
    assert CANARY in opened
    assert ANSWER not in json.dumps([each for each in world.workspace.calls if "chat." in each["method"]])
    again = world.teacher.presses("answer", world.teacher.card("a question for you"))
    assert ANSWER in words(again)
    assert {"reporter.asked", "report.answered"} <= set(world.events(world.case().id))
    assert world.ledger_is_whole()


def test_nobody_but_the_lead_asks_and_nobody_but_the_reporter_answers_or_reads_it(world: World) -> None:
    asked(world)
    case = world.case().id
    before = world.events(case)
    for somebody in (world.teacher, world.head, world.ict, world.supply_teacher):
        somebody.forges_form("ask", case, TYPED)
    for somebody in (world.dsl, world.head, world.ict, world.supply_teacher, world.other_teacher):
        assert QUESTION not in str(somebody.forges("answer", case))
        somebody.forges_form("answer", case, ANSWERED)
    assert set(world.settled().events(case)[len(before) :]) <= {"access.refused"}


def test_there_is_nothing_to_answer_before_anything_was_asked(school: World) -> None:
    school.teacher.reports("pupil_concern", **CHILD)
    school.settled()
    school.teacher.forges_form("answer", school.case().id, ANSWERED)
    assert "report.answered" not in school.settled().events(school.case().id)


def test_a_reporter_whom_the_report_turns_out_to_be_about_is_not_asked(school: World) -> None:
    school.head.reports("self_report", what=CANARY, harmed="nobody")
    chair = Reader(school, school.chair)
    chair.chooses()
    page = chair.enters(chair.link(school.settled().case().reference))
    chair.presses(page, "acknowledge")
    page = chair.browser.get("/p/c/")
    assert 'value="note"' in page.text
    assert 'value="ask"' not in page.text
    assert not [said for said in school.settled().head.hears() if "question" in said]


def test_a_reporter_found_to_be_the_subject_hears_no_question_and_answers_none(world: World) -> None:
    """An e-mail address shows that whoever reported it is whom it is about, with one question on its way."""
    world.dsl.reports("pupil_concern", **CHILD, subject_staff=[world.other_teacher])
    world.settled().head.acknowledges()
    case = world.settled().case().id
    world.head.forges_form("ask", case, TYPED)
    heard = [said for said in world.settled().dsl.hears() if "a question" in said]
    assert len(heard) == 1
    with world.chat_is_down():
        world.head.forges_form("ask", case, TYPED)
        both = '"n.rahman@brambledown.example", "i.pemberton@brambledown.example"'
        world.applies({'"n.rahman@brambledown.example"': both})
    assert world.settled().events(case).count("reporter.asked") == 2
    assert [said for said in world.dsl.hears() if "a question" in said] == heard
    assert told(world.dsl.forges("answer", case), case) == told(world.dsl.forges("answer", NOWHERE), NOWHERE)
    world.dsl.forges_form("answer", case, ANSWERED)
    world.head.forges_form("ask", case, TYPED)
    assert "ask" not in actions(world.head.opens(world.case().reference))
    events = world.settled().events(case)
    assert (events.count("reporter.asked"), events.count("report.answered")) == (2, 0)


def test_the_chair_asks_on_the_page(world: World) -> None:
    world.teacher.reports("head_concern", what=CANARY, harmed="nobody")
    chair = Reader(world, world.chair)
    chair.chooses()
    page = chair.enters(chair.link(world.settled().case().reference))
    chair.presses(page, "acknowledge")
    shown = chair.presses(chair.browser.get("/p/c/"), "ask")
    assert QUESTION in chair.writes(shown, QUESTION).text
    asked = world.settled().teacher.presses("answer", world.teacher.card("a question for you")) or {}
    assert world.chair.name not in words(asked)
    world.teacher.sends(asked, answered=ANSWER)
    world.settled()
    assert ANSWER in chair.browser.get("/p/c/").text
    assert ANSWER not in str([letter["text"] for letter in world.chair.inbox()])
    assert "answer" not in actions(world.head.home())
