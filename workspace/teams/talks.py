"""What stands in Teams: each person's own conversation with the bot, and the dialog that they have open."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from workspace.people import Person, Town
from workspace.refusal import Json

APP = "a1a1a1a1-0000-4000-8000-0000000000b1"
TENANT = "b2b2b2b2-0000-4000-8000-0000000000b1"
SECRET = "brambledown-client-secret"  # noqa: S105 - the demo's own, worth nothing elsewhere


@dataclass
class Dialog:
    """``name`` is under what the bot is told of what is pressed in it: a command's dialog, or a button's."""

    id: str
    name: str
    title: str
    card: Json
    place: Json
    busy: bool = False
    trouble: str = ""


@dataclass
class Said:
    id: str
    at: str
    text: str = ""
    card: Json | None = None
    summary: str = ""
    edited: bool = False


@dataclass
class Talks:
    """By person; somebody without a list has not opened Teams yet."""

    messages: dict[str, list[Said]] = field(default_factory=dict)
    dialogs: dict[str, Dialog] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    installed: set[str] = field(default_factory=set)

    def of(self, person: Person) -> list[Said]:
        return self.messages.setdefault(person.id, [])


def entra(person: Person) -> str:
    """Their id in the directory, made of their address."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, person.email))


def conversation(person: Person) -> str:
    return f"a:{entra(person)}"


def members(town: Town) -> list[Person]:
    """Who has an account in the school's tenant: those who have one in its chat."""
    return [person for person in town.chatters() if not town.is_stranger(person)]


def member(town: Town, id: str) -> Person | None:
    """Whom an id of the directory, of a conversation or of a member of one is."""
    plain = id.removeprefix("29:").removeprefix("a:")
    return next((person for person in members(town) if entra(person) == plain), None)


def profile(person: Person) -> Json:
    return {
        "id": entra(person),
        "displayName": person.name,
        "mail": person.email,
        "userPrincipalName": person.email,
        "userType": "Guest" if person.guest else "Member",
        "accountEnabled": not person.deactivated,
    }
