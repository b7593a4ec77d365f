"""The chair of governors has no chat account: a letter, a link and a passphrase let them in, and nobody else."""

import re

import httpx
import pytest

from bot.staff import invite_person
from tests.test_reporting import BULLYING, PNG
from tests.test_right_person import about_the_head
from tests.townspeople import Json, Somebody, buttons
from tests.world import World, until
from workflows.access import READS

CANARY = "CANARYNARRATIVE"
WORDS = "seven purple herons"
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/p/l/[\w-]+)")


class Reader:
    """Somebody with their inbox and a browser, who follows a link and presses what the page offers."""

    def __init__(self, world: World, somebody: Somebody) -> None:
        self.world, self.somebody = world, somebody
        self.browser = world.browser()

    def letter(self, containing: str) -> Json:
        self.world.settled()
        return [each for each in self.somebody.inbox() if containing in each["subject"] + each["text"]][-1]

    def link(self, containing: str) -> str:
        """Where the newest letter with these words leads."""
        return LINK.findall(self.letter(containing)["text"])[0]

    def chooses(self, words: str = WORDS) -> httpx.Response:
        """Follow the invitation and set a passphrase."""
        link = self.link("please set your")
        self.browser.get(link)
        self.browser.post(link)
        return self.browser.post(f"{link}/passphrase", data={"passphrase": words, "again": words})

    def enters(self, link: str, words: str = WORDS) -> httpx.Response:
        self.browser.get(link)
        self.browser.post(link)
        return self.browser.post(f"{link}/in", data={"passphrase": words})

    def presses(self, page: httpx.Response, action: str) -> httpx.Response:
        """One of the buttons that this page shows."""
        assert f'value="{action}"' in page.text, f"no button {action}"
        mark = re.findall(r'name="mark" value="([^"]*)"', page.text)[-1]
        return self.browser.post("/p/c/press", data={"mark": mark, "action": action})

    def writes(self, form: httpx.Response, words: str) -> httpx.Response:
        """Fill in the only box of a form."""
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.text))
        (box,) = re.findall(r'<textarea id="[^"]*" name="([^"]*)"', form.text)
        return self.browser.post("/p/c/answer", data={**hidden, box: words})


@pytest.fixture
def chair(world: World) -> Reader:
    """The chair, who was invited when the school was founded and has chosen a passphrase."""
    reader = Reader(world, world.chair)
    assert reader.chooses().status_code == 200
    return reader


def test_the_chair_reads_acknowledges_notes_and_closes_a_report_about_the_head(world: World, chair: Reader) -> None:
    about_the_head(world)
    reference = world.case().reference
    letter = chair.letter(reference)
    assert CANARY not in letter["subject"] + letter["text"] + (letter["html"] or "")
    page = chair.enters(chair.link(reference))
    assert CANARY in page.text
    chair.presses(page, "acknowledge")
    world.settled()
    assert world.case().state == "acknowledged"
    assert world.teacher.hears() == [f"Your report {reference} has been acknowledged"]
    form = chair.presses(chair.browser.get("/p/c/"), "note")
    assert "Spoke to the LADO." in chair.writes(form, "Spoke to the LADO.").text
    form = chair.presses(chair.browser.get("/p/c/"), "close")
    chair.writes(form, "Referred.")
    assert world.settled().case().state == "closed"
    assert "case.viewed" in world.events(world.case().id)
    assert world.ledger_is_whole()
    assert world.head.hears() == []


def test_looking_at_a_link_opens_nothing_and_uses_nothing_up(world: World, chair: Reader) -> None:
    about_the_head(world)
    link = chair.link(world.case().reference)
    before = world.events()
    for _ in range(5):
        shown = httpx.get(world.url + link)
        assert shown.status_code == 200
        assert CANARY not in shown.text
        assert world.case().reference not in shown.text
    assert world.events() == before
    assert world.case().state == "received"
    assert CANARY in chair.enters(link).text


def test_a_link_opens_once_and_never_without_the_passphrase(world: World, chair: Reader) -> None:
    about_the_head(world)
    link = chair.link(world.case().reference)
    stranger = Reader(world, world.head)
    assert CANARY not in stranger.enters(link, "three yellow ducks").text
    assert CANARY not in stranger.browser.get("/p/c/").text
    assert CANARY in chair.enters(link).text
    assert CANARY not in stranger.enters(link).text


def test_five_wrong_tries_shut_the_door_even_for_the_right_words(world: World, chair: Reader) -> None:
    about_the_head(world)
    link = chair.link(world.case().reference)
    other = Reader(world, world.head)
    for _ in range(4):
        assert other.enters(link, "not the words at all").status_code == 422
    assert other.enters(link, "not the words at all").status_code == 429
    assert chair.enters(link).status_code == 429
    assert CANARY not in chair.browser.get("/p/c/").text
    assert world.events(world.case().id).count("passphrase.failed") == 5


def test_whoever_is_invited_again_is_announced_to_the_others_on_the_ladder(world: World, chair: Reader) -> None:
    heard = [len(each.hears()) + len(each.inbox()) for each in (world.dsl, world.head, world.chief_executive)]
    assert invite_person(world.settings, "chair") == 0
    until(
        lambda: len([1 for each in world.chair.inbox() if "please set your" in each["subject"]]) == 2, "the invitation"
    )
    world.settled()
    now = [len(each.hears()) + len(each.inbox()) for each in (world.dsl, world.head, world.chief_executive)]
    assert now[1] > heard[1]
    assert now[2] > heard[2]
    assert chair.chooses("five green bicycles").status_code == 200
    about_the_head(world)
    link = chair.link(world.case().reference)
    assert CANARY not in chair.enters(link, WORDS).text
    assert CANARY in chair.enters(link, "five green bicycles").text


def test_a_chair_who_should_not_have_it_passes_it_on_and_sees_it_no_more(world: World, chair: Reader) -> None:
    about_the_head(world)
    page = chair.enters(chair.link(world.case().reference))
    chair.presses(page, "recuse")
    world.settled()
    assert world.leads() == {"chief-executive"}
    assert CANARY not in chair.browser.get("/p/c/").text
    assert world.case().reference in " ".join(world.chief_executive.hears())
    assert world.head.hears() == []


def test_a_session_for_one_case_opens_no_other(world: World, chair: Reader) -> None:
    about_the_head(world)
    first = world.case()
    chair.enters(chair.link(first.reference))
    world.teacher.reports("head_concern", what="Another CANARYTWO", harmed="nobody")
    world.settled()
    assert "CANARYTWO" not in chair.browser.get("/p/c/").text
    assert CANARY in chair.browser.get("/p/c/").text


def test_a_report_about_the_chair_never_reaches_the_chair(world: World, chair: Reader) -> None:
    letters = len(world.settled().chair.inbox())
    world.teacher.reports(
        "colleague_concern",
        what=CANARY,
        harmed="nobody",
        subject_names="Mrs Okafor",
        same={"Mrs Okafor": "Ngozi Okafor"},
    )
    world.settled()
    assert world.leads() == {"chief-executive"}
    world.clock.forward(days=3)
    world.settled()
    assert len(world.chair.inbox()) == letters
    assert not [each for each in world.told() if each.key == "chair" and each.part in READS]


def test_screenshots_open_for_the_lead_and_close_when_the_case_does_to_them(world: World) -> None:
    form = world.teacher.sends(world.teacher.types(), about="cyberbullying", danger="no")
    form = world.teacher.sends(form, **BULLYING)
    form = world.teacher.sends(form, pictures_sexual="no")
    form = world.teacher.sends(form, screenshots=[world.teacher.uploads(PNG)])
    form = world.teacher.sends(form)
    world.teacher.sends(form)
    world.settled()
    page = world.dsl.opens()
    (url,) = [str(each["url"]) for each in buttons(page) if "url" in each]
    assert httpx.get(url).status_code == 200
    assert "evidence.viewed" in world.events(world.case().id)
    assert httpx.get(f"{url}/1").headers["content-type"].startswith("image/")
    world.dsl.presses("recuse", world.dsl.card())
    world.settled()
    unknown = httpx.get(re.sub(r"/p/e/.*", "/p/e/" + "f" * 43, url))
    shut = httpx.get(url)
    assert (shut.status_code, shut.text) == (unknown.status_code, unknown.text)
    assert not httpx.get(f"{url}/1").is_success
