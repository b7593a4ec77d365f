"""The workspace that stands in for Slack and for Teams, with a notebook: when it saw each call of the bot."""

import time
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.letters import REFERENCE
from workspace.serve import Served, build
from workspace.settings import Settings
from workspace.teams.knocking import signed


class Notebook:
    """Moments on the machine's one monotonic clock, which the load generator reads too."""

    def __init__(self) -> None:
        self.opened: dict[str, float] = {}
        self.view: Any = None
        self.posts: list[tuple[float, str, str]] = []

    def note(self, moment: str, args: dict[str, Any]) -> None:
        if moment == "views.open:received":
            self.opened[args["trigger_id"]] = time.monotonic()
            self.view = args["view"]
        elif moment == "chat.postMessage:received":
            found = REFERENCE.search(str(args.get("text", ""))) or REFERENCE.search(str(args.get("blocks", "")))
            self.posts.append((time.monotonic(), args["channel"], found.group() if found else ""))
        elif moment == "chat.say:received":
            found = REFERENCE.search(str(args["body"]))
            person = args["conversation"].removeprefix("a:")
            self.posts.append((time.monotonic(), person, found.group() if found else ""))


def main() -> None:
    """python -m bench.standin"""
    app = build(Settings(trigger_seconds=3600, calls_kept=1, teams=True))
    world, book = app.state.workspace, Notebook()
    for place in (world, world.teams):
        place.on_call.append(book.note)

    async def triggers(request: Request) -> JSONResponse:
        users = request.query_params["users"].split(",")
        number = int(request.query_params["number"])
        return JSONResponse([world.triggers.issue(users[each % len(users)]) for each in range(number)])

    async def opened(request: Request) -> JSONResponse:
        seen, book.opened = book.opened, {}
        return JSONResponse({"view": book.view, "at": seen})

    async def posts(request: Request) -> JSONResponse:
        return JSONResponse(book.posts[int(request.query_params["since"]) :])

    async def token(request: Request) -> JSONResponse:
        for person in world.teams.everybody():
            world.teams.own(person)  # everybody has the app
        return JSONResponse({"token": signed(world.teams), "service": world.teams.service})

    async def slow(request: Request) -> JSONResponse:
        seconds = float(request.query_params["seconds"])
        world.mischief.order("slow", 10**9 if seconds else 0, seconds)
        return JSONResponse({})

    app.router.routes += [Route(f"/bench/{ask.__name__}", ask) for ask in (triggers, opened, posts, token, slow)]
    Served(app, tell=partial(print, flush=True)).run()


if __name__ == "__main__":
    main()
