"""A report being written, step by step: what has been answered so far, and what is asked next."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta

from storage import sealed
from storage.models import Draft, Person
from storage.queries import drafts as queries
from storage.unit import Unit
from templates.shapes import Answer, Answers, File
from workflows.refusals import Refused

KEPT_FOR = timedelta(hours=24)
UNSURE, NOBODY = "unsure", "none"


@dataclass(frozen=True)
class Quoted:
    """A message as it was when it was reported: its words, when it was written, and its address.

    ``person`` wrote it where that is somebody who works here, ``name`` whoever it was; ``files`` came with it.
    """

    text: str
    at: str
    name: str = ""
    person: str = ""
    link: str = ""
    files: int = 0


@dataclass(frozen=True)
class Written:
    """What a reporter has answered so far.

    ``names`` maps a typed name to the person it is, ``none`` or ``unsure`` (with those it could be in
    ``perhaps``); ``asked`` says whom it was compared with, ``asking`` what the last form asked; ``details`` maps
    "<position>.<date|time|place|account>" to what is known of a picture; ``message`` goes with the report.
    """

    report: str = ""
    school: str = ""
    danger: bool = False
    answers: Answers = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    perhaps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    picked: tuple[str, ...] = ()
    pictures: str = ""
    files: tuple[File, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    message: Quoted | None = None
    practice: bool = False
    done: tuple[str, ...] = ()

    def after(self, step: str, **changes: object) -> "Written":
        """The same with one more step done."""
        return replace(self, done=(*(each for each in self.done if each != step), step), **changes)  # type: ignore[arg-type]


def load(unit: Unit, token: str, author: Person) -> Written:
    """What this author has written under this token; an empty start where there is nothing of theirs.

    Somebody else's draft is like one that does not exist, and so is one whose day has passed.
    """
    rows: list[Draft] = unit.find(queries.by_id(token))
    if not rows or rows[0].author != author.id or rows[0].expires_at <= unit.now:
        return Written()
    text = sealed.opened_field(unit, owner(token), "written")
    return restore(text) if text else Written()


def save(unit: Unit, token: str, author: Person, written: Written) -> None:
    """Keep it, sealed, for another day.  Raises Refused for a token that is somebody else's."""
    rows: list[Draft] = unit.find(queries.by_id(token))
    if rows and rows[0].author != author.id:
        raise Refused("expired")
    if rows:
        rows[0].touched_at, rows[0].expires_at = unit.now, unit.now + KEPT_FOR
    else:
        unit.add(Draft(id=token, author=author.id, touched_at=unit.now, expires_at=unit.now + KEPT_FOR))
    unit.seal(owner(token), "written", json.dumps(asdict(written)))


def anew(token: str, author: Person) -> str:
    """The token of a draft in place of one that is no longer theirs, or never was: the same for the same two."""
    return hashlib.sha256(f"{token} {author.id}".encode()).hexdigest()[:32]


def unfinished(unit: Unit, author: Person) -> Draft | None:
    """The author's latest draft that can still be finished."""
    return next(iter(unit.find(queries.unfinished(author.id, unit.now))), None)


def discard(unit: Unit, token: str, author: Person) -> None:
    """Destroy a draft: its key, its words and its row.  Pressed twice, or for another's, it changes nothing."""
    rows: list[Draft] = unit.find(queries.by_id(token))
    if rows and rows[0].author == author.id:
        forget(unit, token)


def expire(unit: Unit) -> int:
    """Destroy every draft whose day has passed; returns how many."""
    old: list[Draft] = unit.find(queries.expired(unit.now))
    for draft in old:
        forget(unit, draft.id)
    return len(old)


def forget(unit: Unit, token: str) -> None:
    sealed.destroy(unit, owner(token))
    unit.find(queries.delete_draft(token))


def owner(token: str) -> str:
    """What a draft's key is kept under: a token is somebody else's word, and might name a case instead."""
    return f"draft.{token}"


def restore(text: str) -> Written:
    kept = json.loads(text)
    return Written(
        **{
            **kept,
            "answers": {id: answer(value) for id, value in kept["answers"].items()},
            **{asked: people_in(kept[asked]) for asked in ("perhaps", "asked", "asking")},
            "picked": tuple(kept["picked"]),
            "files": tuple(File(**file) for file in kept["files"]),
            "message": Quoted(**kept["message"]) if kept.get("message") else None,
            "done": tuple(kept["done"]),
        }
    )


def people_in(kept: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(people) for name, people in kept.items()}


def answer(value: object) -> Answer:
    return tuple(value) if isinstance(value, list) else str(value)
