"""A submission that was kept because something stopped it: read once more, as it came."""

from collections.abc import Mapping
from typing import Any

from handlers.slack.entrance import SlackEntrance, home_of, person_of
from handlers.slack.surface import answers_from, step_of
from templates.shapes import Answers
from workflows.people import Who

FORM = "application/x-www-form-urlencoded"


def submission(raw: str, team: str) -> tuple[str, str, Answers, Who]:
    """Step, token, answers and sender of a payload that the gate had let in."""
    entrance = SlackEntrance("", team)
    # An envelope is JSON; what came to our address begins with the name of a field.
    visit = entrance.unfold(raw.encode()).visit if raw.startswith("{") else entrance.read(FORM, raw.encode())
    payload: Mapping[str, Any] = visit.payload if visit else {}
    view = payload["view"]
    home = home_of(payload)
    standing = "active" if home == team else "foreign"
    return *step_of(view), answers_from(view), Who("slack", home, person_of(payload), standing=standing)
