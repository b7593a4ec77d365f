"""A governors' or trust report, for the reader a link was made for: the page, and its files."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from handlers.web.front import Front
from storage.unit import Unit
from templates import documents
from workflows import termly, written_up
from workflows.rules import Rules

Content = Mapping[str, Any]
# Each file by its name: how it is drawn, what it is, and whether it is of the school year so far.
FILES: Mapping[str, tuple[Callable[[Content], bytes | str], str, bool]] = {
    "term.pdf": (documents.pdf, "application/pdf", False),
    "term.csv": (documents.table, "text/csv", False),
    "term.png": (documents.png, "image/png", False),
    "year.pdf": (documents.pdf, "application/pdf", True),
    "year.csv": (documents.table, "text/csv", True),
}
# Shown within the page: whoever looks at that has taken nothing away.
WITHIN = "term.png"


class FigurePages:
    """One report by its link; looking at it changes nothing, and that a file was taken is recorded."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._drawing = asyncio.Semaphore(1)

    async def show(self, request: Request) -> Response:
        token = str(request.path_params["token"])
        desk = self._front.desk
        term: Content = await desk.look(shown, desk.rules, token, False)
        year: Content = await desk.look(shown, desk.rules, token, True)
        return await self._front.show("figures", token=token, term=term, year=year if year["several"] else None)

    async def file(self, request: Request) -> Response:
        token, name = str(request.path_params["token"]), str(request.path_params["file"])
        if name not in FILES:
            raise HTTPException(404)
        draw, media, year = FILES[name]
        desk = self._front.desk
        if name == WITHIN:
            content: Content = await desk.look(shown, desk.rules, token, year)
        else:
            content = await desk.run(taken, token, year)
        async with self._drawing:  # a report is drawn in a moment, and none of them may hold up a form
            drawn = await asyncio.to_thread(draw, content)
        how = "inline" if media != "text/csv" else f'attachment; filename="{name}"'
        return Response(drawn, media_type=media, headers={"Content-Disposition": how})


def shown(unit: Unit, rules: Rules, token: str, year: bool) -> Content:
    return written_up.content(rules, termly.opened(unit, rules, token, year))


def taken(unit: Unit, rules: Rules, token: str, year: bool) -> Content:
    return written_up.content(rules, termly.taken(unit, rules, token, year))
