"""The demo without a browser: the flows that must be perfect, walked over the HTTP that the page uses."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx

from workspace import flow_of_terms, flow_of_time, flows_about_adults, flows_about_pupils
from workspace.telling import Story
from workspace.town import Town
from workspace.visitor import Wrong

Flow = Callable[[Town, Story], None]
FLOWS: tuple[Flow, ...] = (
    flows_about_pupils.friend_request,
    flows_about_pupils.screenshots,
    flows_about_adults.colleague,
    flows_about_adults.headteacher,
    flow_of_time.nobody_answers,
)


def walk(workspace_url: str, bot_url: str, given_a_year: Callable[[], None]) -> bool:
    """Walk every flow and tell it; whether all was as it should be.  The last one is given the school's terms."""
    began, story = time.monotonic(), Story()
    with httpx.Client(base_url=workspace_url, trust_env=False, timeout=10) as page:
        town = Town(page, bot_url)
        # Every flow is walked, whatever became of the one before.
        went = [goes(flow, town, story) for flow in FLOWS]
        given_a_year()
        went.append(goes(flow_of_terms.next_term, town, story))
    story.end(all(went), time.monotonic() - began)
    return all(went)


def goes(flow: Flow, town: Town, story: Story) -> bool:
    """Whether one flow went as it should; the next is walked all the same."""
    try:
        flow(town, story)
    except (Wrong, httpx.HTTPError) as wrong:
        story.failed(str(wrong) or type(wrong).__name__)
        return False
    return True
