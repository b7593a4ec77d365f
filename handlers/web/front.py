"""What all pages share: the desk behind them, the house they belong to, and words for failures."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from handlers.desk import Desk
from storage.database import Database
from storage.faults import Busy, NotSaved, Uncertain
from templates.pages import page
from templates.shapes import Pairs
from workflows import doors
from workflows.refusals import Refused

log = logging.getLogger(__name__)

FAULTS: Mapping[type[Exception], str] = {Busy: "busy", NotSaved: "unsaved", Uncertain: "uncertain"}
STATUS = {"busy": 503, "unsaved": 503, "uncertain": 503, "unexpected": 500}


@dataclass(frozen=True)
class House:
    """Whose pages these are: the name on top, where browsers reach them, the clock, whom to phone."""

    name: str
    url: str
    clock: Callable[[], datetime]
    contacts: Callable[[], Awaitable[Pairs]]


class Front:
    """The counter that every page stands at."""

    def __init__(self, desk: Desk, database: Database, trust: str, house: House) -> None:
        self.desk, self.house = desk, house
        self._database, self._trust = database, trust
        self._mill = asyncio.Semaphore(2)
        self._contacts: Pairs = ()

    async def run(self, workflow: Callable[..., Any], *args: Any) -> Any:
        """A change; ``at``, the machine's time, goes last."""
        return await self._database.run(self._trust, workflow, *args, self.house.clock())

    async def look(self, query: Callable[..., Any], *args: Any) -> Any:
        """A look; ``at``, the machine's time, goes last."""
        return await self._database.look(self._trust, query, *args, self.house.clock())

    async def grind(self, slow: Callable[..., bytes], *args: Any) -> bytes:
        """Slow arithmetic, a little at a time and where nobody waits for it."""
        async with self._mill:
            return await asyncio.to_thread(slow, *args)

    async def show(self, name: str, status: int = 200, **values: object) -> Response:
        """A page with its values, and the phone numbers that every page ends with."""
        await asyncio.gather(self._learn_contacts(), return_exceptions=True)
        words = page(name, {"house": self.house.name, "contacts": self._contacts, **values})
        return HTMLResponse(words, status)

    def let_in(self, cookie: str, session: str, page: str, *, within: str) -> Response:
        """On to the page, with a session that lasts 30 minutes and is sent to what lies ``within`` this path alone."""
        response = RedirectResponse(page, 303)
        response.set_cookie(
            cookie,
            session,
            max_age=int(doors.SESSION.total_seconds()),
            path=within,
            secure=self.house.url.startswith("https:"),
            httponly=True,
            samesite="strict",
        )
        return response

    def answers_to_faults(self) -> dict[Any, Callable[..., Awaitable[Response]]]:
        """Which page answers which failure."""
        return {
            Refused: self.refused,
            **dict.fromkeys(FAULTS, self.fault),
            HTTPException: self.nowhere,
            Exception: self.trouble,
        }

    async def refused(self, request: Request, no: Refused) -> Response:
        """An expected no: the same words whatever was behind it."""
        if no.args == ("session",):
            return await self.show("out", 403, ended=True)
        if no.args == ("link",):
            return await self.show("gone", 410, again="")
        return await self.show("nowhere", 403)

    async def fault(self, request: Request, fault: Exception) -> Response:
        """Something could not be done just now."""
        return await self._sorry(FAULTS[type(fault)])

    async def nowhere(self, request: Request, no: HTTPException) -> Response:
        """There is no such page, or not like this."""
        return await self.show("nowhere", no.status_code)

    async def trouble(self, request: Request, fault: Exception) -> Response:
        """Something that nobody expected: generic words, and whom to phone."""
        log.error("unexpected on a page: %s", type(fault).__name__)  # its sentence may repeat people's words
        return await self._sorry("unexpected")

    async def _sorry(self, name: str) -> Response:
        (card,) = await asyncio.gather(self.desk.sorry(name), return_exceptions=True)
        if isinstance(card, BaseException):
            return await self.show("nowhere", STATUS[name])
        return await self.show("sorry", STATUS[name], card=card)

    async def _learn_contacts(self) -> None:
        # The last known numbers stay on the page when the database cannot be asked.
        self._contacts = await self.house.contacts()
