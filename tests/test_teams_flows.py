"""The four ways a report goes, from end to end in Teams: dialogs, receipts, cards, everybody's edits, and the close."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from storage.models import Evidence
from tests.adaptive_rules import parts, words
from tests.teams_town import Dialog, Json, Member, Town
from tests.teams_world import TeamsWorld, brambledown_in_teams
from tests.test_adding import Visitor, picture
from tests.test_doors_of_the_chair import Reader
from tests.test_right_person import NOWHERE
from workspace.running import Address

CANARY = "CANARYNARRATIVE"
FRIEND = {"harmed": "nobody", "family": "no", "what": f"A pupil asked to follow me. {CANARY}"}


@pytest.fixture
def school(chat: Address, tmp_path: Path, database_url: str, town: Town) -> Iterator[TeamsWorld]:
    with brambledown_in_teams(chat, tmp_path, database_url, town) as opened:
        opened.everybody_installs()
        yield opened


def buttons(card: Json) -> dict[str, Json]:
    """By what stands on them; those of a question that unfolds are left out."""
    asked = [part["card"] for part in parts(card) if part.get("type") == "Action.ShowCard"]
    folded = [id(each) for inner in asked for each in parts(inner)]
    found = [part for part in parts(card) if str(part.get("type")).startswith("Action.") and id(part) not in folded]
    return {str(each["title"]): each for each in found if "title" in each}


def link_in(shown: Dialog, to: str) -> str:
    return str(next(each["url"] for each in buttons(shown.card).values() if to in each.get("url", "")))


def heard(who: Member, reference: str) -> str:
    """What stands about this report in somebody's chat now."""
    return " ".join(words(each["card"]) for each in who.messages() if reference in words(each["card"]))


def nothing_of_it_was_said(school: TeamsWorld) -> None:
    """No message, as it stands, and no letter has a word of anybody's."""
    assert CANARY not in str(school.town.messages) + str(school.workspace.letters)
    assert school.ledger_is_whole()


def test_a_pupils_friend_request_goes_from_the_dialog_to_the_close(school: TeamsWorld) -> None:
    teacher, head = school.on("teacher"), school.on("head")
    form = teacher.types()
    assert "call 999 first" in form.said
    assert [form.sends(about="", danger="no").step, form.step] == ["start", "start"]
    form = form.sends(about="pupil_contact", danger="no")
    receipt = form.sends(**FRIEND, subject_names="Alfie Marsden")
    reference = receipt.reference
    assert "should acknowledge it by 12:00 today" in receipt.said
    assert school.case().proof in receipt.said
    school.settled()
    assert school.leads() == {"headteacher"}
    card = head.card(reference)
    assert list(buttons(card["card"])) == ["Open", "Acknowledge", "I should not have this"]
    assert "Alfie" not in words(card["card"])
    opened = head.presses("Open", card)
    assert CANARY in opened.said
    assert "Alfie Marsden" in opened.said
    school.settled()
    assert f"{reference}: opened" in heard(teacher, reference)
    head.presses("Acknowledge", head.card(reference))
    school.settled()
    assert f"{reference}: acknowledged" in heard(teacher, reference)
    assert "Acknowledge" not in buttons(head.card(reference)["card"])
    head.presses("Open", head.card(reference)).presses("Add a note").sends(note=CANARY)
    head.presses("Open", head.card(reference)).presses("Decide").sends(decision="monitor", rationale=CANARY)
    closing = head.presses("Open", head.card(reference)).presses("Close the report")
    assert closing.sends(reason="  ").troubles == ["Please answer this question."]
    closing.sends(reason=CANARY, **({"learns": "no"} if "learns" in closing.boxes else {}))
    school.settled()
    assert school.case().state == "closed"
    assert f"{reference}: closed" in heard(teacher, reference)
    assert len([each for each in teacher.messages() if reference in words(each["card"])]) == 1, "one card, edited"
    assert len(school.on("dsl").messages()) == 1
    nothing_of_it_was_said(school)


def test_cyberbullying_comes_with_its_screenshots_by_a_page_that_opens_once(school: TeamsWorld) -> None:
    teacher, dsl = school.on("teacher"), school.on("dsl")
    receipt = teacher.reports("cyberbullying", what=CANARY, by="pupil", harmed="pupil", harmed_names="Ella Brown")
    school.settled()
    for asked in (receipt.presses("Add screenshots"), teacher.presses("Add screenshots", teacher.card())):
        reporter = Visitor(school, link_in(asked, "/p/a/")).begins()
        assert Visitor(school, reporter.link).enters().page.status_code == 410
        told = {"picture_date": "2026-11-19", "picture_place": CANARY}
        assert reporter.puts(picture(), **told).status_code == 201
    school.settled()
    assert [each.state for each in school.rows(select(Evidence))] == ["fetched", "fetched"]
    assert "something has been added" in heard(dsl, receipt.reference)
    opened = dsl.presses("Open", dsl.card(receipt.reference))
    assert {"See the screenshots (2)", "Add screenshots"} <= buttons(opened.card).keys()
    assert "time: missing" in opened.said
    browser = school.browser()
    assert browser.get(f"{link_in(opened, '/p/e/')}/1").headers["content-type"] == "image/png"
    nothing_of_it_was_said(school)


def test_a_concern_about_a_colleague_asks_who_is_meant_and_never_reaches_them(school: TeamsWorld) -> None:
    teacher, head = school.on("teacher"), school.on("head")
    before = {name: everything(school.on(name)) for name in ("assistant", "ict")}
    form = teacher.types().sends(about="colleague_concern", danger="no")
    told = {"subject_staff": school.on("assistant").person["id"], "subject_names": "Mrs W"}
    asked = form.sends(what=CANARY, harmed="pupil", harmed_names="Ella Brown", **told)
    assert asked.step == "names"
    (box,) = [each for each in asked.boxes.values() if each["type"] == "Input.ChoiceSet"]
    assert "Mrs W" in box["label"]
    means = {each["title"]: each["value"] for each in box["choices"]}
    assert school.cases() == []
    assert asked.sends(**{box["id"]: "0" * 32}).troubles == ["Please pick one of the answers."]
    assert "Helen Whitlock" in means
    receipt = asked.sends(**{box["id"]: means["None of these"]})
    school.settled()
    assert {told.key for told in school.told()} == {"headteacher", "dsl"}
    assert "Kowalska" not in receipt.said
    assert "Kowalska" in head.presses("Open", head.card(receipt.reference)).said
    head.presses("Acknowledge", head.card(receipt.reference))
    school.settled()
    case = school.case().id
    for somebody in (school.on("assistant"), school.on("ict")):
        assert tries(somebody, case) == tries(somebody, NOWHERE)
    assert {name: everything(school.on(name)) for name in before} == before
    nothing_of_it_was_said(school)


def test_a_concern_about_the_headteacher_goes_to_the_chair_and_the_head_learns_nothing(school: TeamsWorld) -> None:
    teacher, head, chair = school.on("teacher"), school.on("head"), Reader(school, school.chair)
    assert "passphrase is set" in chair.chooses().text
    before = {name: everything(school.on(name)) for name in ("head", "deputy_head", "dsl", "ict")}
    receipt = teacher.reports("head_concern", what=CANARY, harmed="pupil")
    school.settled()
    assert school.leads() == {"chair"}
    page = chair.enters(chair.link(receipt.reference))
    assert CANARY in page.text
    school.settled()
    assert f"{receipt.reference}: opened" in heard(teacher, receipt.reference)
    chair.presses(page, "acknowledge")
    school.settled()
    assert f"{receipt.reference}: acknowledged" in heard(teacher, receipt.reference)
    assert {name: everything(school.on(name)) for name in before} == before
    case = school.case().id
    for name in before:
        assert tries(school.on(name), case) == tries(school.on(name), NOWHERE)
    assert "access.refused" in school.events()
    assert head.messages()
    nothing_of_it_was_said(school)


def test_what_nobody_takes_climbs_and_every_card_says_who_has_it_then(school: TeamsWorld) -> None:
    receipt = school.on("teacher").reports("pupil_concern", danger="yes", what=CANARY, urgent_who="Jo Bloggs")
    school.settled()
    school.clock.forward(minutes=30)
    school.settled()
    dsl, deputy = school.on("dsl"), school.on("deputy_dsl")
    assert school.leads() >= {"deputy-dsl"}
    deputy.presses("Acknowledge", deputy.card(receipt.reference))
    school.settled()
    assert school.case().acknowledged_by
    for lead in (dsl, deputy):
        assert "Acknowledge" not in buttons(lead.card(receipt.reference)["card"])
    assert f"{receipt.reference}: acknowledged" in heard(school.on("teacher"), receipt.reference)
    nothing_of_it_was_said(school)


def everything(somebody: Member) -> tuple[Any, ...]:
    """All that somebody can look at: their chat with the bot, their cases and reports, what they left unfinished."""
    press = {"type": "Action.Execute", "verb": "home", "data": {"lanyard": {"press": "home", "on": ""}}}
    home = somebody.got(somebody.invoke("adaptiveCard/action", {"action": press, "trigger": "manual"}))
    offered = somebody.types()
    return [words(each["card"]) for each in somebody.messages()], words(home["value"]), offered.said


def tries(somebody: Member, case: str) -> list[str]:
    """What Teams is answered when a case's id is put into presses of somebody's own."""
    said = []
    for action in ("open", "acknowledge", "recuse", "note", "close", "add", "screenshots"):
        told = {"lanyard": {"press": action, "on": case}}
        fetch, press = {"data": told}, {"action": {"type": "Action.Execute", "data": told}, "trigger": "manual"}
        for name, value in (("task/fetch", fetch), ("adaptiveCard/action", press)):
            said.append(json.dumps(somebody.got(somebody.invoke(name, value))).replace(case, "-"))
    return said
