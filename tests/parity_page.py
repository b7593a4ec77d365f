"""The page of what works where: every form, message and button drawn by each surface, as a table of what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from bot.cases_page import WHAT
from bot.routes_page import cell
from handlers.mail import surface as mail
from handlers.slack import cards as slack_cards
from handlers.slack.surface import form_view
from handlers.teams import cards as teams_cards
from handlers.teams import unkept
from handlers.teams.surface import dialog, form_card
from handlers.web import surface as web
from templates.pages import page as drawn_page
from templates.shapes import Button, Card, Form
from tests.adaptive_rules import parts
from tests.adaptive_rules import problems as adaptive_problems
from tests.blockkit_rules import problems as blockkit_problems
from tests.every_word import CARDS, FORMS, WORDS
from tests.every_word import card as filled
from workflows import acts, sent_pictures, states

PAGE = Path(__file__).parent.parent / "docs" / "parity.md"
WORKS = "works"
HEAD = """\
# What works where

Made by `python3 run.py docs`, which draws every form, message and button as Slack, Teams, mail and our own pages do and
holds the result against the platforms' own rules; a test compares. The rows come from the words, the table of what may
be done with a report, and the duties that a policy can name: nothing is listed here by hand, and whatever lacks a
button, a drawing or somebody who answers stops the test. What is drawn nowhere else has its reason at the foot of the
page, by its number. *Works* says that it is drawn there whole and within the platform's rules; that what is pressed
and sent does the same on each of them is what the tests of the flows hold.
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
# What was typed or sent in the chat itself.
OF_THE_CHAT = (unkept.NOTE, unkept.PICTURES, sent_pictures.ACT)
OF_A_DRAFT = ("report", "resume", "discard")
# What the desk answers when a button says so; to anything else it says that the button is too old.
ANSWERED = {*OF_A_DRAFT, *acts.OFFICES, *acts.ABOUT_ONESELF, *acts.WRITTEN, *acts.PRESSED}


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
        ("What can be done with a report", "act", act_rows()),
        ("What a policy can ask of staff", "duty", duty_rows()),
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
    if why := off_the_pages(form.id):
        return without(why)
    boxes = web.boxes(form, {}, {})
    values = {"form": form, "boxes": boxes, "problems": {}, "action": form.id, "mark": ""}
    drawn = drawn_page("form", {"house": "", "contacts": (), **values})
    left_out = {field.kind for field in form.fields} - web.ASKED
    assert form.submit in drawn
    return f"{WORKS}, in part: {number('picked')}" if left_out else WORKS


def off_the_pages(step: str) -> str:
    """Why no page of ours asks this; nothing where one does."""
    if step in OF_THE_CHAT:
        return "own chat"
    if step in acts.ABOUT_ONESELF or (step in acts.WRITTEN and step not in states.TABLE):
        return "duties"
    if step in states.REPORTERS or step not in acts.WRITTEN:
        return "started"  # the desk takes whatever is not written on something for a step of making a report
    assert step in web.ACTIONS, f"{step} is for leads, and no page has it"
    return ""


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
        yield f"{cell(label)} `{action}`", *in_chats(each), pressed_elsewhere(each)


def in_chats(button: Button) -> tuple[str, str]:
    """Drawn in both, and answered by the desk."""
    assert slack_cards.button(button, 0)["text"]["text"] == button.label
    assert teams_cards.in_chat(button)["title"] == button.label
    assert button.action in ANSWERED, f"nobody answers {button.action}"
    where = "where it stands" if button.action in teams_cards.IN_PLACE else "opens a dialog"
    return WORKS, f"{WORKS}: {where}"


def pressed_elsewhere(button: Button) -> str:
    """In a mail or on a page."""
    if web.pressable(Card("x", buttons=(button,))):
        return WORKS
    if button.action == "open":
        return "its link"
    if button.action in OF_THE_CHAT:
        return without("own chat")
    return without("started" if button.action in (*states.REPORTERS, *OF_A_DRAFT) else "duties")


def act_rows() -> Iterator[Row]:
    """Every row of the table of states: whether there is a button for it, on each of the surfaces."""
    buttons = {each.action: each for card in CARDS.values() for each in card.buttons}
    for action in states.TABLE:
        assert action in buttons, f"no card has a button to {action}"
        yield f"{cell(WHAT[action])} `{action}`", *in_chats(buttons[action]), pressed_elsewhere(buttons[action])


def duty_rows() -> Iterator[Row]:
    """As it is asked in a chat, and in a letter with a page of its own."""
    for name, duty in WORDS.nudges.items():
        told = {"label": duty.label, "ask": duty.ask, "done": duty.done, "material": duty.show}
        asked, letter = filled("nudge.ask", **told), filled("mail.nudge", **told)
        assert letter.title in mail.plain(letter)
        yield f"{cell(duty.label)} `{name}`", slack_card(asked), teams_card(asked), WORKS


def held(problems: Sequence[str], what: str) -> str:
    assert not problems, f"{what}: {problems[:3]}"
    return WORKS


if __name__ == "__main__":
    main()
