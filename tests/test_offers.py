"""Where a policy asks for no further step, nobody is told until the reporter wishes it, and then somebody answers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.townspeople import words
from tests.world import World, brambledown
from workspace.running import Address

FRIEND = {"harmed": "nobody", "family": "no", "what": "A pupil asked to follow me.", "pictures_sexual": "none"}


@pytest.fixture
def king_offa(chat: Address, tmp_path: Path, new_sqlite: Callable[[], str]) -> Iterator[World]:
    with brambledown(chat, tmp_path, new_sqlite(), {'pack = "oak-trees"': 'pack = "king-offa"'}) as opened:
        yield opened


def test_a_change_among_the_staff_does_not_send_a_receipt_outside(king_offa: World) -> None:
    king_offa.teacher.reports("pupil_contact", **FRIEND)
    king_offa.settled()
    before = king_offa.events(king_offa.case().id)
    king_offa.applies({})
    assert king_offa.settled().case().outside == []
    assert king_offa.told() == set()
    assert king_offa.events(king_offa.case().id) == before


def test_what_the_reporter_passes_on_goes_up_the_ladder_when_nobody_answers(king_offa: World) -> None:
    sent = king_offa.teacher.reports("pupil_contact", **FRIEND)
    assert "Nobody has been told" in words(sent.receipt)
    assert king_offa.settled().told() == set()
    king_offa.teacher.presses("tell", sent.receipt)
    king_offa.settled()
    assert {(told.role, told.part) for told in king_offa.told()} == {("dsl", "lead")}
    king_offa.clock.forward(hours=2, minutes=1)
    king_offa.settled()
    assert {told.role for told in king_offa.told()} == {"dsl", "deputy_dsl"}
    assert king_offa.case().outside == []
