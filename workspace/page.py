"""What the browser page asks of the workspace: state, events, and everything a person can do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from workspace import interactions, payloads, shortcuts, talking
from workspace.answers import values_of
from workspace.files import LARGEST, Upload
from workspace.host import HOST_ROUTES
from workspace.people import Person
from workspace.refusal import Json, SlackError
from workspace.screen import people, state
from workspace.talking import own_file, room_of
from workspace.watching import watch
from workspace.world import Workspace

Deed = Callable[[Workspace, Person, Json], Awaitable[Json]]


def someone(world: Workspace, id: str | None) -> Person:
    person = world.town.people.get(id or "")
    if person is None or person.deactivated:
        raise SlackError("user_not_found")
    return person


async def all_people(request: Request) -> Response:
    return JSONResponse(people(request.app.state.workspace))


async def my_state(request: Request) -> Response:
    world: Workspace = request.app.state.workspace
    try:
        return JSONResponse(state(world, someone(world, request.query_params.get("as"))))
    except SlackError as wrong:
        return JSONResponse(wrong.answer(), status_code=404)


async def my_events(request: Request) -> Response:
    world: Workspace = request.app.state.workspace
    try:
        person = someone(world, request.query_params.get("as"))
    except SlackError as wrong:
        return JSONResponse(wrong.answer(), status_code=404)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(watch(world, person.id), media_type="text/event-stream", headers=headers)


def doing(deed: Deed) -> Callable[[Request], Awaitable[Response]]:
    """A person does something; what cannot be done says why and changes nothing."""

    async def handle(request: Request) -> Response:
        world: Workspace = request.app.state.workspace
        try:
            asked: Any = await request.json()
            return JSONResponse(await deed(world, someone(world, asked["as"]), asked))
        except SlackError as wrong:
            return JSONResponse(wrong.answer(), status_code=404)
        except (ValueError, KeyError, TypeError, AttributeError):
            return JSONResponse({"ok": False, "error": "invalid_arguments"}, status_code=400)

    return handle


async def command(world: Workspace, person: Person, asked: Json) -> Json:
    room = room_of(world, person, asked["channel"])
    world.soon(interactions.command(world, person, room, asked["text"]))
    return {"ok": True}


async def shortcut(world: Workspace, person: Person, asked: Json) -> Json:
    """From the lightning menu, or from the menu of one message."""
    if place := asked.get("message"):
        room = room_of(world, person, place["channel"])
        about = room.message(place["ts"])
        payload = shortcuts.on_message(world, person, (room, about), asked["callback_id"])
    else:
        payload = shortcuts.anywhere(world, person, asked["callback_id"])
    world.soon(interactions.choose(world, person, payload))
    return {"ok": True}


async def action(world: Workspace, person: Person, asked: Json) -> Json:
    place, given = (asked["block_id"], asked["action_id"]), asked.get("element") or {}
    if asked["where"] == "message":
        room = room_of(world, person, asked["message"]["channel"])
        about = room.messages.get(asked["message"]["ts"])
        if about is None or not room.can_see(about, person.id):
            raise SlackError("message_not_found")
        told = interactions.action_on(about.blocks or [], *place, given)
        world.soon(interactions.act_in_message(world, person, (room, about), told))
        return {"ok": True}
    home = asked["where"] == "home"
    view = world.views.homes.get(person.id) if home else world.views.top(person.id, asked["view_id"])
    if view is None:
        raise SlackError("not_found")
    told = interactions.action_on(view.blocks, *place, given)
    view.values = values_of(view.blocks, with_files(world, person, asked.get("values") or view.values))
    world.soon(interactions.act_in_view(world, person, view, told))
    return {"ok": True}


async def submit(world: Workspace, person: Person, asked: Json) -> Json:
    view = world.views.top(person.id, asked["view_id"])
    typed = with_files(world, person, asked.get("values") or {})
    taken = await interactions.submit(world, person, view, typed)
    return {"ok": taken, "trouble": view.trouble, "errors": view.errors, "state": state(world, person)}


def with_files(world: Workspace, person: Person, typed: Json) -> Json:
    """Attached files as this workspace knows them; nobody attaches a file that is not theirs."""
    for answers in typed.values():
        for answer in answers.values():
            if isinstance(answer, dict) and answer.get("files"):
                answer["files"] = [own_file(world, person, each) for each in answer["files"]]
    return typed


async def close(world: Workspace, person: Person, asked: Json) -> Json:
    view = world.views.top(person.id, asked["view_id"])
    world.soon(interactions.close(world, person, view, bool(asked.get("all"))))
    return {"ok": True}


async def home(world: Workspace, person: Person, asked: Json) -> Json:
    world.town.chatter(person.id)
    world.soon(interactions.tell(world, payloads.home_opened(world, person)))
    return {"ok": True}


async def seen(world: Workspace, person: Person, asked: Json) -> Json:
    room = room_of(world, person, asked["channel"])
    room.seen[person.id] = next(reversed(room.messages), "")
    world.wake([person.id])
    return {"ok": True}


async def mail_read(world: Workspace, person: Person, asked: Json) -> Json:
    for letter in world.letters_of(person):
        letter.read = letter.read or letter.id == asked["id"]
    world.wake([person.id])
    return {"ok": True}


async def direct(world: Workspace, person: Person, asked: Json) -> Json:
    """Direct messages with somebody else."""
    room = world.rooms.between([world.town.chatter(person.id).id, world.town.chatter(asked["with"]).id])
    world.wake(room.members)
    return {"ok": True, "channel": room.id}


async def upload(request: Request) -> Response:
    """A file's bytes as the body; its name and type in the address."""
    world: Workspace = request.app.state.workspace
    asked, content = request.query_params, bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST:
            return JSONResponse({"ok": False, "error": "file_too_large"}, status_code=413)
    try:
        person = world.town.chatter(asked.get("as"))
    except SlackError as wrong:
        return JSONResponse(wrong.answer(), status_code=404)
    name, media = asked.get("name") or "file", asked.get("type") or "application/octet-stream"
    kept = world.files.keep(Upload(person.id, person.team, name, media, bytes(content)))
    return JSONResponse(world.files.described(kept, world.url))


DEEDS: dict[str, Deed] = {
    "command": command,
    **talking.DEEDS,
    "shortcut": shortcut,
    "action": action,
    "submit": submit,
    "close": close,
    "home": home,
    "seen": seen,
    "mail-read": mail_read,
    "dm": direct,
}
ROUTES: list[BaseRoute] = [
    Route("/ui/people", all_people),
    Route("/ui/state", my_state),
    Route("/ui/events", my_events),
    Route("/ui/upload", upload, methods=["PUT"]),
    *(Route(f"/ui/{name}", doing(deed), methods=["POST"]) for name, deed in DEEDS.items()),
    *HOST_ROUTES,
]
