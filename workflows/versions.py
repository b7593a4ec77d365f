"""Versions of a policy's own text: adopted with a name, an office and a date; told and read anew when it changes."""

import difflib
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from storage.events import Event
from storage.models import PolicyVersion, Task
from storage.queries import duties as queries
from storage.unit import Unit
from workflows.rules import Rules

KINDS = (".md", ".pdf", ".txt")
# What a difference shows, in words: longer ones are better read in full.
LINES = 12


class AlreadyAdopted(Exception):
    """This version stands already, with another text: a version never changes."""


@dataclass(frozen=True)
class Approved:
    """Who approved a version, in which office, on which day (London's), and what changed in the office's own words."""

    by: str
    office: str
    on: date
    changes: str = ""


def adopt(unit: Unit, rules: Rules, file: tuple[str, str], version: str, approved: Approved) -> PolicyVersion:
    """Put a version in force: ``file`` is its name and SHA-256.

    The same text once more changes nothing.  Raises AlreadyAdopted where the version is known with another text.
    Everybody who is to read a new version is asked on the next school morning.
    """
    name, sha256 = file
    for known in unit.find(queries.versions(rules.pack.id)):
        if known.version == version:
            if known.sha256 != sha256:
                raise AlreadyAdopted(version)
            return known  # type: ignore[no-any-return]  # rows come untyped
    unit.record(Event.POLICY_ADOPTED, "", "", policy=rules.pack.id, version=version, sha256=sha256)
    row = PolicyVersion(
        id=unit.new_id(),
        policy=rules.pack.id,
        version=version,
        file=name,
        sha256=sha256,
        approved_by=approved.by,
        office=approved.office,
        approved_on=approved.on,
        changes=approved.changes,
        added_at=unit.now,
    )
    return unit.add(row)


def digest(content: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(content).hexdigest()


def place(folder: Path, version: PolicyVersion) -> Path:
    """Where a version's file lies, under `LANYARD_HOME/policies`."""
    return folder / version.policy / version.version / version.file


def difference(before: str, after: str) -> tuple[str, ...]:
    """What changed between two texts, a line each: + for what came, - for what went."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return tuple(line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---") and line[1:].strip())


def read_before(unit: Unit, policy: str, person: str) -> PolicyVersion | None:
    """What the newest version is held against for somebody: the last one they confirmed, else the one before it."""
    known: list[PolicyVersion] = unit.find(queries.versions(policy))
    done: list[Task] = unit.find(queries.finished(person))
    names = [task.version for task in done if task.policy == policy and task.version]
    theirs = next((row for row in known if names and row.version == names[0]), None) or next(iter(known[1:]), None)
    return theirs if theirs and theirs.id != known[0].id else None
