"""Every word people read, checked when the bot starts and filled in when something is to be said or asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from templates import report_types
from templates.entries import CatalogueError, Entry, Text
from templates.questions import Question, asked
from templates.report_types import Given, ReportType
from templates.said import Said
from templates.shapes import Card, Field, Form, Option, Pairs

__all__ = ["Catalogue", "CatalogueError", "Given", "ReportType"]


@dataclass(frozen=True)
class Step:
    """One step of a form that is not a report's own questions."""

    title: str
    submit: str
    intro: tuple[Text, ...]
    questions: tuple[Question, ...]

    @classmethod
    def read(cls, entry: Entry) -> "Step":
        step = cls(
            title=entry.text("title", 24),
            submit=entry.text("submit", 24),
            intro=entry.paragraphs("intro", 600),
            questions=tuple(Question.read(each) for each in entry.tables("field")),
        )
        entry.done()
        return step


@dataclass(frozen=True)
class Nudge:
    """What a duty is called, what it asks, and what is shown about it; ``attests`` where it is a policy's text."""

    label: str
    ask: str
    done: str
    show: tuple[str, ...]
    attests: bool
    certificate: bool
    practises: bool

    @classmethod
    def read(cls, entry: Entry) -> "Nudge":
        nudge = cls(
            label=entry.text("label", 75),
            ask=entry.text("ask", 300),
            done=entry.text("done", 30),
            show=entry.lines("show", 600),
            attests=entry.flag("attests"),
            certificate=entry.flag("certificate"),
            practises=entry.flag("practises"),
        )
        entry.done()
        return nudge


@dataclass(frozen=True)
class Catalogue:
    """Everything the bot can say or ask, by name."""

    reports: Mapping[str, ReportType]
    messages: Mapping[str, Said]
    steps: Mapping[str, Step]
    sentences: Mapping[str, Text]
    nudges: Mapping[str, Nudge]
    danger: tuple[str, ...]
    numbers: tuple[tuple[str, str, str], ...]  # label, number, or the name that the school's number goes by

    @classmethod
    def read(cls, folder: Traversable | None = None) -> "Catalogue":
        """The words in the package, or in another folder laid out like it."""
        folder = folder or resources.files("templates")
        shared = {str(each.get("id")): each for each in Entry.read(folder / "questions.toml").take("field", list)}
        forms = Entry.read(folder / "forms.toml")
        numbers = tuple(number(each) for each in forms.tables("contact"))
        danger = forms.lines("danger", 300)
        catalogue = cls(
            reports=report_types.together(
                [report_types.read(Entry.read(file), shared) for file in tomls(folder / "reports")]
            ),
            messages={
                f"{file.name.removesuffix('.toml')}.{name}": Said.read(entry)
                for file in tomls(folder / "messages")
                for name, entry in Entry.read(file).rest().items()
            },
            steps={name: Step.read(entry) for name, entry in forms.rest().items()},
            sentences=sentences(Entry.read(folder / "sentences.toml")),
            nudges={name: Nudge.read(entry) for name, entry in Entry.read(folder / "nudges.toml").rest().items()},
            danger=danger,
            numbers=numbers,
        )
        catalogue.check()
        return catalogue

    def check(self) -> None:
        """What no single file can know: each file is right, and they fit together."""
        if not self.danger or not self.numbers:
            raise CatalogueError("forms.toml", "danger", "say what to do, and give the outside contacts.")
        for report in self.reports.values():
            for (field, _), other in report.becomes.items():
                if other not in self.reports:
                    raise CatalogueError(f"{report.id}.toml", f"field {field}", f"there is no type {other}.")

    def card(self, name: str, values: Mapping[str, Any]) -> Card:
        """The named message with its blanks filled; a missing value is an error, never a gap.

        What is about a practice report says so in its first word, wherever it is read.
        """
        card = self.messages[name].fill(name, values)
        if not values.get("practice"):
            return card
        mark = self.sentence("words.practice")
        return replace(
            card,
            title=f"{mark}: {card.title}",
            short=f"{mark}: {card.short}",
            body=(self.sentence("words.practice_card"), *card.body),
            urgent=False,
        )

    def sentence(self, name: str, values: Mapping[str, Any] | None = None) -> str:
        """One line of words: an error beside a field, the word for a state, the name of a role."""
        return self.sentences[name].fill(values or {})

    def contacts(self, outside: Mapping[str, str]) -> Pairs:
        """Whom to phone outside the school, the school's own numbers filled in; a blank one is left out."""
        known = ((label, number or outside.get(school, "")) for label, number, school in self.numbers)
        return tuple((label, number) for label, number in known if number)

    def first(
        self, outside: Mapping[str, str], schools: Iterable[tuple[str, str]] = (), *, message: bool = False
    ) -> Form:
        """What is it about, is anyone in danger; which school, of several; whether a message goes with it."""
        about = tuple(Option(each.id, each.label, each.group) for each in self.reports.values())
        return self.form("start", {"about": about, "schools": tuple(schools), "message": message}, outside)

    def written(self) -> Iterator[Field]:
        """The fields of every step that is no report's own."""
        return (each.field for step in self.steps.values() for each in step.questions)

    def questions(self, report: str, outside: Mapping[str, str], *, without: str = "") -> Form:
        """A type's own questions; where no step takes screenshots, the named sentence says what to do with them."""
        kind = self.reports[report]
        keep = (self.sentence(without),) if kind.files and without else ()
        step = self.form("questions", {}, outside)
        return replace(step, title=kind.title, intro=(*kind.advice, *keep), fields=kind.fields)

    def form(self, step: str, values: Mapping[str, Any], outside: Mapping[str, str]) -> Form:
        """The named step; danger and contacts stand before any box, on every one."""
        words = self.steps[step]
        practice = bool(values.get("practice"))
        # A real worry must not be written here: nobody would take it for one.
        first = (self.sentence("words.practice_form"),) if practice else ()
        return Form(
            id=step,
            title=self.sentence("words.practice") if practice else words.title,
            submit=words.submit,
            danger=self.danger,
            contacts=self.contacts(outside),
            intro=(*first, *(line for text in words.intro if (line := text.fill(values)))),
            fields=tuple(asked(words.questions, values)),
        )


def number(entry: Entry) -> tuple[str, str, str]:
    """An outside contact: its label, its number, or what the school calls its own number for it."""
    read = entry.text("label", 75), entry.text("number", 40, ""), entry.text("school", 40, "")
    entry.done()
    return read


def tomls(folder: Traversable) -> list[Traversable]:
    found = (each for each in folder.iterdir() if each.name.endswith(".toml"))
    return sorted(found, key=lambda each: each.name)


def sentences(entry: Entry) -> Mapping[str, Text]:
    """Every line of every table, as table.key."""
    return {f"{table}.{key}": lines.words(key, 300) for table, lines in entry.rest().items() for key in lines.left()}
