"""What the bot is told, in the shapes of real Slack."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from workspace.answers import stateful
from workspace.people import Person
from workspace.refusal import Json
from workspace.rooms import Message, Room
from workspace.views import View

if TYPE_CHECKING:
    from workspace.world import Workspace

# The old verification token is still sent by Slack, and checked by nobody.
OLD_TOKEN = "brambledown-old-token"  # noqa: S105
TYPES = {"im": "im", "private": "group", "mpim": "mpim", "channel": "channel"}
NAMES = {"im": "directmessage", "private": "privategroup", "mpim": "privategroup"}


def command(world: Workspace, person: Person, room: Room, words: tuple[str, str]) -> Json:
    """A slash command; team_id is the workspace's, whoever types."""
    return {
        "token": OLD_TOKEN,
        "team_id": world.town.team["id"],
        "team_domain": world.town.team["domain"],
        "channel_id": room.id,
        "channel_name": NAMES.get(room.kind, room.name),
        "user_id": person.id,
        "user_name": person.handle,
        "command": words[0],
        "text": words[1],
        "api_app_id": world.town.bot["app_id"],
        "is_enterprise_install": "false",
        "response_url": world.url + world.replies.give(person.id, room.id),
        "trigger_id": world.triggers.issue(person.id),
    }


def interaction(world: Workspace, person: Person, type: str) -> Json:
    """What every interactive payload begins with; user.team_id tells people of other workspaces apart."""
    team = world.town.team
    return {
        "type": type,
        "team": {"id": team["id"], "domain": team["domain"]},
        "user": {
            "id": person.id,
            "username": person.handle,
            "name": person.handle,
            "team_id": person.team,
        },
        "api_app_id": world.town.bot["app_id"],
        "token": OLD_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def view_action(world: Workspace, person: Person, view: View, action: Json) -> Json:
    return interaction(world, person, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": world.triggers.issue(person.id),
        "view": view_object(world, view),
        "actions": [action],
    }


def message_action(world: Workspace, person: Person, place: tuple[Room, Message], action: Json) -> Json:
    room, message = place
    return interaction(world, person, "block_actions") | {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": room.id,
            "is_ephemeral": message.ephemeral,
        },
        "trigger_id": world.triggers.issue(person.id),
        "channel": {"id": room.id, "name": NAMES.get(room.kind, room.name)},
        "message": message_object(world, message),
        "state": {"values": state_in(message, action)},
        "response_url": world.url + world.replies.give(person.id, room.id, message.ts),
        "actions": [action],
    }


def state_in(message: Message, action: Json) -> Json:
    values: Json = {}
    for block, element in stateful(message.blocks or []):
        if element["action_id"] == action["action_id"] and block["block_id"] == action["block_id"]:
            chosen = {key: value for key, value in action.items() if key.startswith("selected")}
            values[block["block_id"]] = {element["action_id"]: {"type": element["type"], **chosen}}
    return values


def submission(world: Workspace, person: Person, view: View) -> Json:
    return interaction(world, person, "view_submission") | {
        "trigger_id": world.triggers.issue(person.id),
        "view": view_object(world, view),
        "response_urls": [],
    }


def closed(world: Workspace, person: Person, view: View, cleared: bool) -> Json:
    said = {"view": view_object(world, view), "is_cleared": cleared}
    return interaction(world, person, "view_closed") | said


def view_object(world: Workspace, view: View) -> Json:
    """A view as the Web API and every payload show it."""
    said = view.said
    shown: Json = {
        "id": view.id,
        "team_id": world.town.team["id"],
        "type": said["type"],
        "blocks": said["blocks"],
        "private_metadata": said.get("private_metadata", ""),
        "callback_id": said.get("callback_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        "title": said.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": said.get("clear_on_close", False),
        "notify_on_close": said.get("notify_on_close", False),
        "close": said.get("close"),
        "submit": said.get("submit"),
        "previous_view_id": view.previous,
        "root_view_id": view.root,
        "app_id": world.town.bot["app_id"],
        "external_id": said.get("external_id", ""),
        "app_installed_team_id": world.town.team["id"],
        "bot_id": world.town.bot["bot_id"],
    }
    return shown


def message_object(world: Workspace, message: Message) -> Json:
    shown: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": world.town.team["id"],
    }
    if message.bot:
        shown |= {"bot_id": world.town.bot["bot_id"], "app_id": world.town.bot["app_id"]}
    if message.blocks is not None:
        shown["blocks"] = message.blocks
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.edited:
        shown["edited"] = {"user": message.user, "ts": message.edited}
    if message.files:
        shown["files"] = [world.files.described(each, world.url) for each in message.files]
    if message.metadata:
        shown["metadata"] = message.metadata
    return shown


def event(world: Workspace, event: Json) -> Json:
    """The envelope around an event; its id is what a redelivery repeats."""
    team, bot = world.town.team["id"], world.town.bot
    return {
        "token": OLD_TOKEN,
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": bot["app_id"],
        "event": event,
        "type": "event_callback",
        "event_id": "Ev" + secrets.token_hex(5).upper(),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team,
                "user_id": bot["id"],
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-" + secrets.token_urlsafe(24),
    }


def said_to_bot(world: Workspace, room: Room, message: Message) -> Json:
    told: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "client_msg_id": secrets.token_hex(16),
        "text": message.text,
        "team": world.person(message.user).team,
        "blocks": message.blocks or [],
        "channel": room.id,
        "event_ts": message.ts,
        "channel_type": TYPES[room.kind],
    }
    if message.files:
        described = [world.files.described(each, world.url) for each in message.files]
        told |= {"subtype": "file_share", "files": described, "upload": False}
    if message.thread_ts:
        parent = room.messages.get(message.thread_ts)
        told |= {"thread_ts": message.thread_ts, "parent_user_id": parent.user if parent else ""}
    return told


def shared_by_bot(world: Workspace, room: Room, message: Message) -> Json:
    """A file of the bot's own: Slack tells of it as of a person's, without any ``bot_id``."""
    described = [world.files.described(each, world.url) for each in message.files]
    said = {"user": message.user, "text": message.text, "ts": message.ts, "event_ts": message.ts}
    where = {"channel": room.id, "channel_type": TYPES[room.kind]}
    return {"type": "message", "subtype": "file_share", "files": described, "upload": True, **said, **where}


def altered(world: Workspace, room: Room, before: Json, now: Json | None) -> Json:
    """A message was edited, or (``now`` is none) deleted."""
    ts = f"{time.time():.6f}"
    told = {"type": "message", "channel": room.id, "channel_type": TYPES[room.kind], "hidden": True}
    told |= {"ts": ts, "event_ts": ts, "previous_message": before}
    if now is None:
        return told | {"subtype": "message_deleted", "deleted_ts": before["ts"]}
    return told | {"subtype": "message_changed", "message": now}


def reacted(world: Workspace, room: Room, did: tuple[Person, Message], name: str, kind: str) -> Json:
    person, message = did
    return {
        "type": kind,
        "user": person.id,
        "reaction": name,
        "item": {"type": "message", "channel": room.id, "ts": message.ts},
        "item_user": message.user,
        "event_ts": f"{time.time():.6f}",
    }


def home_opened(world: Workspace, person: Person) -> Json:
    told: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": world.rooms.with_bot(person.id).id,
        "tab": "home",
        "event_ts": f"{time.time():.6f}",
    }
    home = world.views.homes.get(person.id)
    return told | {"view": view_object(world, home)} if home else told
