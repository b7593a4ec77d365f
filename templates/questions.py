"""Questions and their answers' options, read from word files into fields to fill in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any, cast, get_args

from templates.entries import CatalogueError, Entry, Text
from templates.shapes import Field, Kind, Option

KINDS: tuple[str, ...] = get_args(Kind)
PARTS = ("subject", "close", "harmed", "witness")
# What Slack and our own eye allow: a question, its hint, an option.
LABEL, HINT, OPTION, VALUE = 150, 250, 75, 40


@dataclass(frozen=True)
class Question:
    """A field as a word file has it: its words may have blanks, and some options come with the values."""

    field: Field
    label: Text
    options_from: str = ""
    each: str = ""  # asked once for every item of this value
    when: str = ""  # asked only where this value is something

    @classmethod
    def read(cls, entry: Entry) -> "Question":
        label = entry.words("label", LABEL)
        question = cls(
            field=Field(
                id=entry.text("id", VALUE),
                label=label.source,
                kind=cast(Kind, entry.one_of("kind", KINDS, "line")),
                required=entry.flag("required"),
                hint=entry.text("hint", HINT, ""),
                options=tuple(option(each) for each in entry.tables("options")),
                part=entry.one_of("part", PARTS, ""),
                at_most=entry.take("at_most", int, 0),
            ),
            label=label,
            options_from=entry.text("options_from", VALUE, ""),
            each=entry.text("each", VALUE, ""),
            when=entry.text("when", VALUE, ""),
        )
        entry.done()
        question.check(entry)
        return question

    def check(self, entry: Entry) -> None:
        values = [option.value for option in self.field.options]
        offers = bool(values or self.options_from)
        if offers != (self.field.kind in ("choice", "many")):
            raise entry.wrong("options", "give options to a choice or many, and to nothing else.")
        if len(set(values)) != len(values):
            raise entry.wrong("options", "give every option a value of its own.")

    def ask(self, values: Mapping[str, Any]) -> Iterable[Field]:
        """The field, once; or once for each item; or not at all."""
        if self.when and not values[self.when]:
            return
        for item in values[self.each] if self.each else [{}]:
            scope = {**values, **item}
            yield Field(
                id=f"{self.field.id}.{item['id']}" if self.each else self.field.id,
                label=self.label.fill(scope),
                kind=self.field.kind,
                required=self.field.required,
                hint=self.field.hint,
                options=(*offered(scope[self.options_from]), *self.field.options)
                if self.options_from
                else self.field.options,
                part=self.field.part,
                at_most=self.field.at_most,
            )


def asked(questions: Iterable[Question], values: Mapping[str, Any]) -> Iterator[Field]:
    """Every field in order; questions about the same items go item by item, one picture after another."""
    for each, together in groupby(questions, key=lambda question: question.each):
        fields = [tuple(question.ask(values)) for question in together]
        yield from chain(*zip(*filter(None, fields), strict=True)) if each else chain(*fields)


def option(entry: Entry) -> Option:
    """One option, without what only a report type reads from it."""
    made = Option(entry.text("value", VALUE), entry.text("label", OPTION))
    entry.done()
    return made


def offered(given: Iterable[Any]) -> tuple[Option, ...]:
    """Options that came as (value, label) or ready made; a long name is cut, or the form could not open."""
    made = (each if isinstance(each, Option) else Option(*each) for each in given)
    return tuple(
        each if len(each.label) <= OPTION else Option(each.value, each.label[: OPTION - 1] + "…", each.group)
        for each in made
    )


def unique(fields: Iterable[Field], entry: Entry) -> tuple[Field, ...]:
    """The fields, after making sure that no two share an id: answers are stored under it."""
    kept: dict[str, Field] = {}
    for each in fields:
        if each.id in kept:
            raise CatalogueError(entry.file, entry.place, f"ask {each.id} once only.")
        kept[each.id] = each
    return tuple(kept.values())
