"""What the page of Teams asks for: what one person sees there, and everything that they can do."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from workspace.page import doing, someone
from workspace.people import Person
from workspace.refusal import Json, SlackError
from workspace.screen import clock, shown_person
from workspace.settings import HERE
from workspace.teams.channels import Team, reply, there
from workspace.teams.knocking import NoAnswer, own, tell
from workspace.teams.talks import Dialog, entra, members, profile
from workspace.teams.tenant import BOT_NAME, TENANT, Said
from workspace.world import Workspace

COMMAND = ("composeExtension/fetchTask", "composeExtension/submitAction")
BUTTON = ("task/fetch", "task/submit")
TROUBLE = "Something went wrong. What you typed is still here: please try again."


async def front(request: Request) -> Response:
    return FileResponse(HERE / "static" / "teams.html", headers={"Cache-Control": "no-cache"})


async def my_state(request: Request) -> Response:
    """The page asks for it first when somebody opens Teams; then the app is put into their chat."""
    world: Workspace = request.app.state.workspace
    try:
        person = someone(world, request.query_params.get("as"))
    except SlackError as wrong:
        return JSONResponse(wrong.answer(), status_code=404)
    if person.chat and person.id not in world.teams.installed:
        world.teams.installed.add(person.id)
        world.soon(quietly(world, person, "installationUpdate", {"action": "add"}))
    return JSONResponse(state(world, person))


def state(world: Workspace, person: Person) -> Json:
    dialog = world.teams.dialogs.get(person.id)
    said = world.teams.of(person)
    return {
        "me": shown_person(person),
        "clock": clock(world),
        "messages": [asdict(each) for each in said],
        "dialog": {name: value for name, value in asdict(dialog).items() if name != "place"} if dialog else None,
        "people": [{"id": each["id"], "name": each["displayName"]} for each in map(profile, members(world.town))],
        "banner": world.banners.get(person.id),
        "staffroom": staffroom(world),
        "team": team_talk(world, person),
    }


def staffroom(world: Workspace) -> list[Json]:
    """What colleagues said in the channel that everybody is in."""
    room = next(room for room in world.rooms.rooms.values() if room.name == "staffroom")
    people = world.town.people
    return [
        {"id": each.ts, "user": each.user, "name": people[each.user].name, "text": each.text, "at": each.at}
        for each in room.messages.values()
        if each.user in people and each.text and not each.ephemeral
    ]


def team_of(world: Workspace, person: Person) -> Team | None:
    return next((team for team in world.teams.teams.values() if entra(person) in team.members), None)


def team_talk(world: Workspace, person: Person) -> list[Json] | None:
    """What the bot says in the channel of somebody's team, each with what is written beneath it."""
    team = team_of(world, person)
    if not team:
        return None
    said, people = world.teams.messages[team.channel], world.town.people
    under: dict[str, list[Json]] = {each.id: [] for each in said if not each.under}
    for each in said:
        if each.under in under:
            under[each.under].append(asdict(each) | {"name": people[each.by].name if each.by else ""})
    return [asdict(each) | {"replies": under[each.id]} for each in said if not each.under]


async def quietly(world: Workspace, person: Person, kind: str, more: Json) -> None:
    try:
        await tell(world, person, kind, more)
    except NoAnswer:
        return


async def write(world: Workspace, person: Person, asked: Json) -> Json:
    """A message to the bot; the slash command opens its dialog instead."""
    text = str(asked["text"]).strip()
    if text.split(maxsplit=1)[0] == world.settings.command:
        return await report(world, person, {})
    said = Said(secrets.token_hex(6), world.clock.now().isoformat(timespec="milliseconds"), text)
    world.teams.of(person).append(said)
    world.wake([person.id])
    world.soon(quietly(world, person, "message", {"text": text}))
    return {"ok": True}


async def answer(world: Workspace, person: Person, asked: Json) -> Json:
    """A reply in the team's channel, with a mention of the bot or without, which it is not told of then."""
    team, text, mention = team_of(world, person), str(asked["text"]).strip(), bool(asked["mention"])
    if not (team and text):
        raise SlackError("not_found")
    more = reply(team, str(asked["message"]), text, mention=mention)
    shown = f"@{BOT_NAME} {text}" if mention else text
    said = Said(secrets.token_hex(6), world.teams.now(), shown, by=person.id, under=str(asked["message"]))
    world.teams.messages[team.channel].append(said)
    world.teams.stands(team.channel, said)
    if mention:
        world.soon(quietly(world, person, "message", more | {"id": said.id}))
    return {"ok": True, "state": state(world, person)}


async def report(world: Workspace, person: Person, asked: Json) -> Json:
    """The command: from the box, or from the menu of a message in the channel."""
    place = own(world.teams, entra(person))
    value: Json = {"commandId": "report", "commandContext": "compose"}
    if about := next((each for each in staffroom(world) if each["id"] == asked.get("message")), None):
        place = {"id": "19:staffroom@thread.tacv2", "conversationType": "channel", "tenantId": TENANT}
        value = {"commandId": "report_message", "commandContext": "message", "messagePayload": payload(world, about)}
    return await fetch(world, person, COMMAND, (value, place))


def payload(world: Workspace, about: Json) -> Json:
    author = world.town.people[about["user"]]
    return {
        "id": about["id"],
        "createdDateTime": about["at"],
        "linkToMessage": f"{world.url}/teams#{about['id']}",
        "from": {"user": {"id": entra(author), "displayName": author.name}},
        "body": {"contentType": "text", "content": about["text"]},
        "attachments": [],
    }


async def fetch(world: Workspace, person: Person, names: tuple[str, str], about: tuple[Json, Json]) -> Json:
    """Something that opens a dialog."""
    value, place = about
    more = {"name": names[0], "value": value, "conversation": place}
    try:
        shown = (await tell(world, person, "invoke", more))["task"]["value"]
    except (NoAnswer, KeyError, TypeError):
        return {"ok": False, "trouble": "Unable to reach app. Please try again."}
    card = shown["card"]["content"]
    world.teams.dialogs[person.id] = Dialog(secrets.token_hex(6), names[1], shown["title"], card, place)
    return {"ok": True, "state": state(world, person)}


async def submit(world: Workspace, person: Person, asked: Json) -> Json:
    """A button of the open dialog; what comes back takes its place."""
    dialog = world.teams.dialogs.get(person.id)
    if not dialog or dialog.id != asked["dialog"]:
        raise SlackError("not_found")
    more = {"commandId": "report"} if dialog.name == COMMAND[1] else {}
    told = {"name": dialog.name, "value": {"data": asked["data"], **more}, "conversation": dialog.place}
    try:
        task = (await tell(world, person, "invoke", told))["task"]
        shown = task["value"]
        fresh = Dialog(secrets.token_hex(6), dialog.name, shown["title"], shown["card"]["content"], dialog.place)
        world.teams.dialogs[person.id] = fresh
    except (NoAnswer, KeyError, TypeError):
        return {"ok": False, "trouble": TROUBLE}
    return {"ok": True, "state": state(world, person)}


async def press(world: Workspace, person: Person, asked: Json) -> Json:
    """A button of a card in the chat: it opens a dialog, or its answer takes the card's place."""
    lying, place = world.teams.of(person), own(world.teams, entra(person))
    if (team := team_of(world, person)) and asked["message"] not in [each.id for each in lying]:
        lying, place = world.teams.messages[team.channel], there(team, asked["message"])
    said = next(each for each in lying if each.id == asked["message"])
    if asked["action"]["type"] == "Action.Submit":
        return await fetch(world, person, BUTTON, ({"data": asked["action"]["data"]}, place))
    value = {"action": asked["action"], "trigger": "manual"}
    more = {"name": "adaptiveCard/action", "value": value, "replyToId": said.id, "conversation": place}
    try:
        answer: Any = await tell(world, person, "invoke", more)
    except NoAnswer:
        return {"ok": False, "trouble": "Something went wrong. Please try again."}
    if "card" not in answer["type"]:
        return {"ok": True, "aside": answer["value"]}
    # In a channel the answer is for whoever pressed alone; the message there is the bot's to edit, for everybody.
    if place["conversationType"] == "personal":
        next(each for each in lying if each.id == said.id).card = answer["value"]
    return {"ok": True, "state": state(world, person)}


async def close(world: Workspace, person: Person, asked: Json) -> Json:
    world.teams.dialogs.pop(person.id, None)
    return {"ok": True, "state": state(world, person)}


DEEDS = {"write": write, "answer": answer, "report": report, "submit": submit, "press": press, "close": close}
ROUTES: list[BaseRoute] = [
    Route("/teams", front),
    Route("/teams/state", my_state),
    *(Route(f"/teams/{name}", doing(deed), methods=["POST"]) for name, deed in DEEDS.items()),
]
