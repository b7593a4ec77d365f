"""The school's tenant as Microsoft keeps it: who is in it, what was said in which chat, and how the services fare."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workspace.mischief import Mischief
from workspace.refusal import Json

if TYPE_CHECKING:
    from workspace.teams.attached import File
    from workspace.teams.channels import Team

APP = "a1a1a1a1-0000-4000-8000-0000000000b1"
TENANT = "b2b2b2b2-0000-4000-8000-0000000000b1"
SECRET = "brambledown-client-secret"  # noqa: S105 - the demo's own, worth nothing elsewhere
BOT_NAME = "Lanyard"


@dataclass
class Said:
    id: str
    at: str
    text: str = ""
    card: Json | None = None
    summary: str = ""
    edited: bool = False
    # In a channel: whose it is, where it is not the bot's, and under what it stands.
    by: str = ""
    under: str = ""


class Tenant(ABC):
    """Everything that Microsoft's services look up; whoever plays them says where they are and who is there."""

    def __init__(self) -> None:
        # By conversation, oldest first; one that is not in here is not open.
        self.messages: dict[str, list[Said]] = {}
        # By id, what people sent; and whether a token was shown where none is wanted.
        self.files: dict[str, File] = {}
        self.given_away = False
        # By its id in the directory, each team that the app is in.
        self.teams: dict[str, Team] = {}
        # How the services fare, by the place that is asked: what the next questions are answered with (status, code and
        # headers), and how long they are thought about, in seconds.
        self.answers: dict[str, list[tuple[int, str, dict[str, str]]]] = {}
        self.takes: dict[str, float] = {}
        self.page_size = 100
        # Ids of people who let the bot write to them no more.
        self.blocked: set[str] = set()
        self.calls: list[tuple[str, str]] = []
        # By token, what it was given for.
        self.tokens: dict[str, str] = {}
        self.more_keys: list[Json] = []
        self.numbers = itertools.count(1)
        # Where the Connector is asked; nothing is anywhere else.
        self.region = "connector"
        self.mischief = Mischief()
        self.counts: Counter[str] = Counter()
        # Told every moment of a question that can be seen from outside: "<place>:received" and "<place>:answered".
        self.on_call: list[Callable[[str, Json], None]] = []

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def everybody(self) -> Mapping[str, Json]:
        """Who has an account, by id, as Graph describes them."""

    @abstractmethod
    def now(self) -> str: ...

    @abstractmethod
    def stands(self, place: str, said: Said) -> None:
        """Something in a chat is about to be new, or to say something else."""

    @property
    def service(self) -> str:
        return f"{self.url}/{self.region}"

    def moment(self, name: str, about: Json) -> None:
        for tell in self.on_call:
            tell(name, about)

    def own(self, person: str) -> str:
        """The conversation that somebody has with the bot, open from now on."""
        place = f"a:{person}"
        self.messages.setdefault(place, [])
        return place
