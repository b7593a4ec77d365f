"""What the bot's token allows, and the refusal of a method that needs more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workspace.refusal import SlackError

if TYPE_CHECKING:
    from workspace.world import Workspace

GRANTED = frozenset(
    {
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "im:history",
        "im:write",
        "reactions:read",
        "users:read",
        "users:read.email",
    }
)


def provided(world: Workspace) -> str:
    """As the header of each answer tells them."""
    return ",".join(sorted(world.scopes))


def insist(world: Workspace, needed: str) -> None:
    if needed not in world.scopes:
        raise SlackError("missing_scope", needed=needed, provided=provided(world))
