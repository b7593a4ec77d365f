"""What the bot says: each message read from a word file, checked, and filled into a card."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from templates.entries import Entry, Text
from templates.shapes import Button, Card, Confirm, Pairs

ACTIONS = (
    "report",
    "resume",
    "discard",
    "open",
    "acknowledge",
    "recuse",
    "add",
    "screenshots",
    "sent_pictures",
    "note",
    "steps",
    "involve",
    "decide",
    "refer",
    "heard",
    "ask",
    "answer",
    "close",
    "reopen",
    "handover",
    "tell",
    "duty_done",
    "duty_show",
    "duty_drill",
    "duty_later",
    "duty_cannot",
    "duty_certificate",
    "duty_certificates",
    "away",
    "back",
    "office",
    "appoint",
    "decline",
)
STYLES = ("primary", "danger")


@dataclass(frozen=True)
class Press:
    """A button as a word file has it; ``when`` names the value that must be something for it to show."""

    label: Text
    action: str
    subject: Text
    style: str
    url: Text
    confirm: Confirm | None
    when: str
    group: str

    @classmethod
    def read(cls, entry: Entry) -> "Press":
        confirm = entry.table("confirm") if entry.has("confirm") else None
        press = cls(
            label=entry.words("label", 75),
            action=entry.one_of("action", ACTIONS, ""),
            subject=entry.words("subject", 75, ""),
            style=entry.one_of("style", STYLES, ""),
            url=entry.words("url", 200, ""),
            confirm=confirmation(confirm) if confirm else None,
            when=entry.text("when", 40, ""),
            group=entry.text("group", 40, ""),
        )
        entry.done()
        if bool(press.action) == bool(press.url.source):
            raise entry.wrong("action", "give a button either an action or a url.")
        return press

    def fill(self, values: Mapping[str, Any]) -> Button:
        return Button(
            label=self.label.fill(values),
            action=self.action,
            subject=self.subject.fill(values),
            style=cast(Literal["", "primary", "danger"], self.style),
            confirm=self.confirm,
            url=self.url.fill(values),
            group=self.group,
        )


@dataclass(frozen=True)
class Said:
    """One message: its words, and by ``…_from`` the values that come whole, as pairs or lines.

    ``main_from`` names the value that is the action to take next: its button comes first and stands out.
    ``needs`` lists every value it uses: nothing else may stand in its blanks, and none may be missing.
    """

    needs: frozenset[str]
    title: Text
    short: Text
    body: tuple[Text, ...]
    facts: tuple[tuple[Text, Text], ...]
    more: tuple[tuple[Text, Text], ...]
    small: tuple[Text, ...]
    buttons: tuple[Press, ...]
    sources: Mapping[str, tuple[str, ...]]
    urgent: str
    main: str

    @classmethod
    def read(cls, entry: Entry) -> "Said":
        said = cls(
            needs=frozenset(entry.lines("needs", 40)),
            title=entry.words("title", 100),
            short=entry.words("short", 150, ""),
            body=entry.paragraphs("body", 900),
            facts=entry.pairs("facts", 900),
            more=entry.pairs("more", 900),
            small=entry.paragraphs("small", 900),
            buttons=tuple(Press.read(each) for each in entry.tables("button")),
            sources={
                part: entry.lines(f"{part}_from", 40)
                for part in ("body", "facts", "quotes", "more", "contacts", "small")
            },
            urgent=entry.text("urgent_when", 40, ""),
            main=entry.text("main_from", 40, ""),
        )
        entry.done()
        said.check(entry)
        return said

    def check(self, entry: Entry) -> None:
        used = {name for names in self.sources.values() for name in names}
        used |= {press.when for press in self.buttons} | {self.urgent, self.main}
        used |= {blank for text in self._texts() for blank in text.blanks}
        used.discard("")
        if used != self.needs:
            raise entry.wrong("needs", f"write exactly {sorted(used)}: these values are used.")

    def fill(self, name: str, values: Mapping[str, Any]) -> Card:
        if missing := self.needs - values.keys():
            raise KeyError(f"{name} needs {', '.join(sorted(missing))}")
        return Card(
            title=self.title.fill(values),
            short=self.short.fill(values),
            body=(*filled(self.body, values), *self._lines("body", values)),
            facts=(
                *((label.fill(values), text.fill(values)) for label, text in self.facts),
                *self._pairs("facts", values),
            ),
            more=(
                *((label.fill(values), text.fill(values)) for label, text in self.more),
                *self._pairs("more", values),
            ),
            quotes=self._pairs("quotes", values),
            contacts=self._pairs("contacts", values),
            small=(*filled(self.small, values), *self._lines("small", values)),
            buttons=self._buttons(values),
            urgent=bool(self.urgent and values[self.urgent]),
        )

    def _buttons(self, values: Mapping[str, Any]) -> tuple[Button, ...]:
        buttons = [each.fill(values) for each in self.buttons if not each.when or values[each.when]]
        main = [each for each in buttons if self.main and each.action == values[self.main]]
        return (*(replace(each, style="primary", group="") for each in main), *(b for b in buttons if b not in main))

    def _texts(self) -> Iterable[Text]:
        yield from (self.title, self.short, *self.body, *self.small)
        yield from (text for pair in (*self.facts, *self.more) for text in pair)
        yield from (text for press in self.buttons for text in (press.label, press.subject, press.url))

    def _lines(self, part: str, values: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(str(line) for name in self.sources[part] for line in values[name])

    def _pairs(self, part: str, values: Mapping[str, Any]) -> Pairs:
        return tuple((str(label), str(text)) for name in self.sources[part] for label, text in values[name])


def filled(texts: Iterable[Text], values: Mapping[str, Any]) -> Iterable[str]:
    """The texts with their blanks filled; one that comes to nothing is not said."""
    return (line for text in texts if (line := text.fill(values)))


def confirmation(entry: Entry) -> Confirm:
    title, text = entry.text("title", 100), entry.text("text", 300)
    asked = Confirm(title, text, entry.text("yes", 30), entry.text("no", 30))
    entry.done()
    return asked
