"""What people do on the page, told to the bot, and what becomes of its answer."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from workspace import payloads
from workspace.answers import unfinished, values_of
from workspace.blocks import elements_of
from workspace.elements import STATE
from workspace.knock import Answer
from workspace.people import Person
from workspace.refusal import Json, SlackError
from workspace.replying import say_back
from workspace.rooms import Message, Room
from workspace.views import View, check_view
from workspace.world import Workspace

TROUBLE = "We had some trouble connecting. Try again?"


async def command(world: Workspace, person: Person, room: Room, typed: str) -> None:
    """A slash command; without an answer in time the person sees Slack's red error."""
    name, _, rest = typed.strip().partition(" ")
    world.banner(person.id, None)
    if name not in (world.settings.command, world.settings.away_command):
        world.banner(person.id, f"{name} is not a valid command.")
        return
    fields = payloads.command(world, person, room, (name, rest.strip()))
    answer = await ask(world, "command", fields)
    if answer.trouble:
        world.banner(person.id, f"{name} failed with the error '{answer.trouble}'")
    elif answer.body.strip():
        said = answer.json()
        reply = said if isinstance(said, dict) else {"text": answer.body.decode(errors="replace")}
        say_back(world, world.replies.take(fields["response_url"].rsplit("/", 1)[1]), reply)


async def ask(world: Workspace, kind: str, payload: Json) -> Answer:
    """Send a command or interaction, twice if that mischief is ordered; the first answer counts."""
    send = world.knock.form if kind == "command" else world.knock.payload
    asked = [send(world.bot_url, payload)]
    if world.mischief.strikes("duplicate", kind) is not None:
        asked.append(send(world.bot_url, payload))
    world.moment(f"{kind}:sent", payload)
    answers = await asyncio.gather(*asked)
    world.moment(f"{kind}:answered", payload)
    return answers[0]


async def tell(world: Workspace, event: Json) -> None:
    """An event; not answered well within three seconds it comes again, as Slack does it."""
    envelope = payloads.event(world, event)
    copies = 2 if world.mischief.strikes("duplicate", "event_callback") is not None else 1
    world.moment("event:sent", envelope)
    sent = [world.knock.event(world.bot_url, envelope, {}) for _ in range(copies)]
    answer = (await asyncio.gather(*sent))[0]
    for number, wait in enumerate(world.settings.retries, 1):
        if answer.trouble is None or answer.no_retry:
            break
        await asyncio.sleep(wait)
        reason = "http_timeout" if answer.trouble == "operation_timeout" else "http_error"
        headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
        answer = await world.knock.event(world.bot_url, envelope, headers)
    world.moment("event:answered", envelope)


async def verify(world: Workspace) -> bool:
    """Slack's question when an app's address is first entered."""
    question = {"token": payloads.OLD_TOKEN, "challenge": "brambledown-challenge", "type": "url_verification"}
    answer = await world.knock.event(world.bot_url, question, {})
    said = answer.json()
    echoed = said.get("challenge") if isinstance(said, dict) else answer.body.decode(errors="replace")
    return answer.trouble is None and bool(echoed == question["challenge"])


async def act_in_view(world: Workspace, person: Person, view: View, action: Json) -> None:
    view.trouble = None
    answer = await ask(world, "block_actions", payloads.view_action(world, person, view, action))
    if answer.trouble:
        view.trouble = TROUBLE
    world.wake([person.id])


async def act_in_message(world: Workspace, person: Person, place: tuple[Room, Message], action: Json) -> None:
    world.banner(person.id, None)
    answer = await ask(world, "block_actions", payloads.message_action(world, person, place, action))
    if answer.trouble:
        world.banner(person.id, TROUBLE)


async def choose(world: Workspace, person: Person, payload: Json) -> None:
    """A shortcut; like a command it has three seconds."""
    world.banner(person.id, None)
    answer = await ask(world, payload["type"], payload)
    if answer.trouble:
        world.banner(person.id, TROUBLE)


def action_on(blocks: list[Json], block_id: str, action_id: str, given: Json) -> Json:
    """The action as the bot is told it: what the card says, plus what the person chose."""
    for block in blocks:
        for element in elements_of(block):
            if (block["block_id"], element.get("action_id")) == (block_id, action_id):
                return action_from(block, element, given)
    raise SlackError("no_such_element")


def action_from(block: Json, element: Json, given: Json) -> Json:
    kind = element["type"]
    action: Json = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": f"{time.time():.6f}",
    }
    if kind == "button":
        return action | {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    if kind == "overflow":
        return action | {"selected_option": given.get("selected_option")}
    key = STATE[kind][0]
    if "placeholder" in element:
        action["placeholder"] = element["placeholder"]
    return action | {key: given.get(key)}


async def submit(world: Workspace, person: Person, view: View, typed: Json) -> bool:
    """Send a modal; answers whether the bot took it. What was typed stays until it did."""
    view.values, view.trouble = values_of(view.blocks, typed), None
    view.errors = unfinished(view.blocks, view.values)
    if view.errors or view.busy:
        world.wake([person.id])
        return False
    view.busy = True
    world.wake([person.id])
    try:
        answer = await ask(world, "view_submission", payloads.submission(world, person, view))
        return settle(world, person, view, answer)
    finally:
        view.busy = False
        world.wake([person.id])


def settle(world: Workspace, person: Person, view: View, answer: Answer) -> bool:
    """Do what the answer says; an answer Slack would not understand is trouble, and is noted in the log."""
    try:
        obey(world, person, view, understood(answer))
    except SlackError as wrong:
        view.trouble = TROUBLE
        noted = {"method": "view_submission", "at": world.clock.now().isoformat(), "args": {}}
        world.calls.append(noted | {"error": wrong.name, "messages": wrong.messages})
        return False
    return not view.errors


def understood(answer: Answer) -> Any:
    said = answer.json()
    if answer.trouble or (said is None and answer.body.strip()):
        raise SlackError(answer.trouble or "invalid_response")
    return said


def obey(world: Workspace, person: Person, view: View, said: Any) -> None:
    open_now = view in world.views.stacks.get(person.id, [])
    if not isinstance(said, dict) or not said.get("response_action"):
        if open_now:
            world.views.pop(person.id)
        return
    match said["response_action"]:
        case "errors":
            view.errors = errors_in(view, said.get("errors"))
        case "clear":
            world.views.clear(person.id)
        case "update" if open_now:
            world.views.change(view, check_view(said.get("view"), "modal"))
        case "push" if open_now:
            world.views.push(person.id, check_view(said.get("view"), "modal"))
        case other:
            raise SlackError("invalid_response", [f"no such response_action: {other}"])


def errors_in(view: View, said: Any) -> dict[str, str]:
    """Errors may only stand under input blocks."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(said, dict) or not said or not set(said) <= inputs:
        raise SlackError("invalid_response", ["errors must name input blocks of the view"])
    return {block: str(text) for block, text in said.items()}


async def close(world: Workspace, person: Person, view: View, everything: bool) -> None:
    """Cancel closes the top view; the cross, or clear_on_close, closes them all."""
    cleared = everything or bool(view.said.get("clear_on_close"))
    gone = world.views.clear(person.id) if cleared else [view]
    if not cleared:
        world.views.pop(person.id)
    world.wake([person.id])
    for each in gone:
        if each.said.get("notify_on_close"):
            await ask(world, "view_closed", payloads.closed(world, person, each, cleared))
