"""What staff see and press in Slack: forms there and back, cards, App Home, the direct message."""

import json
from collections.abc import AsyncIterator
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.senders import Unreachable
from handlers.slack.blocks import TooLong
from handlers.slack.cards import card_blocks, fallback, pressed
from handlers.slack.surface import answers_from, card_view, form_view, home_view, step_of
from storage.faults import Busy, Uncertain
from templates.shapes import Answer, Button, Card, Confirm, Field, File, Form, Kind, Option
from tests.blockkit_rules import objects, problems
from tests.slack_door import (
    CASE,
    GREETING,
    OFFER,
    PRIYA,
    RECEIPT,
    STEP,
    TEAM,
    Door,
    door,
    happening,
    message,
    payload,
    person,
    pressing,
    shown,
)
from workflows.people import Who
from workflows.refusals import BadAnswers

THREE = tuple(Option(f"o{n}", f"Option {n}") for n in range(3))
TWELVE = tuple(Option(f"o{n}", f"Option {n}") for n in range(12))
GROUPED = tuple(Option(f"o{n}", f"Option {n}", "A child" if n < 9 else "Online") for n in range(15))
WHOLE = Form(
    id="all",
    title="Every kind of question",
    submit="Send",
    token="draft-9",
    danger=("Call 999 if a child is in danger now.",),
    contacts=tuple((f"Contact {n}", f"01632 96010{n % 10}") for n in range(12)),
    intro=("Facts first.", "x" * 7000),
    fields=(
        Field("line", "A line", "line", True, "In a few words", at_most=200),
        Field("text", "A text", "text"),
        Field("few", "One of few", "choice", options=THREE),
        Field("some", "One of twelve", "choice", options=TWELVE),
        Field("grouped", "One of groups", "choice", True, options=GROUPED),
        Field("ticks", "Some of three", "many", options=THREE),
        Field("picks", "Some of twelve", "many", options=TWELVE, at_most=4),
        Field("day", "Which day?", "date"),
        Field("hour", "What time?", "time"),
        Field("when", "When?", "when"),
        Field("one", "Who?", "person", part="subject", at_most=1),
        Field("several", "Who saw it?", "person", part="witness", at_most=5),
        Field("pictures", "Screenshots", "files", at_most=5),
        Field("where", "Where?", "link"),
    ),
)
GIVEN: dict[str, Answer] = {
    "line": "one line",
    "text": "*bold* <!channel> & <@U1>",
    "few": "o1",
    "some": "o11",
    "grouped": "o14",
    "ticks": ("o0", "o2"),
    "picks": ("o3",),
    "day": "2026-11-20",
    "hour": "15:40",
    "when": "2026-11-20T15:40:00+00:00",
    "one": ("U1",),
    "several": ("U1", "U2"),
    "pictures": (File("F1", "one.png"), File("F2", "two.png")),
    "where": "https://site.example/a?b=c",
}
# What Slack reports for each of them.
STATE: dict[str, dict[str, Any]] = {
    "line": {"type": "plain_text_input", "value": "one line"},
    "text": {"type": "plain_text_input", "value": "*bold* <!channel> & <@U1>"},
    "few": {"type": "radio_buttons", "selected_option": {"value": "o1"}},
    "some": {"type": "static_select", "selected_option": {"value": "o11"}},
    "grouped": {"type": "static_select", "selected_option": {"value": "o14"}},
    "ticks": {"type": "checkboxes", "selected_options": [{"value": "o0"}, {"value": "o2"}]},
    "picks": {"type": "multi_static_select", "selected_options": [{"value": "o3"}]},
    "day": {"type": "datepicker", "selected_date": "2026-11-20"},
    "hour": {"type": "timepicker", "selected_time": "15:40"},
    "when": {"type": "datetimepicker", "selected_date_time": 1795189200},
    "one": {"type": "users_select", "selected_user": "U1"},
    "several": {"type": "multi_users_select", "selected_users": ["U1", "U2"]},
    "pictures": {
        "type": "file_input",
        "files": [{"id": "F1", "name": "one.png"}, {"id": "F2", "name": "two.png"}],
    },
    "where": {"type": "url_text_input", "value": "https://site.example/a?b=c"},
}
EMPTY = {"value": None, "selected_option": None, "selected_options": [], "selected_date": None}
EMPTY |= {
    "selected_time": None,
    "selected_date_time": None,
    "selected_user": None,
    "selected_users": [],
    "files": [],
}

FULL = Card(
    "A long title that no window's title bar could hold",
    short="K7-3FQ",
    body=("It was received.", "y" * 3100),
    facts=(("State", "Received"), ("By", "<@U1>"), ("Empty", "")),
    contacts=(("Social care", "01632 960101"),),
    small=("Kept for seven years.",),
    urgent=True,
    buttons=(
        Button("Open", "open", "c1", "primary"),
        Button("I should not have this", "recuse", "c1", "danger", Confirm("Sure?", "It moves on.", "Yes", "No")),
        Button("Acknowledge", "acknowledge", "c1"),
        Button("Acknowledge the other", "acknowledge", "c2"),
        Button("See the screenshots (3)", url="https://lanyard.example/p/1"),
        Button("Note", "note", "c1"),
    ),
)


@pytest.fixture
async def school() -> AsyncIterator[Door]:
    async with door() as opened:
        yield opened


def values(given: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {field: {"answer": state} for field, state in given.items()}


def test_every_kind_of_question_is_one_that_slack_takes() -> None:
    assert {field.kind for field in WHOLE.fields} == set(get_args(Kind))
    assert problems(form_view(WHOLE), "modal") == []
    again = Form(**{**vars(WHOLE), "values": GIVEN})
    assert problems(form_view(again), "modal") == []


def test_what_was_filled_in_comes_back_as_it_was() -> None:
    view = shown(form_view(WHOLE), values(STATE))
    assert answers_from(view) == GIVEN
    assert step_of(view) == ("all", "draft-9")


def test_what_was_left_empty_is_absent() -> None:
    empty = {field: {"type": state["type"]} | EMPTY for field, state in STATE.items()}
    assert answers_from(shown(form_view(WHOLE), values(empty))) == {}
    blank = {"text": {"type": "plain_text_input", "value": " \n"}}
    assert answers_from(shown(form_view(WHOLE), values(blank))) == {}


def test_answers_given_before_are_shown_again() -> None:
    view = form_view(Form(**{**vars(WHOLE), "values": GIVEN}))
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert elements["line"]["initial_value"] == "one line"
    assert elements["grouped"]["initial_option"]["value"] == "o14"
    assert [each["value"] for each in elements["ticks"]["initial_options"]] == ["o0", "o2"]
    assert elements["when"]["initial_date_time"] == 1795189200
    assert elements["one"]["initial_user"] == "U1"
    assert elements["several"]["initial_users"] == ["U1", "U2"]
    assert "initial" not in str(elements["pictures"])


def test_an_answer_no_longer_offered_is_not_shown_again() -> None:
    form = Form("f", "F", "Send", fields=(Field("a", "A", "choice", options=THREE),), values={"a": "gone"})
    assert problems(form_view(form), "modal") == []
    assert "initial_option" not in form_view(form)["blocks"][0]["element"]


def test_the_danger_line_and_the_numbers_stand_before_any_box() -> None:
    kinds = [block["type"] for block in form_view(WHOLE)["blocks"]]
    first_box = kinds.index("input")
    assert kinds[:3] == ["rich_text", "section", "section"]
    assert "input" not in kinds[:first_box]
    assert "999" in json.dumps(form_view(WHOLE)["blocks"][0])
    assert sum(len(block.get("fields", ())) for block in form_view(WHOLE)["blocks"]) == 12


def test_half_a_character_is_mended_and_everything_else_kept_to_the_letter() -> None:
    state = values({"text": {"type": "plain_text_input", "value": "a\ud83d b\u202e\u200b 😀\x00"}})
    assert answers_from(shown(form_view(WHOLE), state)) == {"text": "a? b\u202e\u200b 😀\x00"}


def test_cards_are_ones_that_slack_takes() -> None:
    for card in (FULL, RECEIPT, OFFER, GREETING):
        assert problems({"text": fallback(card), "blocks": card_blocks(card)}, "message") == []
        assert problems(card_view(card), "modal") == []
    assert problems(card_view(CASE), "modal") == []
    assert problems(card_view(Card("Bare")), "modal") == []
    assert problems(card_view(Card("Left empty", quotes=(("What happened?", ""),))), "modal") == []
    assert problems(home_view([FULL, GREETING, RECEIPT]), "home") == []


def test_peoples_own_words_never_go_into_a_message_or_the_home_page() -> None:
    for show in (card_blocks, lambda card: home_view([card])):
        with pytest.raises(AssertionError):
            show(CASE)


@given(st.text(min_size=1, max_size=9000))
def test_peoples_words_stand_whole_and_only_where_nothing_is_parsed(said: str) -> None:
    view = card_view(Card("K7-3FQ", quotes=(("What happened?", said),)))
    found = [each for each in objects(view) if each.get("type") in ("rich_text_quote", "mrkdwn", "plain_text")]
    quotes = [each for each in found if each["type"] == "rich_text_quote"]
    assert "".join(quote["elements"][0]["text"] for quote in quotes) == said
    assert not any(each["type"] == "mrkdwn" for each in found)
    assert all(len(quote["elements"][0]["text"]) <= 3000 for quote in quotes)
    assert problems(view, "modal") == []


def test_a_notification_cannot_call_the_whole_school() -> None:
    assert fallback(Card("t", short="<!channel> <@U1>")) == "‹!channel› ‹@U1›"


def test_a_case_longer_than_any_window_says_where_the_rest_is() -> None:
    quotes = tuple((f"Question {n}", "z" * 5000) for n in range(120))
    view = card_view(Card("K7-3FQ", quotes=quotes, buttons=(Button("Acknowledge", "acknowledge", "c1"),)))
    assert problems(view, "modal") == []
    assert len(json.dumps(view)) < 250_000
    assert "more parts" in json.dumps(view)
    assert view["blocks"][-1]["type"] == "actions", "what may be done is never cut"
    assert problems(home_view([FULL] * 60), "home") == []
    many = card_view(Card("K7-3FQ", body=("a", "b"), quotes=(("q", "a"),) * 150, buttons=FULL.buttons, small=("s",)))
    assert problems(many, "modal") == []
    assert "56 more parts" in json.dumps(many)


def test_words_of_ours_that_slack_would_refuse_are_found_before_a_person_finds_them() -> None:
    for make in (
        lambda: form_view(Form("f", "A title of over 24 characters", "Send")),
        lambda: form_view(Form("f", "", "Send")),
        lambda: card_view(Card("t", buttons=(Button("b" * 76, "open"),))),
        lambda: form_view(Form("f", "F", "Send", fields=tuple(Field(f"f{n}", "F") for n in range(101)))),
    ):
        with pytest.raises(TooLong):
            make()


def test_every_button_is_read_back_as_it_was_made() -> None:
    elements = [each for each in objects({"b": card_blocks(FULL)}) if each.get("type") == "button"]
    assert [pressed(each) for each in elements] == [
        ("open", "c1"),
        ("recuse", "c1"),
        ("acknowledge", "c1"),
        ("acknowledge", "c2"),
        ("", ""),
        ("note", "c1"),
    ]


@pytest.mark.parametrize(
    ("broken", "surface"),
    [
        (
            {
                "type": "modal",
                "title": {"type": "plain_text", "text": "t" * 25},
                "blocks": [{"type": "divider"}],
            },
            "modal",
        ),
        ({"text": "t", "blocks": [{"type": "section"}]}, "message"),
        (
            {
                "text": "t",
                "blocks": [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
            },
            "message",
        ),
        ({"text": "", "blocks": [{"type": "divider"}]}, "message"),
        ({"text": "t", "blocks": [{"type": "divider"}] * 51}, "message"),
        ({"text": "t", "blocks": [{"type": "nothing"}]}, "message"),
        (
            {"text": "t", "blocks": [{"type": "rich_text", "elements": [{"type": "text", "text": "a"}]}]},
            "message",
        ),
        (
            {
                "type": "modal",
                "title": {"type": "plain_text", "text": "t"},
                "submit": {"type": "plain_text", "text": "s"},
                "blocks": [
                    {
                        "type": "input",
                        "label": {"type": "plain_text", "text": "l"},
                        "element": {"type": "plain_text_input", "action_id": f"a{n}", "focus_on_load": True},
                    }
                    for n in range(2)
                ],
            },
            "modal",
        ),
        (
            {
                "text": "t",
                "blocks": [
                    {
                        "type": "actions",
                        "elements": [{"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "b"}}]
                        * 2,
                    }
                ],
            },
            "message",
        ),
        (
            {
                "text": "t",
                "blocks": [
                    {
                        "type": "input",
                        "label": {"type": "plain_text", "text": "l"},
                        "element": {"type": "file_input", "action_id": "a"},
                    }
                ],
            },
            "message",
        ),
        (
            {
                "type": "modal",
                "title": {"type": "plain_text", "text": "t"},
                "blocks": [
                    {
                        "type": "input",
                        "label": {"type": "plain_text", "text": "l"},
                        "element": {"type": "static_select", "action_id": "a", "options": []},
                    }
                ],
            },
            "modal",
        ),
    ],
)
def test_the_rules_find_what_slack_would_refuse(broken: dict[str, Any], surface: Any) -> None:
    assert problems(broken, surface)


# --- by the real door ---


def filled(form: Form = STEP, **given: str) -> dict[str, Any]:
    state = {field: {"type": "plain_text_input", "value": value} for field, value in given.items()}
    return payload("view_submission", view=shown(form_view(form), values(state)))


async def test_the_command_opens_the_form_before_anything_is_looked_up(school: Door) -> None:
    school.api.takes["users.info"] = 0.3
    answer = await school.command()
    assert (answer.status_code, answer.content) == (200, b"")
    assert school.desk.times("offer") == 0, "the answer waits for no profile and no draft"
    assert school.api.calls[0][0] == "views.open"
    (opened,) = school.api.sent("views.open")
    assert opened["trigger_id"] == "1.2.abc"
    assert problems(opened["view"], "modal") == []
    assert school.desk.asked[0] == ("start",)
    await school.settled()
    assert school.api.sent("views.update") == []


async def test_an_unfinished_report_is_offered_above_the_same_questions(school: Door) -> None:
    school.desk.says["offer"] = OFFER
    await school.command()
    await school.settled()
    (opened,), (updated,) = school.api.sent("views.open"), school.api.sent("views.update")
    assert (updated["view_id"], updated["hash"]) == ("V1", "h1")
    assert problems(updated["view"], "modal") == []
    inputs = [
        [(block["block_id"], block["element"]["action_id"]) for block in view["blocks"] if block["type"] == "input"]
        for view in (opened["view"], updated["view"])
    ]
    assert inputs[0] == inputs[1]
    assert "You had begun a report" in json.dumps(updated["view"])


async def test_a_sent_step_is_answered_with_the_next_one(school: Door) -> None:
    answer = (await school.interact(filled(account="He asked for my number"))).json()
    assert answer["response_action"] == "update"
    assert problems(answer["view"], "modal") == []
    assert school.desk.asked == [
        (
            "answer",
            "what",
            "draft-1",
            {"account": "He asked for my number"},
            Who("slack", TEAM, PRIYA, "Priya Nair", ("priya@brambledown.example",), "active"),
        )
    ]


async def test_the_last_step_is_answered_with_the_receipt(school: Door) -> None:
    school.desk.says["answer"] = RECEIPT
    answer = (await school.interact(filled(account="x"))).json()
    assert answer["response_action"] == "update"
    assert answer["view"]["clear_on_close"] is True
    assert "submit" not in answer["view"]
    assert problems(answer["view"], "modal") == []


async def test_what_needs_another_look_is_said_beside_its_question(school: Door) -> None:
    school.desk.says["answer"] = BadAnswers({"account": "Please say what happened."})
    answer = (await school.interact(filled(account="x"))).json()
    assert answer == {"response_action": "errors", "errors": {"account": "Please say what happened."}}


async def test_a_problem_with_no_box_of_its_own_is_said_under_the_last_one(school: Door) -> None:
    school.desk.says["answer"] = BadAnswers({"school": "Which school?", "account": "What happened?"})
    answer = (await school.interact(filled(account="x"))).json()
    assert answer == {"response_action": "errors", "errors": {"account": "Which school? What happened?"}}


async def test_a_form_without_a_box_says_it_at_the_top(school: Door) -> None:
    bare = Form("sure", "Are you sure?", "Send", "draft-1", intro=("It goes to the lead.",))
    school.desk.says["answer"] = BadAnswers({"": "Please try again."})
    view = (await school.interact(filled(bare))).json()["view"]
    assert view["blocks"][0]["text"]["text"] == "Please try again."
    assert step_of(view) == ("sure", "draft-1")
    again = payload("view_submission", view=shown(view))
    assert len((await school.interact(again)).json()["view"]["blocks"]) == len(view["blocks"])


@pytest.mark.parametrize(("fault", "word"), [(Busy(), "busy"), (Uncertain(), "uncertain")])
async def test_what_was_typed_stays_while_the_bot_is_busy(school: Door, fault: Exception, word: str) -> None:
    school.desk.says["answer"] = fault
    answer = (await school.interact(filled(account="x"))).json()
    assert answer["errors"] == {"account": f"Sorry: {word} The school: 01632 960100"}
    assert school.kept == []


@pytest.mark.parametrize("shows", [CASE, STEP, None])
async def test_a_button_in_a_message_opens_a_window(school: Door, shows: Any) -> None:
    school.desk.says["press"] = shows
    assert (await school.interact(pressing("open~0", "c1"))).status_code == 200
    assert school.desk.asked[0][:3] == ("press", "open", "c1")
    assert len(school.api.sent("views.open")) == (0 if shows is None else 1)
    assert school.api.sent("views.update") == []


async def test_a_button_in_a_window_changes_that_window(school: Door) -> None:
    view = shown(card_view(CASE))
    await school.interact(pressing("acknowledge~0", "c1", view))
    (updated,) = school.api.sent("views.update")
    assert (updated["view_id"], updated["hash"]) == ("V1", "h1")
    assert school.api.sent("views.open") == []


async def test_a_busy_desk_says_so_to_whoever_pressed(school: Door) -> None:
    school.desk.says["press"] = Busy()
    await school.interact(pressing("acknowledge~0", "c1"))
    assert "Sorry: busy" in json.dumps(school.api.sent("views.open"))


async def test_the_report_button_is_as_quick_as_the_command(school: Door) -> None:
    home = shown(home_view([GREETING]))
    for where in (None, home):
        school.api.calls.clear()
        await school.interact(pressing("report~0", "", where) | {"trigger_id": f"t{where is None}"})
        assert school.api.calls[0][0] == "views.open"
        await school.settled()
    assert school.desk.times("press") == 0


async def test_a_link_asks_nothing_of_the_desk(school: Door) -> None:
    assert (await school.interact(pressing("link~4"))).status_code == 200
    assert school.desk.asked == []


async def test_a_closed_window_is_no_fault(school: Door) -> None:
    assert (await school.interact(payload("view_closed", view=shown(form_view(STEP))))).status_code == 200
    assert school.desk.asked == []


async def test_app_home_is_drawn_when_it_is_opened(school: Door) -> None:
    event = {"type": "app_home_opened", "user": PRIYA, "channel": "D1", "tab": "home"}
    assert (await school.event(happening(event))).status_code == 200
    (published,) = school.api.sent("views.publish")
    assert published["user_id"] == PRIYA
    assert problems(published["view"], "home") == []
    await school.event(happening(event | {"tab": "messages"}, id="Ev2"))
    assert len(school.api.sent("views.publish")) == 1


async def test_a_word_to_the_bot_is_greeted_and_not_read(school: Door) -> None:
    await school.event(happening(message("canary about a child")))
    await school.event(happening(message("canary", subtype="file_share", files=[{"id": "F1"}]), id="Ev2"))
    assert school.desk.times("greet") == 2
    assert "canary" not in str(school.desk.asked)
    assert [sent["channel"] for sent in school.api.sent("chat.postMessage")] == ["D1", "D1"]
    assert school.api.sent("files.info") == []


@pytest.mark.parametrize(
    "other",
    [
        {"bot_id": "B1"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"channel_type": "channel"},
        {"user": None},
    ],
)
async def test_what_is_not_a_persons_word_to_the_bot_is_let_be(school: Door, other: dict[str, Any]) -> None:
    assert (await school.event(happening(message(**other)))).status_code == 200
    assert school.desk.asked == []


async def test_a_profile_is_asked_for_once_in_five_minutes(school: Door) -> None:
    for n in range(3):
        await school.interact(pressing("open~0", f"c{n}"))
    assert len(school.api.sent("users.info")) == 1


@pytest.mark.parametrize("fault", ["slow", "ratelimited", "garbled"])
async def test_a_profile_that_does_not_come_holds_up_no_report(school: Door, fault: str) -> None:
    if fault == "slow":
        school.api.takes["users.info"] = 5
    else:
        school.api.says["users.info"] = "ratelimited" if fault == "ratelimited" else (lambda _: {"user": None})
    answer = await school.interact(filled(account="x"))
    assert answer.json()["response_action"] == "update"
    assert school.desk.asked[0][-1] == Who("slack", TEAM, PRIYA, standing="unknown")
    await school.interact(filled(account="y"))
    assert len(school.api.sent("users.info")) == 1, "an outage costs one second, not one a step"


@pytest.mark.parametrize(
    ("told", "standing", "emails"),
    [
        ({"deleted": True}, "deactivated", 1),
        ({"is_restricted": True}, "guest", 1),
        ({"is_ultra_restricted": True}, "guest", 1),
        ({"team_id": "T0OTHER"}, "foreign", 0),
        ({"is_stranger": True}, "foreign", 0),
        ({"is_email_confirmed": False}, "active", 0),
        ({}, "active", 1),
    ],
)
async def test_picked_people_are_known_for_what_they_are(
    school: Door, told: dict[str, Any], standing: str, emails: int
) -> None:
    school.api.says["users.info"] = lambda sent: {"user": person(sent["user"], **told)}
    (who,) = await school.slack.people.lookup(["U7", "U7"])
    assert (who.address, who.standing, len(who.emails)) == ("U7", standing, emails)


async def test_role_holders_are_found_by_their_address(school: Door) -> None:
    school.api.says["users.lookupByEmail"] = lambda _: {"user": person("U8", is_restricted=True)}
    who = await school.slack.people.by_email("priya@brambledown.example")
    assert who == Who("slack", TEAM, "U8", "Priya Nair", ("priya@brambledown.example",), "guest")
    assert school.api.sent("users.lookupByEmail") == [{"email": "priya@brambledown.example"}]


async def test_somebody_without_an_account_is_not_taken_for_an_outage(school: Door) -> None:
    school.api.says["users.lookupByEmail"] = "users_not_found"
    assert await school.slack.people.by_email("chair@brambledown.example") is None
    for outage in ("ratelimited", lambda _: {"user": None}):
        school.api.says["users.lookupByEmail"] = outage
        with pytest.raises(Unreachable):
            await school.slack.people.by_email("chair@brambledown.example")
