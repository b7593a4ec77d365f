"""A message of the chat that somebody reports: kept word for word with what they write, and shown to those told."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime

from storage import sealed
from storage.models import Case, Person
from storage.unit import Unit
from templates.catalogue import Catalogue
from workflows import drafts, people
from workflows.drafts import Quoted
from workflows.people import Who
from workflows.rules import Rules
from workflows.times import spoken_whole

FIELD = "message"


def attach(unit: Unit, token: str, quoted: Quoted, author: Who | None, by: Who) -> None:
    """Keep it with a report that is about to be written; whoever wrote it is not thereby reported.

    Nothing is added to a report whose first questions are answered: its reporter may have left the message out.
    """
    reporter = people.meet(unit, by).person
    written = drafts.load(unit, token, reporter)
    if written.report:
        return
    known = people.meet(unit, author).person.id if author and author.standing == "active" else ""
    drafts.save(unit, token, reporter, replace(written, message=replace(quoted, person=known)))


def keep(unit: Unit, case: Case, quoted: Quoted) -> None:
    """Seal it under the case's own key."""
    unit.seal(case.id, FIELD, json.dumps(asdict(quoted)))


def kept(unit: Unit, case: Case) -> Quoted | None:
    text = sealed.opened_field(unit, case.id, FIELD)
    return Quoted(**json.loads(text)) if text else None


def shown(unit: Unit, rules: Rules, case: Case) -> Iterator[tuple[str, str]]:
    """The message under who wrote it and when, for somebody entitled to the case."""
    if quoted := kept(unit, case):
        name = unit.get(Person, quoted.person).name if quoted.person else ""
        known = replace(quoted, name=name or quoted.name)
        yield said(rules.words, known, stranger=not quoted.person)


def whereabouts(unit: Unit, rules: Rules, case: Case) -> Iterator[tuple[str, str]]:
    """Its address, to be read and never fetched, and the files that were left where they are."""
    if quoted := kept(unit, case):
        yield rules.words.sentence("message.link"), quoted.link
        if quoted.files:
            left = rules.words.sentence("message.files_left", {"count": quoted.files})
            yield rules.words.sentence("message.files"), left


def said(words: Catalogue, quoted: Quoted, *, stranger: bool = False) -> tuple[str, str]:
    """A heading and the message; ``stranger`` says of a name that nobody here goes by it."""
    when = spoken_whole(datetime.fromisoformat(quoted.at))
    by = "nobody" if not quoted.name else "stranger" if stranger else "by"
    heading = words.sentence(f"message.{by}", {"who": quoted.name, "when": when})
    return heading, quoted.text or words.sentence("message.empty")
