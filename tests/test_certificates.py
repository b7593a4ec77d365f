"""A certificate is kept with what somebody says they have done: sealed, opened by few, and each time on the record."""

import os
from datetime import timedelta

import httpx
import pytest
from sqlmodel import col, select

from storage.events import Event
from storage.models import Certificate, Link, Task
from tests.canaries import files_under
from tests.test_adding import Visitor, picture
from tests.test_nudges import Somebody, morning, school, tasks, tuesday  # noqa: F401 - the school with its staff
from tests.townspeople import Json, actions, buttons, words
from tests.world import World, until

PDF = b"%PDF-1.7\n1 0 obj << /Title (CANARYCERTIFICATE) >> endobj\n" + b"0" * 600


class Trained(Visitor):
    """Somebody in a browser of their own, at the page where their certificate is added."""

    def puts(self, content: bytes, **told: str) -> httpx.Response:
        return self.browser.put("/p/certificate/file", content=self.body(content, **told), headers=self.headers())

    def finishes(self) -> str:
        return self.browser.post("/p/certificate/done", data={"mark": self.mark}).text


def training(world: World, somebody: Somebody) -> Task:
    person = world.person_of(somebody)
    (mine,) = (task for task in tasks(world) if task.duty == "staff_training" and task.person == person)
    return mine


def has_taken_part(world: World, somebody: Somebody) -> Json:
    """They say so in chat; what they see then."""
    somebody.forges("duty_done", training(world, somebody).id)
    form = somebody.modal()
    assert "Where is the certificate kept" not in words(form)
    shown = somebody.sends(form, done_on=str(tuesday(world)))
    world.settled()
    return shown


def link_on(somebody: Somebody, action: str, subject: str) -> str:
    somebody.forges(action, subject)
    return str(next(each["url"] for each in buttons(somebody.modal()) if "/p/" in each.get("url", "")))


@pytest.fixture
def trained(school: World) -> Trained:  # noqa: F811 - as above
    """A teacher who has said that they took part in the training, with the link to add the certificate."""
    morning(school, tuesday(school))
    has_taken_part(school, school.teacher)
    return Trained(school, link_on(school.teacher, "duty_certificate", training(school, school.teacher).id)).enters()


def kept(world: World) -> list[Certificate]:
    return world.rows(select(Certificate))


def viewed(world: World) -> int:
    return world.events().count(Event.CERTIFICATE_VIEWED)


def test_a_certificate_is_sealed_and_whoever_it_is_of_opens_it_again(trained: Trained) -> None:
    world = trained.world
    assert trained.puts(PDF).status_code == 201
    assert trained.puts(PDF).status_code == 201  # sent again after a doubt
    assert trained.puts(picture()).status_code == 201
    assert "2 files are kept" in trained.finishes()
    assert trained.puts(PDF).status_code == 403
    world.settled()
    assert sorted(each.media for each in kept(world)) == ["application/pdf", "image/png"]
    assert not any(b"CANARYCERTIFICATE" in content for _, content in files_under(world.settings.home))
    last = next(each for each in reversed(world.teacher.messages()) if each["text"].startswith("Done"))
    assert actions(last) == ["duty_certificate", "duty_certificates"]
    browser = world.browser()
    page = browser.get(link_on(world.teacher, "duty_certificates", training(world, world.teacher).id))
    assert page.text.count("Online-safety training this term") == 2
    files = [browser.get(part.split('"')[0]) for part in page.text.split('href="')[1:] if part.startswith("/p/v/")]
    assert sorted(each.headers["content-type"] for each in files) == ["application/pdf", "image/png"]
    (pdf,) = (each for each in files if each.headers["content-type"] == "application/pdf")
    assert pdf.content == PDF
    assert pdf.headers["content-disposition"].startswith("attachment")
    assert viewed(world) == 2
    assert world.ledger_is_whole()


def test_head_and_business_manager_may_open_it_and_nobody_else(trained: Trained) -> None:
    world = trained.world
    assert trained.puts(PDF).status_code == 201
    home = world.head.home()
    (button,) = (each for each in buttons(home) if each.get("text", {}).get("text") == "Certificates")
    link = link_on(world.head, "duty_certificates", button["value"])
    page = world.browser().get(link)
    assert "Online-safety training this term" in page.text
    file = next(part.split('"')[0] for part in page.text.split('href="') if part.startswith("/p/v/"))
    assert world.browser().get(file).content == PDF
    assert viewed(world) == 1
    mine = training(world, world.teacher).id
    for other in (world.other_teacher, world.phase_lead, world.dsl, world.stranger):
        for about in (mine, button["value"]):
            answered = other.forges("duty_certificates", about)
            assert "/p/v/" not in " ".join(answered.calls)
        assert "/p/k/" not in " ".join(other.forges("duty_certificate", mine).calls)
    # Whoever is head no longer has a link to nothing.
    world.applies({'{ role = "headteacher", school = "brambledown" },': ""})
    assert world.browser().get(file).status_code == 410
    assert viewed(world) == 1


def test_the_page_takes_a_pdf_or_a_picture_by_its_bytes_and_three_at_most(trained: Trained) -> None:
    for wrong in (b"MZ" + b"\0" * 900, b"<!doctype html>" + b" " * 900, picture("GIF"), b"PK\x03\x04" + b"\0" * 900):
        assert trained.puts(wrong).status_code == 415
    forged = trained.browser.put("/p/certificate/file", content=trained.body(PDF), headers={"lanyard-mark": "0" * 64})
    assert forged.status_code in (403, 415)
    for n in range(3):
        assert trained.puts(PDF + bytes([n])).status_code == 201
    assert trained.puts(PDF).status_code == 409
    assert len(kept(trained.world)) == 3
    assert len(list(files_under(trained.world.settings.home / "evidence"))) == 3


def test_a_link_opens_once_for_half_an_hour_and_not_before_it_is_done(school: World) -> None:  # noqa: F811
    morning(school, tuesday(school))
    mine = training(school, school.teacher).id
    assert "/p/k/" not in " ".join(school.teacher.forges("duty_certificate", mine).calls)
    has_taken_part(school, school.teacher)
    link = link_on(school.teacher, "duty_certificate", mine)
    Trained(school, link).enters()
    assert school.browser().post(link, data={"go": ""}).status_code == 410
    later = link_on(school.teacher, "duty_certificate", mine)
    made: list[Link] = school.rows(select(Link).where(col(Link.purpose) == "certificate"))
    assert {each.expires_at - each.made_at for each in made} == {timedelta(minutes=30)}
    school.clock.forward(minutes=31)
    assert school.browser().post(later, data={"go": ""}).status_code == 410


def test_the_sweep_throws_no_certificate_away(trained: Trained) -> None:
    world = trained.world
    assert trained.puts(PDF).status_code == 201
    evidence = world.settings.home / "evidence"
    orphan = evidence / "orphan"
    world.stops()
    orphan.write_bytes(b"left by a crash")
    for file in evidence.iterdir():
        os.utime(file, (1, 1))
    world.starts()
    until(lambda: not orphan.exists(), "the sweep")
    (mine,) = kept(world)
    assert (evidence / mine.id).is_file()
