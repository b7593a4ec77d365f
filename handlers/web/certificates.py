"""The pages of certificates: added by whoever they are of, behind a link that works once, and opened by few."""

import asyncio
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from handlers.fetchers import LARGEST
from handlers.kinds import certificate_kind
from handlers.web.adding import insist
from handlers.web.cover import SCRIPTED
from handlers.web.front import Front
from handlers.web.pictures import Darkroom, Unshowable
from handlers.web.posted import fields, insist_on_mark, mark
from handlers.web.receiving import answered, receive
from storage.faults import Missing
from workflows import certificates, doors
from workflows.certificates import Adding, Shown
from workflows.refusals import Refused

COOKIE, PATH = "lanyard_certificate", "/p/certificate/"
PDF = "application/pdf"


def certificate_routes(front: Front) -> list[BaseRoute]:
    """What can be asked for about certificates."""
    proof = CertificatePages(front)
    return [
        Route("/k/{token}", proof.door, methods=["GET"]),
        Route("/k/{token}", proof.open, methods=["POST"]),
        Route("/certificate/", proof.show, methods=["GET"]),
        Route("/certificate/file", proof.take_in, methods=["PUT"]),
        Route("/certificate/done", proof.done, methods=["POST"]),
        Route("/certificate/{step}", proof.back, methods=["GET"]),
        Route("/v/{token}", proof.listed, methods=["GET"]),
        Route("/v/{token}/{id}", proof.file, methods=["GET"]),
    ]


class CertificatePages:
    """Open the link, send the file, finish; and for those who may, the certificates one by one."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._darkroom = Darkroom()

    async def door(self, request: Request) -> Response:
        """One page with one button, the same for any token, which uses nothing up."""
        return await self._front.show("certificate_door", token=str(request.path_params["token"]))

    async def open(self, request: Request) -> Response:
        """What is behind the button: the link is spent, and a session for this page begins."""
        await fields(request)
        try:
            cookie = await self._front.desk.run(certificates.enter, str(request.path_params["token"]))
        except Refused:
            return await self._gone()
        response = RedirectResponse(PATH, 303)
        secure = self._front.house.url.startswith("https:")
        lives = int(doors.SESSION.total_seconds())
        response.set_cookie(COOKIE, cookie, lives, path=PATH, secure=secure, httponly=True, samesite="strict")
        return response

    async def show(self, request: Request) -> Response:
        """The page that sends the file."""
        try:
            found: Adding = await self._front.desk.look(certificates.here, self._front.desk.rules, cookie(request))
        except Refused:
            return await self._gone()
        values: dict[str, Any] = {
            "visit": found,
            "most": certificates.MOST,
            "largest": LARGEST,
            "mark": mark(cookie(request)),
        }
        response = await self._front.show("certificate", **values)
        response.headers["Content-Security-Policy"] = SCRIPTED
        return response

    async def back(self, request: Request) -> Response:
        """Somebody reloaded an answer: to the page."""
        return RedirectResponse(PATH, 303)

    async def take_in(self, request: Request) -> Response:
        """Take in one file."""
        insist(request, cookie(request))
        return await answered(self._take_in(request))

    async def _take_in(self, request: Request) -> None:
        desk = self._front.desk
        upload = await desk.look(certificates.begin, desk.rules, cookie(request))
        received = await receive(request, upload, desk.blobs, certificate_kind)
        await desk.run(certificates.came, cookie(request), received.found)

    async def done(self, request: Request) -> Response:
        """They have finished: what happens next."""
        insist_on_mark(await fields(request), cookie(request))
        try:
            found = await self._front.desk.run(certificates.leave, cookie(request))
        except Refused:
            return await self._gone()
        response = await self._front.show("certificate_done", visit=found)
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")
        return response

    async def listed(self, request: Request) -> Response:
        """Those that a link shows."""
        token = str(request.path_params["token"])
        desk = self._front.desk
        found: tuple[Shown, ...] = await desk.look(certificates.listed, desk.rules, token)
        return await self._front.show("certificates", token=token, found=found, pdf=PDF)

    async def file(self, request: Request) -> Response:
        """One of them: a picture made afresh, a PDF to be saved; that it was opened is recorded first."""
        desk = self._front.desk
        found: Shown = await desk.run(
            certificates.take, str(request.path_params["token"]), str(request.path_params["id"])
        )
        try:
            sealed = await asyncio.to_thread(desk.blobs.get, found.id)
            original: bytes = await desk.look(certificates.opened, found, sealed)
            if found.media == PDF:
                how = {"Content-Disposition": "attachment; filename=certificate.pdf"}
                return Response(original, media_type=PDF, headers=how)
            shown = await self._darkroom.render(original)
        except Missing:
            raise HTTPException(404) from None
        except Unshowable:
            return await self._front.show("unshowable", 422)
        return Response(shown.content, media_type=shown.media, headers={"Content-Disposition": "inline"})

    async def _gone(self) -> Response:
        return await self._front.show("gone", 410, again="")


def cookie(request: Request) -> str:
    return request.cookies.get(COOKIE, "")
