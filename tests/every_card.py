"""Everything that Teams is given to draw: every form and every message in each of its states, by its name.

Nothing is listed by hand: a new message, step, kind of report, duty or button is among them as soon as there are words
for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product, repeat
from typing import Any, NamedTuple

from jinja2 import nodes

from handlers.teams.cards import chat_card, chat_cards, dialog_pages, read_on
from handlers.teams.elements import Block
from handlers.teams.surface import form_card
from templates.entries import WORDS as ENVIRONMENT
from templates.said import Said
from templates.shapes import Answer, Card, Field, Form
from tests.every_word import ASKED, CARDS, FORMS, OUTSIDE, PLAUSIBLE, WORDS
from workflows import acts, states

# Written to those reached by nothing else, and to whoever runs Lanyard: chats have their own card.
LETTERS = ("mail", "operator")
# What an opened report puts first, where it may be done.
FOLLOWING = ("acknowledge", "steps", "decide", "close", "reopen")
PERSON = "0a0a0a0a-1111-2222-3333-444444444444"
LONG = "He asked to follow me on a photo site, and then wrote to me there. " * 3
UNBROKEN = "https://photos.example/" + "unbroken" * 20
GIVEN: Mapping[str, Answer] = {
    "line": "Alfie Marsden-Featherstonehaugh",
    "text": f"{LONG}\n{UNBROKEN}",
    "date": "2026-11-19",
    "time": "10:10",
    "when": "2026-11-19T10:10:00+00:00",
    "person": (PERSON,),
    "link": UNBROKEN,
}


class Shown(NamedTuple):
    """One card as Teams gets it; ``says`` are the words that must then stand on it, ``sheet`` the picture it is in.

    One that looks as another does but for a word or a line is in no picture.
    """

    sheet: str
    name: str
    card: Block
    says: tuple[str, ...]
    alike: bool = False


def everything() -> list[Shown]:
    """Each of them once: where two names would draw the same, the first of them stands for both."""
    found = [*forms(), *messages(), *opened(), *duties(), *confirmed(), *homes()]
    return list({repr((each.card, each.says)): each for each in reversed(found)}.values())[::-1]


def forms() -> Iterator[Shown]:
    """Empty, under an unfinished report's offer with everything wrong, filled in, and for practice."""
    offer = CARDS["reporter.draft"]
    wrong, seen = WORDS.sentence("errors.required"), set[str]()
    for form in map(as_asked, FORMS):
        if files_alone(form):
            continue
        name, said = f"{form.id}: {form.title}", of_form(form)
        yield Shown("form", name, form_card(form), said, name in seen)
        problems = dict.fromkeys(["", *(field.id for field in form.fields if field.kind != "files")], wrong)
        again = form_card(form, offer, problems)
        yield Shown("wrong", name, again, (*said, *of_card(offer), wrong), form.id in seen)
        filled = replace(form, token="fedcba98", values={field.id: given(field) for field in form.fields})
        yield Shown("filled", name, form_card(filled), said, form.id in seen)
        seen |= {form.id, name}
    for step in (each for each in WORDS.steps if each != "start"):
        form = as_asked(WORDS.form(step, {**ASKED.get(step, {}), "practice": True}, OUTSIDE))
        if not files_alone(form):
            yield Shown("practice", f"{step}, practice", form_card(form), of_form(form), alike=step != "note")


def messages() -> Iterator[Shown]:
    """Each as it stands, with each of its conditions the other way round, with all of them, and as practice."""
    for name, said in WORDS.messages.items():
        group = name.partition(".")[0]
        if group in LETTERS:
            continue
        values = {key: PLAUSIBLE[key] for key in said.needs}
        other = {key: turned(values[key]) for key in switches(said)}
        cases: dict[str, Mapping[str, Any]] = {"": {}, ", all the other way": other}
        cases |= {f", {key} the other way": {key: value} for key, value in other.items()}
        if "reference" in said.needs:
            cases[", practice"] = {"practice": True}
        for how, changed in cases.items():
            card = WORDS.card(name, {**values, **changed})
            yield from drawn(group, f"{name}{how}", card, alike="," in how)


def opened() -> Iterator[Shown]:
    """A report as it is opened: of every kind, in every state of it, by everybody who may read it."""
    wide = {field.id: field for form in FORMS for field in form.fields}
    for report, state in product(WORDS.reports.values(), states.STATES):
        fields = tuple(wide[each.id] for each in report.fields if each.id in wide)
        told = {
            **PLAUSIBLE,
            "report": report.title,
            "state": WORDS.sentence(f"state.{state}"),
            "quotes": tuple(zip((each.label for each in fields if each.kind == "text"), said(), strict=False)),
            "facts": tuple((field.label, spelt(field)) for field in fields if field.kind not in ("text", "files")),
        }
        # What may be done is the same for every kind; so one of them stands for all, seen by all.
        first = report.id == next(iter(WORDS.reports))
        for part in ("lead", "informed", "decider") if first else ("lead",):
            may = {f"may_{action}": states.may(action, state, part) for action in states.TABLE}
            following = next((each for each in FOLLOWING if may[f"may_{each}"]), "")
            card = WORDS.card("lead.case", {**told, **may, "next": following})
            yield from drawn("report", f"{report.id}, {state}, {part}", card, alike=not first)
    for state in states.STATES:
        for name in ("home.report", "home.case"):
            may = {"may_acknowledge": states.may("acknowledge", state, "lead")}
            values = {**PLAUSIBLE, **may, "state": WORDS.sentence(f"state.{state}")}
            yield from drawn("home", f"{name}, {state}", WORDS.card(name, values))


def duties() -> Iterator[Shown]:
    """Whatever is said of a duty, of each that a policy may ask for."""
    for duty, nudge in WORDS.nudges.items():
        told = {"label": nudge.label, "ask": nudge.ask, "done": nudge.done, "material": nudge.show}
        for name, said in WORDS.messages.items():
            if said.needs & told.keys() and name.partition(".")[0] not in LETTERS:
                yield from drawn(
                    "duty", f"{name}, {duty}", WORDS.card(name, {**PLAUSIBLE, **told}), name != "nudge.ask"
                )


def confirmed() -> Iterator[Shown]:
    """What unfolds under a button that asks once more, wherever there is one."""
    asked = {(each.label, each.confirm): each for card in CARDS.values() for each in card.buttons if each.confirm}
    for (label, confirm), each in asked.items():
        assert confirm
        card = chat_card(Card(title=label, buttons=(each,)))
        yield Shown("asks-again", f"{label}: {confirm.yes}", card, (label, confirm.title, confirm.text, confirm.yes))


def homes() -> Iterator[Shown]:
    """My reports and my cases, few of them and more than a message holds; and a report of more than one page."""
    one = [card for name, card in CARDS.items() if name.startswith("home.")]
    yield Shown("home", "home", chat_cards(one), tuple(text for card in one for text in of_row(card)))
    yield Shown("home", "home, with many", chat_cards([*one, *[CARDS["home.case"]] * 60]), ())
    long = replace(CARDS["lead.case"], quotes=(("What did you see or hear?", LONG * 300),))
    for at, page in enumerate(dialog_pages(long)):
        card = {**page, "actions": [read_on("open", "c1", at + 1), *page.get("actions", ())]}
        yield Shown("report", f"a long one, page {at + 1}", card, (), alike=True)


def drawn(sheet: str, name: str, card: Card, alike: bool = False) -> Iterator[Shown]:
    """As a message, where it carries nobody's words, and as a dialog, on as many pages as it takes."""
    if not (card.quotes or card.more):
        yield Shown(sheet, name, chat_card(card), (card.title, *of_card(card)), alike)
    pages = dialog_pages(card)
    for at, page in enumerate(pages):
        said = of_card(card) if len(pages) == 1 else ()
        yield Shown(f"{sheet}-dialog", f"{name}, dialog {at + 1}", page, said, alike)


def of_card(card: Card) -> tuple[str, ...]:
    """Every word of a card but its title, which a dialog has above it."""
    pairs = [text for pair in (*card.facts, *card.more, *card.contacts) if pair[1] for text in pair]
    quoted = [text for pair in card.quotes for text in pair]
    # What asks once more stands at the foot, under no heading.
    pressed = [text for each in card.buttons for text in (each.label, "" if each.confirm else each.group)]
    return (*card.body, *pairs, *quoted, *card.small, *pressed)


def of_row(card: Card) -> tuple[str, ...]:
    return (card.title, *(value for _, value in card.facts), *(each.label for each in card.buttons))


def of_form(form: Form) -> tuple[str, ...]:
    """Every word of a form but its title."""
    asked = [field for field in form.fields if field.kind != "files"]
    fields = [text for field in asked for text in (field.label, field.hint)]
    options = [option.label for field in asked for option in field.options]
    contacts = [text for pair in form.contacts for text in pair]
    return (*form.danger, *contacts, *form.intro, *fields, *options, form.submit)


def as_asked(form: Form) -> Form:
    """As the desk shows it: whom to phone first is for those who report, and no lead at work needs it."""
    at_work = form.id in (*acts.WRITTEN, *acts.ABOUT_ONESELF) and form.id not in states.REPORTERS
    return replace(form, danger=(), contacts=()) if at_work else form


def files_alone(form: Form) -> bool:
    """A step that asks for nothing but files, which no dialog of Teams takes: the desk never asks it there."""
    return {field.kind for field in form.fields} == {"files"}


def given(field: Field) -> Answer:
    if field.options:
        return field.options[0].value if field.kind == "choice" else tuple(each.value for each in field.options)
    return GIVEN.get(field.kind, "")


def said() -> Iterator[str]:
    """What somebody wrote: first at length, then briefly."""
    yield f"{LONG}\n{UNBROKEN}"
    yield from repeat("She said that she had not slept.")


def spelt(field: Field) -> str:
    """An answer as an opened report has it."""
    plain = {"date": "Thursday 19 November 2026", "time": "10:10", "when": "10:10 on Thursday 19 November 2026"}
    return field.options[0].label if field.options else plain.get(field.kind, "Alfie Marsden")


def switches(said: Said) -> Iterable[str]:
    """The values on which it depends what a message says: not only how."""
    pairs = [text for pair in (*said.facts, *said.more) for text in pair]
    found = {said.urgent, said.main, *(each.when for each in said.buttons)}
    found |= {name for names in said.sources.values() for name in names}
    for text in (said.title, said.short, *said.body, *said.small, *pairs):
        for test in ENVIRONMENT.parse(text.source).find_all((nodes.If, nodes.CondExpr)):
            found |= {each.name for each in test.test.find_all(nodes.Name)}
            found |= {test.test.name} if isinstance(test.test, nodes.Name) else set()
    return sorted(found & said.needs)


def turned(value: Any) -> Any:
    """What makes a condition come out the other way."""
    return (value == 1) + 1 if type(value) is int else not value if isinstance(value, bool) else type(value)()
