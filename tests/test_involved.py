"""The lead finds out who is involved: whoever it is about loses it at once, and what stood before still stands."""

import re
from typing import Any

import pytest

from tests.test_doors_of_the_chair import CANARY, Reader
from tests.test_right_person import NOWHERE, told
from tests.townspeople import Json, Somebody, actions, words
from tests.world import Told, World

CHILD = {"what": CANARY, "harmed_names": "Jo Bloggs"}
WHY = "Her class teacher saw it."


def in_hand(world: World, lead: Somebody, about: str = "pupil_concern", **answers: Any) -> str:
    """A report that this lead has acknowledged; its case."""
    world.teacher.reports(about, **(answers or CHILD))
    world.settled()
    lead.acknowledges()
    return str(world.settled().case().id)


def form(somebody: Somebody) -> Json:
    somebody.world.settled()
    shown = somebody.presses("involve", somebody.opens())
    assert shown
    return shown


def names(somebody: Somebody, part: str, **answers: Any) -> Json:
    return somebody.sends(form(somebody), who_part=part, who_why=WHY, **answers)


def row(shown: Json, name: str) -> str:
    """Somebody named already, by their name in the form."""
    (block,) = [each for each in shown["blocks"] if each.get("block_id") == "corrects"]
    return next(str(each["value"]) for each in block["element"]["options"] if name in each["text"]["text"])


def near(shown: Json, name: str) -> str:
    (block,) = [each for each in shown["blocks"] if each.get("block_id") == "who_same"]
    return next(str(each["value"]) for each in block["element"]["options"] if name in each["text"]["text"])


def test_a_colleague_who_turns_out_to_be_part_of_it_takes_the_lead_to_the_head(world: World) -> None:
    case = in_hand(world, world.dsl)
    shown = names(world.dsl, "subject", who_staff=world.other_teacher)
    assert f"{world.other_teacher.name}: it is about them" in words(shown)
    assert WHY in words(shown)
    assert {told for told in world.settled().told() if told.part == "lead"} == {
        Told("headteacher", "headteacher", "lead")
    }
    assert Told("dsl", "dsl", "informed") in world.told()
    assert (world.case().acknowledged_by, world.case().state) == ("", "opened")
    assert world.head.hears()[-1].startswith("Now: ")
    world.head.acknowledges()
    assert world.settled().case().acknowledged_by == world.person_of(world.head)
    assert "involved.added" in world.events(case)
    assert world.other_teacher.hears() == []
    assert WHY not in str([each for each in world.workspace.calls if each["method"].startswith("chat.")])
    assert world.ledger_is_whole()


def test_somebody_told_who_turns_out_to_be_part_of_it_loses_it_and_the_lead_hears_what_they_had_seen(
    world: World,
) -> None:
    case = in_hand(world, world.head, "colleague_concern", what=CANARY, harmed="pupil", harmed_names="Jo")
    world.dsl.opens()
    world.dsl.shuts()
    shown = names(world.head, "subject", who_staff=world.dsl)
    assert "others have lost it" in words(shown)
    assert re.search(rf"{world.dsl.name}, designated safeguarding lead: *opened it \d\d:\d\d today", words(shown))
    assert world.settled().dsl.hears() == ["Something is no longer with you"]
    assert told(world.dsl.forges("open", case), case) == told(world.dsl.forges("open", NOWHERE), NOWHERE)
    assert world.leads() == {"headteacher"}
    assert world.case().acknowledged_by == world.person_of(world.head)
    again = words(world.head.opens())
    assert re.search(rf"{world.dsl.name}, designated safeguarding lead: *opened it", again)
    assert "(must be done before it is closed)" in again


def test_everything_that_they_were_told_is_edited_and_nothing_more_comes(world: World) -> None:
    in_hand(world, world.head, "colleague_concern", what=CANARY, harmed="pupil", harmed_names="Jo")
    receipt = world.teacher.presses("add", world.teacher.card())
    assert receipt
    world.teacher.sends(receipt, added="He rang her at home.")
    assert [said for said in world.settled().dsl.hears() if "Something has been added" in said]
    names(world.head, "subject", who_staff=world.dsl)
    assert set(world.settled().dsl.hears()) == {"Something is no longer with you"}
    assert len(world.dsl.hears()) > 1
    assert world.case().reference not in " ".join(words(each) for each in world.dsl.messages())
    world.teacher.shuts()
    receipt = world.teacher.presses("add", world.teacher.card())
    assert receipt
    world.teacher.sends(receipt, added="And again.")
    assert set(world.settled().dsl.hears()) == {"Something is no longer with you"}


def test_a_lead_who_names_themself_is_told_nothing_more(world: World) -> None:
    case = in_hand(world, world.head, "colleague_concern", what=CANARY, harmed="nobody", subject_names="Quentin Vale")
    shown = names(world.head, "close", who_staff=world.head)
    assert "no longer with you" in words(shown)
    assert world.case().reference not in words(shown)
    assert actions(shown) == []
    assert world.settled().head.hears() == ["Something is no longer with you"]
    assert world.leads() == {"chair"}
    assert (world.case().acknowledged_by, world.case().state) == ("", "opened")
    assert any(world.case().reference in letter["subject"] for letter in world.chair.inbox())
    assert told(world.head.forges("open", case), case) == told(world.head.forges("open", NOWHERE), NOWHERE)


def test_a_head_who_turns_out_to_be_the_subject_makes_it_a_concern_about_the_head(world: World) -> None:
    case = in_hand(world, world.dsl)
    shown = names(world.dsl, "subject", who_staff=world.head)
    assert world.settled().case().report == "head_concern"
    assert world.leads() == {"chair"}
    assert world.head.hears() == []
    assert told(world.head.forges("open", case), case) == told(world.head.forges("open", NOWHERE), NOWHERE)
    # Under a concern about the head only that row of the policy counts: the safeguarding lead has no place in it.
    assert world.told() == {Told("chair", "chair_of_governors", "lead")}
    assert "no longer with you" in words(shown)


def test_what_is_corrected_stays_readable_and_the_floor_gives_back_what_it_took(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD, subject_names="Ms Rahman", same={"Ms Rahman": "unsure"})
    world.settled().head.acknowledges()
    assert world.settled().dsl.hears() == []
    shown = form(world.head)
    correct = row(shown, "Ms Rahman")
    asked = world.head.sends(shown, corrects=correct, who_part="subject", who_why=WHY)
    assert list(asked["errors"]) == ["who_same"]
    shown = words(
        world.head.sends(asked, corrects=correct, who_part="subject", who_kind="outsider", who_same="none", who_why=WHY)
    )
    assert re.search(rf"Ms Rahman: it is about them \({world.head.name} added this", shown)
    assert re.search(rf"Ms Rahman: it is about them .*\(corrected by {world.head.name}", shown)
    world.settled()
    assert Told("dsl", "dsl", "lead") in world.told()
    assert world.case().acknowledged_by == world.person_of(world.head)
    assert world.case().reference in " ".join(world.dsl.hears())
    assert {"involved.corrected", "involved.added"} <= set(world.events(world.case().id))


def test_whoever_was_named_by_mistake_has_their_place_again(world: World) -> None:
    in_hand(world, world.head, "colleague_concern", what=CANARY, harmed="pupil", harmed_names="Jo")
    names(world.head, "subject", who_staff=world.dsl)
    assert world.settled().dsl.hears() == ["Something is no longer with you"]
    shown = form(world.head)
    world.head.sends(shown, corrects=row(shown, world.dsl.name), who_part="none", who_why="It was somebody else.")
    assert Told("dsl", "dsl", "informed") in world.settled().told()
    assert CANARY in words(world.dsl.opens())


def test_a_typed_name_that_could_be_somebody_here_is_asked_about(school: World) -> None:
    in_hand(school, school.dsl)
    shown = form(school.dsl)
    asked = school.dsl.sends(shown, who_name="the head", who_kind="unknown", who_part="close", who_why=WHY)
    assert list(asked["errors"]) == ["who_same"]
    head = near(asked, school.head.name)
    school.dsl.sends(asked, who_name="the head", who_kind="unknown", who_same=head, who_part="close", who_why=WHY)
    assert school.settled().head.hears() == []
    assert "headteacher" not in {each.key for each in school.told()}


def test_not_sure_keeps_out_everybody_it_could_be(school: World) -> None:
    in_hand(school, school.dsl)
    name = "Mr Fairclough Rahman"
    names(school.dsl, "subject", who_name=name, who_kind="unknown", who_same="unsure")
    assert school.settled().leads() == {"headteacher"}
    assert school.dsl.hears() == ["Something is no longer with you"]


def test_who_is_named_is_checked_and_needs_a_reason(school: World) -> None:
    in_hand(school, school.dsl)
    shown = form(school.dsl)
    assert list(school.dsl.sends(shown, who_part="subject", who_why=WHY)["errors"]) == ["who_name"]
    both = {"who_staff": school.ict, "who_name": "Somebody Else"}
    assert list(school.dsl.sends(shown, who_part="subject", who_why=WHY, **both)["errors"]) == ["who_name"]
    school.dsl.shuts()
    shown = form(school.dsl)
    assert list(school.dsl.sends(shown, who_name="Tom Riddle", who_part="witness", who_why=WHY)["errors"]) == [
        "who_kind"
    ]
    assert list(school.dsl.sends(shown, who_name="Tom", who_kind="pupil", who_part="none", who_why=WHY)["errors"]) == [
        "who_part"
    ]
    forged = {"corrects": {"type": "static_select", "selected_option": {"value": NOWHERE}}}
    school.dsl.forges_form("involve", school.case().id, forged)
    assert "involved.added" not in school.events(school.case().id)


def test_a_pupil_found_out_to_have_done_it_changes_which_steps_are_asked(school: World) -> None:
    """The policy asks a parent who did it to a meeting; it turns out that it was a pupil."""
    school.teacher.reports(
        "cyberbullying", by="parent", harmed="staff", what=CANARY, pictures_sexual="none", harmed_staff=[school.ict]
    )
    school.settled().head.acknowledges()
    assert "Call the parent" in words(school.settled().head.opens())
    names(school.head, "subject", who_name="Tom Riddle", who_kind="pupil")
    shown = words(school.settled().head.opens()) if "headteacher" in school.leads() else ""
    assert "Call the parent" not in shown
    assert Told("dsl", "dsl", "lead") in school.settled().told()


def test_only_the_lead_says_who_is_involved_and_never_of_a_closed_report(school: World) -> None:
    case = in_hand(school, school.dsl)
    part: Json = {"type": "radio_buttons", "selected_option": {"value": "subject"}}
    typed = {"who_name": {"type": "plain_text_input", "value": "Tom Riddle"}, "who_part": part}
    typed |= {"who_why": {"type": "plain_text_input", "value": WHY}}
    for somebody in (school.head, school.teacher, school.ict):
        somebody.forges_form("involve", case, typed)
    school.dsl.forges_form("close", case, {"reason": {"type": "plain_text_input", "value": "Done."}})
    school.dsl.forges_form("involve", case, typed)
    assert "involved.added" not in school.settled().events(case)


def test_the_chair_says_who_is_involved_on_the_page(world: World) -> None:
    world.teacher.reports("head_concern", what=CANARY, harmed="nobody")
    chair = Reader(world, world.chair)
    chair.chooses()
    page = chair.enters(chair.link(world.settled().case().reference))
    shown = chair.presses(page, "involve")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
    answers = {"line.who_name": "Owen Fairclough", "choice.who_kind": "colleague", "choice.who_part": "close"}
    again = chair.browser.post("/p/c/answer", data={**hidden, **answers, "text.who_why": WHY})
    assert again.status_code == 422
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', again.text))
    ((deputy, _),) = re.findall(rf'value="([^"]+)"( required)?> <span>{world.deputy_dsl.name}', again.text)
    answers |= {"choice.who_same": deputy, "text.who_why": WHY}
    done = chair.browser.post("/p/c/answer", data={**hidden, **answers})
    assert f"{world.deputy_dsl.name}: partner, relative or close friend" in " ".join(done.text.split())
    # Whoever is signed in on a page picks nobody by an id of their own choosing.
    forged = {**hidden, "line.who_staff": world.person_of(world.ict), "choice.who_part": "subject"}
    assert chair.browser.post("/p/c/answer", data={**forged, "text.who_why": WHY}).status_code == 422


@pytest.mark.parametrize("typed", ["Tom Bhatt", "Tom Riddle"])
def test_somebody_who_comes_to_a_role_later_is_not_told_where_a_typed_name_could_be_theirs(
    school: World, typed: str
) -> None:
    school.teacher.reports("pupil_concern", **CHILD, subject_names=typed)
    deputy = '{ role = "deputy_dsl", school = "brambledown" }'
    media = '{ role = "social_media", school = "brambledown" }'
    school.settled().applies({media: f"{media}, {deputy}"})
    school.settled().dsl.presses("recuse", school.dsl.card())
    leads = school.settled().leads()
    assert "deputy-dsl" in leads
    assert ("social-media" in leads) == (typed == "Tom Riddle")


def test_the_lead_says_that_it_is_not_them_and_they_may_be_told(school: World) -> None:
    school.teacher.reports("pupil_concern", **CHILD, subject_names="Tom Bhatt")
    deputy = '{ role = "deputy_dsl", school = "brambledown" }'
    media = '{ role = "social_media", school = "brambledown" }'
    school.settled().applies({media: f"{media}, {deputy}"})
    school.settled().dsl.acknowledges()
    handover = school.settled().dsl.presses("handover", school.dsl.opens())
    assert school.communications.name not in words(handover)
    school.dsl.shuts()
    shown = form(school.dsl)
    answers = {"corrects": row(shown, "Tom Bhatt"), "who_kind": "pupil", "who_part": "subject", "who_same": "none"}
    school.dsl.sends(shown, **answers, who_why=WHY)
    school.dsl.shuts()
    handover = school.settled().dsl.presses("handover", school.dsl.opens())
    assert school.communications.name in words(handover)


def test_a_long_name_gives_way_so_that_the_part_of_whoever_is_picked_can_be_read(school: World) -> None:
    long = "Maximiliana-Theodora Featherstonehaugh-Cholmondeley-Wriothesley"
    in_hand(school, school.dsl, what=CANARY, harmed_names=long)
    offered = [each for each in form(school.dsl)["blocks"] if each.get("block_id") == "corrects"]
    assert offered[0]["element"]["options"][0]["text"]["text"] == f"{long[:59]}…: hurt or upset"
