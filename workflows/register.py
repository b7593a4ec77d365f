"""school.toml as values: the trust, its schools and people, and what a file would change."""

from collections.abc import Iterator, Mapping
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
class Official:
    """An official account online; people are named by their id in school.toml, or by an e-mail address."""

    key: str
    service: str
    name: str
    address: str = ""
    school: str = ""
    owner: str = ""
    administrators: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    posters: tuple[str, ...] = ()
    opens: date | None = None
    closes: date | None = None
    evaluate: date | None = None

    def parts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each part with those who have it."""
        yield "owner", (self.owner,)
        yield "administrator", self.administrators
        yield "moderator", self.moderators
        yield "poster", self.posters


@dataclass(frozen=True)
class Register:
    """The whole file: the trust, its pack, the outside numbers, schools (key, name, phone), people, rooms, accounts."""

    trust: str
    pack: str
    outside: Mapping[str, str]
    schools: tuple[tuple[str, str, str], ...]
    members: tuple[Member, ...]
    review_on: date | None = None
    rooms: tuple[tuple[str, str, str], ...] = ()  # role, school key, the channel's id
    accounts: tuple[Official, ...] = ()


@dataclass(frozen=True)
class Change:
    """One line of the difference: the words' name, and its values; ``waits`` marks what is not done yet."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False
