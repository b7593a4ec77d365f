"""Nobody becomes safeguarding lead, headteacher or chair by the file alone: another holder must say yes first."""

import io
import re
from contextlib import redirect_stdout

import pytest
from sqlmodel import col, select

from bot.staff import apply_people
from storage.models import Appointment, Person, RoleHeld
from tests.test_doors_of_the_chair import Reader
from tests.test_escalation import operators
from tests.townspeople import Json, actions, words
from tests.world import World, brambledown

DPO = '{ role = "dpo", school = "brambledown" },'
NEW_LEAD = {DPO: f'{DPO} {{ role = "dsl", school = "brambledown" }},'}
CHILD = {"what": "He has stopped eating.", "harmed_names": "Jo Bloggs"}
ASKED = "Your yes is asked for"


def applies(world: World, changes: dict[str, str] | None = None) -> str:
    """`lanyard people apply`, and what it prints."""
    world.school, file = world.rewritten(changes or {}), world.folder / "school.toml"
    with redirect_stdout(io.StringIO()) as said:
        assert apply_people(world.settings, file, world.clock.file, yes=True) == 0
    world.settled()
    return said.getvalue()


def holders(world: World, role: str) -> set[str]:
    """Who holds a role now, by their ids in school.toml."""
    asked = select(RoleHeld, Person).where(col(RoleHeld.person) == col(Person.id), col(RoleHeld.role) == role)
    return {str(person.key) for held, person in world.rows(asked) if held.until is None}


def appointment(world: World) -> Appointment:
    (only,) = world.rows(select(Appointment))
    assert isinstance(only, Appointment)
    return only


def says_yes(card: Json, somebody: object) -> Json:
    return somebody.presses("appoint", card)  # type: ignore[attr-defined, no-any-return]


def test_a_new_safeguarding_lead_holds_the_role_only_after_another_holders_yes(world: World) -> None:
    said = applies(world, NEW_LEAD)
    assert "Maureen Callaghan: designated safeguarding lead — waits for the yes of" in said
    assert all(name in said for name in ("Nasreen Rahman", "Helen Whitlock", "Ngozi Okafor"))
    assert holders(world, "dsl") == {"dsl"}
    card = world.head.card(ASKED)
    for told in ("Maureen Callaghan", "designated safeguarding lead", "Brambledown Primary School"):
        assert told in words(card)
    assert world.business_manager.hears() == []
    says_yes(card, world.head)
    world.settled()
    assert holders(world, "dsl") == {"dsl", "business-manager"}
    assert world.dsl.hears()[-1].startswith("A new designated safeguarding lead")
    assert "Helen Whitlock said yes" in words(world.dsl.card())
    assert any("Helen Whitlock said yes" in letter["text"] for letter in world.chair.inbox())
    assert world.business_manager.hears() == ["You are designated safeguarding lead at Brambledown Primary School"]
    assert not any(actions(each) for each in world.dsl.messages() if "Maureen" in words(each)), "nothing left to press"
    world.teacher.reports("pupil_concern", **CHILD)
    assert world.settled().leads() == {"dsl", "business-manager"}
    events = world.events()
    assert events[events.index("appointment.agreed") + 1] == "role.appointed"
    assert events.index("appointment.asked") < events.index("appointment.agreed")
    assert world.ledger_is_whole()


def test_nobody_says_yes_to_themselves(world: World) -> None:
    """The safeguarding lead is a holder, and would be headteacher, too."""
    said = applies(world, {
        '{ role = "dsl", school = "brambledown" },':
        '{ role = "dsl", school = "brambledown" }, { role = "headteacher", school = "brambledown" },'
    })  # fmt: skip
    assert "Nasreen Rahman or" not in said.split("waits for the yes of")[1]
    id = appointment(world).id
    refused = world.dsl.forges("appoint", id)
    assert "There is nothing here for you" in "".join(refused.calls)
    assert appointment(world).state == "waiting"
    assert ASKED not in words(world.dsl.home())
    assert holders(world, "headteacher") == {"headteacher"}
    says_yes(world.head.card(ASKED), world.head)
    assert holders(world, "headteacher") == {"headteacher", "dsl"}


def test_whoever_runs_the_machine_has_no_say(chat, tmp_path, database_url: str) -> None:
    """The headteacher's second address is the one that alarms go to."""
    changes = {'"h.whitlock@brambledown.example"': '"operator@brambledown.example"'}
    with brambledown(chat, tmp_path, database_url, changes) as world:
        world.head.home()
        said = applies(world, NEW_LEAD)
        assert "Helen Whitlock" not in said
        assert world.head.hears() == []
        world.head.forges("appoint", appointment(world).id)
        assert appointment(world).state == "waiting"
        says_yes(world.dsl.card(ASKED), world.dsl)
        assert appointment(world).state == "yes"


def test_those_who_hold_none_of_the_three_are_not_asked_and_cannot_answer(world: World) -> None:
    applies(world, NEW_LEAD)
    for each in (world.deputy_dsl, world.chief_executive, world.ict, world.business_manager, world.teacher):
        each.forges("appoint", appointment(world).id)
        each.forges("office", appointment(world).id)
        assert each.hears() == []
    assert appointment(world).state == "waiting"


def test_after_seven_days_it_is_as_if_it_had_never_been_asked(world: World) -> None:
    applies(world, NEW_LEAD)
    card = world.head.card(ASKED)
    world.clock.forward(days=7)
    says_yes(card, world.head)
    world.settled()
    assert appointment(world).state == "lapsed"
    assert holders(world, "dsl") == {"dsl"}
    assert "Nobody answered in time" in words(world.dsl.card())
    assert any("nobody said yes" in letter for letter in operators(world))
    assert "waits for the yes of" in applies(world), "the file still wants it"
    assert len(world.rows(select(Appointment))) == 2


def test_a_yes_that_is_pressed_twice_counts_once(world: World) -> None:
    applies(world, NEW_LEAD)
    id = appointment(world).id
    says_yes(world.head.card(ASKED), world.head)
    world.head.forges("appoint", id)
    world.dsl.forges("decline", id)
    world.settled()
    rows = world.rows(select(RoleHeld).where(col(RoleHeld.role) == "dsl"))
    assert len(rows) == 2
    assert appointment(world).answered_by == world.person_of(world.head)
    assert world.events().count("appointment.agreed") == 1
    assert world.events().count("appointment.declined") == 0


def test_applying_the_file_again_asks_nobody_twice(world: World) -> None:
    applies(world, NEW_LEAD)
    heard = [len(each.messages()) for each in (world.head, world.dsl)]
    assert "waits for the yes of" in applies(world)
    assert [len(each.messages()) for each in (world.head, world.dsl)] == heard
    assert appointment(world).state == "waiting"


def test_what_the_file_no_longer_wants_is_no_longer_asked(world: World) -> None:
    applies(world, NEW_LEAD)
    said = applies(world, {new: old for old, new in NEW_LEAD.items()})
    assert "no longer asked for" in said
    assert "no longer asked" in words(world.head.card())
    world.head.forges("appoint", appointment(world).id)
    assert appointment(world).state == "withdrawn"
    assert holders(world, "dsl") == {"dsl"}


def test_a_no_ends_it_and_the_operator_hears_so(world: World) -> None:
    applies(world, NEW_LEAD)
    world.head.presses("decline", world.head.card(ASKED))
    world.settled()
    assert actions(world.dsl.card()) == []
    world.dsl.forges("appoint", appointment(world).id)
    assert appointment(world).state == "no"
    assert holders(world, "dsl") == {"dsl"}
    (letter,) = [each for each in operators(world) if "no to a new" in each]
    assert "Maureen" not in letter


def test_the_chair_answers_from_the_page_behind_a_letter(world: World) -> None:
    chair = Reader(world, world.chair)
    assert chair.chooses().status_code == 200
    applies(world, NEW_LEAD)
    letter = chair.letter("your yes is asked for")
    assert "Maureen Callaghan" in letter["text"]
    page = chair.enters(chair.link("your yes is asked for"))
    assert page.status_code == 200
    assert "Maureen Callaghan" in page.text
    answered = chair.presses(page, "appoint")
    assert "Maureen Callaghan is designated safeguarding lead" in answered.text
    assert holders(world, "dsl") == {"dsl", "business-manager"}
    assert chair.browser.get("/p/c/").text.count("Ngozi Okafor said yes") == 1


def test_a_session_for_an_appointment_opens_no_case_and_one_for_a_case_answers_to_no_appointment(world: World) -> None:
    chair = Reader(world, world.chair)
    chair.chooses()
    applies(world, NEW_LEAD)
    page = chair.enters(chair.link("your yes is asked for"))
    mark = re.findall(r'name="mark" value="([^"]*)"', page.text)[-1]
    for action in ("acknowledge", "note", "recuse"):
        assert chair.browser.post("/p/c/press", data={"mark": mark, "action": action}).status_code == 404
    world.teacher.reports("head_concern", what="He shouted.", harmed="nobody")
    world.settled()
    page = chair.enters(chair.link(world.case().reference))
    mark = re.findall(r'name="mark" value="([^"]*)"', page.text)[-1]
    assert chair.browser.post("/p/c/press", data={"mark": mark, "action": "appoint"}).status_code == 404
    assert appointment(world).state == "waiting"


def test_whoever_is_asked_learns_of_no_report_about_the_one_to_be_appointed(world: World) -> None:
    world.teacher.reports("colleague_concern", what="CANARY", harmed="nobody", subject_staff=[world.business_manager])
    reference = world.settled().case().reference
    applies(world, NEW_LEAD)
    asked = words(world.dsl.card(ASKED)) + words(world.dsl.home())
    assert reference not in asked
    says_yes(world.dsl.card(ASKED), world.dsl)
    world.settled()
    assert reference not in " ".join(map(words, (*world.dsl.messages(), *world.business_manager.messages())))
    assert world.leads() == {"headteacher"}
    assert reference not in words(world.business_manager.home())


def test_app_home_offers_it_until_it_is_answered(school: World) -> None:
    applies(school, NEW_LEAD)
    home = school.head.home()
    assert "Maureen Callaghan as designated safeguarding lead: your yes is asked for" in words(home)
    page = school.head.presses("office", home)
    assert page is not None
    school.head.presses("appoint", page)
    assert ASKED.lower() not in words(school.head.home()).lower()
    assert holders(school, "dsl") == {"dsl", "business-manager"}


@pytest.mark.parametrize("gone", ["U0RAHMAN01", "U0WHITLOCK"])
def test_a_holder_whose_account_is_closed_is_not_asked(school: World, gone: str) -> None:
    school.page.post("/ui/person", json={"id": gone, "deactivated": True})
    school.settled()
    said = applies(school, NEW_LEAD)
    assert school.workspace.town.people[gone].name not in said.split("waits for the yes of")[1]


def test_where_nobody_can_be_asked_the_operator_is_told_what_to_read(school: World) -> None:
    gone = {f'{{ role = "{role}", school = "brambledown" }},': "" for role in ("dsl", "headteacher")}
    gone['roles = [{ role = "chair_of_governors", school = "brambledown" }]'] = "roles = []"
    assert "“A second yes”" in applies(school, gone | NEW_LEAD)
    assert holders(school, "dsl") == set()
