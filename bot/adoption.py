"""Puts a version of the policy's own text in force: shows what changed, keeps the file, has staff read it."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer

from bot.ground import Ground, errand
from bot.settings import Settings
from storage.durable import appearing
from storage.queries import duties as queries
from storage.unit import Unit
from workflows import versions
from workflows.versions import Approved

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}")
STANDS = "Version {version} stands already, with another text. A version never changes: give a new name."
LARGEST = 20_000_000
LONGEST = 600
SAY_WHAT = "A PDF cannot be compared: say in a sentence or two what changed, with --changes. Staff read it first."


class Unusable(ValueError):
    """The version cannot be adopted: says why, and what to do."""


@dataclass(frozen=True)
class Approval:
    """What the command line says: the version's name, who approved it, in which office, on which day; what changed."""

    version: str
    by: str
    office: str
    on: str
    changes: str = ""


def adopt(settings: Settings, file: Path, approval: Approval, *, yes: bool) -> int:
    """0 when it is in force, 1 when not wanted, 2 when it cannot be."""
    try:
        content, day = checked(file, approval)
        with errand(settings) as ground:
            print("\n".join(shown(ground, file, content, approval)))
            if not yes and not typer.confirm("Put it in force, and ask everybody it is for to read it?"):
                print("Nothing was changed.")
                return 1
            adopted(ground, (file.suffix.lower(), content), approval, day)
    except Unusable as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"Version {approval.version} is in force. Staff are asked to read it from the next school morning on.")
    return 0


def checked(file: Path, approval: Approval) -> tuple[bytes, date]:
    if file.suffix.lower() not in versions.KINDS:
        raise Unusable(f"{file.name}: give the policy as a PDF, as Markdown (.md) or as plain text.")
    if not NAME.fullmatch(approval.version):
        raise Unusable(f"{approval.version!r}: name it with letters, figures, dots and dashes, such as 2026-1.")
    if not approval.by.strip() or not approval.office.strip():
        raise Unusable("Say who approved it, and in which office: --approved-by and --office.")
    try:
        day = date.fromisoformat(approval.on)
    except ValueError:
        raise Unusable(f"{approval.on!r} is no date; write 2026-11-20.") from None
    if len(approval.changes) > LONGEST:
        raise Unusable(f"--changes: say it in {LONGEST} letters; the whole text is there to be read.")
    content = file.read_bytes()
    if not content or len(content) > LARGEST:
        raise Unusable(f"{file.name}: it is empty, or over {LARGEST:,} bytes.")
    return content, day


def shown(ground: Ground, file: Path, content: bytes, approval: Approval) -> Iterator[str]:
    """What changes against the version in force.  Raises Unusable where nobody could tell."""
    before = ground.database.look_now(ground.trust, lambda unit: unit.find(queries.versions(ground.rules.pack.id)))
    yield f"SHA-256 {versions.digest(content)}"
    if not before:
        yield "This is the first version that is put in force here."
        return
    old = versions.place(ground.settings.home / "policies", before[0])
    if file.suffix.lower() == ".pdf" or old.suffix == ".pdf" or not old.is_file():
        known = {each.version for each in before}
        if not approval.changes.strip() and approval.version not in known:
            raise Unusable(SAY_WHAT)
        yield f"It follows version {before[0].version}. What changed, as staff will read it: {approval.changes.strip()}"
        return
    changes = versions.difference(old.read_text("utf-8", "replace"), content.decode("utf-8", "replace"))
    yield f"Against version {before[0].version}, {len(changes)} lines differ:"
    yield from (f"  {line}" for line in changes[: versions.LINES])
    if len(changes) > versions.LINES:
        yield f"  … and {len(changes) - versions.LINES} more"


def adopted(ground: Ground, file: tuple[str, bytes], approval: Approval, day: date) -> None:
    """The file first: a version without its text would be asked of people who cannot read it."""
    suffix, content = file
    name = f"policy{suffix}"
    folder = ground.settings.home / "policies" / ground.rules.pack.id / approval.version
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / name
    if not kept.exists():
        with appearing(kept) as out:
            out.write(content)
    elif kept.read_bytes() != content:
        raise Unusable(STANDS.format(version=approval.version))
    given = Approved(approval.by.strip(), approval.office.strip(), day, approval.changes.strip())
    try:
        ground.database.run_now(ground.trust, adopt_now, ground, (name, versions.digest(content)), approval, given)
    except versions.AlreadyAdopted:
        raise Unusable(STANDS.format(version=approval.version)) from None


def adopt_now(unit: Unit, ground: Ground, file: tuple[str, str], approval: Approval, given: Approved) -> None:
    versions.adopt(unit, ground.rules, file, approval.version, given)
