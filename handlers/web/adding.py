"""The page where screenshots are added: opened by a link that works once, and for one person's report alone."""

import hmac
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from handlers.fetchers import LARGEST
from handlers.web import surface
from handlers.web.cover import SCRIPTED
from handlers.web.front import Front
from handlers.web.posted import fields, insist_on_mark, mark
from handlers.web.receiving import answered, receive
from workflows import adding
from workflows.adding import Adding
from workflows.refusals import BadAnswers, Refused

COOKIE = "lanyard_adding"
MARK = "lanyard-mark"


class AddingPages:
    """Open the link, answer what must be asked first, send pictures one by one, finish."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def door(self, request: Request) -> Response:
        """One page with one button, the same for any token, which uses nothing up."""
        return await self._front.show("adding_door", token=str(request.path_params["token"]))

    async def open(self, request: Request) -> Response:
        """What is behind the button: the link is spent, and a session for this page begins."""
        await fields(request)
        try:
            cookie = await self._front.desk.run(adding.enter, str(request.path_params["token"]))
        except Refused:
            return await self._gone()
        return self._front.let_in(COOKIE, cookie, "/p/add/", within="/p/add/")

    async def show(self, request: Request) -> Response:
        """The question that is asked first, or the pictures."""
        try:
            found = await self._here(request)
        except Refused:
            return await self._gone()
        return await self._pictures(request, found) if found.asked else await self._ask(request, found, {})

    async def back(self, request: Request) -> Response:
        """Somebody reloaded an answer: to the page."""
        return RedirectResponse("/p/add/", 303)

    async def answer(self, request: Request) -> Response:
        """Does any of them show a child undressed?  Then none comes, and it is said what to do."""
        posted = await fields(request)
        insist_on_mark(posted, _cookie(request))
        said = str(surface.answers(posted).get("pictures_sexual", ""))
        try:
            found = await self._here(request)
            if await self._front.desk.run(adding.answer, _cookie(request), said):
                return RedirectResponse("/p/add/", 303)
        except BadAnswers as bad:
            return await self._ask(request, found, self._front.desk.in_words(bad.problems))
        except Refused:
            return await self._gone()
        advice = self._front.desk.rules.reports["indecent_images"].advice[1:] if said == "yes" else ()
        return _left(await self._front.show("adding_done", visit=found, said=said, advice=advice))

    async def picture(self, request: Request) -> Response:
        """Take in one picture."""
        insist(request, _cookie(request))
        return await answered(self._take_in(request))

    async def _take_in(self, request: Request) -> None:
        desk = self._front.desk
        upload = await desk.look(adding.begin, desk.rules, _cookie(request))
        received = await receive(request, upload, desk.blobs)
        await desk.run(adding.came, _cookie(request), received.told, received.found)

    async def done(self, request: Request) -> Response:
        """They have finished: what happens next."""
        insist_on_mark(await fields(request), _cookie(request))
        try:
            found = await self._front.desk.run(adding.leave, _cookie(request))
        except Refused:
            return await self._gone()
        return _left(await self._front.show("adding_done", visit=found, said="no", advice=()))

    async def _here(self, request: Request) -> Adding:
        desk = self._front.desk
        found: Adding = await desk.look(adding.here, desk.rules, _cookie(request))
        return found

    async def _ask(self, request: Request, found: Adding, problems: dict[str, str]) -> Response:
        form = self._form("pictures", {})
        shown: dict[str, Any] = {"form": form, "box": surface.boxes(form, {}, problems)[0], "visit": found}
        return await self._front.show("adding_ask", 422 if problems else 200, mark=mark(_cookie(request)), **shown)

    async def _pictures(self, request: Request, found: Adding) -> Response:
        about = self._form("details", {"pictures": [{"id": "n", "number": "{n}"}]})
        boxes = surface.boxes(about, {}, {})
        shown = {"about": about, "boxes": boxes, "visit": found, "most": adding.MOST, "largest": LARGEST}
        response = await self._front.show("adding", mark=mark(_cookie(request)), told=adding.TOLD, **shown)
        response.headers["Content-Security-Policy"] = SCRIPTED
        return response

    def _form(self, name: str, values: dict[str, Any]) -> Any:
        return self._front.desk.words.form(name, values, {})

    async def _gone(self) -> Response:
        return await self._front.show("gone", 410, again="")


def insist(request: Request, cookie: str) -> None:
    """Turn away a file that was not sent by our own page, in this session."""
    headers = request.headers
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise HTTPException(403)
    if headers.get("content-type", "") != "application/octet-stream":
        raise HTTPException(415)
    if not hmac.compare_digest(headers.get(MARK, "").encode(), mark(cookie).encode()):
        raise HTTPException(403)


def _left(response: Response) -> Response:
    response.delete_cookie(COOKIE, path="/p/add/", httponly=True, samesite="strict")
    return response


def _cookie(request: Request) -> str:
    return request.cookies.get(COOKIE, "")
