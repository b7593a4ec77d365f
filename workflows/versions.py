"""Versions of a policy's own text: adopted with a name, an office and a date; told and read anew when it changes."""

import difflib
import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from storage.events import Event
from storage.models import PolicyVersion
from storage.queries import duties as queries
from storage.unit import Unit
from workflows.rules import Rules

KINDS = (".md", ".pdf", ".txt")
# What a difference shows, in words: longer ones are better read in full.
LINES = 12


class AlreadyAdopted(Exception):
    """This version stands already, with another text: a version never changes."""


def adopt(
    unit: Unit, rules: Rules, file: tuple[str, str], version: str, approval: tuple[str, str, date]
) -> PolicyVersion:
    """Put a version in force: ``file`` is its name and SHA-256, ``approval`` who (name, office) and on which day.

    The same text once more changes nothing.  Raises AlreadyAdopted where the version is known with another text.
    Everybody who is to read a new version is asked on the next school morning.
    """
    name, sha256 = file
    approved_by, office, approved_on = approval
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
        approved_by=approved_by,
        office=office,
        approved_on=approved_on,
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


def paragraphs(text: str) -> Iterator[tuple[str, str]]:
    """A Markdown text as (kind, words): headings, list items and paragraphs; anything finer is shown as it stands."""
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        for line in block.strip().split("\n") if re.match(r"\s*([-*#]|\d+\.)", block) else [" ".join(block.split())]:
            words = line.strip()
            if words.startswith("#"):
                yield "heading", words.lstrip("# ")
            elif re.match(r"[-*]\s", words):
                yield "item", words[1:].strip()
            elif words:
                yield "text", words
