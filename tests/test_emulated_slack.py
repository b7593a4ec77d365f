"""The four flows with an emulator for Slack that others wrote: what we take for Slack is not our own idea alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.models import Evidence
from tests.emulated import Elsewhere, emulated
from tests.node_tools import installed
from tests.test_doors_of_the_chair import Reader
from tests.test_reporting import BULLYING, CANARY, FRIEND, PNG
from tests.townspeople import words
from tests.world import until
from workspace.running import Address

PINNED = Path(__file__).parent / "emulate"
LEFT_OUT = "somebody else's Slack left out"


@pytest.fixture(scope="session")
def emulator(request: pytest.FixtureRequest) -> Path:
    return installed(PINNED, LEFT_OUT, request)


@pytest.fixture
def elsewhere(emulator: Path, chat: Address, tmp_path: Path, new_sqlite: Callable[[], str]) -> Iterator[Elsewhere]:
    with emulated(emulator, chat) as bridge:
        school = Elsewhere(chat, tmp_path, new_sqlite(), bridge)
        try:
            school.opens()
            yield school
            # The chair and the trustees have no account; all else that it was asked, it did.
            assert school.bridge.refused() <= {("users.lookupByEmail", "users_not_found")}
            assert school.ledger_is_whole()
        finally:
            school.closes()


def test_a_pupils_friend_request_reaches_the_headteacher_and_is_acknowledged(elsewhere: Elsewhere) -> None:
    sent = elsewhere.teacher.reports("pupil_contact", **FRIEND, pictures_sexual="none")
    elsewhere.settled()
    assert elsewhere.teacher.hears() == [f"Your report {sent.reference} has been received"]
    assert CANARY not in words(elsewhere.head.card(sent.reference))
    assert CANARY in words(elsewhere.head.opens(sent.reference))
    assert elsewhere.settled().teacher.hears() == [f"Your report {sent.reference} has been opened"]
    elsewhere.head.acknowledges(sent.reference)
    assert elsewhere.settled().teacher.hears() == [f"Your report {sent.reference} has been acknowledged"]
    assert elsewhere.dsl.hears() == []


def test_cyberbullying_comes_with_its_screenshots(elsewhere: Elsewhere) -> None:
    files = [elsewhere.assistant.uploads(PNG, f"{n}.png") for n in range(2)]
    known = {"picture_date": "2026-11-19", "picture_time": "10:10", "picture_place": "an app", "picture_account": "y6"}
    details = {f"{what}__{n}": said for what, said in known.items() for n in (1, 2)}
    sent = elsewhere.assistant.reports("cyberbullying", **BULLYING, pictures_sexual="no", screenshots=files, **details)
    elsewhere.settled()
    assert [each.state for each in elsewhere.rows(select(Evidence))] == ["fetched", "fetched"]
    assert "See the screenshots (2)" in words(elsewhere.dsl.opens(sent.reference))
    elsewhere.dsl.acknowledges(sent.reference)
    assert elsewhere.settled().case().state == "acknowledged"


def test_a_concern_about_a_colleague_reaches_the_headteacher_and_not_the_colleague(elsewhere: Elsewhere) -> None:
    sent = elsewhere.teacher.reports(
        "colleague_concern", what=CANARY, harmed="nobody", subject_staff=[elsewhere.other_teacher]
    )
    elsewhere.settled()
    assert CANARY in words(elsewhere.head.opens(sent.reference))
    elsewhere.head.acknowledges(sent.reference)
    assert elsewhere.settled().case().state == "acknowledged"
    assert elsewhere.other_teacher.hears() == []


def test_a_concern_about_the_headteacher_reaches_the_chair_by_letter(elsewhere: Elsewhere) -> None:
    chair = Reader(elsewhere, elsewhere.chair)
    assert chair.chooses().status_code == 200
    sent = elsewhere.teacher.reports("head_concern", what=CANARY, harmed="nobody")
    page = chair.enters(chair.link(sent.reference))
    assert CANARY in page.text
    chair.presses(page, "acknowledge")
    assert elsewhere.settled().teacher.hears() == [f"Your report {sent.reference} has been acknowledged"]
    assert elsewhere.head.hears() == []


def test_a_message_whose_answer_was_lost_is_found_there_and_not_said_again(elsewhere: Elsewhere) -> None:
    elsewhere.bridge.loses = {"chat.postMessage": 2}
    sent = elsewhere.teacher.reports("pupil_contact", **FRIEND, pictures_sexual="none")
    until(lambda: not elsewhere.bridge.loses["chat.postMessage"], "two messages")
    elsewhere.clock.forward(minutes=2)
    elsewhere.settled()
    assert len(elsewhere.head.hears()) == len(elsewhere.teacher.hears()) == 1
    elsewhere.head.opens(sent.reference)
    assert elsewhere.settled().teacher.hears() == [f"Your report {sent.reference} has been opened"]
