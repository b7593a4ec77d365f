"""What a clever or a clumsy person could try against a report: read it, lose it, stop it, or learn that it exists."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.register import WrongFile, read_register
from handlers.keeping import IN_VAIN
from storage.models import Account, Evidence, Promise
from storage.models import Person as Row
from storage.unit import Unit
from tests.townspeople import Json, Report, Somebody, actions, doubts, meant, words
from tests.world import SCHOOL, World, brambledown, until
from workflows import accounts
from workflows.people import Who
from workspace.people import Person
from workspace.running import Address

CHAIRS_ADDRESS = "ngozi.okafor@okafor-family.example"
CANARY = "CANARYNARRATIVE"
HELLO = {"by": "unknown", "harmed": "nobody", "what": "Hello", "pictures_sexual": "none"}
CONCERN = {"what": CANARY, "harmed": "nobody"}


def option(value: str) -> Json:
    return {"type": "radio_buttons", "selected_option": {"value": value}}


def typed(text: str) -> Json:
    return {"type": "plain_text_input", "value": text}


# -- a report is never lost


def test_a_draft_that_bears_a_cases_name_does_not_take_the_case_with_it(school: World) -> None:
    sent = school.teacher.reports("colleague_concern", **CONCERN, subject_names="Ada Quill")
    school.settled()
    mallory: Somebody = school.other_teacher
    mallory.forges_form("start", sent.case, {"about": option("reputation"), "danger": option("yes")})
    made = mallory.forges_form("urgent", sent.case, {"what": typed("Nothing"), "urgent_who": typed("Nobody")})
    assert made.status == 200
    mallory.forges("discard", sent.case)
    assert len(school.settled().cases()) == 2
    assert CANARY in words(school.head.opens(sent.reference))


# -- accounts made in somebody's name


def newcomer(school: World, id: str, email: str, **known: bool) -> Somebody:
    """A new account in the chat, as whoever owns the workspace can make one."""
    made = Person(id, "Somebody New", "", "", email, "#000", "T0BRAMBLE1", **known)
    school.workspace.town.people[made.id] = made
    school.workspace.rooms.rooms["C0STAFFRM1"].members.append(made.id)
    return Somebody(school, made.id)


def test_a_guest_made_in_the_chairs_name_does_not_put_the_chair_beyond_reach(school: World) -> None:
    newcomer(school, "U0SPOOFED1", CHAIRS_ADDRESS, guest=True).reports("policy_breach", **HELLO)
    made = school.teacher.reports("head_concern", **CONCERN)
    assert school.settled().leads(made.case) == {"chair"}
    assert any(made.reference in letter["subject"] for letter in school.chair.inbox())


def test_an_account_in_a_role_holders_name_does_not_show_what_they_reported(school: World) -> None:
    made = school.dsl.reports("head_concern", **CONCERN)
    form = school.dsl.types()
    school.dsl.sends(form, about="head_concern", danger="no")
    school.workspace.town.people[school.dsl.id].email = "moved@brambledown.example"
    spoofed = newcomer(school, "U0SPOOFED2", "n.rahman@brambledown.example")
    spoofed.reports("policy_breach", **HELLO)
    assert made.reference not in words(spoofed.home())
    assert "resume" not in actions(spoofed.types())
    assert made.reference in words(school.dsl.home())


def test_the_next_owner_of_an_address_does_not_see_what_the_last_one_reported(school: World) -> None:
    address = school.workspace.town.people[school.teacher.id].email
    made = school.teacher.reports("head_concern", **CONCERN)
    school.workspace.town.people[school.teacher.id].email = "left@brambledown.example"
    successor = newcomer(school, "U0NAMESAKE", address)
    theirs = successor.reports("policy_breach", **HELLO)
    school.settled()
    assert made.reference not in words(successor.home())
    assert theirs.reference in words(successor.home())
    assert successor.hears() == [f"Your report {theirs.reference} has been received"]


def test_a_new_head_who_takes_over_the_heads_mailbox_is_not_the_old_head(school: World) -> None:
    made = school.teacher.reports("colleague_concern", **CONCERN, subject_names="Ada Quill")
    about_her = school.teacher.reports("head_concern", **CONCERN)
    school.settled()
    school.applies(
        {
            'emails = ["head@brambledown.example", "h.whitlock@brambledown.example"]': (
                'emails = ["h.whitlock@brambledown.example"]'
            ),
            '[[person]]\nid = "deputy-headteacher"': (
                '[[person]]\nid = "new-head"\nname = "Grace Lund"\nemails = ["head@brambledown.example"]\n\n'
                '[[person]]\nid = "deputy-headteacher"'
            ),
        }
    )
    keys = {row.key: row for row in school.rows(select(Row)) if row.key}
    assert keys["headteacher"].name == "Helen Whitlock"
    assert keys["new-head"].id != keys["headteacher"].id
    assert "headteacher" not in {told.key for told in school.settled().told(about_her.case)}
    assert school.leads(made.case) == {"headteacher"}


def test_one_address_for_two_people_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "school.toml"
    file.write_text(SCHOOL.replace("s.adeyemi@brambledown.example", "Head@brambledown.example"))
    with pytest.raises(WrongFile, match="two people"):
        read_register(file)


def test_a_subject_whose_second_account_comes_to_light_loses_the_case(school: World) -> None:
    second = newcomer(school, "U0SECONDAC", "helen.marsh@post.example")
    made = school.teacher.reports("colleague_concern", **CONCERN, subject_staff=[second])
    assert school.settled().leads(made.case) == {"headteacher"}  # nobody can know yet
    school.applies({'"head@brambledown.example", "h.w': '"helen.marsh@post.example", "head@brambledown.example", "h.w'})
    assert school.settled().leads(made.case) == {"chair"}
    assert CANARY not in words(school.head.forges("open", made.case).calls)
    assert made.reference not in words(school.head.home()) + words(second.home())


# -- a case never lies where nobody has it


SECOND_DSL = {
    'roles = [{ role = "deputy_dsl", school = "brambledown" }]': 'roles = [{ role = "dsl", school = "brambledown" }]'
}
WORRY = {"harmed_names": "Ada Quill", "what": CANARY}


def a_worry(school: World) -> Report:
    made = school.teacher.reports("pupil_concern", **WORRY)
    school.settled()
    return made


def test_what_was_acknowledged_and_then_passed_on_climbs_again(chat: Address, tmp_path: Path, new_sqlite: Any) -> None:
    with brambledown(chat, tmp_path, new_sqlite(), SECOND_DSL) as school:
        made = a_worry(school)
        assert school.leads(made.case) == {"dsl", "deputy-dsl"}
        school.dsl.acknowledges(made.reference)
        school.clock.forward(minutes=30)
        school.settled()
        school.dsl.forges("recuse", made.case)
        assert not any("acknowledged" in said for said in school.settled().deputy_dsl.hears())
        school.clock.forward(minutes=21)
        assert "headteacher" in school.settled().leads(made.case)


def test_what_a_leaver_had_acknowledged_goes_to_the_next_at_once(school: World) -> None:
    made = a_worry(school)
    school.dsl.acknowledges(made.reference)
    school.settled()
    school.workspace.town.people[school.dsl.id].deactivated = True
    school.bot.ground.database.run_now(  # as the minute's look at role-holders' accounts does
        school.bot.ground.trust,
        accounts.stood,
        school.bot.ground.rules,
        Who("slack", "T0BRAMBLE1", school.dsl.id, standing="deactivated"),
    )
    assert school.settled().leads(made.case) == {"deputy-dsl"}
    assert school.case().acknowledged_by == ""


def test_a_closed_report_cannot_be_passed_on(school: World) -> None:
    made = a_worry(school)
    school.dsl.acknowledges(made.reference)
    school.settled()
    form = school.dsl.presses("close", school.dsl.opens(made.reference))
    assert form
    school.dsl.sends(form, reason="Seen to")
    school.settled().dsl.forges("recuse", made.case)
    assert school.settled().case().state == "closed"
    assert school.leads(made.case) == {"dsl"}


def test_without_pages_a_chair_who_has_only_mail_is_stepped_over_at_once(
    chat: Address, tmp_path: Path, new_sqlite: Any
) -> None:
    world = World(chat, tmp_path, new_sqlite())
    world.settings = world.settings.model_copy(update={"url": None})
    try:
        world.opens({"01632 960130": "01632 960138"})  # founded afresh, under these settings
        made = world.teacher.reports("head_concern", **CONCERN)
        assert world.settled().leads(made.case) == {"chief-executive"}
        operator = [letter.subject for letter in world.workspace.letters if "chair" in letter.subject]
        assert len(operator) == 1
    finally:
        world.closes()


# -- a typed name


def asked_about(school: World, about: str, **answers: str) -> Json:
    form = school.teacher.sends(school.teacher.types(), about=about, danger="no")
    return school.teacher.sends(form, what=CANARY, **answers)


def test_somebody_high_up_the_ladder_is_asked_about_before_it_is_climbed(school: World) -> None:
    asked = asked_about(school, "pupil_concern", harmed_names="Ada Quill", subject_names="Mr Hargreaves")
    assert doubts(asked) == {"Mr Hargreaves": ["Peter Hargreaves"]}


@pytest.mark.parametrize("typed", ["Helen W", "Mrs W", "Mrs. W."])
def test_a_name_cut_short_is_asked_about(school: World, typed: str) -> None:
    asked = asked_about(school, "colleague_concern", harmed="nobody", subject_names=typed)
    assert doubts(asked)[typed] == ["Helen Whitlock"]


def test_a_name_is_asked_about_again_when_somebody_else_comes_in(school: World) -> None:
    asked = asked_about(school, "colleague_concern", harmed="nobody", subject_names="Mr Okafor")
    assert doubts(asked) == {"Mr Okafor": ["Ngozi Okafor"]}
    away = "away = [{ from = 2020-01-01, until = 2099-12-31 }]"
    school.applies({'"Samuel Adeyemi"': '"Tobe Okafor"', '"01632 960122"': f'"01632 960122"\n{away}'})
    again = school.teacher.sends(asked, same__0="none")
    assert set(doubts(again)["Mr Okafor"]) == {"Tobe Okafor", "Ngozi Okafor"}
    assert school.cases() == []
    school.teacher.sends(again, **dict(meant(again, {"Mr Okafor": "Tobe Okafor"})))
    assert school.leads() == {"chair"}


# -- pictures that nobody may send


def test_no_picture_comes_along_when_another_window_makes_it_indecent_images(school: World) -> None:
    file = school.teacher.uploads(b"not a picture")
    form = school.teacher.sends(school.teacher.types(), about="cyberbullying", danger="no")
    form = school.teacher.sends(form, by="colleague", harmed="nobody", what=CANARY, subject_staff=[school.head])
    form = school.teacher.sends(form, pictures_sexual="no")
    token = form["private_metadata"]
    school.teacher.sends(form, screenshots=[file])
    school.teacher.forges_form("start", token, {"about": option("indecent_images"), "danger": option("no")})
    forged = {"screenshots": {"type": "file_input", "files": [{"id": file["id"], "name": "x.png"}]}}
    school.teacher.forges_form("files", token, forged)
    school.teacher.forges_form("questions", token, {"what": typed(CANARY), "by": option("colleague")})
    school.settled()
    assert [case.report for case in school.cases()] == ["head_concern"]
    assert school.rows(select(Evidence)) == []


# -- when the app is taken out of the workspace


def most_tries(school: World) -> int:
    return max(each.attempts for each in school.rows(select(Promise)) if each.kind == "card")


def tried_more_than(school: World, before: int) -> bool:
    return most_tries(school) > before


def test_an_app_taken_out_makes_nobody_unreachable_and_the_operator_hears_of_it(school: World) -> None:
    form = school.teacher.sends(school.teacher.types(), about="pupil_concern", danger="no")
    settings, asked = school.workspace.settings, {"harmed_names": "Ada Quill", "what": CANARY}
    school.workspace.settings = replace(settings, bot_token="xoxb-taken-out")
    made = school.teacher.sends(form, **asked)
    assert "Your report is in" in words(made)
    until(lambda: [each for each in school.workspace.letters if "token no longer" in each.subject], "the alarm")
    while (tried := most_tries(school)) <= IN_VAIN:
        school.clock.forward(seconds=61)
        until(partial(tried_more_than, school, tried), "another try")
    assert len([each for each in school.workspace.letters if each.is_for("operator@brambledown.example")]) == 1
    assert {row.state for row in school.rows(select(Account)) if row.platform == "slack"} == {"active"}
    school.workspace.settings = settings
    school.clock.forward(minutes=2)
    assert any("a report for you" in said for said in school.settled().dsl.hears())


def test_a_chat_account_found_for_the_chair_is_heard_of_at_the_address_they_had(school: World) -> None:
    newcomer(school, "U0SPOOFED4", CHAIRS_ADDRESS)
    school.applies({"01632 960130": "01632 960139"})
    assert any("new address for the chair" in letter["subject"] for letter in school.settled().chair.inbox())
    assert any("An address was changed" in said for said in school.head.hears())
    heard = len(school.chair.inbox())
    school.applies({"01632 960139": "01632 960130"})
    assert len(school.settled().chair.inbox()) == heard


def test_somebody_whose_absence_is_taken_out_of_the_file_is_back(school: World) -> None:
    away = '"01632 960122"\naway = [{ from = 2020-01-01, until = 2099-12-31 }]'
    school.applies({'"01632 960122"': away})
    first = school.teacher.reports("colleague_concern", **CONCERN, subject_names="Ada Quill")
    school.applies({away: '"01632 960122"'})
    then = school.teacher.reports("colleague_concern", **CONCERN, subject_names="Ada Quill")
    assert school.settled().leads(first.case) == {"deputy-headteacher"}
    assert school.leads(then.case) == {"headteacher"}


def test_an_account_in_a_line_managers_name_is_not_theirs_until_somebody_says_so(school: World) -> None:
    school.other_teacher.reports("policy_breach", **HELLO)
    school.teacher.reports("policy_breach", **HELLO)
    manager, managed = school.person_of(school.other_teacher), school.person_of(school.teacher)

    def is_managed(unit: Unit) -> None:
        unit.get(Row, managed).line_manager = manager

    assert school.bot
    school.bot.ground.database.run_now(school.bot.ground.trust, is_managed)
    address = school.workspace.town.people[school.other_teacher.id].email
    school.workspace.town.people[school.other_teacher.id].email = "moved@brambledown.example"
    spoofed = newcomer(school, "U0SPOOFED5", address)
    spoofed.reports("policy_breach", **HELLO)
    assert school.person_of(spoofed) == manager
    assert [row.state for row in school.rows(select(Account)) if row.address == spoofed.id] == ["unconfirmed"]
    assert "Your report" not in words(spoofed.home())
