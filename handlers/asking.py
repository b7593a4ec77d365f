"""The next step of a report as a form, in words."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from templates.catalogue import Catalogue
from templates.shapes import Form
from workflows.drafts import Quoted
from workflows.quoted import said
from workflows.rules import Rules
from workflows.steps import TYPED, Ask

# Of a message; its reporter has just read it.
SHOWN = 2000


def form_of(ask: Ask, words: Catalogue, outside: Mapping[str, str], *, without: str) -> Form:
    """What this step asks; where it can be the last, its button says Send.

    ``without`` names what is said of screenshots where no step takes them.
    """
    if ask.step == "questions":
        form = words.questions(ask.report, outside, without=without)
    else:
        name = "choices" if ask.several else ask.step
        form = words.form(name, VALUES.get(ask.step, nothing)(ask, words), outside)
    again = (words.sentence("words.asked_again"),) if ask.again else ()
    typed = {each.id: ask.typed[each.id] for each in form.fields if each.kind in TYPED and each.id in ask.typed}
    form = replace(form, id=ask.step, intro=(*again, *form.intro), values=typed)
    return replace(form, submit=words.sentence("words.send")) if ask.last else form


def no_place(rules: Rules) -> str:
    """What is said of screenshots where no step has a place for them: our own page may have one."""
    if not rules.pages:
        return "words.keep_screenshots"
    return "" if rules.pictures else "words.add_screenshots"


def about_message(form: Form, words: Catalogue, quoted: Quoted) -> Form:
    """The first step with the message that is reported above its questions; it is left out by an answer."""
    heading, text = said(words, quoted)
    short = text if len(text) <= SHOWN else text[:SHOWN] + words.sentence("message.rest")
    return replace(form, quotes=((heading, short),), values={**form.values, "message": "yes"})


def nothing(ask: Ask, words: Catalogue) -> Mapping[str, Any]:
    return {}


def doubtful(ask: Ask, words: Catalogue) -> Mapping[str, Any]:
    return {
        "names": [
            {"id": str(position), "name": name, "people": [(face.id, face.name) for face in faces]}
            for position, (name, faces) in enumerate(ask.names)
        ]
    }


def offered(ask: Ask, words: Catalogue) -> Mapping[str, Any]:
    return {"people": [(role, f"{name} ({words.sentence(f'role.{role}')})") for role, name in ask.choices]}


def pictured(ask: Ask, words: Catalogue) -> Mapping[str, Any]:
    return {"pictures": [{"id": str(n), "number": str(n), "file": file.name} for n, file in enumerate(ask.files, 1)]}


def schools(ask: Ask, words: Catalogue) -> Mapping[str, Any]:
    return {"schools": list(ask.schools)}


VALUES: Mapping[str, Callable[[Ask, Catalogue], Mapping[str, Any]]] = {
    "names": doubtful,
    "choice": offered,
    "details": pictured,
    "school": schools,
}
