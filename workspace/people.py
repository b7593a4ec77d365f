"""The school's people as the chat knows them: read from a file, described as Slack describes its members."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from workspace.refusal import Json, SlackError


@dataclass
class Person:
    id: str
    name: str
    role: str
    title: str
    email: str
    colour: str
    team: str
    chat: bool = True
    owner: bool = False
    guest: bool = False
    deactivated: bool = False

    @property
    def handle(self) -> str:
        return re.sub(r"[^a-z]+", ".", self.name.lower())

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.split())[:2].upper()


@dataclass
class Town:
    """Everything the file says: the team, its bot, its people, and how the channels start."""

    team: Json
    bot: Json
    people: dict[str, Person]
    channels: list[Json] = field(default_factory=list)
    dms: list[Json] = field(default_factory=list)
    said: list[Json] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Town:
        told = tomllib.loads(path.read_text())
        people = [Person(**{"team": told["team"]["id"], **each}) for each in told["person"]]
        return cls(
            team=told["team"],
            bot=told["bot"],
            people={person.id: person for person in people},
            channels=told.get("channel", []),
            dms=told.get("dm", []),
            said=told.get("said", []),
        )

    def chatter(self, id: str | None) -> Person:
        """Somebody with a chat account, in use or not."""
        person = self.people.get(id or "")
        if person is None or not person.chat:
            raise SlackError("user_not_found")
        return person

    def chatters(self) -> list[Person]:
        return [person for person in self.people.values() if person.chat]

    def by_email(self, email: str) -> Person:
        """Deactivated people and people of other workspaces are not found, as in Slack."""
        for person in self.chatters():
            mine = person.team == self.team["id"] and not person.deactivated
            if mine and person.email.casefold() == email.strip().casefold():
                return person
        raise SlackError("users_not_found")

    def is_stranger(self, person: Person) -> bool:
        return bool(person.team != self.team["id"])

    def described(self, person: Person) -> Json:
        stranger = self.is_stranger(person)
        profile: Json = {
            "title": person.title,
            "phone": "",
            "real_name": person.name,
            "real_name_normalized": person.name,
            "display_name": person.name,
            "display_name_normalized": person.name,
            "first_name": person.name.split()[0],
            "last_name": person.name.split()[-1],
            "team": person.team,
        }
        if not stranger:
            profile["email"] = person.email
        told: Json = {
            "id": person.id,
            "team_id": person.team,
            "name": person.handle,
            "deleted": person.deactivated,
            "color": person.colour.lstrip("#"),
            "real_name": person.name,
            "tz": "Europe/London",
            "tz_label": "London",
            "tz_offset": 0,
            "profile": profile,
            "is_admin": person.owner,
            "is_owner": person.owner,
            "is_primary_owner": person.owner,
            "is_restricted": person.guest,
            "is_ultra_restricted": False,
            "is_bot": False,
            "is_app_user": False,
            "is_email_confirmed": True,
            "updated": 1_700_000_000,
        }
        return told | {"is_stranger": True} if stranger else told

    def described_bot(self) -> Json:
        return {
            "id": self.bot["id"],
            "team_id": self.team["id"],
            "name": self.bot["handle"],
            "deleted": False,
            "real_name": self.bot["name"],
            "profile": {"real_name": self.bot["name"], "bot_id": self.bot["bot_id"], "team": self.team["id"]},
            "is_admin": False,
            "is_owner": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_bot": True,
            "is_app_user": False,
        }
