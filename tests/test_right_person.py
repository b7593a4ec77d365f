"""A report never reaches anybody it is about, whatever they look at, and nobody else who should not have it."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlmodel import select

from storage.models import Account, Party
from tests.townspeople import Answered, Somebody, actions, asks, doubts, words
from tests.world import World, until
from workspace.people import Person

CANARY = "CANARYNARRATIVE"
NOWHERE = "f" * 32
CHILD = {"what": CANARY, "harmed_names": "Jo Bloggs"}


def about_the_head(world: World) -> str:
    """A concern about the headteacher; its case."""
    world.teacher.reports("head_concern", what=CANARY, harmed="nobody")
    world.settled()
    return str(world.case().id)


# -- a typed name that could be one of those about to be told


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Miss N. Rahman", "Nasreen Rahman"),
        ("rahman", "Nasreen Rahman"),
        ("Nas", "Nasreen Rahman"),
        ("Nasreen Ráhman", "Nasreen Rahman"),
        ("Nasren Rahmen", "Nasreen Rahman"),
        ("NR", "Nasreen Rahman"),
        ("n.r.", "Nasreen Rahman"),
        ("the DSL", "Nasreen Rahman"),
        ("the head", "Helen Whitlock"),
        ("Helen Marsh", "Helen Whitlock"),
        ("Fairclogh", "Owen Fairclough"),
    ],
)
def test_a_name_that_could_be_somebody_about_to_be_told_is_asked_about(school: World, typed: str, meant: str) -> None:
    form = school.teacher.sends(school.teacher.types(), about="pupil_concern", danger="no")
    asked = school.teacher.sends(form, **CHILD, subject_names=typed)
    assert asked["callback_id"] == "names"
    assert meant in doubts(asked)[typed]
    assert school.cases() == []


def test_the_next_two_rungs_are_asked_about_too(school: World) -> None:
    form = school.teacher.sends(school.teacher.types(), about="colleague_concern", danger="no")
    asked = school.teacher.sends(form, what=CANARY, harmed="nobody", subject_names="our chair of governors")
    assert doubts(asked) == {"our chair of governors": ["Ngozi Okafor"]}


def test_several_deputies_share_a_rung_so_that_the_head_is_still_asked_about(school: World) -> None:
    role = '{ role = "deputy_headteacher", school = "brambledown" }'
    school.applies({role: f'{role}, {{ role = "deputy_dsl", school = "brambledown" }}'})
    form = school.teacher.sends(school.teacher.types(), about="pupil_concern", danger="no")
    asked = school.teacher.sends(form, **CHILD, subject_names="the head")
    assert doubts(asked)["the head"] == ["Helen Whitlock"]


def test_names_that_are_nobodys_are_not_asked_about_and_the_narrative_is_never_searched(school: World) -> None:
    sent = school.teacher.reports(
        "pupil_concern",
        what="Nasreen Rahman and the head and the DSL were there",
        harmed_names="Nadia Rahmani",
        subject_names="Tom Riddle\nNora Quill",
    )
    assert "names" not in sent.steps


def test_the_urgent_path_asks_about_names_too(school: World) -> None:
    sent = school.teacher.reports(
        "pupil_concern", danger="yes", what=CANARY, urgent_who="Mrs Rahman", same={"Mrs Rahman": "Nasreen Rahman"}
    )
    assert sent.steps == ("start", "urgent", "names")
    assert "dsl" not in school.leads()


def test_somebody_who_is_not_meant_is_told(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD, subject_names="Bilal Rahman", same={"Bilal Rahman": "none"})
    world.settled()
    assert world.leads() == {"dsl"}
    assert len(world.dsl.hears()) == 1


@pytest.mark.parametrize("answer", ["Nasreen Rahman", "unsure"])
def test_somebody_who_is_meant_or_may_be_meant_is_not_told(world: World, answer: str) -> None:
    world.teacher.reports("pupil_concern", **CHILD, subject_names="Ms Rahman", same={"Ms Rahman": answer})
    world.settled()
    assert world.leads() == {"headteacher"}
    assert world.dsl.hears() == world.deputy_dsl.hears() == []
    assert CANARY in words(world.head.opens())


def test_an_unsure_answer_about_several_people_excludes_them_all(school: World) -> None:
    name = "Mr Fairclough Rahman"
    form = school.teacher.sends(school.teacher.types(), about="pupil_concern", danger="no")
    asked = school.teacher.sends(form, **CHILD, subject_names=name)
    assert set(doubts(asked)[name]) >= {"Nasreen Rahman", "Owen Fairclough"}
    school.teacher.sends(asked, same__0="unsure")
    school.settled()
    assert school.dsl.hears() == school.deputy_dsl.hears() == []
    assert school.leads() == {"headteacher"}


def test_a_head_typed_by_name_under_any_type_makes_it_a_concern_about_the_head(world: World) -> None:
    world.teacher.reports(
        "colleague_concern",
        what=CANARY,
        harmed="nobody",
        subject_names="Mrs Whitlock",
        same={"Mrs Whitlock": "Helen Whitlock"},
    )
    world.settled()
    assert world.case().report == "head_concern"
    assert world.leads() == {"chair"}
    assert world.head.hears() == []


def test_an_answer_that_was_not_offered_is_asked_for_again(school: World) -> None:
    form = school.teacher.sends(school.teacher.types(), about="pupil_concern", danger="no")
    asked = school.teacher.sends(form, **CHILD, subject_names="the head")
    option = {"value": NOWHERE, "text": {"type": "plain_text", "text": "Somebody"}}
    picked = {"same.0": {"type": "radio_buttons", "selected_option": option}}
    answer = school.teacher.forges_form("names", asked["private_metadata"], picked)
    assert json.loads(answer.body)["response_action"] == "errors"
    assert school.cases() == []


# -- exclusion is by person


def test_somebody_with_two_accounts_is_excluded_on_both(world: World) -> None:
    second = '"n.rahman@brambledown.example", "i.pemberton@brambledown.example"'
    world.applies({'"n.rahman@brambledown.example"': second})
    heard = world.settled().dsl.hears()
    world.teacher.reports("pupil_concern", **CHILD, subject_staff=[world.other_teacher])
    world.settled()
    assert world.dsl.hears() == heard == ["An address was changed"]
    assert world.other_teacher.hears() == world.deputy_dsl.hears() == []
    assert world.leads() == {"headteacher"}
    assert asks(world.dsl.types())


@pytest.mark.parametrize("state", ["closed", "received"])
def test_somebody_found_to_be_the_subject_by_another_account_loses_the_case(world: World, state: str) -> None:
    world.teacher.reports("pupil_concern", **CHILD, subject_staff=[world.other_teacher])
    world.settled()
    assert world.leads() == {"headteacher"}
    if state == "closed":
        reason = {"reason": {"type": "plain_text_input", "value": "Nothing to see here."}}
        world.head.forges("acknowledge", world.case().id)
        world.head.forges_form("close", world.case().id, reason)
    assert world.settled().case().state == state
    world.applies({'"head@brambledown.example"': '"head@brambledown.example", "i.pemberton@brambledown.example"'})
    case = world.settled().case().id
    assert told(world.head.forges("open", case), case) == told(world.head.forges("open", NOWHERE), NOWHERE)
    assert "open" not in actions(world.head.home())
    assert world.other_teacher.hears() == []
    if state != "closed":
        assert world.leads() == {"chair"}


def test_somebody_close_to_a_subject_is_not_told_either(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD, subject_names="Tom Riddle", close_staff=[world.dsl])
    world.settled()
    assert world.dsl.hears() == []
    assert "dsl" not in world.leads()


def test_the_reporter_of_something_about_themselves_sees_only_their_receipt(world: World) -> None:
    world.head.reports("self_report", what=CANARY, harmed="nobody")
    world.settled()
    assert world.leads() == {"chair"}
    assert len(world.head.hears()) == 1
    assert "open" not in actions(world.head.home())
    assert world.head.forges("open", world.case().id) == world.head.forges("open", NOWHERE)


# -- a headteacher who looks everywhere


def test_a_report_about_the_head_changes_nothing_that_the_head_can_see(world: World) -> None:
    before = everything(world.head)
    about_the_head(world)
    assert everything(world.head) == before


def everything(somebody: Somebody) -> str:
    """Their screen and their Home, without the clock and what the chat itself makes up."""
    home = somebody.home()
    seen = somebody.sees()
    for made_up in ("clock", "home"):
        seen.pop(made_up)
    return re.sub(r'"block_id": "[^"]*"', "", json.dumps([seen, home["blocks"]], sort_keys=True))


DOORS = (
    "open",
    "acknowledge",
    "recuse",
    "note",
    "steps",
    "involve",
    "decide",
    "refer",
    "heard",
    "ask",
    "answer",
    "close",
    "reopen",
    "handover",
    "add",
    "screenshots",
    "sent_pictures",
    "tell",
    "resume",
    "discard",
)
WRITING = {
    "note": "note",
    "steps": "step.who-keeps-the-child-safe",
    "involve": "who_why",
    "decide": "rationale",
    "refer": "said",
    "heard": "heard",
    "ask": "asked",
    "answer": "answered",
    "close": "reason",
    "reopen": "reopened",
    "handover": "handed",
    "add": "added",
}
OUTSIDERS = ("head", "deputy_head", "dsl", "ict", "supply_teacher", "stranger", "other_teacher")


@pytest.mark.parametrize("who", OUTSIDERS)
def test_somebody_elses_case_answers_like_one_that_does_not_exist(world: World, who: str) -> None:
    case, somebody = about_the_head(world), getattr(world, who)
    somebody.home()
    somebody.forges("open", NOWHERE)
    for door in DOORS:
        assert told(somebody.forges(door, case), case) == told(somebody.forges(door, NOWHERE), NOWHERE), door
    for step, box in WRITING.items():
        written = {box: {"type": "plain_text_input", "value": "What do I get to see?"}}
        mine, nobodys = (somebody.forges_form(step, id, written) for id in (case, NOWHERE))
        assert told(mine, case) == told(nobodys, NOWHERE), step
    assert CANARY not in str([*world.workspace.calls])
    assert world.leads() == {"chair"}
    assert (world.case().state, world.case().acknowledged_by) == ("received", "")


def told(answer: Answered, id: str) -> tuple[Any, ...]:
    """An answer, whatever id it was given to repeat.

    Who somebody is, is asked anew every few minutes, whatever they pressed: that tells nobody anything.
    """
    calls = (call.replace(id, "-") for call in answer.calls if not call.startswith('["users.info"'))
    return answer.status, answer.body.replace(id.encode(), b"-"), tuple(calls)


@pytest.mark.parametrize("door", ["resume", "discard"])
def test_somebody_elses_draft_answers_like_one_that_does_not_exist(world: World, door: str) -> None:
    form = world.teacher.sends(world.teacher.types(), about="head_concern", danger="no")
    draft = form["private_metadata"]
    world.head.home()
    world.head.forges("open", NOWHERE)
    assert told(world.head.forges(door, draft), draft) == told(world.head.forges(door, NOWHERE), NOWHERE)
    assert world.teacher.sends(form, what=CANARY, harmed="nobody")["callback_id"] == ""


def test_a_form_with_somebody_elses_draft_answers_like_one_that_is_too_old(school: World) -> None:
    form = school.teacher.sends(school.teacher.types(), about="head_concern", danger="no")
    draft, what = form["private_metadata"], {"what": {"type": "plain_text_input", "value": "Show me"}}
    school.head.forges("open", NOWHERE)
    mine, nobodys = (school.head.forges_form("questions", id, what) for id in (draft, NOWHERE))
    # Each gets a draft of their own with what they typed, under a name that tells nothing of the one they asked for.
    alike, other = (re.sub(r"[0-9a-f]{32}", "-", str(told(each, NOWHERE))) for each in (mine, nobodys))
    assert alike == other
    assert draft not in str(mine)
    assert CANARY not in str(mine)


def test_refusals_take_the_same_path_whether_the_case_exists_or_not(school: World) -> None:
    case = about_the_head(school)
    school.head.forges("open", NOWHERE)
    school.head.forges("open", case)
    for door in ("open", "acknowledge", "note", "add", "tell"):
        with statements() as one:
            school.head.forges(door, case)
        with statements() as other:
            school.head.forges(door, NOWHERE)
        assert one == other, door


@contextmanager
def statements() -> Iterator[list[str]]:
    """What was asked of the tables, but for what the sweeper asks of them every second."""
    asked: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE")) and "promises" not in statement:
            asked.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def test_every_refused_look_is_on_the_record(world: World) -> None:
    case = about_the_head(world)
    world.head.forges("open", case)
    assert "access.refused" in world.events(case)


def test_nothing_about_a_case_is_ever_said_in_a_channel(school: World) -> None:
    about_the_head(school)
    channels = [room for room in school.workspace.rooms.rooms.values() if room.kind != "im"]
    assert not [each for room in channels for each in room.messages.values() if each.bot]


# -- accounts in somebody's name


def test_a_new_account_in_the_chairs_name_neither_receives_nor_opens(world: World) -> None:
    mine = Person("U0SPOOFED1", "Ngozi Okafor", "", "", "ngozi.okafor@okafor-family.example", "#000", "T0BRAMBLE1")
    world.workspace.town.people[mine.id] = mine
    world.workspace.rooms.rooms["C0STAFFRM1"].members.append(mine.id)
    spoofed = Somebody(world, mine.id)
    spoofed.reports("policy_breach", what="Hello", by="unknown", harmed="nobody", pictures_sexual="none")
    (case,) = world.cases()
    world.teacher.reports("head_concern", what=CANARY, harmed="nobody")
    world.settled()
    about = next(each for each in world.cases() if each.id != case.id)
    assert world.leads(about.id) == {"chair"}
    assert about.reference not in " ".join(spoofed.hears()) + words(spoofed.home())
    assert told(spoofed.forges("open", about.id), about.id) == told(spoofed.forges("open", NOWHERE), NOWHERE)
    assert any(about.reference in letter["subject"] + letter["text"] for letter in world.chair.inbox())
    assert [row.state for row in world.rows(select(Account)) if row.address == mine.id] == ["unconfirmed"]


# -- roles that change


NEW_ICT = {
    'roles = [{ role = "ict", school = "brambledown" }]': "roles = []",
    'roles = [{ role = "social_media", school = "brambledown" }]': (
        'roles = [{ role = "social_media", school = "brambledown" }, { role = "ict", school = "brambledown" }]'
    ),
}


def test_a_role_that_changes_hands_before_the_card_is_sent_takes_the_card_with_it(world: World) -> None:
    with world.chat_is_down():
        world.teacher.reports("inappropriate_content", what=CANARY, child_shown="no", by="unknown", harmed="nobody")
        world.settled()
        world.applies(NEW_ICT)
    world.settled()
    until(world.communications.hears, "the newcomer's card")
    assert world.ict.hears() == []
    assert world.leads() == {"social-media"}
    assert CANARY in words(world.communications.opens())


def test_whoever_loses_a_role_loses_its_cases_at_once(world: World) -> None:
    world.teacher.reports("inappropriate_content", what=CANARY, child_shown="no", by="unknown", harmed="nobody")
    world.settled()
    assert CANARY in words(world.ict.opens())
    world.applies(NEW_ICT)
    world.settled()
    assert told(world.ict.forges("open", world.case().id), world.case().id) == told(
        world.ict.forges("open", NOWHERE), NOWHERE
    )
    assert world.ict.hears() == ["Something is no longer with you"]
    assert "open" not in actions(world.ict.home())
    assert world.leads() == {"social-media"}
    assert [row.ended for row in world.rows(select(Party)) if row.until] == ["left"]
