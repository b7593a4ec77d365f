"""Forms to fill in and cards to read, described without naming any chat platform."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

Kind = Literal["line", "text", "choice", "many", "date", "time", "when", "person", "files", "link"]
# Labels, each with what belongs to it: facts, questions and answers, names and telephone numbers.
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class File:
    """A file as the platform names it; the bytes are fetched later, and the name may carry a story."""

    id: str
    name: str


Answer = str | tuple[str, ...] | tuple[File, ...]
Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Option:
    """One answer that a ``choice`` or ``many`` field offers; options with a group are listed under it."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class Field:
    """One question.  ``id`` is permanent: it is the key that the answer is stored under for ever.

    Answers by kind: ``line text choice link`` a string; ``date`` YYYY-MM-DD; ``time`` HH:MM; ``when`` an
    aware ISO 8601 moment; ``many`` a tuple of option values; ``person`` a tuple of the platform's user ids;
    ``files`` a tuple of File.  An unanswered field is absent.
    """

    id: str
    label: str
    kind: Kind = "line"
    required: bool = False
    hint: str = ""
    options: tuple[Option, ...] = ()
    # The part that the persons named here have: subject, close, harmed or witness.  Typed names stand one a line.
    part: str = ""
    at_most: int = 0  # characters of a line or text, entries of many, person or files; 0 is the platform's own


@dataclass(frozen=True)
class Form:
    """One step of questions, asked the same way everywhere.

    ``id`` names the step, ``token`` is opaque and comes back with the answers; ``danger`` and ``contacts``
    (label, number) stand before any box; ``quotes`` are people's own words, each under a heading, which the
    questions are about; ``values`` are answers already given.
    """

    id: str
    title: str
    submit: str
    token: str = ""
    danger: tuple[str, ...] = ()
    contacts: Pairs = ()
    intro: tuple[str, ...] = ()
    quotes: tuple[tuple[str, str], ...] = ()
    fields: tuple[Field, ...] = ()
    values: Answers = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """Something to say, not yet in words: the words' name, the case it is about, and values for its blanks."""

    name: str
    about: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Confirm:
    """What is asked before a button does what it says."""

    title: str
    text: str
    yes: str
    no: str


@dataclass(frozen=True)
class Button:
    """Something a reader may do next: ``action`` names it, ``subject`` what it acts on; or a link to ``url``.

    Where there are many, each stands under its ``group``'s heading; those without one come first.
    """

    label: str
    action: str = ""
    subject: str = ""
    style: Literal["", "primary", "danger"] = ""
    confirm: Confirm | None = None
    url: str = ""
    group: str = ""


def groups(buttons: Iterable[Button]) -> list[tuple[str, list[Button]]]:
    """Buttons under their headings, in the order in which they stand."""
    return [(heading, list(some)) for heading, some in groupby(buttons, lambda each: each.group)]


@dataclass(frozen=True)
class Card:
    """Something to read.  All text is plain: structure carries the emphasis, and nothing in it is parsed.

    ``short`` is what a notification shows and carries no story.  ``quotes`` are people's own words, each
    under its question, and ``more`` are facts that may wait until after them; a card with quotes goes only into a
    form or page, never into a message.
    """

    title: str
    short: str = ""
    body: tuple[str, ...] = ()
    facts: Pairs = ()
    quotes: Pairs = ()
    more: Pairs = ()
    contacts: Pairs = ()
    small: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    urgent: bool = False
