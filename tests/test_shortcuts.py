"""The other doors of Slack: the lightning menu, and the menu of a message that somebody is worried about."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlmodel import col, select

from storage.models import Account, Draft, Person, Sealed
from tests.canaries import Canaries, files_under
from tests.townspeople import Json, Somebody, actions, asks, words
from tests.world import World, until
from workspace.refusal import SlackError


def test_the_lightning_menu_opens_the_form_that_the_command_opens(school: World) -> None:
    typed = school.teacher.types()
    chosen = school.teacher.chooses("report")
    assert words(chosen["blocks"]) == words(typed["blocks"])
    assert chosen["callback_id"] == "start"
    form = school.teacher.sends(chosen, about="head_concern", danger="no")
    assert asks(form)
    assert not form["errors"]


def test_a_report_begun_before_is_offered_above_the_lightning_menus_form(school: World) -> None:
    school.teacher.sends(school.teacher.types(), about="reputation", danger="no")
    school.teacher.chooses("report")
    until(lambda: actions(school.teacher.modal()), "the offer")
    assert {"resume", "discard"} <= set(actions(school.teacher.modal()))


def test_a_shortcut_that_opens_nothing_brings_the_telephone_numbers(school: World) -> None:
    def refuse(moment: str, about: object) -> None:
        if moment == "views.open:received":
            raise SlackError("internal_error")

    with watched(school, refuse):
        school.teacher.shuts()
        school.teacher.does("shortcut", callback_id="report")
        school.answered()
    until(school.teacher.messages, "a word from the bot")
    assert "01632 960" in words(school.teacher.messages()[-1])
    assert school.teacher.sees()["modals"] == []


@contextmanager
def watched(school: World, watch: Callable[[str, Any], None]) -> Iterator[None]:
    school.workspace.on_call.append(watch)
    try:
        yield
    finally:
        school.workspace.on_call.remove(watch)


# -- a message that is reported


def writes(somebody: Somebody, text: str, *, privately: bool = False) -> Json:
    """Something that somebody writes in the staffroom, or to a colleague where the bot is not; as others see it."""
    room = next(each for each in somebody.sees()["channels"] if each["name"] == "staffroom")["id"]
    if privately:
        room = somebody.does("dm", **{"with": somebody.world.teacher.id})["channel"]
    somebody.does("message", channel=room, text=text)
    (said,) = [each for each in somebody.sees()["messages"][room] if each["text"] == text]
    return said | {"room": room}


def chosen(on: Somebody, message: Json) -> Json:
    """The form that the message's own menu opens, once it names everybody."""
    on.chooses("report_message", message)
    until(lambda: message["name"] in words(on.modal()["blocks"]), "the author's name")
    return on.modal()


@pytest.mark.parametrize("privately", [False, True])
def test_a_message_that_is_reported_reaches_the_lead_and_no_other_place(world: World, privately: bool) -> None:
    canaries = Canaries()
    word = canaries.new("the message")
    message = writes(world.other_teacher, f"Look at this, {word} & <b>", privately=privately)
    form = chosen(world.teacher, message)
    assert word in words(form["blocks"])
    assert "we ask you who it is about" in words(form["blocks"])
    sent = finishes(world.teacher, form)
    world.settled()
    assert world.leads() == {"headteacher"}
    opened = world.head.opens(sent)
    read = words(opened["blocks"])
    assert f"Look at this, {word} & <b>" in read
    assert f"{world.other_teacher.name} wrote it at" in read
    assert f"https://brambledown.slack.com/archives/{message['room']}/p{message['ts'].replace('.', '')}" in read
    assert "link" not in {each["type"] for each in elements(opened["blocks"])}
    assert [each for each in bot_said(world) if canaries.found_in(each)] == []
    assert [name for name, content in files_under(world.folder) if canaries.found_in(content)] == []
    assert [name for name, rows in tables(world) if canaries.found_in(rows)] == []
    assert world.rows(select(Draft)) == []
    assert world.ledger_is_whole()


def test_whoever_wrote_it_is_not_reported_by_that(world: World) -> None:
    message = writes(world.head, "All staff: please read the new policy.")
    form = world.teacher.chooses("report_message", message)
    sent = finishes(world.teacher, form, about="pupil_concern", harmed_names="Sam", what="It worries me.")
    world.settled()
    assert "headteacher" in {each.key for each in world.told()} or world.leads() == {"dsl"}
    assert f"{world.head.name} wrote it" in words(world.dsl.opens(sent)["blocks"])
    assert not any(each.key == "headteacher" and each.part == "subject" for each in world.told())


def test_the_reporter_can_leave_it_out_and_then_it_is_nowhere(world: World) -> None:
    canaries = Canaries()
    word = canaries.new("the message")
    form = world.teacher.chooses("report_message", writes(world.other_teacher, f"A {word}"))
    sent = finishes(world.teacher, form, message="no")
    world.settled()
    assert word not in words(world.head.opens(sent)["blocks"])
    assert "message" not in {each.field for each in world.rows(select(Sealed))}


def test_the_form_is_there_before_anything_is_asked_of_the_database(school: World) -> None:
    seen: list[tuple[str, int]] = []

    def look(moment: str, about: Any) -> None:
        if moment in ("views.open:received", "message_action:answered"):
            seen.append((moment, len(school.rows(select(Draft)))))

    with watched(school, look):
        school.teacher.chooses("report_message", writes(school.other_teacher, "A message"))
    assert seen == [("views.open:received", 0), ("message_action:answered", 1)]


def test_a_report_begun_about_a_message_can_be_taken_up_again_with_it(world: World) -> None:
    message = writes(world.other_teacher, "Only a rumour")
    world.teacher.chooses("report_message", message)
    world.teacher.types()
    until(lambda: actions(world.teacher.modal()), "the offer")
    form = world.teacher.presses("resume", world.teacher.modal())
    assert form
    assert "Only a rumour" in words(form["blocks"])
    sent = finishes(world.teacher, form)
    world.settled()
    assert "Only a rumour" in words(world.head.opens(sent)["blocks"])


def test_a_message_that_is_no_longer_kept_is_owned_up_to(school: World) -> None:
    school.teacher.chooses("report_message", writes(school.other_teacher, "A message"))
    form = school.teacher.modal()
    school.clock.forward(hours=25)
    answered = school.teacher.sends(form, about="pupil_contact", danger="no")
    assert list(answered["errors"]) == ["message"]
    assert "could not keep this message" in answered["errors"]["message"]
    assert not school.teacher.sends(form, about="pupil_contact", danger="no", message="no")["errors"]


def forged(somebody: Somebody, **message: Any) -> Json:
    """A message as Slack might send it, from somewhere that the bot has never heard of."""
    told = {"type": "message", "user": "U0PEMBERTN", "ts": "1795000000.000100", "text": "Here", **message}
    return somebody.payload("message_action") | {
        "callback_id": "report_message",
        "action_ts": "1795000001.1",
        "message_ts": told["ts"],
        "channel": {"id": "D0ELSEWHERE", "name": "directmessage"},
        "message": told,
    }


def test_files_of_a_message_are_counted_and_never_fetched(school: World) -> None:
    files = [{"id": "F0SECRET", "name": "a.png", "url_private": f"{school.chat}/files/F0SECRET/a.png"}]
    assert school.teacher.knocks(forged(school.teacher, files=files)).status == 200
    sent = finishes(school.teacher, school.teacher.modal())
    school.settled()
    assert "1, left in the chat and not fetched" in words(school.head.opens(sent)["blocks"])
    assert {call["method"] for call in school.workspace.calls} & {"files.info", "chat.getPermalink"} == set()


def test_slacks_marks_are_read_as_people_read_them(school: World) -> None:
    marked = "<@U0RAHMAN01> see <https://site.example/a?b=1&amp;c=2|this> in <#C1|staffroom> &lt;now&gt; <!here>"
    school.teacher.knocks(forged(school.teacher, text=marked, attachments=[{"text": "Forwarded words"}]))
    sent = finishes(school.teacher, school.teacher.modal())
    school.settled()
    read = words(school.head.opens(sent)["blocks"])
    assert f"@{school.dsl.name} see this (https://site.example/a?b=1&c=2) in #staffroom <now> @here" in read
    assert "Forwarded words" in read


@pytest.mark.parametrize(
    "message",
    [
        {"user": "U0HOLROYD1"},
        {"user": "U0NOBODY99"},
        {"user": "U0LANYARD1", "bot_id": "B0LANYARD1", "username": "A helper"},
        {"user": None, "bot_id": "B1", "bot_profile": {"name": "A helper"}},
    ],
)
def test_an_author_from_elsewhere_becomes_nobody_here(school: World, message: Json) -> None:
    before = len(school.rows(select(Person)))
    school.teacher.knocks(forged(school.teacher, **message))
    assert len(school.rows(select(Person))) == before + 1, "the reporter, and nobody else"
    assert not school.rows(select(Account).where(col(Account.address) == str(message["user"])))


@pytest.mark.parametrize(
    "message",
    [
        {"ts": "99999999999.1"},
        {"ts": "soon"},
        {"ts": 5},
        {"text": None},
        {"text": {"a": 1}, "attachments": [1, {"text": 2}], "files": "no"},
        {"text": "\ud83d \x00 <@> <|> <!^> < @"},
        {"text": "é🦊" * 30_000},
        {"thread_ts": "1795000000.000001"},
    ],
)
def test_no_message_breaks_the_door(school: World, message: Json) -> None:
    status = school.teacher.knocks(forged(school.teacher, **message)).status
    assert status == (400 if "ts" in message else 200)
    if status == 200:
        sent = finishes(school.teacher, school.teacher.modal())
        school.settled()
        assert "The message that was reported" in words(school.head.opens(sent)["blocks"])


def finishes(somebody: Somebody, form: Json, message: str = "yes", about: str = "pupil_contact", **given: Any) -> str:
    """Answer every step of a report that has been begun; its reference."""
    answers = given or {"harmed": "nobody", "family": "no", "what": "It worries me."}
    form = somebody.sends(form, about=about, danger="no", message=message)
    assert not form["errors"], form["errors"]
    form = somebody.sends(form, **answers)
    if form["callback_id"] == "pictures":
        form = somebody.sends(form, pictures_sexual="none")
    assert not asks(form), form["errors"]
    return words(form).partition("reference is ")[2][:6]


def tables(world: World) -> list[tuple[str, str]]:
    """Every row of the database, read past the bot."""
    engine = create_engine(world.database)
    with engine.connect() as connection:
        names = inspect(engine).get_table_names()
        found = [(name, repr(connection.execute(text(f'SELECT * FROM "{name}"')).all())) for name in names]
    engine.dispose()
    return found


def elements(shown: Any) -> Iterator[Json]:
    """Everything in a window that has a type of its own."""
    if isinstance(shown, dict):
        yield from [shown] if "type" in shown else []
        yield from elements(list(shown.values()))
    elif isinstance(shown, list):
        for each in shown:
            yield from elements(each)


def bot_said(world: World) -> list[str]:
    """Every call to the chat but those that draw a window, and every letter."""
    calls = [json.dumps(each) for each in world.workspace.calls if not each["method"].startswith("views.")]
    return [*calls, *(f"{each.subject} {each.text}" for each in world.workspace.letters), everything_from_bot(world)]


def everything_from_bot(world: World) -> str:
    rooms = world.workspace.rooms.rooms.values()
    return " ".join(words(each.blocks) + each.text for room in rooms for each in room.messages.values() if each.bot)
