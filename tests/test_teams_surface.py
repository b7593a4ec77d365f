"""Every form and every card as Teams shows them: within its rules, and back to what was typed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from every_word import CARDS, FORMS

from handlers.teams.cards import chat_card, chat_cards, dialog_pages
from handlers.teams.surface import again, answers_from, dialog, form_card, sent_form
from templates.shapes import Answers, Button, Card, Confirm, Field, Form, Option
from tests.adaptive_rules import PARSED, parts, problems, words

PARSEABLE = "**bold** [a link](https://evil.example) <at>all</at> _x_ `y` {{DATE(2020-01-01T00:00:00Z)}}"
ANNA, BEN = "0a0a0a0a-1111-2222-3333-444444444444", "0b0b0b0b-1111-2222-3333-444444444444"
YES_NO = (Option("yes", "Yes"), Option("no", "No"))
EVERY_KIND = Form(
    id="questions",
    title="Everything",
    submit="Next",
    token="draft-1",
    fields=(
        Field("name", "A line?", "line"),
        Field("what", "A text?", "text", required=True),
        Field("danger", "One of them?", "choice", options=YES_NO),
        Field("kinds", "Some of them?", "many", options=YES_NO),
        Field("date", "Which day?", "date"),
        Field("time", "What time?", "time"),
        Field("at", "When?", "when"),
        Field("who", "Who?", "person", at_most=10),
        Field("where", "Which page?", "link"),
    ),
)
GIVEN: Answers = {
    "name": "Jo",
    "what": "She said *no*.\n\nTwice.",
    "danger": "no",
    "kinds": ("yes", "no"),
    "date": "2026-11-19",
    "time": "10:10",
    "at": "2026-07-01T09:30:00+01:00",
    "who": (ANNA, BEN),
    "where": "https://example.example/",
}


def filled(card: Mapping[str, Any]) -> dict[str, Any]:
    """What Teams sends when a dialog's own button is pressed with the boxes as they stand."""
    (send,) = [part for part in card["actions"] if part["type"] == "Action.Submit"]
    boxes = [part for part in parts(card) if str(part.get("type")).startswith("Input.")]
    return {**send["data"], **{box["id"]: box["value"] for box in boxes if "value" in box}}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.id} {form.title}")
def test_teams_takes_every_form(form: Form) -> None:
    assert problems(form_card(form)) == []
    assert problems(form_card(form, CARDS["reporter.draft"], dict.fromkeys([f.id for f in form.fields], "No."))) == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.id} {form.title}")
def test_every_form_comes_back_as_it_was_sent(form: Form) -> None:
    token = replace(form, token="draft-1")
    assert sent_form(filled(form_card(token))) == token


@pytest.mark.parametrize("name", CARDS)
def test_teams_takes_every_card_in_a_dialog(name: str) -> None:
    assert [problem for page in dialog_pages(CARDS[name]) for problem in problems(page)] == []


@pytest.mark.parametrize("name", [name for name, card in CARDS.items() if not (card.quotes or card.more)])
def test_teams_takes_every_card_in_a_chat(name: str) -> None:
    assert problems(chat_card(CARDS[name])) == []


def test_teams_takes_the_home_card_with_many_reports_on_it() -> None:
    shown = chat_cards([CARDS["home.welcome"], *[CARDS["home.case"]] * 30, *[CARDS["home.report"]] * 30])
    assert problems(shown) == []
    held = sum("K7-3FQ" in words(part) for part in shown["body"])
    assert f"no room here for {61 - 1 - held} more" in words(shown)


def test_a_card_with_peoples_words_is_never_put_into_a_chat() -> None:
    with pytest.raises(AssertionError):
        chat_card(CARDS["lead.case"])


def test_every_kind_of_question_comes_back_to_the_letter() -> None:
    shown = form_card(replace(EVERY_KIND, values=GIVEN))
    assert problems(shown) == []
    data = filled(shown)
    form = sent_form(data)
    assert form
    assert answers_from(form, data) == GIVEN


def test_what_is_left_empty_is_absent() -> None:
    data = filled(form_card(EVERY_KIND)) | {"name": "  ", "what": "", "kinds": "", "who": " , "}
    form = sent_form(data)
    assert form
    assert answers_from(form, data) == {}


def test_only_people_of_the_directory_can_be_picked_and_no_more_than_are_asked_for() -> None:
    form = replace(EVERY_KIND, fields=(Field("who", "Who?", "person", at_most=2),))
    data = filled(form_card(form)) | {"who": f"29:made-up,{ANNA.upper()},{BEN},../users,{ANNA}"}
    assert answers_from(form, data) == {"who": (ANNA, BEN)}


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"lanyard": None},
        {"lanyard": {"form": []}},
        {"lanyard": {"form": {"fields": [{"made": "up"}]}}},
        {"lanyard": {"form": {"fields": "x"}}},
        {"lanyard": {"form": {"fields": [{"id": "a", "label": "b", "options": [1]}]}}},
        {"lanyard": {"form": {"contacts": [1]}}},
    ],
)
def test_a_dialog_that_is_none_of_ours_is_no_form(forged: dict[str, Any]) -> None:
    assert sent_form(forged) is None


def test_a_wrong_answer_leaves_the_form_as_it_was_filled_in_with_the_sentence_at_its_question() -> None:
    shown = again(EVERY_KIND, GIVEN, {"what": "Please say more.", "": "Something else."})["task"]["value"]["card"]
    body = shown["content"]["body"]
    assert words(body[0]) == "▲ Something else."
    at = next(n for n, part in enumerate(body) if part.get("id") == "what")
    assert words(body[at - 1]) == "▲ Please say more."
    assert answers_from(EVERY_KIND, filled(shown["content"])) == GIVEN


def test_what_people_wrote_is_shown_as_they_typed_it() -> None:
    told = Card(PARSEABLE, "short", (PARSEABLE,), ((PARSEABLE, PARSEABLE),), ((PARSEABLE, PARSEABLE),))
    (page,) = dialog_pages(replace(told, urgent=True))
    form = form_card(replace(EVERY_KIND, quotes=((PARSEABLE, PARSEABLE),), values={"what": PARSEABLE}))
    for shown in (page, form):
        assert PARSEABLE in words(shown)
        assert not [part for part in parts(shown) if part.get("type") in PARSED]
        assert problems(shown) == []


def test_an_option_that_teams_would_draw_as_markdown_stands_in_a_list_instead() -> None:
    field = Field("who", "Who?", "choice", options=(Option("a", "[Ann](https://evil.example)"), Option("b", "Ben")))
    (box,) = [part for part in parts(form_card(replace(EVERY_KIND, fields=(field,)))) if part.get("id") == "who"]
    assert box["style"] == "compact"


@pytest.mark.parametrize("letter", ["x", "é", "🙂"])
def test_a_report_of_any_length_can_be_read_to_its_end(letter: str) -> None:
    said = " ".join([letter * 9] * 6000)
    pages = dialog_pages(replace(CARDS["lead.case"], quotes=(("What happened?", said), ("And then?", "The end."))))
    assert len(pages) > 2
    assert not [problem for page in pages for problem in problems(page)]
    assert sum(words(page).count(letter * 9) for page in pages) == 6000
    assert "The end." in words(pages[-1])
    first = dialog(replace(CARDS["lead.case"], quotes=(("What happened?", said),)), "case-1")
    on = [part for part in parts(first["task"]["value"]["card"]["content"]) if part.get("title") == "Read on"]
    assert on[0]["data"]["lanyard"] == {"press": "open", "on": "case-1", "page": 1}


def test_a_button_that_tells_a_story_opens_a_dialog_and_one_that_does_not_acts_where_it_stands() -> None:
    card = Card("K7-3FQ", buttons=(Button("Open", "open", "c1"), Button("Acknowledge", "acknowledge", "c1")))
    opens, acts = chat_card(card)["actions"]
    assert (opens["type"], opens["data"]["msteams"]) == ("Action.Submit", {"type": "task/fetch"})
    assert (acts["type"], acts["verb"]) == ("Action.Execute", "acknowledge")


def test_a_button_that_asks_once_more_unfolds_its_question() -> None:
    asked = Confirm("Sure?", "It goes to the next person.", "Pass it on", "Keep it")
    (button,) = chat_card(Card("K7-3FQ", buttons=(Button("Not mine", "recuse", "c1", confirm=asked),)))["actions"]
    assert button["type"] == "Action.ShowCard"
    (inside,) = button["card"]["actions"]
    assert (inside["type"], inside["title"], inside["verb"]) == ("Action.Execute", "Pass it on", "recuse")
