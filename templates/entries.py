"""Reads word files strictly: what is missing, unknown or too long is an error that says what to do where."""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, TemplateSyntaxError, meta

# Cards and forms are plain text that no platform parses, so there is no markup to escape.
WORDS = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701

# What nearly all words are: text and names of values.  Only conditions, loops and filters need the template engine.
BLANK = re.compile(r"\{\{ ([a-z_]+) \}\}")


class CatalogueError(Exception):
    """A word file is not as it should be: names the file, the place in it, and what to do."""

    def __init__(self, file: str, place: str, advice: str) -> None:
        super().__init__(f"{file}, {place}: {advice}")


class Text:
    """Words with blanks to fill; taken apart once, when the catalogue is read."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._texts, self.blanks = BLANK.split(source), frozenset(BLANK.findall(source))
        self._template: Template | None = None
        if any("{" in text for text in self._texts[::2]):
            self.blanks = frozenset(meta.find_undeclared_variables(WORDS.parse(source)))
            self._template = WORDS.from_string(source)

    def fill(self, values: Mapping[str, object]) -> str:
        """A missing value is an error."""
        if self._template:
            return self._template.render(values).strip()
        if not self.blanks:
            return self.source
        return "".join([str(values[each]) if at % 2 else each for at, each in enumerate(self._texts)]).strip()


class Entry:
    """One table of a word file, taken key by key; whatever nobody took is a mistake."""

    def __init__(self, file: str, place: str, table: Any) -> None:
        self.file, self.place = file, place
        if not isinstance(table, dict):
            raise CatalogueError(file, place, "make this a table of keys and values.")
        self._left: dict[str, Any] = dict(table)

    @classmethod
    def read(cls, file: Traversable) -> "Entry":
        try:
            return cls(file.name, "top", tomllib.loads(file.read_text("utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CatalogueError(file.name, "top", f"mend the TOML: {error}.") from error

    def wrong(self, key: str, advice: str) -> CatalogueError:
        return CatalogueError(self.file, f"{self.place}, {key}", advice)

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        """The value under a key, which must be of that kind; without a default it must be there."""
        value = self._left.pop(key, default)
        if value is None:
            raise self.wrong(key, "add it; it is missing.")
        if not isinstance(value, kind):
            raise self.wrong(key, f"write it as {kind.__name__}.")
        return value

    def text(self, key: str, at_most: int, default: str | None = None) -> str:
        return self._short(key, self.take(key, str, default), at_most)

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value: str = self.take(key, str, default)
        if value not in allowed and value != default:
            raise self.wrong(key, f"use one of {', '.join(allowed)}.")
        return value

    def flag(self, key: str) -> bool:
        return bool(self.take(key, bool, False))

    def lines(self, key: str, at_most: int) -> tuple[str, ...]:
        """A list of texts; a key that is absent is an empty list."""
        return tuple(self._short(key, line, at_most) for line in self.take(key, list, []))

    def words(self, key: str, at_most: int, default: str | None = None) -> Text:
        return self._compiled(key, self.text(key, at_most, default))

    def paragraphs(self, key: str, at_most: int) -> tuple[Text, ...]:
        return tuple(self._compiled(key, line) for line in self.lines(key, at_most))

    def pairs(self, key: str, at_most: int) -> tuple[tuple[Text, Text], ...]:
        rows = self.take(key, list, [])
        if any(not isinstance(row, list) or len(row) != 2 for row in rows):
            raise self.wrong(key, "write each as [label, text].")
        return tuple(
            (
                self._compiled(key, self._short(key, label, 150)),
                self._compiled(key, self._short(key, text, at_most)),
            )
            for label, text in rows
        )

    def tables(self, key: str) -> tuple["Entry", ...]:
        """The entries of a list of tables ([[key]]); absent is none."""
        return tuple(
            Entry(self.file, f"{self.place}, {key} {n}", each) for n, each in enumerate(self.take(key, list, []), 1)
        )

    def table(self, key: str) -> "Entry":
        return Entry(self.file, f"[{key}]", self.take(key, dict))

    def rest(self) -> Mapping[str, "Entry"]:
        """Every table not taken yet, by name."""
        return {key: self.table(key) for key in tuple(self._left)}

    def has(self, key: str) -> bool:
        return key in self._left

    def left(self) -> tuple[str, ...]:
        return tuple(self._left)

    def done(self) -> None:
        if self._left:
            raise CatalogueError(self.file, self.place, f"remove or rename {', '.join(sorted(self._left))}.")

    def _short(self, key: str, value: Any, at_most: int) -> str:
        if not isinstance(value, str):
            raise self.wrong(key, "write it as text.")
        if len(value) > at_most:
            raise self.wrong(key, f"shorten it: {len(value)} characters, at most {at_most}.")
        return value

    def _compiled(self, key: str, source: str) -> Text:
        try:
            return Text(source)
        except TemplateSyntaxError as error:
            raise self.wrong(key, f"mend the blank: {error.message}.") from error
