"""views.*: modals by a trigger, changes by id and hash, App Home by person."""

from __future__ import annotations

from collections.abc import Callable

from workspace.payloads import view_object
from workspace.refusal import Json, SlackError
from workspace.views import View, check_view
from workspace.world import Workspace


def open(world: Workspace, args: Json) -> Json:  # Slack's own name
    user, said = triggered(world, args)
    return shown(world, world.views.open(user, said), args["trigger_id"])


def push(world: Workspace, args: Json) -> Json:
    user, said = triggered(world, args)
    return shown(world, world.views.push(user, said), args["trigger_id"])


def triggered(world: Workspace, args: Json) -> tuple[str, Json]:
    if not args.get("trigger_id"):
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: trigger_id"])
    user = world.triggers.person(str(args["trigger_id"]))
    return user, check_view(args.get("view"), "modal")


def update(world: Workspace, args: Json) -> Json:
    view = world.views.find(args.get("view_id"), args.get("external_id"))
    said = check_view(args.get("view"), view.said["type"])
    return shown(world, world.views.change(view, said, args.get("hash")))


def publish(world: Workspace, args: Json) -> Json:
    user = world.town.chatter(args.get("user_id"))
    said = check_view(args.get("view"), "home")
    return shown(world, world.views.publish(user.id, said, args.get("hash")))


def shown(world: Workspace, view: View, trigger: str | None = None) -> Json:
    """A trigger is spent only by a call that worked."""
    if trigger:
        world.triggers.spend(trigger)
    world.wake([view.user])
    return {"ok": True, "view": view_object(world, view)}


MODALS: dict[str, Callable[[Workspace, Json], Json]] = {
    "views.open": open,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
