"""Teams's side of the door in tests: activities with real tokens in through the real gate, to a set-piece desk."""

import asyncio
import time
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from templates.catalogue import Catalogue
from templates.shapes import Card
from tests.slack_door import RememberingDesk
from tests.teams_town import Member, Town
from workspace.teams.knocking import signed
from workspace.teams.tenant import APP, SECRET, TENANT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from handlers.teams.app import Teams
from handlers.teams.places import Places
from handlers.teams.tokens import Registration


class SetPieceDesk(RememberingDesk):
    """Says what the tests want; where people are reached is in a dictionary."""

    trust = "oak"

    def __init__(self) -> None:
        super().__init__()
        self.database, self.words = self, Catalogue.read()
        self.stored: dict[Any, Any] = {}
        self.says["sorry"] = None

    async def run(self, trust: str, workflow: Callable[..., Any], *args: Any) -> None:
        if workflow.__name__ == "keep":
            self.stored[args[0]] = args[1]
        else:
            self.stored.pop(args[0], None)

    async def look(self, query: Callable[..., Any], *args: Any) -> Any:
        found = self.stored.get(args[0])
        return found if query.__name__ == "known" else next((each.service for each in self.stored.values()), "")

    async def sorry(self, fault: str) -> Card:
        return Card(f"Sorry: {fault}", short=f"Sorry: {fault}", contacts=(("The school", "01632 960100"),))


class Door:
    """The bot's HTTP door with a desk behind it, as Teams sees it."""

    def __init__(self, town: Town, teams: Teams, clock: Callable[[], float]) -> None:
        self.town, self.teams, self.desk = town, teams, SetPieceDesk()
        self.kept: list[tuple[bytes, str]] = []
        self.alarms: list[str] = []
        self.sender, self.gate = teams.open(self.desk, self.keep, self.alarms.append)
        self.gate.clock = clock
        app = Starlette(routes=[Route("/teams/api/messages", self.gate.enter, methods=["POST"])])
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://lanyard.example")
        person = town.moves_in("Priya Nair", "priya@brambledown.example")
        self.priya = Member(town, "https://lanyard.example", person)

    async def keep(self, raw: bytes, fault: str) -> None:
        self.kept.append((raw, fault))

    async def sends(self, body: Any, token: str | None = None, **headers: str) -> httpx.Response:
        """An activity, as JSON or as the very bytes."""
        shown = {"Authorization": f"Bearer {signed(self.town) if token is None else token}"}
        told = {"content": body} if isinstance(body, bytes) else {"json": body}
        media = {"Content-Type": "application/json"}
        return await self.http.post("/teams/api/messages", headers={**media, **shown, **headers}, **told)

    async def settled(self) -> None:
        """What happens after the answer has happened."""
        afterwards = self.gate.inside.listeners.afterwards
        while afterwards:
            await asyncio.wait(afterwards)


@asynccontextmanager
async def door(town: Town, clock: Callable[[], float] = time.time) -> AsyncIterator[Door]:
    town.afresh()
    teams = Teams(Registration(APP, TENANT, SECRET), Places.at(town.url))
    opened = Door(town, teams, clock)
    try:
        yield opened
        await opened.settled()
    finally:
        opened.priya.closes()
        await opened.http.aclose()
        await teams.close()
