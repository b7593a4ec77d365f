"""A bad day at Slack that no other chat has: its form does not open."""

import pytest

from tests.townspeople import words
from tests.world import World


@pytest.mark.parametrize("kind", ["limited", "broken", "silent", "revoked"])
def test_a_form_that_slack_does_not_open_leaves_the_person_with_numbers_to_phone(school: World, kind: str) -> None:
    school.misbehaves(kind, 1, seconds=20, only="views.open")
    school.teacher.asks_for_the_form()
    seen = words(list(school.teacher.sees()["messages"].values()))
    assert "01632 960110" in seen
    assert school.workspace.banners == {}
    assert school.teacher.reports("pupil_concern", what="x", harmed_names="Jo Bloggs").reference
