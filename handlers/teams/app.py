"""Teams's part of the bot: one tenant, one line out, one door in.

Of Microsoft's SDK we use what checks tokens and what carries messages.  Its dispatch is left out: a step that no
handler matches is answered 200 with nothing, which closes a dialog over what was typed; a failure of ours becomes 500
after its words were logged; and each turn asks for a token of the user's that we never want.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from microsoft_teams.api.auth.cloud_environment import PUBLIC
from microsoft_teams.apps.auth.token_validator import JwtValidationOptions, TokenValidator
from starlette.responses import JSONResponse, Response

from handlers.allowance import Allowance
from handlers.desk import Desk
from handlers.gate import Gate, Visit
from handlers.teams.cards import chat_card, summary
from handlers.teams.connector import Connector
from handlers.teams.entrance import Payload, TeamsEntrance, inner
from handlers.teams.files import TeamsFiles
from handlers.teams.graph import Graph
from handlers.teams.keys import SigningKeys
from handlers.teams.listeners import Listeners, in_a_line
from handlers.teams.people import People
from handlers.teams.places import Places
from handlers.teams.references import References
from handlers.teams.rooms import TeamsRooms
from handlers.teams.sender import LIMITS, LIMITS_ALL, TeamsSender
from handlers.teams.surface import again, answers_from, aside, dialog, sent_form
from handlers.teams.threads import is_direct
from handlers.teams.tokens import Registration, Tokens

WAITS = httpx.Timeout(10.0, connect=5.0)


class Teams:
    """Made inside the running loop; ``people`` works at once, ``open`` lets in and speaks."""

    def __init__(
        self, us: Registration, places: Places, clock: Callable[[], float] = time.time, *, paced: bool = True
    ) -> None:
        self.us, self.places, self.clock = us, places, clock
        self.paced = paced  # whether we say no more than Teams takes; a stand-in may be told everything at once
        self.http = httpx.AsyncClient(timeout=WAITS)
        self.tokens = Tokens(us, places)
        self.connector = Connector(self.tokens, us.tenant)
        self.keys = SigningKeys(self.http, places.keys)
        graph = Graph(self.http, self.tokens, places)
        self.people = People(graph, self.connector.member, us.tenant.lower())
        self.files = TeamsFiles(self.http, self.tokens, places)
        self.rooms = TeamsRooms(graph, self.connector, self.people, us.app_id)

    def open(
        self, desk: Desk, keep: Callable[[bytes, str], Awaitable[object]], alarm: Callable[[str], object]
    ) -> tuple[TeamsSender, Gate]:
        """What speaks for us, and the gate whose ``enter`` answers POST /teams/api/messages."""
        references = References(desk, self.people.tenant)
        here, everywhere = (Allowance(limits if self.paced else (), self.clock) for limits in (LIMITS, LIMITS_ALL))
        sender = TeamsSender(self.connector, references, self.places.connector, (here, everywhere))
        self.rooms.service = sender.service
        entrance = TeamsEntrance(self.us.tenant, Validator(self.us.app_id, self.keys), self.keys, self.places)
        return sender, Gate(entrance, Answering(desk, self.people, sender, self.rooms), keep, alarm)

    def reaches(self, service: str) -> None:
        """Where the school is reached, for somebody who asks about its channels and says nothing."""

        async def there() -> str:
            return service or self.places.connector

        self.rooms.service = there

    async def warm(self) -> None:
        """Have the signing keys before the first report comes."""
        await self.keys.refresh()

    def faults(self) -> tuple[str, ...]:
        """What makes every report fail here, by the alarms' names; the keys are asked for again meanwhile."""
        if not self.keys.known:
            self.asking = asyncio.ensure_future(self.keys.refresh())
        return (*(() if self.keys.known else ("keys",)), *(("token",) if self.tokens.refused else ()))

    async def close(self) -> None:
        await self.http.aclose()
        await self.connector.close()
        self.tokens.close()


class Validator(TokenValidator):
    """Microsoft's check of a token, with keys at hand: its own would fetch them while everybody waits."""

    def __init__(self, app_id: str, keys: SigningKeys) -> None:
        self.options = JwtValidationOptions(
            valid_issuers=[PUBLIC.token_issuer], valid_audiences=[app_id], jwks_uri=keys.place
        )
        self._jwks_client: Any = keys


class Answering:
    """The listeners' answers as HTTP; the desk's apology is put where the person looks."""

    def __init__(self, desk: Desk, people: People, sender: TeamsSender, rooms: TeamsRooms) -> None:
        self.desk = desk
        self.listeners = Listeners(desk, people, sender, rooms)

    async def answer(self, visit: Visit) -> Response:
        said = await self.listeners.hear(visit.payload)
        return Response() if said is None else JSONResponse(said)

    async def sorry(self, visit: Visit, fault: str) -> Response:
        body: Payload = visit.payload
        data = inner(inner(body, "value"), "data")
        form = sent_form(data) if visit.typed else None
        # A form that did not open has kept nothing, and its reporter needs the telephone numbers.
        card = await self.desk.sorry("busy" if body.get("name") in OPENS else fault)
        if form and fault != "kept":
            return JSONResponse(again(form, answers_from(form, data), {"": in_a_line(card)}))
        if body.get("name") == "adaptiveCard/action":
            return JSONResponse(aside(in_a_line(card)))
        if body["type"] == "invoke":
            return JSONResponse(dialog(card))
        if body["type"] == "message" and not is_direct(body):
            self.listeners.later(self.listeners.threads.excuse(body))
        elif body["type"] == "message":
            self.listeners.later(self.listeners.reply(body, chat_card(card), summary(card)))
        return Response()


OPENS = ("task/fetch", "composeExtension/fetchTask")
