"""What can be asked for under /p/: the links' door, the case, the screenshots, adding some, and the stylesheet."""

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router

from handlers.desk import Desk
from handlers.web.adding import AddingPages
from handlers.web.case import CasePages
from handlers.web.certificates import certificate_routes
from handlers.web.cover import Cover
from handlers.web.door import DoorPages
from handlers.web.figures import FigurePages
from handlers.web.front import Front, House
from handlers.web.gallery import GalleryPages
from handlers.web.policy import PolicyPages
from handlers.web.task import TaskPages
from storage.database import Database
from templates.pages import script, stylesheet


def pages(desk: Desk, database: Database, trust: str, house: House) -> list[BaseRoute]:
    """The routes of all pages, each answer under the same strict cover."""
    front = Front(desk, database, trust, house)
    door, case, gallery = DoorPages(front), CasePages(front), GalleryPages(front)
    task, policy, adding, figures = TaskPages(front), PolicyPages(front), AddingPages(front), FigurePages(front)
    routes = Router(
        [
            Route("/style.css", _style, methods=["GET"]),
            Route("/l/{token}", door.show, methods=["GET"]),
            Route("/l/{token}", door.open, methods=["POST"]),
            Route("/l/{token}/in", door.sign_in, methods=["POST"]),
            Route("/l/{token}/passphrase", door.choose, methods=["POST"]),
            Route("/l/{token}/again", door.send_again, methods=["POST"]),
            Route("/l/{token}/{step}", door.back, methods=["GET"]),
            Route("/c/", case.show, methods=["GET"]),
            Route("/c/press", case.press, methods=["POST"]),
            Route("/c/answer", case.answer, methods=["POST"]),
            Route("/c/out", case.sign_out, methods=["POST"]),
            Route("/c/{step}", case.back, methods=["GET"]),
            Route("/t/{token}", task.show, methods=["GET"]),
            Route("/t/{token}", task.answer, methods=["POST"]),
            Route("/r/{token}", figures.show, methods=["GET"]),
            Route("/r/{token}/{file}", figures.file, methods=["GET"]),
            Route("/policy/{id}", policy.show, methods=["GET"]),
            Route("/policy/{id}/file", policy.file, methods=["GET"]),
            Route("/a/{token}", adding.door, methods=["GET"]),
            Route("/a/{token}", adding.open, methods=["POST"]),
            Route("/add/", adding.show, methods=["GET"]),
            Route("/add/answer", adding.answer, methods=["POST"]),
            Route("/add/picture", adding.picture, methods=["PUT"]),
            Route("/add/done", adding.done, methods=["POST"]),
            Route("/add/{step}", adding.back, methods=["GET"]),
            *certificate_routes(front),
            Route("/adding.js", _script, methods=["GET"]),
            Route("/e/{token}", gallery.show, methods=["GET"]),
            Route("/e/{token}/{position:int}", gallery.picture, methods=["GET"]),
        ]
    )
    # Not a Starlette: that hands what nobody expected to the server's log, with the words it may repeat.
    return [Mount("/p", app=Cover(ExceptionMiddleware(routes, handlers=front.answers_to_faults())))]


async def _script(request: Request) -> Response:
    return Response(script(), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


async def _style(request: Request) -> Response:
    return Response(stylesheet(), media_type="text/css", headers={"Cache-Control": "no-cache"})
