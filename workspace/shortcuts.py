"""The app's shortcuts, in the lightning menu and in each message's menu, and what the bot is told of one."""

from __future__ import annotations

import time
from html import escape

from workspace.payloads import NAMES, interaction, message_object
from workspace.people import Person
from workspace.refusal import Json, SlackError
from workspace.rooms import Message, Room
from workspace.world import Workspace

OFFERED = (
    {"name": "Make a report", "type": "global", "callback_id": "report"},
    {"name": "Report this message", "type": "message", "callback_id": "report_message"},
)


def insist(kind: str, callback: str) -> None:
    if not any((each["type"], each["callback_id"]) == (kind, callback) for each in OFFERED):
        raise SlackError("no_such_shortcut")


def anywhere(world: Workspace, person: Person, callback: str) -> Json:
    """A global shortcut; it does not say where the person was."""
    insist("global", callback)
    return chosen(world, person, "shortcut", callback)


def on_message(world: Workspace, person: Person, place: tuple[Room, Message], callback: str) -> Json:
    """A message shortcut: the whole message comes with it, even from where the bot is not."""
    insist("message", callback)
    room, message = place
    author = world.town.people.get(message.user)
    told = message_object(world, message)
    if author:
        # What somebody typed is sent with Slack's own three marks spelt out.
        told |= {"team": author.team, "text": escape(message.text, quote=False)}
    return chosen(world, person, "message_action", callback) | {
        "channel": {"id": room.id, "name": NAMES.get(room.kind, room.name)},
        "message_ts": message.ts,
        "message": told,
        "response_url": world.url + world.replies.give(person.id, room.id, message.ts),
    }


def chosen(world: Workspace, person: Person, kind: str, callback: str) -> Json:
    return interaction(world, person, kind) | {
        "callback_id": callback,
        "action_ts": f"{time.time():.6f}",
        "trigger_id": world.triggers.issue(person.id),
    }
