"""What staff do in Teams, through its own door: signed activities in, cards and dialogs out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.adaptive_rules import words
from tests.teams_town import Town
from tests.teams_world import TeamsWorld, brambledown_in_teams
from tests.world import until
from workspace.running import Address

CANARY = "CANARYNARRATIVE"
ABOUT_THE_LEAD = {"subject_names": "Ms Rahman", "same": "unsure"}
CHILD = {"what": CANARY, "harmed_names": "Jo Bloggs"}


@pytest.fixture
def school(chat: Address, tmp_path: Path, new_sqlite: Callable[[], str], town: Town) -> Iterator[TeamsWorld]:
    with brambledown_in_teams(chat, tmp_path, new_sqlite(), town) as opened:
        opened.everybody_installs()
        yield opened


def test_a_report_by_the_slash_command_reaches_the_lead_who_opens_and_acknowledges_it(school: TeamsWorld) -> None:
    receipt = school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    assert school.leads() == {"dsl"}
    dsl = school.on("dsl")
    card = dsl.card(receipt.reference)
    assert "Acknowledge" in words(card["card"])
    opened = dsl.presses("Open", card)
    assert CANARY in opened.said
    mine = dsl.presses("Acknowledge", card)
    assert receipt.reference in words(mine)
    school.settled()
    assert school.case().acknowledged_at
    assert "Acknowledge" not in words(dsl.card(receipt.reference)["card"])
    assert "Somebody has your report in hand" in words(school.on("teacher").card(receipt.reference)["card"])


@pytest.fixture
def both(chat: Address, tmp_path: Path, new_sqlite: Callable[[], str], town: Town) -> Iterator[TeamsWorld]:
    """The same school with Slack beside it: everybody has both."""
    with brambledown_in_teams(chat, tmp_path, new_sqlite(), town, both=True) as opened:
        yield opened


def test_a_wrong_answer_is_told_at_its_question_and_what_was_typed_stays(school: TeamsWorld) -> None:
    form = school.on("teacher").types().sends(about="pupil_concern", danger="no")
    again = form.sends(what="  ", subject_names="Tom Riddle")
    assert again.step == form.step
    assert again.troubles == ["Please answer this question."] * 2
    assert again.boxes["subject_names"]["value"] == "Tom Riddle"
    assert school.cases() == []
    assert again.sends(**CHILD).reference


def test_what_teams_sends_again_by_itself_makes_one_case(school: TeamsWorld) -> None:
    form = school.on("teacher").types().sends(about="pupil_concern", danger="no")
    first, second, third = (school.on("teacher").got(form.sending(**CHILD)) for _ in range(3))
    assert first == second == third
    assert len(school.cases()) == 1


def test_a_report_with_screenshots_says_that_they_are_added_after_it_is_sent(school: TeamsWorld) -> None:
    shown = school.on("teacher").types().sends(about="cyberbullying", danger="no")
    assert "Once you have sent this, the button “Add screenshots” opens a page" in shown.said
    receipt = shown.sends(what=CANARY, by="pupil", harmed="pupil")
    assert not receipt.step
    assert receipt.reference


def test_a_message_is_reported_from_its_own_menu_and_read_by_the_lead_as_it_was_written(school: TeamsWorld) -> None:
    author = school.on("other_teacher").person
    html = f"<p>Oi <strong>you</strong></p><p>{CANARY} &lt;3 <at id='0'>Tom</at><br>again</p><script>x</script>"
    payload = {
        "id": "1",
        "createdDateTime": "2026-11-19T08:15:00.000Z",
        "body": {"contentType": "html", "content": html},
        "from": {"user": {"id": author["id"], "displayName": "Whoever"}},
        "linkToMessage": "https://teams.microsoft.com/l/message/19:x/1",
        "attachments": [{"id": "a"}],
    }
    form = school.on("teacher").reports_message(payload)
    assert f"Oi you {CANARY} <3 Tom again" in " ".join(form.said.split())
    receipt = form.fills({"about": "pupil_concern", "danger": "no", "what": "See above", "harmed_names": "Jo Bloggs"})
    school.settled()
    opened = school.on("dsl").presses("Open", school.on("dsl").card(receipt.reference))
    said = " ".join(opened.said.split())
    assert f"{CANARY} <3 Tom again" in said
    assert f"{author['displayName']} wrote it" in said
    assert "https://teams.microsoft.com/l/message/19:x/1" in said
    assert "1, left in the chat" in said


def test_the_word_report_brings_a_button_and_the_word_home_what_is_with_you(school: TeamsWorld) -> None:
    teacher, dsl = school.on("teacher"), school.on("dsl")
    before = len(teacher.messages())
    teacher.writes("report")
    until(lambda: len(teacher.messages()) > before)
    receipt = teacher.presses("Make a report", teacher.messages()[-1]).fills(
        {"about": "pupil_concern", "danger": "no", **CHILD}
    )
    school.settled()
    dsl.writes("Home")
    shown = until(lambda: [each for each in dsl.messages() if "With you" in words(each["card"])])[-1]
    assert receipt.reference in words(shown["card"])
    assert CANARY in dsl.presses("Open", shown).said
    assert receipt.reference in words(teacher.presses("My reports and cases", teacher.messages()[before]))


def test_whatever_else_is_written_to_the_bot_is_not_kept_and_answered_with_the_menu(school: TeamsWorld) -> None:
    teacher = school.on("teacher")
    before = len(teacher.messages())
    teacher.writes(f"Jo told me {CANARY}")
    until(lambda: len(teacher.messages()) > before)
    assert "Please don't write it here" in words(teacher.messages()[-1]["card"])
    assert school.cases() == []


def test_an_unfinished_report_is_offered_and_gone_on_with(school: TeamsWorld) -> None:
    teacher = school.on("teacher")
    teacher.types().sends(about="pupil_concern", danger="no")
    offered = teacher.types()
    assert offered.step == "start"
    assert offered.presses("Carry on").step == "questions"


def test_what_was_typed_in_a_dialog_older_than_its_draft_is_kept(school: TeamsWorld) -> None:
    shown = school.on("teacher").types().sends(about="pupil_concern", danger="no")
    school.clock.forward(hours=25)
    shown = shown.sends(**CHILD)
    assert (shown.step, "what you typed is kept" in shown.said) == ("start", True)
    shown = shown.sends(about="pupil_concern", danger="no")
    assert shown.boxes["what"]["value"] == CHILD["what"]
    shown.sends()
    school.settled()
    assert CHILD["what"] in school.on("dsl").presses("Open", school.on("dsl").card(school.case().reference)).said


def test_nobody_else_opens_a_case_whatever_they_press(school: TeamsWorld) -> None:
    receipt = school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    card = school.on("dsl").card(receipt.reference)
    for name in ("assistant", "ict", "supply_teacher"):
        shown = school.on(name).presses("Open", card)
        assert "There is nothing here for you" in shown.said
        assert CANARY not in shown.said
        assert "There is nothing here for you" in words(school.on(name).presses("Acknowledge", card))
    assert not school.case().acknowledged_at


def test_a_report_about_somebody_never_reaches_their_teams(school: TeamsWorld) -> None:
    school.on("teacher").reports(
        "pupil_concern", what=CANARY, harmed_names="Jo", subject_names="Ms Rahman", same="unsure"
    )
    school.settled()
    assert school.leads() == {"headteacher"}
    assert len(school.on("dsl").messages()) == 1
    assert len(school.on("head").messages()) == 2


def test_a_colleague_is_picked_from_the_directory_and_kept_out(school: TeamsWorld) -> None:
    head = school.on("head").person["id"]
    receipt = school.on("teacher").reports("colleague_concern", what=CANARY, subject_staff=head, harmed="nobody")
    school.settled()
    assert "headteacher" not in {told.key for told in school.told()}
    assert len(school.on("head").messages()) == 1
    assert receipt.reference


def test_a_lead_who_should_not_have_it_passes_it_on_and_sees_it_no_more(school: TeamsWorld) -> None:
    receipt = school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    dsl = school.on("dsl")
    card = dsl.card(receipt.reference)
    dsl.presses("I should not have this", card)
    school.settled()
    assert "dsl" not in school.leads()
    assert "There is nothing here for you" in dsl.presses("Open", card).said


def test_a_lead_works_a_case_to_its_end_in_dialogs(school: TeamsWorld) -> None:
    receipt = school.on("teacher").reports(
        "colleague_concern", what="A remark", harmed="nobody", subject_names="Zed Zz"
    )
    school.settled()
    head = school.on("head")
    head.presses("Acknowledge", head.card(receipt.reference))
    school.settled()
    opened = head.presses("Open", head.card(receipt.reference))
    noted = opened.presses("Add a note").sends(note=f"Spoke to them. {CANARY}")
    assert CANARY in noted.said
    school.settled()
    assert CANARY not in " ".join(words(each["card"]) for each in head.messages())
    assert school.case().state == "working"


def test_nobody_acknowledges_and_the_next_person_hears_of_it_in_teams(school: TeamsWorld) -> None:
    receipt = school.on("teacher").reports("pupil_concern", danger="yes", what=CANARY, urgent_who="Jo Bloggs")
    school.settled()
    school.clock.forward(minutes=30)
    school.settled()
    assert "deputy-dsl" in school.leads()
    assert receipt.reference in words(school.on("deputy_dsl").messages()[-1]["card"])


def test_whoever_blocked_the_bot_is_reached_by_mail_until_they_have_it_back(school: TeamsWorld) -> None:
    dsl = school.on("dsl")
    school.town.blocked.add(dsl.person["id"])
    school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    assert len(dsl.messages()) == 1
    assert school.dsl.inbox()
    school.town.blocked.clear()
    dsl.writes("home")
    school.settled()
    second = school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    assert dsl.card(second.reference)


def test_whoever_takes_the_app_out_is_reached_by_mail(school: TeamsWorld) -> None:
    school.on("dsl").removes()
    school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    assert len(school.on("dsl").messages()) == 1
    assert school.dsl.inbox()
    school.on("dsl").installs()
    second = school.on("teacher").reports("pupil_concern", **CHILD)
    school.settled()
    assert school.on("dsl").card(second.reference)


def test_teams_is_left_alone_for_as_long_as_it_asks_and_nothing_is_lost(school: TeamsWorld) -> None:
    school.town.answers["say"] = [(429, "TooManyRequests", {"Retry-After": "30"})] * 2
    receipt = school.on("teacher").reports("pupil_concern", **CHILD)
    until(lambda: not school.town.answers["say"], "two refusals")
    school.settled()  # each refusal has been noted, with the time that it asked for
    school.clock.forward(minutes=1)
    school.settled()
    assert school.on("dsl").card(receipt.reference)
    assert len(school.on("dsl").messages()) == 2


# -- somebody with two chats is one person


def test_whoever_has_spoken_from_neither_chat_is_told_in_both_and_what_they_do_in_one_holds_in_both(
    both: TeamsWorld,
) -> None:
    reference = both.teacher.reports("pupil_concern", **CHILD).reference
    both.settled()
    dsl = both.on("dsl")
    assert reference in words(dsl.card(reference)["card"])
    assert any(reference in said for said in both.dsl.hears())
    dsl.presses("Acknowledge", dsl.card(reference))
    both.settled()
    assert both.case().acknowledged_by == both.person_of(both.dsl)
    assert "Acknowledge" not in str(both.dsl.card(reference))
    assert "Acknowledge" not in words(dsl.card(reference)["card"])


def test_whoever_spoke_last_in_one_chat_is_told_there_alone(both: TeamsWorld) -> None:
    both.on("dsl").reports("pupil_concern", what="x", harmed_names="Sam Hollis")
    both.settled()
    heard = len(both.dsl.hears())
    reference = both.teacher.reports("pupil_concern", **CHILD).reference
    both.settled()
    assert both.on("dsl").card(reference)
    assert len(both.dsl.hears()) == heard


def test_a_report_about_somebody_reaches_them_in_neither_chat(both: TeamsWorld) -> None:
    both.on("teacher").reports(
        "pupil_concern", what=CANARY, harmed_names="Jo", subject_names="Ms Rahman", same="unsure"
    )
    both.settled()
    assert both.dsl.hears() == []
    assert both.on("dsl").messages() == []
    assert both.leads() == {"headteacher"}


def test_a_report_made_in_one_chat_stands_among_ones_own_in_the_other(both: TeamsWorld) -> None:
    earlier = both.teacher.reports("pupil_concern", **CHILD).reference
    later = both.on("teacher").reports("pupil_concern", **CHILD).reference
    assert earlier in str(both.teacher.home())
    assert later in str(both.teacher.home())
    assert len({case.reporter for case in both.cases()}) == 1


def test_what_a_lead_writes_to_the_bot_is_kept_as_a_note_on_the_report_they_pick(school: TeamsWorld) -> None:
    receipt = school.on("teacher").reports("pupil_concern", what="x", harmed_names="Jo Bloggs")
    school.settled()
    dsl = school.on("dsl")
    before, card = len(dsl.messages()), dsl.card(receipt.reference)
    dsl.writes(f"I rang her mother. {CANARY}")
    until(lambda: len(dsl.messages()) > before)
    offer = dsl.messages()[-1]
    assert CANARY not in str(offer)
    kept = dsl.keeps(offer, school.case().id)
    assert "Kept as a note" in words(kept)
    assert CANARY not in str(kept)
    assert CANARY in dsl.presses("Open", card).said
    assert "That took too long" in words(dsl.keeps(offer, school.case().id))


def test_what_somebody_wrote_is_kept_by_nobody_else_and_on_no_other_case(school: TeamsWorld) -> None:
    school.on("teacher").reports("pupil_concern", what="x", harmed_names="Jo Bloggs")
    school.settled()
    dsl = school.on("dsl")
    before = len(dsl.messages())
    dsl.writes(CANARY)
    until(lambda: len(dsl.messages()) > before)
    offer = dsl.messages()[-1]
    assert "That took too long" in words(school.on("ict").keeps(offer, school.case().id))
    assert "That took too long" in words(dsl.keeps(offer, "f" * 32))
    assert "case.noted" not in school.events()


def test_nothing_that_anybody_wrote_stands_in_a_chat_or_a_letter(school: TeamsWorld) -> None:
    for report in ("pupil_concern", "colleague_concern", "cyberbullying"):
        form = school.on("teacher").types().sends(about=report, danger="no")
        answers = {id: given(id, box) for id, box in form.boxes.items()}
        while (form := form.sends(**answers)).step:
            assert not form.troubles
            answers = {id: given(id, box) for id, box in form.boxes.items()}
    school.settled()
    leads = [school.on(name) for name in ("dsl", "head") if len(school.on(name).messages()) > 1]
    for lead in leads:
        opened = lead.presses("Open", lead.messages()[-1])
        assert CANARY in opened.said
        if "Add a note" in opened.said:
            opened.presses("Add a note").sends(note=CANARY)
    school.clock.forward(hours=30)
    school.settled()
    said = [each for messages in school.town.messages.values() for each in messages]
    assert len(said) > 20
    assert CANARY not in str(said)
    assert CANARY not in str(school.workspace.letters)


def given(id: str, box: dict[str, Any]) -> str:
    """Something that belongs into a box; whatever can be typed is a canary."""
    if box["type"] == "Input.ChoiceSet":
        offered = [each["value"] for each in box["choices"]]
        return "none" if "none" in offered else offered[0] if offered else ""
    return {"Input.Date": "2026-11-19", "Input.Time": "10:10"}.get(box["type"], CANARY)


def test_where_people_are_reached_is_known_after_a_restart_on_either_database(
    chat: Address, tmp_path: Path, database_url: str, town: Town
) -> None:
    with brambledown_in_teams(chat, tmp_path, database_url, town) as school:
        dsl = school.on("dsl")
        dsl.installs()
        until(dsl.messages, "the welcome")
        receipt = school.on("teacher").reports("pupil_concern", **CHILD)
        school.settled()
        school.stops()
        school.starts()
        again = school.on("assistant").reports("pupil_concern", **CHILD)
        school.settled()
        assert dsl.card(receipt.reference)
        assert dsl.card(again.reference)
        dsl.presses("Acknowledge", dsl.card(again.reference))
        school.settled()
        assert "Acknowledge" not in words(dsl.card(again.reference)["card"])
