"""Forms as dialogs, and back: what a dialog carries is written here and read here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from handlers.teams.cards import OURS, dialog_pages, in_dialog, quotes, read_on
from handlers.teams.elements import (
    CARD,
    Block,
    adaptive,
    container,
    paragraphs,
    phones,
    rich,
    rows,
    words,
)
from handlers.teams.questions import DRAWN, answer_in, question
from templates.shapes import Answers, Card, Field, Form, Option

# Of a message that stands above the questions, carried along for when they are shown again.
SHOWN_AGAIN = 600
MESSAGE = "application/vnd.microsoft.activity.message"


def form_card(form: Form, offer: Card | None = None, problems: Mapping[str, str] | None = None) -> Block:
    """The form with its own description in the button: sent back wrong, it can be shown again as it was."""
    wrong = problems or {}
    asked = {field.id for field in form.fields}
    loose = [sentence for field, sentence in wrong.items() if field not in asked]
    body = [
        *(trouble(sentence) for sentence in loose),
        *danger(form.danger),
        *phones(form.contacts),
        *(offered(offer) if offer else []),
        *(block for text in form.intro for block in paragraphs(text)),
        *quotes(form.quotes),
        *(block for field in form.fields for block in asking(form, field, wrong.get(field.id, ""))),
    ]
    send = {"type": "Action.Submit", "title": form.submit, "style": "positive", "data": {OURS: carried(form)}}
    return adaptive(body, [send])


def danger(told: Sequence[str]) -> list[Block]:
    """What to do first stands out; the rest of it does not compete."""
    return [rich(words(each, **({} if at else {"weight": "Bolder"}))) for at, each in enumerate(told)]


def offered(card: Card) -> list[Block]:
    inside = [rich(words(card.title, weight="Bolder")), *(block for text in card.body for block in paragraphs(text))]
    return container([*inside, *rows([in_dialog(each) for each in card.buttons])], "accent")


def asking(form: Form, field: Field, problem: str) -> list[Block]:
    inputs = question(field, form.values.get(field.id))
    if not (problem and inputs):
        return inputs
    first, *rest = inputs
    return [trouble(problem), first | {"spacing": "Small"}, *rest]


def trouble(sentence: str) -> Block:
    return rich(words(f"▲ {sentence}", color="Attention", weight="Bolder"))


def carried(form: Form) -> Block:
    """What comes back with the answers: which step of which draft, and how it looked."""
    kept = replace(form, quotes=tuple((heading, said[:SHOWN_AGAIN]) for heading, said in form.quotes), values={})
    told = {name: value for name, value in asdict(kept).items() if value and name != "fields"}
    fields = [lean(asdict(field)) for field in form.fields]
    return {"step": form.id, "token": form.token, "form": told | {"fields": fields}}


def lean(field: Block) -> Block:
    options = [{name: value for name, value in each.items() if value} for each in field["options"]]
    return {name: value for name, value in (field | {"options": options}).items() if value}


def sent_form(data: Mapping[str, Any]) -> Form | None:
    """The form that a dialog made above was; none where it is not one of ours."""
    ours = data.get(OURS)
    told = ours.get("form") if isinstance(ours, dict) else None
    if not isinstance(told, dict):
        return None
    try:
        fields = tuple(map(field_in, told.get("fields", ())))
        paired = {name: tuple((str(a), str(b)) for a, b in told.get(name, ())) for name in ("contacts", "quotes")}
        listed = {name: tuple(map(str, told.get(name, ()))) for name in ("danger", "intro")}
        given = {name: str(told.get(name, "")) for name in ("id", "title", "submit", "token")}
        form = Form(**given, fields=fields, **paired, **listed)  # type: ignore[arg-type]
    except (TypeError, ValueError, AttributeError):
        return None
    return form if (told.get("id"), told.get("token", "")) == (form.id, form.token) else None


def field_in(told: Mapping[str, Any]) -> Field:
    """One question as it was carried.  Raises TypeError where it is none that we draw."""
    field = Field(**{**told, "options": tuple(Option(**each) for each in told.get("options", ()))})
    texts = [field.id, field.label, field.kind, field.hint, field.part]
    texts += [text for each in field.options for text in (each.value, each.label, each.group)]
    if not all(isinstance(each, str) for each in texts) or field.kind not in DRAWN or type(field.at_most) is not int:
        raise TypeError
    return field


def answers_from(form: Form, data: Mapping[str, Any]) -> Answers:
    """What was given in a dialog made above; what was left empty is absent."""
    found = {field.id: answer_in(field, data) for field in form.fields}
    return {field: answer for field, answer in found.items() if answer}


def dialog(shown: Form | Card, subject: str = "", page: int = 0) -> Block:
    """The answer that shows this in the dialog; ``subject`` is the case that a long card's next page is of."""
    if isinstance(shown, Form):
        return task(shown.title, form_card(shown))
    pages = dialog_pages(shown)
    at = page if 0 <= page < len(pages) else 0
    card = pages[at]
    if at + 1 < len(pages):
        card["actions"] = [read_on("open", subject, at + 1), *card.get("actions", ())]
    return task(shown.title, card)


def again(form: Form, answers: Answers, problems: Mapping[str, str]) -> Block:
    """The answer that leaves a form as it was filled in, saying what is wrong."""
    return task(form.title, form_card(replace(form, values=answers), problems=problems))


def task(title: str, card: Block) -> Block:
    held = {"contentType": CARD, "content": card}
    value = {"title": title, "height": "large", "width": "medium", "card": held}
    return {"task": {"type": "continue", "value": value}}


def in_place(card: Block) -> Block:
    """The answer that puts a card where the pressed one stands."""
    return {"statusCode": 200, "type": CARD, "value": card}


def aside(sentence: str) -> Block:
    """The answer that leaves the card as it is, and says something for a moment."""
    return {"statusCode": 200, "type": MESSAGE, "value": sentence}
