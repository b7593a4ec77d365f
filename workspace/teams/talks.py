"""What stands in Teams: each person's own conversation with the bot, and the dialog that they have open."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workspace.people import Person, Town
from workspace.refusal import Json
from workspace.teams.channels import LEADS, SAFEGUARDING, Team, opens
from workspace.teams.tenant import Said, Tenant

if TYPE_CHECKING:
    from workspace.world import Workspace


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


class Talks(Tenant):
    """The tenant of the same people that are in the chat; `dialogs` are by person."""

    def __init__(self, world: Workspace) -> None:
        super().__init__()
        self.world = world
        self.dialogs: dict[str, Dialog] = {}
        self.installed: set[str] = set()
        if world.settings.teams:
            opens(self, Team(*SAFEGUARDING, members=[entra(world.town.people[id]) for id in LEADS]))

    @property
    def url(self) -> str:
        return self.world.url

    def everybody(self) -> Mapping[str, Json]:
        return {entra(person): profile(person) for person in members(self.world.town)}

    def now(self) -> str:
        return self.world.clock.now().isoformat(timespec="milliseconds")

    def stands(self, place: str, said: Said) -> None:
        inside = next((team.members for team in self.teams.values() if team.channel == place), None)
        here = inside if inside is not None else [place.removeprefix("a:")]
        self.world.wake([person.id for person in members(self.world.town) if entra(person) in here])

    def of(self, person: Person) -> list[Said]:
        return self.messages[self.own(entra(person))]


def entra(person: Person) -> str:
    """Their id in the directory, made of their address."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, person.email))


def members(town: Town) -> list[Person]:
    """Who has an account in the school's tenant: those who have one in its chat."""
    return [person for person in town.chatters() if not town.is_stranger(person)]


def profile(person: Person) -> Json:
    return {
        "id": entra(person),
        "displayName": person.name,
        "mail": person.email,
        "userPrincipalName": person.email,
        "userType": "Guest" if person.guest else "Member",
        "accountEnabled": not person.deactivated,
    }
