"""The people of the invented school as the walk needs them, and what each of them can see anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from workspace.refusal import Json
from workspace.visitor import Visitor, insist, words


class Town:
    """Everybody in the demo, by the part they play."""

    def __init__(self, page: httpx.Client, bot: str) -> None:
        self.page, self.bot = page, bot
        known = page.get("/ui/people").json()["people"]
        self.people = {one["role"]: Visitor(page, one["id"], one["name"]) for one in known}
        self.teacher, self.assistant = self.people["teacher"], self.people["teaching_assistant"]
        self.lead, self.deputy = self.people["dsl"], self.people["deputy_dsl"]
        self.head, self.owner = self.people["headteacher"], self.people["ict"]
        self.chair = self.people["chair_of_governors"]

    def moves_on(self, by: str) -> None:
        """The clock in the page's corner."""
        self.page.post("/ui/clock", json={"forward": by}).raise_for_status()

    def letter(self, to: Visitor, subject: str) -> Json:
        """The newest e-mail with these words in its subject."""

        def newest(now: Json) -> Json | None:
            return next((each for each in now["inbox"] if subject in each["subject"]), None)

        return to.waits(f"an e-mail about “{subject}”", newest)

    @contextmanager
    def nobody_learns(self, *people: Visitor) -> Iterator[None]:
        """What these people can see, anywhere, is afterwards what it was before."""
        before = {each.id: everything(each) for each in people}
        yield
        for each in people:
            for place, seen in everything(each).items():
                insist(seen == before[each.id].get(place), f"{each.name} can see a difference in {place}.")


def everything(somebody: Visitor) -> dict[str, str]:
    """All that somebody can look at, place by place: every room, App Home, the inbox, what is open or unread."""
    home = words(somebody.home()["blocks"])
    now = somebody.sees()
    rooms = {f"“{room['name']}”": words(now["messages"].get(room["id"], [])) for room in now["channels"]}
    unread = {f"what is unread in “{room['name']}”": str(room["unread"]) for room in now["channels"]}
    inbox = " ".join(letter["subject"] for letter in now["inbox"])
    return {**rooms, **unread, "App Home": home, "the inbox": inbox, "what is open": words(now["modals"])}
