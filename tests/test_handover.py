"""A report changes hands, or is taken up again after it was closed: only by those who may, and on the record."""

import re
from typing import Any

from tests.test_doors_of_the_chair import CANARY, Reader
from tests.townspeople import Json, actions, options, words
from tests.world import Told, World

CHILD = {"what": CANARY, "harmed_names": "Jo Bloggs"}


def in_hand(world: World, **answers: Any) -> str:
    """A report that the safeguarding lead has acknowledged; its reference."""
    sent = world.teacher.reports("pupil_concern", **{**CHILD, **answers})
    world.settled().dsl.acknowledges(sent.reference)
    world.settled()
    return sent.reference


def offered(form: Json) -> dict[str, str]:
    """The people in a form, by name."""
    (block,) = [block for block in form["blocks"] if block.get("block_id") == "to"]
    return {option["text"]["text"]: value for value, option in options(block["element"]).items()}


def hands_over(world: World, somebody: Any, to: str, **more: str) -> Json:
    form = somebody.presses("handover", somebody.opens())
    assert form
    (person,) = [id for name, id in offered(form).items() if to in name]
    return dict(somebody.sends(form, to=person, **more))


def test_a_closed_report_is_reopened_with_a_reason_and_the_reporter_sees_it_worked_on(world: World) -> None:
    in_hand(world)
    world.dsl.sends(world.dsl.presses("close", world.dsl.opens()) or {}, reason="Her parents have her.")
    assert world.settled().teacher.hears()[0].endswith("is closed")
    opened = world.dsl.opens()
    assert "reopen" in actions(opened)
    assert "close" not in actions(opened)
    shown = world.dsl.sends(world.dsl.presses("reopen", opened) or {}, reopened="She came back in tears.")
    assert "She came back in tears." in words(shown)
    assert world.settled().case().state == "working"
    assert world.teacher.hears()[0].endswith("is being worked on")
    assert "You have acknowledged" in words(world.dsl.card())
    assert world.events(world.case().id).count("case.reopened") == 1
    assert "tears" not in str([each for each in world.workspace.calls if each["method"].startswith("chat.")])
    assert world.ledger_is_whole()


def test_reopening_needs_a_reason_a_lead_and_a_closed_report(school: World) -> None:
    in_hand(school)
    case, why = school.case().id, {"reopened": {"type": "plain_text_input", "value": "Because."}}
    school.dsl.forges_form("reopen", case, why)
    assert school.case().state == "acknowledged"
    school.dsl.forges_form("close", case, {"reason": {"type": "plain_text_input", "value": "Done."}})
    for somebody in (school.teacher, school.head, school.ict):
        somebody.forges_form("reopen", case, why)
    school.dsl.forges_form("reopen", case, {"reopened": {"type": "plain_text_input", "value": "  "}})
    assert school.settled().case().state == "closed"
    assert "case.reopened" not in school.events(case)


def test_a_lead_hands_over_to_somebody_on_the_ladder_and_the_clock_runs_anew(world: World) -> None:
    reference = in_hand(world)
    form = world.dsl.presses("handover", world.dsl.opens())
    assert form
    assert [name.partition(" (")[2] for name in offered(form)] == [
        "deputy designated safeguarding lead)",
        "headteacher)",
        "chair of governors)",
        "chief executive)",
        "chair of trustees)",
    ]
    shown = hands_over(world, world.dsl, world.deputy_dsl.name, handed="Her aunt is on her way.")
    assert "handed over" in words(shown)
    case = world.settled().case()
    assert (case.state, case.acknowledged_by, case.acknowledged_at) == ("opened", "", None)
    assert {told for told in world.told() if told.role in ("dsl", "deputy_dsl")} == {
        Told("dsl", "dsl", "informed"),
        Told("deputy-dsl", "deputy_dsl", "lead"),
    }
    assert world.deputy_dsl.hears() == [f"Now: {reference} was handed to you"]
    assert "Somebody else leads on it" in words(world.dsl.card(reference))
    assert world.teacher.hears()[0].endswith("has been opened")
    assert "Her aunt is on her way." in words(world.deputy_dsl.opens())
    assert "aunt" not in str([each for each in world.workspace.calls if each["method"].startswith("chat.")])
    world.deputy_dsl.acknowledges()
    assert "has acknowledged" in words(world.settled().dsl.card(reference))
    assert world.events(case.id).count("case.handed_over") == 1
    assert world.ledger_is_whole()


def test_what_the_new_lead_does_not_acknowledge_comes_back_and_then_climbs(school: World) -> None:
    in_hand(school)
    hands_over(school, school.dsl, school.deputy_dsl.name)
    school.settled().clock.forward(minutes=21)
    assert school.settled().leads() == {"deputy-dsl", "dsl"}
    school.clock.forward(minutes=21)
    assert school.settled().leads() == {"deputy-dsl", "dsl", "headteacher"}


def test_nobody_shut_out_nor_the_reporter_is_on_the_list(world: World) -> None:
    world.head.reports("pupil_concern", **CHILD, close_staff=[world.deputy_dsl])
    world.settled().dsl.acknowledges()
    form = world.settled().dsl.presses("handover", world.dsl.opens())
    assert form
    names = str(list(offered(form)))
    assert world.chair.name in names
    for somebody in (world.head, world.deputy_dsl, world.dsl):
        assert somebody.name not in names


def test_somebody_who_once_left_it_is_not_asked_again(school: World) -> None:
    school.teacher.reports("pupil_concern", **CHILD)
    school.settled().dsl.presses("recuse", school.dsl.card())
    school.settled().deputy_dsl.acknowledges()
    form = school.settled().deputy_dsl.presses("handover", school.deputy_dsl.opens())
    assert form
    assert school.dsl.name not in str(list(offered(form)))
    assert school.head.name in str(list(offered(form)))


def test_somebody_who_is_not_on_the_list_cannot_be_forged_into_it(school: World) -> None:
    school.teacher.reports("pupil_concern", **CHILD, subject_staff=[school.ict])
    school.settled().head.acknowledges()
    case = school.settled().case().id
    for somebody in (school.ict, school.teacher, school.dsl, school.business_manager):
        picked = {"type": "static_select", "selected_option": {"value": school.person_of(somebody)}}
        school.head.forges_form("handover", case, {"to": picked})
        school.dsl.forges_form("handover", case, {"to": picked})
    assert school.settled().leads() == {"headteacher"}
    assert "case.handed_over" not in school.events(case)


def test_a_concern_about_an_adult_is_never_handed_to_somebody_merely_told(school: World) -> None:
    school.teacher.reports(
        "colleague_concern", what=CANARY, harmed="pupil", harmed_names="Jo", subject_staff=[school.ict]
    )
    school.settled().head.acknowledges()
    assert Told("dsl", "dsl", "informed") in school.told()
    form = school.settled().head.presses("handover", school.head.opens())
    assert form
    names = str(list(offered(form)))
    assert school.deputy_head.name in names
    assert school.dsl.name not in names
    assert school.ict.name not in names


def test_the_chair_hands_over_on_the_page(world: World) -> None:
    world.teacher.reports("head_concern", what=CANARY, harmed="nobody")
    chair = Reader(world, world.chair)
    chair.chooses()
    page = chair.enters(chair.link(world.settled().case().reference))
    form = chair.presses(page, "handover")
    ((person, _),) = re.findall(rf'value="([^"]+)"( required)?> <span>{world.chief_executive.name}', form.text)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.text))
    done = chair.browser.post("/p/c/answer", data={**hidden, "choice.to": person})
    assert "is handed over" in done.text
    assert world.settled().leads() == {"chief-executive"}
    assert world.head.hears() == []
