"""Modals and App Homes: what a view may be, the stack each person has open, and whose hash is the latest."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from workspace.answers import carried_over, values_of
from workspace.blocks import faults_in
from workspace.elements import STATE
from workspace.refusal import Json, SlackError
from workspace.shapes import Faults, Shape, anything, fault, fits, flag, text, words

DEEPEST = 3
LARGEST = 250_000
PRESSED = {"button", "overflow"}


@dataclass
class View:
    """One modal, or one person's App Home."""

    id: str
    user: str
    said: Json
    hash: str
    root: str
    previous: str | None = None
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    busy: bool = False
    trouble: str | None = None

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.said["blocks"]
        return blocks

    def become(self, said: Json) -> None:
        """Show something else in the same place; what was typed stays where block and action stay."""
        named(said)
        self.values = carried_over(self.blocks, said["blocks"], self.values)
        self.said, self.hash = said, new_hash()
        self.errors, self.trouble = {}, None


class Views:
    """Every view that somebody has open."""

    def __init__(self) -> None:
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def open(self, user: str, said: Json) -> View:
        """A new stack: what was open before is gone, as in Slack."""
        self.same_external_id(said, None)
        view = fresh(user, said)
        self.stacks[user] = [view]
        return view

    def push(self, user: str, said: Json) -> View:
        stack = self.stacks.get(user) or []
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= DEEPEST:
            raise SlackError("push_limit_reached")
        self.same_external_id(said, None)
        view = fresh(user, said)
        view.root, view.previous = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    def publish(self, user: str, said: Json, hash: str | None) -> View:
        home = self.homes.get(user)
        if home is None:
            self.homes[user] = home = fresh(user, said)
            return home
        if hash is not None and hash != home.hash:
            raise SlackError("hash_conflict")
        home.become(said)
        return home

    def change(self, view: View, said: Json, hash: str | None = None) -> View:
        if hash is not None and hash != view.hash:
            raise SlackError("hash_conflict")
        self.same_external_id(said, view)
        view.become(said)
        return view

    def find(self, id: str | None, external_id: str | None = None) -> View:
        for view in self.all():
            if (id and view.id == id) or (external_id and view.said.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def top(self, user: str, id: str) -> View:
        """The modal a person sees; only that one can be submitted or closed."""
        stack = self.stacks.get(user) or []
        if not stack or stack[-1].id != id:
            raise SlackError("not_found")
        return stack[-1]

    def pop(self, user: str) -> None:
        stack = self.stacks.get(user) or []
        if stack:
            stack.pop()

    def clear(self, user: str) -> list[View]:
        """Close everything; answers what was open, top first."""
        return list(reversed(self.stacks.pop(user, [])))

    def all(self) -> list[View]:
        return [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())

    def same_external_id(self, said: Json, besides: View | None) -> None:
        wanted = said.get("external_id")
        if wanted and any(v is not besides and v.said.get("external_id") == wanted for v in self.all()):
            raise SlackError("duplicate_external_id")


def fresh(user: str, said: Json) -> View:
    named(said)
    new = "V" + secrets.token_hex(5).upper()
    return View(id=new, user=user, said=said, hash=new_hash(), root=new, values=values_of(said["blocks"], {}))


def new_hash() -> str:
    return f"{int(time.time())}.{secrets.token_hex(4)}"


def named(said: Json) -> None:
    """Slack gives every block and element an id where the app gave none."""
    for block in said["blocks"]:
        name_block(block)


def name_block(block: Json) -> None:
    block.setdefault("block_id", secrets.token_urlsafe(4))
    held = [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]
    for each in held:
        if isinstance(each, dict) and (each.get("type") in STATE or each.get("type") in PRESSED):
            each.setdefault("action_id", secrets.token_urlsafe(4))


MODAL: Shape = {
    "blocks!": anything,
    "title!": text(24),
    "submit": text(24),
    "close": text(24),
    "private_metadata": words(3000, 0),
    "callback_id": words(255),
    "external_id": words(255),
    "clear_on_close": flag,
    "notify_on_close": flag,
    "submit_disabled": flag,
}
HOME: Shape = {
    name: check
    for name, check in MODAL.items()
    if name in {"blocks!", "private_metadata", "callback_id", "external_id"}
}


def check_view(said: Any, type: str) -> Json:
    """Refuse what Slack would refuse; answers a copy that is the workspace's own."""
    if not isinstance(said, dict):
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: view"])
    written = json.dumps(said)
    if len(written.encode()) > LARGEST:
        raise SlackError("view_too_large")
    faults = faults_in_view(said, type)
    if faults:
        raise SlackError("invalid_arguments", faults)
    copy: Json = json.loads(written)
    return copy


def faults_in_view(said: Json, type: str) -> Faults:
    faults: Faults = []
    if said.get("type") != type:
        fault(faults, ("view", "type"), f"must be {type}")
        return faults
    fits(said, MODAL if type == "modal" else HOME, ("view",), faults)
    if said.get("blocks") is not None:
        faults += faults_in(said["blocks"], type, ("view", "blocks"))
    if not faults and type == "modal" and "submit" not in said and asks(said["blocks"]):
        fault(faults, ("view", "submit"), "submit is required when an input block is present")
    return faults


def asks(blocks: list[Json]) -> bool:
    return any(block["type"] == "input" for block in blocks)
