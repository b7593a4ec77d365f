"""Anybody at the school can make a report; it reaches those the policy names, and it is made once."""

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.register import read_register
from storage.models import Draft, Evidence, Promise, Sealed
from templates.catalogue import Catalogue
from tests.townspeople import Json, Report, Somebody, actions, asks, options, words
from tests.world import World, brambledown, until
from workflows.packs import all_packs, load_floor, load_pack
from workflows.routing import Cast, Facts, Route, route
from workspace.running import Address

CANARY = "CANARYNARRATIVE"
FRIEND = {"harmed": "nobody", "family": "no", "what": f"A pupil asked to follow me. {CANARY}"}
BULLYING = {"by": "pupil", "harmed": "pupil", "what": f"Nasty posts about her. {CANARY}"}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f0005000"
    "1ff56c72f0d0000000049454e44ae426082"
)


def everything_sent(world: World) -> str:
    """Every word of every message and letter, to anybody."""
    town = world.workspace
    said = [words(each.blocks) + each.text for room in town.rooms.rooms.values() for each in room.messages.values()]
    return " ".join([*said, *(letter.subject + letter.text for letter in town.letters)])


# -- the four flows


def test_a_pupils_friend_request_reaches_the_headteacher_and_the_teacher_hears_how_it_goes_on(world: World) -> None:
    sent = world.teacher.reports("pupil_contact", **FRIEND, pictures_sexual="none")
    assert "Don't accept" in words(sent.receipt) or "don't accept" in words(sent.receipt)
    world.settled()
    assert world.leads() == {"headteacher"}
    assert world.teacher.hears() == [f"Your report {sent.reference} has been received"]
    assert CANARY in words(world.head.opens(sent.reference))
    assert world.settled().teacher.hears() == [f"Your report {sent.reference} has been opened"]
    world.head.acknowledges()
    assert world.settled().teacher.hears() == [f"Your report {sent.reference} has been acknowledged"]
    assert CANARY not in everything_sent(world)
    assert world.case().proof in words(sent.receipt)
    assert world.ledger_is_whole()


def test_cyberbullying_comes_with_its_screenshots_and_with_what_is_missing_about_them(world: World) -> None:
    files = [world.assistant.uploads(PNG, f"{CANARY}{n}.png") for n in range(2)]
    known = {"picture_date__1": "2026-11-19", "picture_place__1": "an app", "picture_account__1": "@somebody"}
    form = world.assistant.types()
    form = world.assistant.sends(form, about="cyberbullying", danger="no")
    form = world.assistant.sends(form, **BULLYING)
    form = world.assistant.sends(form, pictures_sexual="no")
    form = world.assistant.sends(form, screenshots=files)
    form = world.assistant.sends(form, **known)
    assert asks(form), "what is missing is asked for once"
    form = world.assistant.sends(form, picture_time__1="10:10")
    assert not asks(form)
    world.settled()
    assert world.leads() == {"dsl"}
    assert [each.state for each in world.rows(select(Evidence))] == ["fetched", "fetched"]
    shown = world.dsl.opens()
    assert "See the screenshots (2)" in words(shown)
    assert "not given" in words(shown) or "missing" in words(shown).lower()
    assert CANARY not in everything_sent(world)


def test_a_concern_about_a_colleague_reaches_the_headteacher_and_never_the_colleague(world: World) -> None:
    sent = world.teacher.reports("colleague_concern", what=CANARY, harmed="nobody", subject_staff=[world.dsl])
    world.settled()
    assert world.leads() == {"headteacher"}
    assert world.dsl.hears() == world.deputy_dsl.hears() == []
    assert sent.reference not in words(world.dsl.home())


def test_a_concern_about_a_governor_on_the_staff_reaches_the_chair_and_not_the_headteacher(
    chat: Address, tmp_path: Path, new_sqlite: Callable[[], str]
) -> None:
    ict = 'roles = [{ role = "ict", school = "brambledown" }'
    changes = {f"{ict}]": f'{ict}, {{ role = "governor", school = "brambledown" }}]'}
    with brambledown(chat, tmp_path, new_sqlite(), changes) as world:
        world.teacher.reports("colleague_concern", what=CANARY, harmed="nobody", subject_staff=[world.ict])
        world.settled()
        assert {told.key for told in world.told()} == {"chair"}
        assert world.head.hears() == []


def test_a_concern_about_the_headteacher_reaches_the_chair_by_e_mail(world: World) -> None:
    sent = world.teacher.reports("head_concern", what=CANARY, harmed="nobody")
    world.settled()
    assert world.leads() == {"chair"}
    assert any(sent.reference in letter["subject"] + letter["text"] for letter in world.chair.inbox())
    assert CANARY not in everything_sent(world)
    assert world.head.hears() == []


# This policy knows no trust above the school.
NO_TRUST = {
    "moston-lane": {
        'roles = [{ role = "chief_executive", school = "brambledown" }]': "",
        'roles = [{ role = "chair_of_trustees", school = "brambledown" }]': "",
    }
}


# -- every type, under every policy, by somebody who answers only what is required


@pytest.mark.parametrize("pack", all_packs())
def test_every_report_reaches_those_whom_the_policy_names(
    pack: str, chat: Address, tmp_path: Path, new_sqlite: Callable[[], str]
) -> None:
    changes = {'pack = "oak-trees"': f'pack = "{pack}"', **NO_TRUST.get(pack, {})}
    with brambledown(chat, tmp_path, new_sqlite(), changes) as world:
        for kind in Catalogue.read().reports.values():
            before = {case.id for case in world.cases()}
            sent, answers, picked = barely(world.other_teacher, kind)
            expected = simulated(world, pack, kind, answers, picked)
            (case,) = [case for case in world.cases() if case.id not in before]
            told = {(told.key, told.role, told.part) for told in world.told(case.id)}
            assert told == {(place.person, place.role, place.part) for place in expected.recipients}, kind.id
            assert (case.report, case.klass) == (expected.report, expected.klass), kind.id
            world.settled()
            for place in expected.recipients:
                assert case.reference in heard_by(world, place.person), f"{kind.id}: {place.person}"
            assert case.reference in words(sent), kind.id
        assert world.ledger_is_whole()


def barely(reporter: Somebody, kind: Any) -> tuple[Json, dict[str, str], tuple[str, ...]]:
    """Answer what must be answered and nothing else: the last page, the type's answers, whoever was picked."""
    form = reporter.sends(reporter.types(), about=kind.id, danger="no")
    answers: dict[str, str] = {}
    picked: tuple[str, ...] = ()
    while asks(form):
        step = form["callback_id"]
        given = {
            block["block_id"]: first(block["element"], kind, block["block_id"])
            for block in form["blocks"]
            if block["type"] == "input" and not block["optional"]
        }
        if step == "questions":
            answers = given
        if step == "choice":
            picked = (given["told_to"],) if isinstance(given["told_to"], str) else tuple(given["told_to"])
        form = reporter.sends(form, **given)
        assert not form["errors"], form["errors"]
    return form, answers, picked


def first(element: Json, kind: Any, id: str) -> Any:
    """The first option that leaves the type what it is; "none" of the pictures; a word."""
    if element["type"] == "plain_text_input":
        return "Something happened."
    offered = [value for value in options(element) if (id, value) not in kind.becomes]
    if id == "pictures_sexual":
        return "none"
    return [offered[0]] if element["type"] == "checkboxes" else offered[0]


def simulated(world: World, pack: str, kind: Any, answers: dict[str, str], picked: tuple[str, ...]) -> Route:
    """The route by the same school file, without a database."""
    register = read_register(world.folder / "school.toml")
    holders: dict[str, tuple[str, ...]] = {}
    for member in register.members:
        for role, _ in member.roles:
            holders[role] = (*holders.get(role, ()), member.key)
    given = kind.gives(answers)
    facts = Facts(
        kind.id, by=given.by, harmed=given.harmed, reporter="newcomer", picked=picked, answers=frozenset(given.flags)
    )
    return route(load_pack(pack), load_floor(), Cast(holders), facts)


def heard_by(world: World, key: str) -> str:
    """Everything that reached a role-holder, by their id in school.toml."""
    member = next(each for each in read_register(world.folder / "school.toml").members if each.key == key)
    person = next(p for p in world.workspace.town.people.values() if p.email in member.emails)
    somebody = Somebody(world, person.id)
    return " ".join([*somebody.hears(), *(letter["subject"] + letter["text"] for letter in somebody.inbox())])


# -- in a hurry, and what a type turns into


def test_in_danger_two_answers_are_enough_and_the_safeguarding_lead_hears_at_once(world: World) -> None:
    sent = world.assistant.reports("pupil_concern", danger="yes", what="On the roof", urgent_who="Jack Stone")
    assert sent.steps == ("start", "urgent")
    world.settled()
    assert world.case().klass == "now"
    assert world.leads() == {"dsl"}
    assert world.dsl.hears()[0].startswith("Now")


def test_a_childs_disclosure_on_a_school_account_is_a_worry_about_a_child(school: World) -> None:
    school.teacher.reports(
        "official_account", child_at_risk="yes", problem="comment", what="She wrote it.", by="unknown"
    )
    assert (school.case().report, school.case().klass) == ("pupil_concern", "now")
    assert school.leads() == {"dsl"}


def test_a_sexual_picture_of_a_child_is_never_asked_for_and_never_fetched(world: World) -> None:
    sent = world.teacher.reports("cyberbullying", **BULLYING, pictures_sexual="yes")
    assert "files" not in sent.steps
    world.settled()
    assert (world.case().report, world.case().klass) == ("indecent_images", "now")
    assert world.rows(select(Evidence)) == []
    assert not [each for each in world.rows(select(Promise)) if each.kind == "fetch"]
    assert "keep everything" not in words(sent.receipt).lower()


def test_a_picture_sent_with_a_forged_form_is_never_fetched_for_indecent_images(school: World) -> None:
    form = school.teacher.types()
    form = school.teacher.sends(form, about="indecent_images", danger="no")
    assert not [block for block in form["blocks"] if block.get("block_id") == "screenshots"]
    file = school.teacher.uploads(PNG)
    state = {"type": "file_input", "files": [file]}
    before = len(school.workspace.calls)
    school.teacher.forges_form("files", form["private_metadata"], {"screenshots": state})
    school.settled()
    assert school.rows(select(Evidence)) == []
    assert not [each for each in list(school.workspace.calls)[before:] if each["method"] == "files.info"]


# -- once


def test_pressing_send_twice_makes_one_report(world: World) -> None:
    form = world.teacher.sends(world.teacher.types(), about="self_report", danger="no")
    world.workspace.mischief.order("duplicate", 1, 0)
    fill(world.teacher, form, what="I lost my keys.")
    world.settled()
    assert len(world.cases()) == 1
    assert len(world.teacher.hears()) == 1
    assert world.events().count("report.submitted") == 1


def fill(somebody: Somebody, form: Json, **answers: str) -> Json:
    """Answer these and whatever else is required."""
    required = {
        block["block_id"]: next(iter(options(block["element"])))
        for block in form["blocks"]
        if block["type"] == "input" and not block["optional"] and block["element"]["type"] == "radio_buttons"
    }
    return somebody.sends(form, **{**required, **answers})


def test_the_same_form_delivered_again_under_a_new_signature_gives_the_same_receipt(world: World) -> None:
    form = world.teacher.sends(world.teacher.types(), about="self_report", danger="no")
    receipt = fill(world.teacher, form, what="I lost my keys.")
    state = {
        block["block_id"]: {"type": "plain_text_input", "value": "I lost my keys."}
        for block in form["blocks"]
        if block.get("block_id") == "what"
    }
    again = [world.teacher.forges_form("questions", form["private_metadata"], state) for _ in range(3)]
    assert len(world.cases()) == 1
    for answer in again:
        assert world.case().reference in words(json.loads(answer.body)["view"])
    assert world.case().reference in words(receipt)
    assert len(world.settled().teacher.hears()) == 1


def test_eight_copies_at_once_make_one_report(world: World) -> None:
    form = world.teacher.sends(world.teacher.types(), about="self_report", danger="no")
    state = {"what": {"type": "plain_text_input", "value": "I lost my keys."}}
    for block in form["blocks"]:
        if block["type"] == "input" and block["element"]["type"] == "radio_buttons":
            option = next(iter(options(block["element"]).values()))
            state[block["block_id"]] = {"type": "radio_buttons", "selected_option": option}
    with ThreadPoolExecutor(8) as eight:
        sent = [eight.submit(world.teacher.forges_form, "questions", form["private_metadata"], state) for _ in range(8)]
    references = {tuple(Report((), json.loads(each.result().body)["view"]).reference) for each in sent}
    assert len(references) == 1
    assert len(world.cases()) == 1
    assert len(world.settled().teacher.hears()) == 1


def test_a_report_that_could_not_be_saved_is_sent_again_and_counts_once(school: World) -> None:
    form = school.teacher.sends(school.teacher.types(), about="self_report", danger="no")
    busy = sqlite3.connect(school.database.removeprefix("sqlite:///"), isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    answers = {"what": "I lost my keys.", "harmed": "nobody"}
    still = school.teacher.sends(form, **answers)
    assert still["callback_id"] == "questions"
    assert "press Send again" in " ".join(still["errors"].values())
    assert school.cases() == []
    busy.execute("ROLLBACK")
    busy.close()
    receipt = school.teacher.sends(still, **answers)
    assert school.settled().case().reference in words(receipt)
    assert len(school.teacher.hears()) == 1


# -- drafts


def test_an_interrupted_report_is_offered_again_and_carries_on_where_it_stood(world: World) -> None:
    world.teacher.sends(world.teacher.types(), about="cyberbullying", danger="no")
    world.teacher.types()
    until(lambda: "unfinished" in words(world.teacher.modal()), "the offer")
    found = world.teacher.presses("resume", world.teacher.modal())
    assert found
    assert found["callback_id"] == "questions"
    form = world.teacher.sends(found, **BULLYING)
    world.teacher.sends(form, pictures_sexual="none")
    world.settled()
    assert world.case().report == "cyberbullying"
    assert world.rows(select(Draft)) == []


def test_an_unfinished_report_is_seen_by_its_author_only(school: World) -> None:
    school.teacher.sends(school.teacher.types(), about="cyberbullying", danger="no")
    school.other_teacher.types()
    school.teacher.types()
    until(lambda: "unfinished" in words(school.teacher.modal()), "the offer")
    assert "unfinished" not in words(school.other_teacher.modal())


def test_an_unfinished_report_is_gone_after_a_day(world: World) -> None:
    form = world.teacher.sends(world.teacher.types(), about="cyberbullying", danger="no")
    world.clock.forward(hours=23, minutes=58)
    assert "What was said or posted?" in str(world.teacher.forges("resume", form["private_metadata"]).calls)
    world.clock.forward(minutes=3)
    answered = world.teacher.forges("resume", form["private_metadata"])
    assert "That unfinished report is no longer here" in str(answered.calls)
    world.stops()
    world.starts()
    until(lambda: not world.rows(select(Draft)), "the end of the draft")
    assert world.rows(select(Sealed)) == []


def test_what_was_typed_in_a_form_older_than_its_draft_is_kept(world: World) -> None:
    """A laptop closed on Friday, and Send pressed on Monday: what the report is about is forgotten by then."""
    form = world.teacher.sends(world.teacher.types(), about="cyberbullying", danger="no")
    world.clock.forward(hours=60)
    world.stops()
    world.starts()
    until(lambda: not world.rows(select(Draft)), "the end of the draft")
    form = world.teacher.sends(form, **BULLYING, opinion="It has gone on since half-term.")
    assert form["callback_id"] == "start"
    assert "what you typed is kept" in words(form)
    form = world.teacher.sends(form, about="cyberbullying", danger="no")
    boxes = {block["block_id"]: block["element"] for block in form["blocks"] if block["type"] == "input"}
    assert boxes["what"]["initial_value"] == BULLYING["what"]
    form = world.teacher.sends(form, by="pupil", harmed="pupil", opinion="")  # taken back
    world.teacher.sends(form, pictures_sexual="none")
    world.settled()
    case = world.case()
    shown = words(world.dsl.opens(case.reference))
    assert BULLYING["what"] in shown
    assert "half-term" not in shown
    assert world.rows(select(Draft)) == []


def test_what_was_typed_goes_to_nobody_elses_draft(school: World) -> None:
    form = school.teacher.sends(school.teacher.types(), about="cyberbullying", danger="no")
    (draft,) = school.rows(select(Draft))
    typed = {"what": {"type": "plain_text_input", "value": CANARY}}
    for _ in range(2):
        anew = school.other_teacher.forges_form("questions", form["private_metadata"], typed).body
        assert b"what you typed is kept" in anew
        (theirs,) = [each for each in school.rows(select(Draft)) if each.id != draft.id]
        assert theirs.author != draft.author
    assert "unfinished" not in words(school.teacher.sends(form, **BULLYING))
    assert school.settled().cases() == []  # the teacher's pictures are still to be asked about


def test_a_report_thrown_away_is_destroyed(school: World) -> None:
    school.teacher.sends(school.teacher.types(), about="cyberbullying", danger="no")
    school.teacher.types()
    until(lambda: "unfinished" in words(school.teacher.modal()), "the offer")
    school.teacher.presses("discard", school.teacher.modal())
    assert school.rows(select(Draft)) == []
    assert school.cases() == []


# -- who may report


@pytest.mark.parametrize("who", ["supply_teacher", "stranger"])
def test_a_guest_and_a_stranger_may_report(world: World, who: str) -> None:
    reporter: Somebody = getattr(world, who)
    sent = reporter.reports("pupil_concern", what=CANARY, harmed_names="Jo Bloggs")
    world.settled()
    assert world.leads() == {"dsl"}
    assert sent.reference in " ".join(reporter.hears())


@pytest.mark.parametrize("trouble", [{"guest": True}, {"deactivated": True}])
def test_a_role_holder_who_is_a_guest_or_has_left_receives_nothing_and_the_deputy_does(
    world: World, trouble: dict[str, bool]
) -> None:
    world.page.post("/ui/person", json={"id": world.dsl.id, **trouble})
    world.teacher.reports("pupil_concern", what=CANARY, harmed_names="Jo Bloggs")
    world.settled()
    assert world.leads() == {"deputy-dsl"}
    dsl = world.workspace.rooms.with_bot(world.dsl.id)
    assert not [each for each in dsl.messages.values() if each.bot]


def test_the_word_report_in_a_direct_message_is_answered_with_the_button(school: World) -> None:
    room = school.workspace.rooms.with_bot(school.teacher.id).id
    school.teacher.does("message", channel=room, text="report")
    school.answered()
    form = school.teacher.presses("report", school.teacher.card())
    assert form
    assert form["callback_id"] == "start"
    assert actions(school.teacher.home())[0] == "report"
