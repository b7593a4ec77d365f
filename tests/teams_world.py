"""Brambledown in Microsoft Teams: the same school, people, post box and clock, alone or beside Slack."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.teams_town import Member, Town
from tests.world import PEOPLE, World, until
from workspace.running import Address
from workspace.teams import talks
from workspace.teams.tenant import APP, SECRET, TENANT


class TeamsWorld(World):
    """``on("dsl")`` is the safeguarding lead with Teams open; ``both`` says that the school has Slack as well.

    The stranger, who has no account with the school, is there as a visitor to a meeting is.
    """

    saying, changing = "chat.say", "chat.change"

    def __init__(self, chat: Address, folder: Path, database_url: str, town: Town, *, both: bool = False) -> None:
        self.town, self.both, self.speaks = town, both, "both" if both else "teams"
        self.members: dict[str, Member] = {}
        super().__init__(chat, folder, database_url)
        town.ear = self.ear
        for id in PEOPLE.values():
            person = self.workspace.town.people[id]
            if person in talks.members(self.workspace.town):
                town.moves_in(person.name, person.email, userType="Guest" if person.guest else "Member")

    def chats(self) -> dict[str, str]:
        mine = {
            "LANYARD_TEAMS_URL": self.town.url,
            "LANYARD_TEAMS_APP_ID": APP,
            "LANYARD_TEAMS_TENANT": TENANT,
            "LANYARD_TEAMS_SECRET": SECRET,
        }
        return {**super().chats(), **mine} if self.both else mine

    def on(self, name: str) -> Member:
        """Somebody of the school with Teams open."""
        if name not in self.members:
            known = self.workspace.town.people[PEOPLE[name]]
            visitor = {"id": f"visiting-{name}", "displayName": known.name, "userType": "Visitor"}
            found = (one for one in self.town.people.values() if one["displayName"] == known.name)
            person = next(found, visitor)
            self.members[name] = Member(self.town, self.url, person)
        return self.members[name]

    def everybody_installs(self) -> None:
        for name, id in PEOPLE.items():
            if self.workspace.town.people[id] in talks.members(self.workspace.town):
                self.on(name).installs()
        until(lambda: all(each.messages() for each in self.members.values()), "a welcome for everybody")

    def misbehaves(self, kind: str, times: int = 1, seconds: float = 0, only: str = "") -> None:
        self.town.mischief.order(kind, times, seconds, only)

    def moments(self) -> list[Any]:
        return self.town.on_call

    def called(self, *methods: str) -> int:
        return sum(self.town.counts[method] for method in methods)

    @contextmanager
    def chat_is_down(self) -> Iterator[None]:
        self.misbehaves("broken", 10**6, only="chat.")
        try:
            yield
        finally:
            self.misbehaves("none")
            self.clock.forward(minutes=2)

    def closes(self) -> None:
        for each in self.members.values():
            each.closes()
        super().closes()


@contextmanager
def brambledown_in_teams(
    chat: Address,
    folder: Path,
    database_url: str,
    town: Town,
    *,
    both: bool = False,
    changes: dict[str, str] | None = None,
) -> Iterator[TeamsWorld]:
    """The school, open until the block ends; ``changes`` are lines of its file that are written differently."""
    town.afresh()
    world = TeamsWorld(chat, folder, database_url, town, both=both)
    try:
        world.opens(changes)
        yield world
    finally:
        world.closes()
