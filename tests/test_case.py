"""What those who were told do with a case, and what the others see of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.test_right_person import NOWHERE, told
from tests.townspeople import Somebody, actions, words
from tests.world import World, brambledown

CANARY = "CANARYNARRATIVE"
CHILD = {"what": CANARY, "harmed_names": "Jo Bloggs"}
BULLIED = {"by": "pupil", "harmed": "pupil", "what": CANARY, "pictures_sexual": "none"}


def outstanding(shown: dict[str, Any]) -> str:
    """The one button that stands out, which is the first."""
    buttons = [each for block in shown["blocks"] if block["type"] == "actions" for each in block["elements"]]
    (main,) = [each for each in buttons if each.get("style") == "primary"]
    assert main == buttons[0]
    return str(main["action_id"]).partition("~")[0]


def test_the_lead_opens_acknowledges_notes_and_closes_and_the_reporter_hears_each_state(world: World) -> None:
    sent = world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    opened = world.dsl.opens(sent.reference)
    assert {"acknowledge", "note", "recuse"} <= set(actions(opened))
    assert outstanding(opened) == "acknowledge"
    assert "close" not in actions(opened)
    world.dsl.acknowledges(sent.reference)
    opened = world.settled().dsl.opens(sent.reference)
    form = world.dsl.presses("note", opened)
    assert form
    assert outstanding(opened) == "steps"
    assert "Your note is kept" in words(world.dsl.sends(form, note="Spoke to her."))
    assert world.settled().teacher.hears()[0].endswith("is being worked on")
    form = world.dsl.presses("close", world.dsl.opens(sent.reference))
    assert form
    world.dsl.sends(form, reason="Her parents have her.")
    world.settled()
    assert world.case().state == "closed"
    assert world.teacher.hears()[0].endswith("is closed")
    again = words(world.dsl.opens(sent.reference))
    assert "Spoke to her." in again
    assert "Her parents have her." in again
    assert [e for e in world.events(world.case().id) if e.startswith("case.")].count("case.viewed") >= 3
    assert world.ledger_is_whole()


def test_what_the_reporter_adds_stands_beside_what_was_sent_first(world: World) -> None:
    sent = world.teacher.reports("pupil_concern", **CHILD)
    form = world.teacher.presses("add", sent.receipt)
    assert form
    world.teacher.sends(form, added="She told me more.")
    world.settled()
    assert "Something has been added" in " ".join(world.dsl.hears())
    shown = words(world.dsl.opens())
    assert CANARY in shown
    assert "She told me more." in shown


def pressed_until_heard(one: Somebody, case: str) -> str:
    """Press Acknowledge, and once more whenever the answer is that we are busy, as people do; what was shown."""
    for _ in range(10):
        shown = str(one.forges("acknowledge", case).calls)
        if "very busy" not in shown and "tell yet" not in shown:
            break
    return shown


def test_of_eight_who_acknowledge_at_once_one_does_and_the_others_hear_who(world: World) -> None:
    """Three people hold the role; the presses of all of them arrive together."""
    slt = '{ role = "leadership_team", school = "brambledown" }'
    world.applies({slt: f'{slt}, {{ role = "ict", school = "brambledown" }}'})
    world.teacher.reports("inappropriate_content", what=CANARY, child_shown="no", by="unknown", harmed="nobody")
    world.settled()
    case = world.case().id
    several = [world.ict, world.dsl, world.head, world.deputy_head, world.phase_lead, world.business_manager]
    assert len(world.leads()) == len(several)
    racing = [*several, world.ict, world.dsl]
    with ThreadPoolExecutor(8) as eight:
        for each in [eight.submit(pressed_until_heard, one, case) for one in racing]:
            each.result()
    world.settled()
    assert world.events(case).count("case.acknowledged") == 1
    winner = next(one for one in several if world.person_of(one) == world.case().acknowledged_by)
    for one in several:
        (card,) = [each for each in one.messages() if world.case().reference in each["text"]]
        assert card["edited"]
        if one is not winner:
            assert f"{winner.name} has acknowledged" in words(card)
            assert f"{winner.name} has acknowledged it" in pressed_until_heard(one, case)
    assert "You have acknowledged" in words(winner.card())


def test_whoever_should_not_have_it_passes_it_on_and_sees_it_no_more(world: World) -> None:
    sent = world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    world.dsl.presses("recuse", world.dsl.card(sent.reference))
    world.settled()
    assert world.leads() == {"deputy-dsl"}
    assert world.dsl.hears() == ["Something is no longer with you"]
    assert sent.reference not in words(world.dsl.home())
    case = world.case().id
    assert told(world.dsl.forges("open", case), case) == told(world.dsl.forges("open", NOWHERE), NOWHERE)
    assert sent.reference in " ".join(world.deputy_dsl.hears())


def test_a_lead_who_recuses_after_acknowledging_leaves_it_unacknowledged(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD)
    world.settled().dsl.acknowledges()
    world.settled()
    world.dsl.forges("recuse", world.case().id)
    world.settled()
    assert (world.case().acknowledged_by, world.case().acknowledged_at) == ("", None)
    assert world.leads() == {"deputy-dsl"}
    assert world.owed() == []
    assert world.case().due_at


def test_those_who_are_informed_read_and_need_not_act(world: World) -> None:
    world.teacher.reports("cyberbullying", **BULLIED)
    world.settled()
    opened = world.head.opens()
    assert CANARY in words(opened)
    assert not {"acknowledge", "note", "close"} & set(actions(opened))
    before = world.case().acknowledged_by
    for door in ("acknowledge", "note", "close"):
        world.head.forges(door, world.case().id)
    assert (before, world.case().acknowledged_by, world.case().state) == ("", "", "opened")


def test_whoever_is_asked_to_support_a_colleague_sees_no_more_than_that(
    chat: Any, tmp_path: Any, new_sqlite: Any
) -> None:
    changes = {
        'pack = "oak-trees"': 'pack = "arthur-terry"',
        'id = "ict"': 'id = "ict"\nline_manager = "phase-lead"',
    }
    with brambledown(chat, tmp_path, new_sqlite(), changes) as school:
        sent = school.teacher.reports(
            "cyberbullying", by="pupil", harmed="staff", what=CANARY, harmed_staff=[school.ict], pictures_sexual="none"
        )
        school.settled()
        assert "phase-lead" in {each.key for each in school.told() if each.part == "support"}
        assert sent.reference not in " ".join(school.phase_lead.hears())
        shown = words(school.phase_lead.opens())
        assert school.ict.name in shown
        assert CANARY not in shown
        for door in ("acknowledge", "note", "close"):
            assert CANARY not in str(school.phase_lead.forges(door, school.case().id))
        assert school.case().acknowledged_by == ""


def test_home_shows_the_oldest_unacknowledged_case_first(school: World) -> None:
    first = school.teacher.reports("pupil_concern", **CHILD)
    second = school.teacher.reports("pupil_concern", **CHILD)
    third = school.teacher.reports("pupil_concern", **CHILD)
    school.settled().dsl.acknowledges(first.reference)
    shown = words(school.settled().dsl.home())
    assert shown.index(second.reference) < shown.index(third.reference) < shown.index(first.reference)
    mine = words(school.teacher.home())
    assert mine.index(third.reference) < mine.index(second.reference) < mine.index(first.reference)
    assert "Something" not in mine


def test_a_case_that_is_closed_cannot_be_acknowledged_or_closed_again(school: World) -> None:
    school.teacher.reports("pupil_concern", **CHILD)
    school.settled().dsl.acknowledges()
    case = school.settled().case().id
    reason = {"reason": {"type": "plain_text_input", "value": "Done."}}
    school.dsl.forges_form("close", case, reason)
    school.dsl.forges_form("close", case, reason)
    school.dsl.forges("acknowledge", case)
    assert school.events(case).count("case.closed") == 1
    assert school.case().state == "closed"


def test_closing_before_anybody_acknowledged_is_refused(school: World) -> None:
    school.teacher.reports("pupil_concern", **CHILD)
    case = school.settled().case().id
    school.dsl.forges_form("close", case, {"reason": {"type": "plain_text_input", "value": "Done."}})
    assert school.case().state == "received"


def test_king_offa_asks_for_no_step_and_offers_the_safeguarding_lead(chat: Any, tmp_path: Any, new_sqlite: Any) -> None:
    with brambledown(chat, tmp_path, new_sqlite(), {'pack = "oak-trees"': 'pack = "king-offa"'}) as school:
        sent = school.teacher.reports(
            "pupil_contact", harmed="nobody", family="no", what=CANARY, pictures_sexual="none"
        )
        school.settled()
        assert school.told() == set()
        assert not [each for each in (school.dsl, school.head, school.deputy_dsl) if each.hears()]
        school.clock.forward(days=3)
        assert school.settled().told() == set()
        school.teacher.presses("tell", sent.receipt)
        school.settled()
        assert school.leads() == {"dsl"}
        assert CANARY in words(school.dsl.opens())
        assert school.case().due_at
        school.teacher.forges("tell", school.case().id)
        assert len(school.settled().told()) == 1


def test_only_the_reporter_takes_up_that_offer(chat: Any, tmp_path: Any, new_sqlite: Any) -> None:
    with brambledown(chat, tmp_path, new_sqlite(), {'pack = "oak-trees"': 'pack = "king-offa"'}) as school:
        school.teacher.reports("pupil_contact", harmed="nobody", family="yes", what=CANARY, pictures_sexual="none")
        school.other_teacher.forges("tell", school.case().id)
        assert school.settled().told() == set()
