"""People who marry, leave and come back, who work at two schools, and roles that nobody can be reached in."""

import os
import time

from sqlmodel import col, select

from bot import daily
from bot.ground import open_ground
from storage.events import Event
from storage.models import Evidence, Link, Person, School, WebSession
from storage.unit import Unit
from tests.test_escalation import operators
from tests.test_second_yes import applies
from tests.townspeople import words
from tests.world import World, brambledown, until

CHILD = {"what": "He has stopped eating.", "harmed_names": "Jo Bloggs"}
OTHER = """
[[school]]
id = "thistlebank"
name = "Thistlebank Primary School"
[[person]]
id = "teacher-and-chair"
name = "Tolu Oyelaran"
emails = ["t.oyelaran@brambledown.example"]
school = "brambledown"
roles = [{ role = "chair_of_governors", school = "thistlebank" }]
[[person]]
id = "other-head"
name = "Isla Pemberton"
emails = ["i.pemberton@brambledown.example"]
roles = [{ role = "headteacher", school = "thistlebank" }]
[[person]]
id = "other-dsl"
name = "Marta Kowalska"
emails = ["m.kowalska@brambledown.example"]
roles = [{ role = "dsl", school = "thistlebank" }]
"""
TWO = {'name = "Brambledown Primary School"': f'name = "Brambledown Primary School"\n{OTHER}'}


def changes(world: World, id: str, **to: object) -> None:
    """Somebody's account or profile, in the chat; the bot is told."""
    assert world.page.post("/ui/person", json={"id": id, **to}).is_success
    world.settled()


def today_again(world: World, kind: str) -> None:
    """What the clock promises each day."""
    assert world.bot
    world.bot.ground.database.run_now(world.bot.ground.trust, daily.promised, kind)
    world.settled()


def test_a_closed_account_makes_the_role_vacant_at_once(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD)
    reference = world.settled().case().reference
    changes(world, world.dsl.id, deactivated=True)
    assert world.leads() == {"deputy-dsl"}
    letters = [each for each in operators(world) if "nobody holds the role" in each]
    assert any("designated safeguarding lead at Brambledown Primary School" in each for each in letters)
    assert not [each for each in letters if reference in each or "Nasreen" in each]
    changes(world, world.dsl.id, deactivated=False)
    assert any("can be reached again" in each for each in operators(world))
    world.teacher.reports("pupil_concern", **CHILD)
    world.settled()
    assert world.leads(world.cases()[-1].id) == {"dsl"}


def test_a_new_name_is_shown_and_the_earlier_one_still_means_them(world: World) -> None:
    world.teacher.reports("pupil_concern", **CHILD)
    changes(world, world.teacher.id, name="Tolu Fairweather")
    (person,) = world.rows(select(Person).where(col(Person.name) == "Tolu Fairweather"))
    assert "Tolu Oyelaran" in person.also
    changes(world, world.teacher.id, name="Tolu Oyelaran")
    assert [each.name for each in world.rows(select(Person)) if each.id == person.id] == ["Tolu Oyelaran"]


def test_a_role_holder_is_shown_as_the_school_file_has_them_and_known_by_every_name(world: World) -> None:
    changes(world, world.head.id, name="Helen Ashdown")
    applies(world, {'name = "Helen Whitlock"': 'name = "Helen Thorne"'})
    (head,) = world.rows(select(Person).where(col(Person.key) == "headteacher"))
    assert head.name == "Helen Thorne"
    assert {"Helen Ashdown", "Helen Whitlock", "Helen Marsh"} <= set(head.also)
    told = world.teacher.reports(
        "colleague_concern",
        what="x",
        harmed="nobody",
        subject_names="Mrs Ashdown",
        same={"Mrs Ashdown": "Helen Thorne"},
    )
    assert "names" in told.steps
    assert world.settled().leads() == {"chair"}


def test_a_chair_of_one_school_is_a_teacher_at_the_other(chat, tmp_path, database_url: str) -> None:
    with brambledown(chat, tmp_path, database_url, TWO) as world:
        schools = {each.name: each.id for each in world.rows(select(School))}
        here, there = schools["Brambledown Primary School"], schools["Thistlebank Primary School"]
        world.ict.reports("head_concern", what="x", harmed="nobody", school=there)
        world.settled()
        (about_other_head,) = world.cases()
        assert world.leads(about_other_head.id) == {"teacher-and-chair"}
        home = words(world.teacher.home())
        assert about_other_head.reference in home
        assert "Thistlebank Primary School" in home
        world.teacher.reports("head_concern", what="x", harmed="nobody", school=here)
        world.settled()
        assert world.leads(world.cases()[-1].id) == {"chair"}
        world.ict.reports("colleague_concern", what="x", harmed="nobody", school=here, subject_staff=[world.teacher])
        world.settled()
        about_the_chair = world.cases()[-1]
        assert world.leads(about_the_chair.id) == {"headteacher"}
        assert about_the_chair.reference not in words(world.teacher.home())


def test_a_role_that_nobody_can_be_reached_in_is_told_once_and_again_each_week(world: World) -> None:
    today_again(world, "inspect")
    assert not [each for each in operators(world) if "could find nobody" in each]
    applies(world, {'roles = [{ role = "ict", school = "brambledown" }]': "roles = []"})

    def told() -> int:
        return len([each for each in operators(world) if "could find nobody" in each])

    for days, expected in ((1, 1), (1, 1), (7, 2), (1, 2)):
        world.clock.forward(days=days)
        today_again(world, "inspect")
        today_again(world, "inspect")
        assert told() == expected
    assert [each for each in world.chair.inbox() if "could find nobody" in each["subject"]]
    applies(world, {'also = []\nemails = ["k.tregenza@brambledown.example"]\nphone = "01632 960125"\nroles = []':
                    'also = []\nemails = ["k.tregenza@brambledown.example"]\nphone = "01632 960125"\n'
                    'roles = [{ role = "ict", school = "brambledown" }]'})  # fmt: skip
    world.clock.forward(days=1)
    today_again(world, "inspect")
    assert told() == 2
    assert world.ledger_is_whole()


def test_only_old_pictures_without_a_row_are_swept(world: World) -> None:
    blobs = world.folder / "home" / "evidence"
    kept, orphan, young = blobs / "kept", blobs / "orphan", blobs / "young"
    world.stops()
    for file in (kept, orphan, young):
        file.write_bytes(b"sealed")
        if file is not young:
            os.utime(file, (time.time() - 90_000,) * 2)

    def add(unit: Unit) -> None:
        row = Evidence(id="kept", case="c", position=1, promised_at=unit.now)
        unit.add(row)
        unit.record(Event.EVIDENCE_FAILED, "", "")
        old = unit.now.replace(year=2020)
        unit.add(Link(id="l", purpose="case", person="p", token="t", made_at=old, expires_at=old))
        unit.add(WebSession(id="w", person="p", case="c", token="t", expires_at=old))

    ground = open_ground(world.settings, world.clock.file)
    ground.database.run_now(ground.trust, add)
    ground.database.close()
    world.starts()
    until(lambda: not orphan.exists(), "the sweep")
    assert kept.exists()
    assert young.exists()
    assert world.rows(select(WebSession)) == []
    assert "l" not in {each.id for each in world.rows(select(Link))}
