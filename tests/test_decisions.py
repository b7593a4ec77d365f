"""What is decided and why, to whom it is referred, and that somebody is reminded while it is still of use."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.test_doors_of_the_chair import CANARY, Reader
from tests.townspeople import Json, Somebody, actions, options, words
from tests.world import World
from workflows.calendar import day_of

CHILD = {"what": CANARY, "harmed_names": "Jo Bloggs"}
BULLIED = {"by": "pupil", "harmed": "pupil", "what": CANARY, "pictures_sexual": "none"}
WHY = "He touched her arm, and she was frightened."
DUE = "Something is due on"


def in_hand(world: World, about: str, **answers: Any) -> Somebody:
    """A report that whoever leads has acknowledged."""
    world.teacher.reports(about, **answers)
    leads = {"dsl": world.dsl, "headteacher": world.head}
    lead = leads[next(iter(world.settled().leads()))]
    lead.acknowledges()
    world.settled()
    return lead


def form(somebody: Somebody, action: str) -> Json:
    shown = somebody.presses(action, somebody.opens(somebody.world.settled().case().reference))
    assert shown
    return shown


def offered(shown: Json) -> set[str]:
    (block,) = [block for block in shown["blocks"] if block.get("block_id") == "decision"]
    return set(options(block["element"]))


def decides(somebody: Somebody, decision: str, why: str = WHY) -> Json:
    return somebody.sends(form(somebody, "decide"), decision=decision, rationale=why)


def refers(somebody: Somebody, body: str, **more: str) -> Json:
    today = str(day_of(somebody.world.clock.now()))
    return somebody.sends(form(somebody, "refer"), **{"body": body, "way": "telephone", "referred_on": today, **more})


def reminded(somebody: Somebody) -> int:
    somebody.world.settled()
    return sum(DUE in said for said in somebody.hears())


def test_not_referring_is_a_decision_and_is_kept_with_its_reasons(world: World) -> None:
    lead = in_hand(world, "pupil_concern", **CHILD)
    mended = lead.sends(form(lead, "decide"), decision="no_further_action", rationale="   ")
    assert mended["errors"] == {"rationale": "Please answer this question."}
    shown = words(lead.sends(mended, decision="no_further_action", rationale=WHY))
    assert f"{lead.name} decided" in shown
    assert "No further action, and no referral" in shown
    assert WHY in shown
    assert world.settled().case().state == "working"
    assert world.events(world.case().id).count("case.decided") == 1
    assert WHY not in str([each for each in world.workspace.calls if "chat." in each["method"]])
    assert world.ledger_is_whole()


def test_low_level_or_lado_is_offered_to_the_head_and_never_to_whoever_else_leads(world: World) -> None:
    """The safeguarding lead has the report, and the headteacher is only told of it."""
    lead = in_hand(world, "cyberbullying", **BULLIED)
    assert lead is world.dsl
    shown = form(lead, "decide")
    assert offered(shown) == {"monitor", "early_help", "csc", "police", "channel", "nrm", "no_further_action"}
    assert "the headteacher or the chair decides" in words(shown)
    picked: Json = {"type": "static_select", "selected_option": {"value": "lado"}}
    lead.forges_form(
        "decide", world.case().id, {"decision": picked, "rationale": {"type": "plain_text_input", "value": "So."}}
    )
    assert "case.decided" not in world.events(world.case().id)
    assert offered(form(world.head, "decide")) == {"low_level", "lado"}
    decides(world.head, "low_level")
    assert world.settled().events(world.case().id).count("case.decided") == 1


def test_somebody_merely_told_who_is_no_head_decides_nothing(school: World) -> None:
    in_hand(school, "colleague_concern", what=CANARY, harmed="pupil", harmed_names="Jo", subject_staff=[school.ict])
    assert "decide" not in actions(school.dsl.opens())
    picked: Json = {"type": "static_select", "selected_option": {"value": "low_level"}}
    said = {"decision": picked, "rationale": {"type": "plain_text_input", "value": "So."}}
    for somebody in (school.dsl, school.ict, school.teacher):
        somebody.forges_form("decide", school.case().id, said)
    assert "case.decided" not in school.events(school.case().id)


def about_a_colleague(world: World) -> Somebody:
    return in_hand(world, "colleague_concern", what=CANARY, harmed="nobody", subject_staff=[world.ict])


def test_a_lado_is_to_be_told_within_a_working_day_and_the_head_is_reminded_before_it_is_over(world: World) -> None:
    head = about_a_colleague(world)
    shown = words(decides(head, "lado"))
    assert re.search(r"within one working day: by 10:\d\d tomorrow", shown)
    assert "01632" in shown
    world.clock.forward(hours=21)
    assert reminded(head) == 0
    world.clock.forward(hours=1, minutes=10)
    assert reminded(head) == 1
    card = words(head.card(DUE))
    assert WHY not in card
    assert "LADO" not in card
    assert not [each for each in (world.dsl, world.ict, world.teacher) if reminded(each)]


def test_nobody_is_reminded_of_a_lado_who_was_told_or_of_a_closed_report(school: World) -> None:
    head = about_a_colleague(school)
    decides(head, "lado")
    refers(head, "lado")
    school.clock.forward(days=3)
    assert reminded(head) == 0
    refers(head, "police", chase=str(day_of(school.clock.now() + timedelta(days=4))))
    head.sends(form(head, "close"), reason="It is with them.")
    school.clock.forward(days=7)
    assert reminded(head) == 0


def test_a_referral_says_to_whom_when_how_and_is_chased_on_its_day(world: World) -> None:
    lead = in_hand(world, "pupil_concern", **CHILD)
    chase = day_of(world.clock.now()) + timedelta(days=2)
    told = {"whom": "Ada Byron, front door", "theirs": "SC-1815", "said": "A visit this week.", "chase": str(chase)}
    shown = words(refers(lead, "csc", **told))
    for each in ("children's social care", "by telephone", "Ada Byron, front door", "SC-1815", "A visit this week."):
        assert each in shown
    assert f"{chase:%A} {chase.day} {chase:%B}" in shown
    world.clock.forward(hours=40)
    assert reminded(lead) == 0
    world.clock.forward(hours=7)
    assert reminded(lead) == 1
    assert "SC-1815" not in str([each for each in world.workspace.calls if "chat." in each["method"]])
    assert world.events(world.case().id).count("case.referred") == 1
    assert world.ledger_is_whole()


def hears_back(somebody: Somebody, sense: str, **more: str) -> Json:
    """What came of the only referral that there is, today."""
    shown = form(somebody, "heard")
    (block,) = [block for block in shown["blocks"] if block.get("block_id") == "referral"]
    (made,) = options(block["element"])
    return somebody.sends(
        shown, **{"referral": made, "sense": sense, "heard_on": str(day_of(somebody.world.clock.now())), **more}
    )


def test_what_comes_back_on_a_referral_is_kept_and_ends_the_chase(world: World) -> None:
    lead = in_hand(world, "pupil_concern", **CHILD)
    assert "heard" not in actions(lead.opens())
    chase = day_of(world.clock.now()) + timedelta(days=2)
    refers(lead, "police", chase=str(chase))
    shown = words(hears_back(lead, "taken", heard_from="PC Ada Byron", heard="An officer visits tonight."))
    assert re.search(rf"{lead.name} heard back on \w+ \d+ \w+ \d+ \(the police, ", shown)
    for each in ("They act on it", "PC Ada Byron", "An officer visits tonight."):
        assert each in shown
    world.clock.forward(days=3)
    assert reminded(lead) == 0
    assert world.events(world.case().id).count("case.heard") == 1
    assert "visits tonight" not in str([each for each in world.workspace.calls if "chat." in each["method"]])
    assert world.ledger_is_whole()


def test_social_care_is_chased_the_next_working_day_though_nobody_set_one(school: World) -> None:
    lead = in_hand(school, "pupil_concern", **CHILD)
    assert "To be chased: Wednesday" in words(refers(lead, "csc"))
    school.clock.forward(hours=23)
    assert reminded(lead) == 1
    tomorrow = str(day_of(school.clock.now()) + timedelta(days=1))
    hears_back(lead, "undecided", again=tomorrow)
    school.clock.forward(hours=24)
    assert reminded(lead) == 2


def test_a_referral_that_is_refused_says_how_to_press_for_it(school: World) -> None:
    lead = in_hand(school, "pupil_concern", **CHILD)
    refers(lead, "csc")
    shown = hears_back(lead, "refused")
    assert "press them to look at it again" in words(shown)
    assert "01632" in words(shown)
    assert "refer" in actions(shown)


def test_an_answer_came_after_the_referral_and_to_one_that_was_made(school: World) -> None:
    lead = in_hand(school, "pupil_concern", **CHILD)
    refers(lead, "csc")
    today = day_of(school.clock.now())
    for wrong in (today - timedelta(days=1), today + timedelta(days=1)):
        assert list(hears_back(lead, "taken", heard_on=str(wrong))["errors"]) == ["heard_on"]
        lead.shuts()
    other: Json = {"type": "static_select", "selected_option": {"value": "f" * 32}}
    lead.forges_form("heard", school.case().id, {"referral": other})
    assert "case.heard" not in school.events(school.case().id)


def test_channel_and_the_referral_mechanism_are_decisions(school: World) -> None:
    lead = in_hand(school, "radicalisation", what=CANARY, harmed="pupil", harmed_names="Jo Bloggs")
    assert "for the Channel panel to consider" in words(decides(lead, "channel"))
    lead.shuts()
    assert "slavery or trafficking" in words(decides(lead, "nrm"))


def test_what_came_of_it_is_decided_by_the_head_and_not_before_the_lado_is_told(school: World) -> None:
    head = about_a_colleague(school)
    assert "unfounded" not in offered(form(head, "decide"))
    head.shuts()
    decides(head, "lado")
    head.shuts()
    assert {"substantiated", "malicious", "false", "unsubstantiated", "unfounded"} <= offered(form(head, "decide"))
    head.shuts()
    assert "there was no ground for it" in words(decides(head, "unfounded"))


@pytest.mark.parametrize(
    ("about", "answers", "office"),
    [
        ("pupil_concern", CHILD, "headteacher"),
        ("colleague_concern", {"what": CANARY, "harmed": "nobody", "subject_names": "Quentin Vale"}, "chair of govern"),
        ("head_concern", {"what": CANARY, "harmed": "nobody"}, "chief executive"),
    ],
)
def test_the_reporter_hears_that_it_is_closed_and_to_whom_to_turn(
    school: World, about: str, answers: Json, office: str
) -> None:
    school.teacher.reports(about, **answers)
    case = school.settled().case()
    lead = {"dsl": school.dsl, "headteacher": school.head, "chair": None}[next(iter(school.leads()))]
    if lead is None:
        chair = Reader(school, school.chair)
        chair.chooses()
        chair.presses(chair.enters(chair.link(case.reference)), "acknowledge")
        chair.writes(chair.presses(chair.browser.get("/p/c/"), "close"), WHY)
    else:
        lead.acknowledges()
        lead.sends(form(lead, "close"), reason=WHY)
    receipt = words(school.settled().teacher.card("closed"))
    assert f"for instance to the {office}" in receipt
    assert "complaints and whistleblowing procedures" in receipt
    assert "0800 028 0285" in receipt
    assert WHY not in receipt


@pytest.mark.parametrize(("box", "days"), [("referred_on", 1), ("chase", 0), ("chase", -3), ("chase", 900)])
def test_a_referral_was_made_and_is_chased_later(school: World, box: str, days: int) -> None:
    lead = in_hand(school, "pupil_concern", **CHILD)
    day = day_of(school.clock.now()) + timedelta(days=days)
    assert list(refers(lead, "csc", **{box: str(day)})["errors"]) == [box]
    assert "case.referred" not in school.events(school.case().id)


def test_whoever_takes_the_report_on_is_reminded_in_place_of_the_lead_before(school: World) -> None:
    lead = in_hand(school, "pupil_concern", **CHILD)
    refers(lead, "csc", chase=str(day_of(school.clock.now()) + timedelta(days=2)))
    shown = form(lead, "handover")
    (block,) = [block for block in shown["blocks"] if block.get("block_id") == "to"]
    deputy = next(
        id for id, each in options(block["element"]).items() if school.deputy_dsl.name in each["text"]["text"]
    )
    lead.sends(shown, to=deputy)
    school.settled().deputy_dsl.acknowledges()
    school.settled().clock.forward(hours=47)
    assert reminded(school.deputy_dsl) == 1


def test_the_chair_decides_on_the_page(world: World) -> None:
    world.teacher.reports("head_concern", what=CANARY, harmed="nobody")
    chair = Reader(world, world.chair)
    chair.chooses()
    page = chair.enters(chair.link(world.settled().case().reference))
    chair.presses(page, "acknowledge")
    shown = chair.presses(chair.browser.get("/p/c/"), "decide")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
    answers = {"choice.decision": "lado", "text.rationale": WHY}
    assert "within one working day" in chair.browser.post("/p/c/answer", data={**hidden, **answers}).text
    shown = chair.presses(chair.browser.get("/p/c/"), "refer")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
    today = str(day_of(world.clock.now()))
    answers = {"choice.body": "lado", "choice.way": "telephone", "date.referred_on": today, "line.theirs": "LADO-7"}
    assert "LADO-7" in chair.browser.post("/p/c/answer", data={**hidden, **answers}).text
    assert {"case.decided", "case.referred"} <= set(world.settled().events(world.case().id))
    assert WHY not in str([letter["text"] for letter in world.chair.inbox()])
