"""The kinds of report that staff can make, each read from one file: its questions and what answers settle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from templates.entries import CatalogueError, Entry
from templates.questions import Question, unique
from templates.shapes import Answer, Answers, Field

GROUPS = (
    "A child",
    "An adult who works here, or me",
    "Something online about the school",
    "Equipment, data or an account",
)
BY = ("pupil", "colleague", "parent", "outsider", "unknown")
HARMED = ("pupil", "staff", "nobody")
CLOSE = ("close_staff", "close_names")


class Given(NamedTuple):
    """What answers settle: who did it, who was harmed, flags, and the type it becomes (or "")."""

    by: str
    harmed: str
    flags: tuple[str, ...]
    becomes: str


@dataclass(frozen=True)
class ReportType:
    """One kind of report.  ``by`` and ``harmed`` hold unless ``by_field`` or ``harmed_field`` asks for them.

    ``named`` says who the people of a field are (pupil, colleague …); ``flags`` and ``becomes`` hang on an
    answer.  ``also`` are other types' questions about people: answers stay when one type becomes another.
    """

    id: str
    group: str
    order: int
    label: str
    title: str
    files: bool
    close: bool
    advice: tuple[str, ...]
    fields: tuple[Field, ...]
    by: str
    harmed: str
    by_field: str
    harmed_field: str
    named: Mapping[str, str]
    flags: Mapping[tuple[str, str], str]
    becomes: Mapping[tuple[str, str], str]
    also: tuple[Field, ...] = ()

    def gives(self, answers: Answers) -> Given:
        """What these answers settle; a pupil named as harmed is a pupil harmed, whatever else was picked."""
        said = [(field, one) for field, given in answers.items() for one in texts(given)]
        harmed = str(answers.get(self.harmed_field) or self.harmed)
        pupils = (each for each in self.fields if each.part == "harmed" and self.named[each.id] == "pupil")
        if any(answers.get(each.id) for each in pupils):
            harmed = "pupil"
        return Given(
            by=str(answers.get(self.by_field) or self.by),
            harmed=harmed,
            flags=tuple(self.flags[one] for one in said if one in self.flags),
            becomes=next((self.becomes[one] for one in said if one in self.becomes), ""),
        )


def texts(given: Answer) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(one for one in given if isinstance(one, str))


def read(entry: Entry, shared: Mapping[str, dict[str, Any]]) -> ReportType:
    """One file; what a field leaves out is taken from the shared question of that id."""
    close = entry.flag("close")
    raw = entry.take("field", list)
    asked = {each.get("id") for each in raw}
    raw = [*raw, *({"id": each} for each in CLOSE if close and each not in asked)]
    settled = Settled()
    fields = unique(
        (settled.field(each, shared, Entry(entry.file, f"field {each.get('id')}", {})) for each in raw), entry
    )
    ids = {field.id for field in fields}
    report = ReportType(
        id=entry.file.removesuffix(".toml"),
        group=entry.one_of("group", GROUPS),
        order=entry.take("order", int),
        label=entry.text("label", 75),
        title=entry.text("title", 24),
        files=entry.flag("files"),
        close=close,
        advice=entry.lines("advice", 400),
        fields=fields,
        by=entry.one_of("by", BY, "unknown" if "by" in ids else None),
        harmed=entry.one_of("harmed", HARMED, "nobody" if "harmed" in ids else None),
        by_field="by" if "by" in ids else "",
        harmed_field="harmed" if "harmed" in ids else "",
        named=settled.named,
        flags=settled.flags,
        becomes=settled.becomes,
    )
    entry.done()
    check(report)
    return report


class Settled:
    """What the fields of one file settle beside their questions, gathered as they are read."""

    def __init__(self) -> None:
        self.named: dict[str, str] = {}
        self.flags: dict[tuple[str, str], str] = {}
        self.becomes: dict[tuple[str, str], str] = {}

    def field(self, raw: dict[str, Any], shared: Mapping[str, dict[str, Any]], where: Entry) -> Field:
        table = {**shared.get(str(raw.get("id")), {}), **raw}
        key = str(table.get("id"))
        if names := table.pop("names", ""):
            if names not in BY:
                raise where.wrong("names", f"use one of {', '.join(BY)}.")
            self.named[key] = names
        table["options"] = [self._option(key, dict(each)) for each in table.get("options", [])]
        return Question.read(Entry(where.file, where.place, table)).field

    def _option(self, key: str, raw: dict[str, Any]) -> dict[str, Any]:
        for word, into in (("flag", self.flags), ("becomes", self.becomes)):
            if word in raw:
                into[key, str(raw.get("value"))] = raw.pop(word)
        return raw


def check(report: ReportType) -> None:
    """What must be true of every type, so that routing never meets a word it does not know."""
    file, facts = f"{report.id}.toml", {"by": BY, "harmed": HARMED}
    for each in report.fields:
        allowed = facts.get(each.id)
        if allowed and not {option.value for option in each.options} <= set(allowed):
            raise CatalogueError(file, f"field {each.id}", f"use the values {', '.join(allowed)}.")
        if each.part and each.id not in report.named:
            raise CatalogueError(file, f"field {each.id}", "say who these people are: add names.")


def together(reports: Sequence[ReportType]) -> Mapping[str, ReportType]:
    """By group and order, as the first step lists them; an id means the same in every type."""
    known: dict[str, tuple[Field, str]] = {}
    for report in reports:
        for field in report.fields:
            first, file = known.setdefault(field.id, (field, f"{report.id}.toml"))
            if (field.kind, field.part) != (first.kind, first.part):
                raise CatalogueError(file, f"field {field.id}", f"{report.id}.toml uses this id for something else.")
    named = {field: kind for report in reports for field, kind in report.named.items()}
    people = [field for field, _ in known.values() if field.part]
    return {
        report.id: replace(
            report,
            also=tuple(each for each in people if each.id not in own_ids(report)),
            named={**named, **report.named},
        )
        for report in sorted(reports, key=lambda each: (GROUPS.index(each.group), each.order))
    }


def own_ids(report: ReportType) -> frozenset[str]:
    return frozenset(field.id for field in report.fields)
