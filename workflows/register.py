"""school.toml as values: the trust, its schools and people, and what a file would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Member:
    """One person as school.toml has them; ``roles`` are (role, school key), ``away`` whole days."""

    key: str
    name: str
    also: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phone: str = ""
    school: str = ""
    line_manager: str = ""
    roles: tuple[tuple[str, str], ...] = ()
    away: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True)
class Register:
    """The whole file: the trust, its pack, the outside numbers, schools (key, name, phone), people and rooms."""

    trust: str
    pack: str
    outside: Mapping[str, str]
    schools: tuple[tuple[str, str, str], ...]
    members: tuple[Member, ...]
    review_on: date | None = None
    rooms: tuple[tuple[str, str, str], ...] = ()  # role, school key, the channel's id


@dataclass(frozen=True)
class Change:
    """One line of the difference: the words' name, and its values; ``waits`` marks what is not done yet."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False
