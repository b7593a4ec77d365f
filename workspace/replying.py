"""Saying something back through a response address, as Slack lets an app do."""

from __future__ import annotations

from workspace.blocks import check_message
from workspace.refusal import Json, SlackError
from workspace.respond import Reply
from workspace.rooms import Message, Room
from workspace.world import Workspace


def say_back(world: Workspace, reply: Reply, said: Json) -> None:
    """Replace or remove the message that was acted on, or say something new to its person or its room."""
    if said.get("blocks"):
        check_message(said["blocks"])
    room = world.rooms.room(reply.room)
    about = room.messages.get(reply.message_ts or "")
    if said.get("delete_original"):
        if about:
            del room.messages[about.ts]
    elif said.get("replace_original") and about:
        about.text, about.blocks = said.get("text", ""), said.get("blocks")
        about.edited = world.rooms.next_ts()
        world.rooms.say(room, about)
    else:
        say_anew(world, room, reply, said)
    world.wake(room.members)


def say_anew(world: Workspace, room: Room, reply: Reply, said: Json) -> None:
    if not said.get("text") and not said.get("blocks"):
        raise SlackError("no_text")
    message = Message(
        ts=world.rooms.next_ts(),
        user=world.town.bot["id"],
        text=said.get("text", ""),
        blocks=said.get("blocks"),
        bot=True,
        only_for=None if said.get("response_type") == "in_channel" else reply.user,
    )
    world.rooms.say(room, message)
