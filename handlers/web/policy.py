"""The text of a policy's version, as it was approved: for anybody who works here, and no secret."""

import asyncio
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from handlers.web.front import Front
from storage.faults import Missing
from storage.models import PolicyVersion
from storage.unit import Unit
from workflows import versions


class PolicyPages:
    """One version, by its id: a PDF as it is, a text as a page."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def show(self, request: Request) -> Response:
        try:
            found: PolicyVersion = await self._front.desk.look(version, str(request.path_params["id"]))
        except Missing:
            raise HTTPException(404) from None
        content = await asyncio.to_thread(read, versions.place(self._front.desk.policies, found))
        if content is None or versions.digest(content) != found.sha256:
            # Whoever changed the file behind our back has not changed what was approved.
            return await self._front.show("unshowable", 404)
        if found.file.endswith(".pdf"):
            return Response(content, media_type="application/pdf", headers={"Content-Disposition": "inline"})
        text = content.decode("utf-8", "replace")
        return await self._front.show("policy", version=found, paragraphs=versions.paragraphs(text))


def version(unit: Unit, id: str) -> PolicyVersion:
    return unit.get(PolicyVersion, id)


def read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
