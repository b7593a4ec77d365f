"""The page of what works where: every form, message and button drawn by each surface, as a table of what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from bot.routes_page import cell
from handlers.mail import surface as mail
from handlers.slack import cards as slack_cards
from handlers.slack.surface import form_view
from handlers.teams import cards as teams_cards
from handlers.teams.surface import dialog, form_card
from handlers.web import surface as web
from templates.pages import page as drawn_page
from templates.shapes import Card, Form
from tests.adaptive_rules import parts
from tests.adaptive_rules import problems as adaptive_problems
from tests.blockkit_rules import problems as blockkit_problems
from tests.every_word import CARDS, FORMS

PAGE = Path(__file__).parent.parent / "docs" / "parity.md"
WORKS = "works"
HEAD = """\
# What works where

Made by `python3 run.py docs`, which draws every form, message and button as Slack, Teams, mail and our own pages do and
holds the result against the platforms' own rules; a test compares. What is drawn nowhere else has its reason at the
foot of the page, by its number. *Works* says that it is drawn there whole and within the platform's rules; that what
is pressed and sent does the same on each of them is what the tests of the flows hold.
"""
# The known differences; nothing else may differ.
REASONS = {
    "files": "Teams's dialogs take no files.",
    "started": "A report is made in the chat: from a mail or a page we would not know who makes it.",
    "own chat": "It is about the chat itself: the app's home, the greeting, and what was typed or sent there.",
    "room": "A room for a case is a channel, which a mail has not.",
    "letter": "A letter, for those reached by nothing else or for whoever runs Lanyard: chats have their own card.",
    "opened": "It carries people's words, and a mail carries none: the mail has a link to the page, which shows them.",
    "picked": "Nobody can be picked, and no file given, on a page: it leaves those questions out and asks the others.",
    "duties": "Only Slack and Teams have this button; a mail about it has a link of its own.",
}
LETTERS = ("mail", "operator")
MADE = ("start", "urgent", "school", "questions", "pictures", "files", "details", "names", "choice", "choices", "add")
IN_CHAT = ("keep_note", "keep_pictures", "sent_pictures", "away", "answer", "duty_done")
STARTED = ("report", "add", "resume", "discard", "tell", "answer")


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"Written to {PAGE.relative_to(PAGE.parent.parent)}.")


@cache
def page() -> str:
    """The whole page, as Markdown."""
    sections = [
        ("Forms", "form", form_rows()),
        *((title, "message", message_rows(kinds)) for title, kinds in KINDS.items()),
        ("Buttons", "button", button_rows()),
    ]
    tables = [table(title, what, rows) for title, what, rows in sections]
    reasons = [f"{number(name)}. {why}" for name, why in REASONS.items()]
    return "\n\n".join([HEAD.rstrip("\n"), *tables, "## Why not\n\n" + "\n".join(reasons)]) + "\n"


KINDS: Mapping[str, tuple[str, ...]] = {
    "Escalations, reminders and reports of figures": ("nudge", "lead", "figures"),
    "Refusals": ("refusals",),
    "What reporters are told": ("reporter",),
    "The app's own home, and roles": ("home", "dm", "office", "room"),
    "Letters": LETTERS,
}
Row = tuple[str, str, str, str]


def table(title: str, what: str, rows: Iterator[Row]) -> str:
    head = [f"## {title}\n", f"| {what} | Slack | Teams | mail and pages |", "|---|---|---|---|"]
    return "\n".join([*head, *(f"| {' | '.join(map(cell, row))} |" for row in rows)])


def number(reason: str) -> int:
    return 1 + list(REASONS).index(reason)


def without(*reasons: str) -> str:
    return "; ".join(f"not: {number(reason)}" for reason in reasons)


def form_rows() -> Iterator[Row]:
    """A form by its step; the questions of all the kinds of report are one step, and so one row for each title."""
    seen = set[str]()
    for form in FORMS:
        name = f"{cell(form.title)} `{form.id}`"
        if name not in seen:
            seen.add(name)
            yield name, slack_form(form), teams_form(form), web_form(form)


def slack_form(form: Form) -> str:
    return held(blockkit_problems(form_view(form), "modal"), form.id)


def teams_form(form: Form) -> str:
    asked = {part["id"] for part in parts(form_card(form)) if str(part.get("type")).startswith("Input.")}
    left_out = [field for field in form.fields if field.id not in asked]
    assert {field.kind for field in left_out} <= {"files"}
    works = held(adaptive_problems(form_card(form)), form.id)
    return without("files") if left_out else works


def web_form(form: Form) -> str:
    if form.id in MADE:
        return without("started")
    if form.id in IN_CHAT:
        return without("own chat")
    boxes = web.boxes(form, {}, {})
    values = {"form": form, "boxes": boxes, "problems": {}, "action": form.id, "mark": ""}
    drawn = drawn_page("form", {"house": "", "contacts": (), **values})
    left_out = {field.kind for field in form.fields} - web.ASKED
    assert form.submit in drawn
    return f"{WORKS}, in part: {number('picked')}" if left_out else WORKS


def message_rows(kinds: Sequence[str]) -> Iterator[Row]:
    for name, card in CARDS.items():
        if (kind := name.partition(".")[0]) in kinds:
            chats = (slack_card(card), teams_card(card))
            if kind in LETTERS:
                chats = (without("letter"), without("letter"))
            yield f"{cell(card.title)} `{name}`", *chats, mailed(kind, card)


def slack_card(card: Card) -> str:
    thick = bool(card.quotes or card.more)
    if thick:
        return held(blockkit_problems(slack_cards.card_view(card), "modal"), card.title)
    message = {"text": slack_cards.fallback(card), "blocks": slack_cards.card_blocks(card)}
    return held(blockkit_problems(message, "message"), card.title)


def teams_card(card: Card) -> str:
    thick = bool(card.quotes or card.more)
    pages = teams_cards.dialog_pages(card) if thick else [teams_cards.chat_card(card)]
    shown = dialog(card)["task"]["value"]["card"]["content"]
    return held([each for one in (*pages, shown) for each in adaptive_problems(one)], card.title)


def mailed(kind: str, card: Card) -> str:
    if kind in ("home", "dm"):
        return without("own chat")
    if kind == "room":
        return without("room")
    if card.quotes or card.more:
        return f"a page: {number('opened')}"
    assert card.title in mail.plain(card)
    assert mail.rich(card)
    return WORKS


def button_rows() -> Iterator[Row]:
    buttons = {(each.action, each.label): each for card in CARDS.values() for each in card.buttons if not each.url}
    for (action, label), each in sorted(buttons.items()):
        at_slack = slack_cards.button(each, 0)
        assert at_slack["text"]["text"] == label
        where = "where it stands" if action in teams_cards.IN_PLACE else "opens a dialog"
        assert teams_cards.in_chat(each)["title"] == label
        on_page = bool(web.pressable(Card("x", buttons=(each,))))
        elsewhere = "its link" if action == "open" else without("started" if action in STARTED else "duties")
        yield f"{cell(label)} `{action}`", WORKS, f"{WORKS}: {where}", WORKS if on_page else elsewhere


def held(problems: Sequence[str], what: str) -> str:
    assert not problems, f"{what}: {problems[:3]}"
    return WORKS


if __name__ == "__main__":
    main()
