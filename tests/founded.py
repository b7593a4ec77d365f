"""Schools that were founded before in this run, kept as on their first day, to be copied for the next test."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import psycopg
from sqlalchemy import make_url


@dataclass(frozen=True)
class Founded:
    """One school's database and its key; nobody has it open."""

    database: str | bytes
    key: bytes

    known: ClassVar[dict[tuple[str, str], "Founded"]] = {}

    @classmethod
    def keep(cls, name: tuple[str, str], url: str, key: Path) -> None:
        """Remember the school at this address, as it is now."""
        kept = file_of(url).read_bytes() if is_file(url) else copy(url)
        cls.known[name] = cls(kept, key.read_bytes())

    def opens_at(self, url: str, key: Path) -> str:
        """A copy, with its key put where it is looked for; where the copy is."""
        key.write_bytes(self.key)
        if isinstance(self.database, bytes):
            file_of(url).write_bytes(self.database)
            return url
        return copy(self.database)


def is_file(url: str) -> bool:
    return url.startswith("sqlite:///")


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def copy(url: str) -> str:
    """A new PostgreSQL database with everything that is in this one."""
    source, name = make_url(url), f"test_{uuid.uuid4().hex}"
    where = {"host": str(source.query["host"]), "user": source.username, "dbname": "postgres"}
    with psycopg.connect(**where, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {source.database}")
    return source.set(database=name).render_as_string(hide_password=False)
