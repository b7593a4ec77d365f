"""Anybody at the school can make a report, and it is made once."""

from tests.world import World
from tests.townspeople import words


def test_a_pupils_friend_request_reaches_the_headteacher(world: World) -> None:
    sent = world.teacher.reports("pupil_contact", harmed="nobody", family="no", what="A pupil asked to follow me.", pictures_sexual="none")
    world.settled()
    assert world.leads() == {"headteacher"}
    assert sent.reference in world.head.card()["text"]
    shown = world.head.opens()
    assert "A pupil asked to follow me." in words(shown)
    world.head.acknowledges()
    world.settled()
    assert world.ledger_is_whole()
