"""What a clever or a clumsy person could try against a report: read it, lose it, stop it, or learn that it exists."""

import pytest

from tests.townspeople import Json, Somebody, words
from tests.world import World

CANARY = "CANARYNARRATIVE"
CONCERN = {"what": CANARY, "harmed": "nobody"}


def option(value: str) -> Json:
    return {"type": "radio_buttons", "selected_option": {"value": value}}


def typed(text: str) -> Json:
    return {"type": "plain_text_input", "value": text}


# -- a report is never lost


def test_a_draft_that_bears_a_cases_name_does_not_take_the_case_with_it(school: World) -> None:
    sent = school.teacher.reports("colleague_concern", **CONCERN, subject_names="Ada Quill")
    school.settled()
    mallory: Somebody = school.other_teacher
    mallory.forges_form("start", sent.case, {"about": option("reputation"), "danger": option("yes")})
    made = mallory.forges_form("urgent", sent.case, {"what": typed("Nothing"), "urgent_who": typed("Nobody")})
    assert made.status == 200
    mallory.forges("discard", sent.case)
    assert len(school.settled().cases()) == 2
    assert CANARY in words(school.head.opens(sent.reference))
