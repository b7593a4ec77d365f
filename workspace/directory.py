"""auth.*, users.*, conversations.* and files.*: who there is, where they talk, what they attached."""

from __future__ import annotations

from collections.abc import Callable

from workspace.history import history
from workspace.refusal import Json, SlackError
from workspace.rooms import Room
from workspace.scopes import insist
from workspace.world import Workspace

TRUE = (True, 1, "true", "1")


def auth_test(world: Workspace, args: Json) -> Json:
    team, bot = world.town.team, world.town.bot
    return {
        "ok": True,
        "url": f"{world.url}/",
        "team": team["name"],
        "user": bot["handle"],
        "team_id": team["id"],
        "user_id": bot["id"],
        "bot_id": bot["bot_id"],
        "is_enterprise_install": False,
    }


def user_info(world: Workspace, args: Json) -> Json:
    if args.get("user") == world.town.bot["id"]:
        return {"ok": True, "user": world.town.described_bot()}
    return {"ok": True, "user": world.town.described(world.town.chatter(args.get("user")))}


def user_list(world: Workspace, args: Json) -> Json:
    members = [world.town.described(person) for person in world.town.chatters()]
    return page("members", [*members, world.town.described_bot()], args)


def user_by_email(world: Workspace, args: Json) -> Json:
    return {"ok": True, "user": world.town.described(world.town.by_email(str(args.get("email") or "")))}


def page(name: str, rows: list[Json] | list[str], args: Json) -> Json:
    """A part of a list, with the cursor of the next part; the cursor is simply a position."""
    start = whole(args.get("cursor"), 0, "invalid_cursor")
    end = start + whole(args.get("limit"), len(rows), "invalid_limit")
    cursor = str(end) if end < len(rows) else ""
    return {"ok": True, name: rows[start:end], "response_metadata": {"next_cursor": cursor}}


def whole(given: object, otherwise: int, error: str) -> int:
    if given in (None, ""):
        return otherwise
    if not str(given).isdigit():
        raise SlackError(error)
    return int(str(given))


def open_conversation(world: Workspace, args: Json) -> Json:
    insist(world, "im:write")
    if args.get("channel"):
        return opened(world, world.rooms.seen_by_bot(args["channel"]), args, True)
    given = args.get("users") or ""
    ids = given if isinstance(given, list) else [each.strip() for each in given.split(",") if each.strip()]
    if not ids:
        raise SlackError("users_list_not_supplied")
    if len(ids) > 8:
        raise SlackError("too_many_users")
    for each in ids:
        if world.town.chatter(each).deactivated:
            raise SlackError("user_disabled")
    known = set(world.rooms.rooms)
    room = world.rooms.between([*ids, world.town.bot["id"]])
    return opened(world, room, args, room.id in known)


def opened(world: Workspace, room: Room, args: Json, already: bool) -> Json:
    whole_room = conversation(world, room) if args.get("return_im") in TRUE else {"id": room.id}
    return {"ok": True, "no_op": already, "already_open": already, "channel": whole_room}


def conversation_info(world: Workspace, args: Json) -> Json:
    room = world.rooms.seen_by_bot(args.get("channel"))
    shown = conversation(world, room)
    if args.get("include_num_members") in TRUE:
        shown["num_members"] = len(room.members)
    return {"ok": True, "channel": shown}


def conversation(world: Workspace, room: Room) -> Json:
    bot = world.town.bot["id"]
    shown: Json = {
        "id": room.id,
        "created": 1_700_000_000,
        "is_channel": room.kind == "channel",
        "is_group": room.kind == "private",
        "is_im": room.kind == "im",
        "is_private": room.kind != "channel",
        "is_mpim": room.kind == "mpim",
        "is_archived": room.archived,
        "is_general": room.name == "staffroom",
        "is_ext_shared": room.shared,
        "is_shared": room.shared,
        "is_pending_ext_shared": False,
        "is_org_shared": False,
        "is_member": bot in room.members,
        "context_team_id": world.town.team["id"],
    }
    if room.kind == "im":
        user = next(member for member in room.members if member != bot)
        return shown | {"user": user, "is_user_deleted": world.person(user).deactivated}
    topic = {"value": room.topic, "creator": "", "last_set": 0}
    return shown | {"name": room.name, "name_normalized": room.name, "topic": topic, "purpose": topic}


def conversation_members(world: Workspace, args: Json) -> Json:
    return page("members", world.rooms.seen_by_bot(args.get("channel")).members, args)


def file_info(world: Workspace, args: Json) -> Json:
    described = world.files.described(str(args.get("file") or ""), world.url)
    return {"ok": True, "file": described, "comments": [], "response_metadata": {"next_cursor": ""}}


DIRECTORY: dict[str, Callable[[Workspace, Json], Json]] = {
    "auth.test": auth_test,
    "users.info": user_info,
    "users.list": user_list,
    "users.lookupByEmail": user_by_email,
    "conversations.open": open_conversation,
    "conversations.info": conversation_info,
    "conversations.history": history,
    "conversations.members": conversation_members,
    "files.info": file_info,
}
