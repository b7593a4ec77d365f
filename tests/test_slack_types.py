"""Every form and card against Slack's own typings, as its JavaScript libraries know them; nothing of it is sent."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
from every_word import CARDS, FORMS
from node_tools import installed, run

from handlers.slack.surface import card_blocks, card_view, form_view, home_view, mended
from templates.shapes import Answer, Field, Form, Kind, Option

LEFT_OUT = "Slack's own typings left out"
PINNED = Path(__file__).parent / "slack_types"
# A view's own type takes a block of any kind whatever: only KnownBlock looks inside it.
TYPES = {
    "message": "KnownBlock[]",
    "modal": 'Omit<ModalView, "blocks"> & { blocks: KnownBlock[] }',
    "home": 'Omit<HomeView, "blocks"> & { blocks: KnownBlock[] }',
}
STRICTLY = ("--noEmit", "--strict", "--skipLibCheck", "--pretty", "false")
MODULES = ("--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler")
COMPLAINT = re.compile(r"\S+\.ts\((\d+),\d+\): error (.*)")

GIVEN: dict[str, Answer] = {
    "line": "It was on the bus.",
    "text": "It was on the bus.\nThen at the gate.",
    "date": "2026-11-20",
    "time": "15:40",
    "when": "2026-11-20T15:40:00+00:00",
    "person": ("U1",),
    "link": "https://example.example/post",
}


# The reports need not ask in every way that there is.
TWO = (Option("a", "Yes"), Option("b", "No"))
EVERY_KIND = Form(
    "all",
    "Every kind of question",
    "Send",
    fields=tuple(
        Field(kind, kind.capitalize(), kind, options=TWO if kind in {"choice", "many"} else ())
        for kind in get_args(Kind)
    ),
)


class Shown(NamedTuple):
    what: str
    where: str
    payload: Any


Refused = Callable[[list[Shown]], dict[str, str]]


@pytest.fixture(scope="session")
def ready(request: pytest.FixtureRequest) -> Path:
    """The folder with the pinned typings and compiler."""
    return installed(PINNED, LEFT_OUT, request)


@pytest.fixture
def refused(ready: Path, tmp_path: Path) -> Refused:
    """Compiles all that is given at once; answers with what the compiler said of each that it would not take."""

    def ask(shown: list[Shown]) -> dict[str, str]:
        modules = ready / "node_modules"
        typings = json.dumps((modules / "@slack" / "types").as_posix())
        # A literal stands on one line, so that a line is all that is needed to know it by.
        lines = [
            f"import type {{ HomeView, KnownBlock, ModalView }} from {typings};",
            *(f"export const n{at}: {TYPES[where]} = {json.dumps(it)};" for at, (_, where, it) in enumerate(shown)),
        ]
        source = tmp_path / "shown.ts"
        source.write_text("\n".join(lines), encoding="utf-8")
        compiler = modules / "typescript" / "bin" / "tsc"
        said = run([shutil.which("node"), compiler, *STRICTLY, *MODULES, source.name], tmp_path)
        complaints = [line for line in said.stdout.splitlines() if line and not line.startswith(" ")]
        found = [match for line in complaints if (match := COMPLAINT.fullmatch(line))]
        # Whatever else it says is trouble of its own, and says nothing of ours.
        assert len(found) == len(complaints), said.stdout
        assert all(match[1] != "1" for match in found), said.stdout
        assert bool(found) == bool(said.returncode), said.stderr
        return {shown[int(match[1]) - 2].what: match[2] for match in found}

    return ask


def everything() -> Iterator[Shown]:
    """What the product shows: forms empty, filled and under an offer; cards as window, message and home page."""
    for at, form in enumerate([*FORMS, EVERY_KIND]):
        name = f"form {at}, {form.id}: {form.title}"
        yield Shown(name, "modal", form_view(form))
        yield Shown(f"{name}, filled", "modal", form_view(filled(form)))
        yield Shown(f"{name}, under an offer", "modal", form_view(form, offer=CARDS["reporter.draft"]))
        answer = mended(form_view(form), {"": "Please look at this again."})
        if "view" in answer:
            yield Shown(f"{name}, with a line", "modal", answer["view"])
    for name, card in CARDS.items():
        yield Shown(f"{name} as a window", "modal", card_view(card))
        if not card.quotes:
            yield Shown(f"{name} as a message", "message", card_blocks(card))
            yield Shown(f"{name} on the home page", "home", home_view([card, card]))


def filled(form: Form) -> Form:
    return replace(form, token="fedcba98", values={field.id: given(field) for field in form.fields})


def given(field: Field) -> Answer:
    if field.options:
        return field.options[0].value if field.kind == "choice" else tuple(each.value for each in field.options[:2])
    return GIVEN.get(field.kind, "")


def test_slacks_own_typings_take_every_form_and_card(refused: Refused) -> None:
    shown = list(everything())
    assert len({each.what for each in shown}) == len(shown) > 3 * len(FORMS) + 2 * len(CARDS)
    assert refused(shown) == {}


TEXT = {"type": "plain_text", "text": "Report"}
PRESSED = {"type": "button", "text": TEXT, "action_id": "report~0"}
WINDOW = {"type": "modal", "title": TEXT, "blocks": [{"type": "divider"}]}


def row(element: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "actions", "elements": [element]}]


def asking(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "block_id": "what", "label": TEXT, "element": element}


RIGHT = [
    Shown("a section", "message", [{"type": "section", "text": TEXT}]),
    Shown("a button", "message", row(PRESSED)),
    Shown("a window", "modal", WINDOW),
    Shown("a question", "modal", {**WINDOW, "blocks": [asking({"type": "plain_text_input", "action_id": "answer"})]}),
    Shown("a home page", "home", {"type": "home", "blocks": row(PRESSED)}),
]
WRONG = [
    Shown("text that is a bare string", "message", [{"type": "section", "text": "Report"}]),
    Shown("a button of no type", "message", row({key: PRESSED[key] for key in ("text", "action_id")})),
    Shown("an element that nobody knows", "message", row({**PRESSED, "type": "knob"})),
    Shown("a block that nobody knows", "message", [{"type": "banner", "text": TEXT}]),
    Shown("a key that no button has", "message", row({**PRESSED, "colour": "red"})),
    Shown("a style that no button has", "message", row({**PRESSED, "style": "warning"})),
    Shown("a header in markdown", "message", [{"type": "header", "text": {"type": "mrkdwn", "text": "Report"}}]),
    Shown("a window without a title", "modal", {"type": "modal", "blocks": []}),
    Shown("a window with an unknown block", "modal", {**WINDOW, "blocks": [{"type": "banner"}]}),
    Shown("a window with a bare string", "modal", {**WINDOW, "blocks": [{"type": "section", "text": "Report"}]}),
    Shown("a question with a button for an answer", "modal", {**WINDOW, "blocks": [asking(PRESSED)]}),
    Shown("a question of an unknown kind", "modal", {**WINDOW, "blocks": [asking({"type": "riddle"})]}),
    Shown("a title on the home page", "home", {"type": "home", "title": TEXT, "blocks": []}),
    Shown("nothing where a text should be", "home", {"type": "home", "blocks": [{"type": "header", "text": None}]}),
]


def test_slacks_own_typings_refuse_each_mistake_and_nothing_beside_it(refused: Refused) -> None:
    assert set(refused([*RIGHT, *WRONG])) == {each.what for each in WRONG}
