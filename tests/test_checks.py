"""Before a school goes live it is shown who would get what, and is refused while a report could be lost."""

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.office import SCHOOL, Office


@pytest.fixture
def office(chat: Any, tmp_path: Path, new_sqlite: Callable[[], str]) -> Iterator[Office]:
    return Office(tmp_path, chat, new_sqlite())


def person(key: str) -> str:
    """A pattern that finds somebody's whole entry in the school's file."""
    return rf'\[\[person\]\]\nid = "{key}"\n.*?(?=\[\[person\]\]|\Z)'


def of(found: dict[str, Any], report: str, **said: str) -> list[tuple[str, str, str, str]]:
    """Who would get a report: name, part, clause and how they are reached."""
    for outcome in found["schools"][0]["reports"]:
        fits = [each for each in outcome["situations"] if said.items() <= each.items()]
        if outcome["report"] == report and fits:
            return [(each["name"], each["part"], each["why"], each["reached"]) for each in outcome["recipients"]]
    raise AssertionError(f"{report} is not there")


def test_the_school_sees_by_name_who_would_get_what_by_which_clause_and_how(office: Office) -> None:
    found = office.founds().checked()
    assert found["refused"] == []
    assert of(found, "cyberbullying", by="pupil") == [
        ("Nasreen Rahman", "lead", "§8", "slack"),
        ("Helen Whitlock", "informed", "2.4", "slack"),
    ]
    assert of(found, "head_concern") == [("Ngozi Okafor", "lead", "§8", "mail")]
    assert of(found, "official_account", by="colleague") == [("Helen Whitlock", "lead", "floor 3", "slack")]
    (contact,) = [each for each in found["schools"][0]["reports"] if each["report"] == "pupil_contact"]
    assert [each["name"] for each in contact["where_a_pupil_was_harmed"]] == ["Nasreen Rahman"]
    (images,) = [
        each
        for each in found["schools"][0]["reports"]
        if each["report"] == "indecent_images"
        and {"by": "pupil", "harmed": "pupil", "answers": []} in each["situations"]
    ]
    assert [each["name"] for each in images["then"]] == [
        "Owen Fairclough",
        "Helen Whitlock",
        "Ngozi Okafor",
        "Gareth Newbold",
        "Peter Hargreaves",
    ]


def test_the_table_says_the_same_to_people(office: Office) -> None:
    code, out, err = office.founds().lanyard("check")
    assert (code, err) == (0, "")
    row = next(line for line in out.splitlines() if "Ngozi Okafor leads" in line)
    assert all(word in row for word in ("About the headteacher", "chair of governors", "e-mail", "§8"))
    assert "If Ngozi Okafor does not acknowledge in time: Gareth Newbold, then Peter Hargreaves, then outside" in out
    assert "floor 1: a child may be at risk" in out
    assert "Every role on every route has somebody who can be reached." in out


def test_before_there_is_a_school_there_is_nothing_to_check(office: Office) -> None:
    code, out, err = office.lanyard("check")
    assert (code, out) == (2, "")
    assert "lanyard people apply school.toml" in err


def test_without_a_chair_of_governors_or_anybody_in_that_place_a_school_is_not_ready(office: Office) -> None:
    office.founds((person("chair"), ""), (person("chair-of-trustees"), ""))
    code, out, err = office.lanyard("check")
    assert code == 1
    assert "To mend first: Brambledown Primary School: chair of trustees (head_concern): nobody holds it." in err
    assert "A concern about the headteacher goes there." in err
    assert "Not ready" in err
    assert "Every role on every route" not in out


def test_the_chair_of_trustees_in_the_chairs_place_is_pointed_out(office: Office) -> None:
    found = office.founds((person("chair"), "")).checked()
    assert found["refused"] == []
    assert any("no chair of governors: chair of trustees takes that place" in line for line in found["warned"])


def test_a_role_on_a_route_whose_holder_has_left_is_refused(office: Office) -> None:
    office.founds()
    office.happens("UPDATE accounts SET state = 'deactivated' WHERE address = 'U0TREGENZA'")
    found = office.checked()
    (hole,) = found["refused"]
    assert "ICT (inappropriate_content): Kit Tregenza cannot be reached." in hole
    assert any("Kit Tregenza holds a role and can be reached nowhere" in line for line in found["warned"])
    assert of(found, "inappropriate_content", by="pupil") == [("Helen Whitlock", "lead", "floor 4", "slack")]


@pytest.mark.parametrize("number", ["social_care", "out_of_hours", "lado"])
def test_a_blank_outside_number_is_refused(number: str, office: Office) -> None:
    office.founds()
    office.happens(f"UPDATE trusts SET outside = json_set(outside, '$.{number}', '…')")
    (hole,) = office.checked()["refused"]
    assert "is blank" in hole
    assert f"it is {number}" in hole


def test_a_lone_safeguarding_lead_with_no_deputy_and_no_ladder_is_refused(office: Office) -> None:
    others = ["headteacher", "deputy-headteacher", "deputy-dsl", "chair", "chief-executive", "chair-of-trustees"]
    office.founds(*((person(key), "") for key in others))
    assert any("one holder, no deputy, and nobody else on the ladder" in line for line in office.checked()["refused"])


def test_a_lone_safeguarding_lead_below_a_headteacher_is_only_pointed_out(office: Office) -> None:
    found = office.founds((person("deputy-dsl"), "")).checked()
    assert found["refused"] == []
    assert any("designated safeguarding lead: one holder and no deputy" in line for line in found["warned"])


def test_nobody_can_be_reached_by_mail_alone_without_an_address_of_our_pages(office: Office) -> None:
    office.founds()
    office.env.pop("LANYARD_URL")
    (hole,) = office.checked()["refused"]
    assert "LANYARD_URL is not set, and Ngozi Okafor and Peter Hargreaves can be reached by e-mail only" in hole


def test_the_chairs_address_on_the_schools_own_mail_is_pointed_out(office: Office) -> None:
    assert not any("own mail domain" in line for line in office.founds().checked()["warned"])
    moved = SCHOOL.replace("ngozi.okafor@okafor-family.example", "chair.okafor@mail.brambledown.example")
    file = office.folder / "school.toml"
    file.write_text(moved, encoding="utf-8")
    assert office.lanyard("people", "apply", str(file), "--yes")[0] == 0
    (line,) = [line for line in office.checked()["warned"] if "own mail domain" in line]
    assert "address of the chair of governors, chair.okafor@mail.brambledown.example" in line


def test_two_people_at_the_same_public_post_office_are_not_taken_for_one_house(office: Office) -> None:
    office.founds(("ngozi.okafor@okafor-family.example", "n@gmail.com"), ("k.tregenza@", 'kit@gmail.com", "k@'))
    assert not any("own mail domain" in line for line in office.checked()["warned"])


def test_a_shared_mailbox_is_pointed_out_and_a_persons_own_is_not(office: Office) -> None:
    found = office.founds(("o.fairclough@", "the.office2+dsl@"), ("k.tregenza@", "office.tregenza@")).checked()
    shared = [line.split()[0] for line in found["warned"] if "shared mailbox" in line]
    assert shared == ["head@brambledown.example", "the.office2+dsl@brambledown.example"]


def test_the_schools_own_date_of_review_is_asked_for(office: Office) -> None:
    found = office.founds().checked()
    assert any(
        "review is missing. Ask for the date of the school's own next review" in line for line in found["warned"]
    )
    office.happens("UPDATE trusts SET review_on = '2025-07-01'")
    assert any("review is past (2025-07-01)" in line for line in office.checked()["warned"])
    office.happens("UPDATE trusts SET review_on = '2999-07-01'")
    assert not any("review is" in line for line in office.checked()["warned"])


def test_whoever_has_no_passphrase_yet_is_named(office: Office) -> None:
    found = office.founds().checked()
    waiting = [line for line in found["warned"] if "has set no passphrase yet" in line]
    assert [line.split(" is reached")[0] for line in waiting] == ["Ngozi Okafor", "Peter Hargreaves"]
    assert "lanyard people invite chair sends the link again" in waiting[0]


def test_a_policy_that_names_line_managers_asks_for_them(office: Office) -> None:
    found = office.founds(('pack = "oak-trees"', 'pack = "whinless-down"')).checked()
    assert any("nobody has one on record" in line for line in found["warned"])
    assert "their line manager" not in [each[0] for each in of(found, "parent_contact", by="parent")]


def test_a_school_runs_on_a_policy_of_its_own(office: Office) -> None:
    own = office.folder / "home/policies/hazel-wood.toml"
    own.parent.mkdir(parents=True)
    ours = (files("policies") / "oak-trees.toml").read_text(encoding="utf-8")
    own.write_text(
        ours.replace('"oak-trees"', '"hazel-wood"').replace(
            'lead = "ict"\nwhy = { ict = "§9" }', 'lead = "social_media"\nwhy = { social_media = "§9" }'
        ),
        encoding="utf-8",
    )
    found = office.founds(('pack = "oak-trees"', 'pack = "hazel-wood"')).checked()
    assert found["policy"] == "hazel-wood"
    assert of(found, "inappropriate_content", by="pupil") == [("Priya Bhatt", "lead", "§9", "slack")]


def test_a_broken_policy_of_the_schools_own_stops_the_check_in_words(office: Office) -> None:
    office.founds()
    (office.folder / "home/policies").mkdir()
    (office.folder / "home/policies/oak-trees.toml").write_text("id = 5\n")
    code, out, err = office.lanyard("check")
    assert (code, out) == (2, "")
    assert "The school's policy cannot be used. Mend its file first:\noak-trees.toml, top: `id` takes a word" in err
