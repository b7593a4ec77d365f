"""The text of a policy's version, as it was approved: for anybody who works here, and no secret."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from handlers.web.front import Front
from storage.faults import Missing
from storage.models import PolicyVersion
from storage.unit import Unit
from workflows import differences, versions
from workflows.differences import Difference
from workflows.times import spoken_day

PDF = ".pdf"


@dataclass(frozen=True)
class Changed:
    """The version that a reader knows from before, and where the new text differs; none where one is a PDF."""

    since: str
    found: tuple[Difference, ...] | None


class PolicyPages:
    """One version, by its id: for whoever knows an earlier one, what has changed comes first."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def show(self, request: Request) -> Response:
        """The text; ``since`` in the address is the id of the version that the reader knows."""
        found = await self._version(str(request.path_params["id"]))
        earlier = request.query_params.get("since", "")
        before = await self._version(earlier) if earlier else None
        if before and (before.policy != found.policy or before.id == found.id):
            raise HTTPException(404)
        content = await self._content(found)
        if content is None:
            return await self._front.show("unshowable", 404)
        text = readable(found, content)
        changed = Changed(before.version, compared(before, await self._content(before), text)) if before else None
        parts = list(differences.paragraphs(text)) if text is not None else None
        day = spoken_day(str(found.approved_on))
        return await self._front.show("policy", version=found, approved_on=day, paragraphs=parts, changed=changed)

    async def file(self, request: Request) -> Response:
        """A PDF, as it was approved."""
        found = await self._version(str(request.path_params["id"]))
        content = await self._content(found) if found.file.endswith(PDF) else None
        if content is None:
            return await self._front.show("unshowable", 404)
        how = {"Content-Disposition": "inline; filename=policy.pdf"}
        return Response(content, media_type="application/pdf", headers=how)

    async def _version(self, id: str) -> PolicyVersion:
        try:
            found: PolicyVersion = await self._front.desk.look(version, id)
        except Missing:
            raise HTTPException(404) from None
        return found

    async def _content(self, found: PolicyVersion) -> bytes | None:
        """The file; none where it is gone, or somebody changed it: that has not changed what was approved."""
        content = await asyncio.to_thread(read, versions.place(self._front.desk.policies, found))
        return content if content is not None and versions.digest(content) == found.sha256 else None


def version(unit: Unit, id: str) -> PolicyVersion:
    return unit.get(PolicyVersion, id)


def compared(before: PolicyVersion, content: bytes | None, now: str | None) -> tuple[Difference, ...] | None:
    text = readable(before, content) if content is not None else None
    return None if text is None or now is None else differences.differences(text, now)


def readable(found: PolicyVersion, content: bytes) -> str | None:
    """The words of a text; none for a PDF."""
    return None if found.file.endswith(PDF) else content.decode("utf-8", "replace")


def read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
