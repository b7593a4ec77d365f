"""The screenshots of a case, for the person a link was made for: made afresh, never the originals."""

from starlette.requests import Request
from starlette.responses import Response

from handlers.web.front import Front
from handlers.web.pictures import Darkroom, Unshowable
from workflows import doors
from workflows.refusals import Refused


class GalleryPages:
    """One page of pictures, and each picture by itself."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._darkroom = Darkroom()

    async def show(self, request: Request) -> Response:
        """All screenshots with what is known of each; the desk records that they were seen."""
        token = str(request.path_params["token"])
        return await self._front.show("gallery", token=token, gallery=await self._front.desk.pictures(token))

    async def picture(self, request: Request) -> Response:
        """One picture, safe to look at; words where there is none."""
        token, position = str(request.path_params["token"]), int(request.path_params["position"])
        try:
            shown = await self._darkroom.render(await self._front.desk.picture(token, position))
        except Unshowable:
            return await self._front.show("unshowable", 422)
        except Refused:
            # A link that still opens says that it is the picture which is missing; any other is refused here.
            await self._front.look(doors.evidence_for, token)
            return await self._front.show("unshowable", 404)
        return Response(shown.content, media_type=shown.media, headers={"Content-Disposition": "inline"})
