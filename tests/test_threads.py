"""What people write under a card, and the tick that they put there."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlmodel import col, select

from storage.models import Evidence, Heard, Sealed
from tests.test_pictures import picture
from tests.townspeople import Json, Somebody, signed, words
from tests.world import World
from workspace import payloads

CANARY = "CANARYWRITTENINTHETHREAD"
CHILD = {"what": "Something.", "harmed_names": "Jo Bloggs"}


def reported(world: World) -> str:
    """A report that is with the safeguarding lead; its case."""
    world.teacher.reports("pupil_concern", **CHILD)
    return world.settled().case().id


def notes(world: World, case: str) -> int:
    return world.events(case).count("case.noted")


def everything_said(world: World) -> str:
    """All that the bot has ever sent to the chat."""
    return str([call["args"] for call in world.workspace.calls])


def test_what_the_lead_writes_under_the_card_is_kept_as_their_note_and_answered_once(world: World) -> None:
    case = reported(world)
    card = world.dsl.card()
    world.dsl.replies(CANARY, card)
    world.dsl.replies("And her aunt came.", card)
    (answer,) = world.dsl.thread(card)
    assert "Your chat keeps a copy too" in words(answer)
    assert notes(world, case) == 2
    opened = words(world.dsl.opens("How soon"))
    assert CANARY in opened
    assert "And her aunt came." in opened
    assert f"{world.dsl.name} noted" in opened
    assert world.ledger_is_whole()


def test_what_was_written_is_never_said_again_by_the_bot(world: World) -> None:
    reported(world)
    world.dsl.replies(CANARY, world.dsl.card())
    assert CANARY not in everything_said(world)
    kept = world.rows(select(Sealed))
    assert kept
    assert not [each for each in kept if CANARY.encode() in each.text]


def test_a_reply_under_any_of_our_messages_about_the_case_counts(world: World) -> None:
    case = reported(world)
    form = world.teacher.presses("add", world.teacher.card())
    assert form
    world.teacher.sends(form, added="She told me more.")
    world.settled().dsl.replies("I have read that.", world.dsl.card("Something has been added"))
    assert notes(world, case) == 1


def test_what_anybody_else_writes_in_a_thread_is_not_kept_and_they_are_shown_the_form(world: World) -> None:
    case = reported(world)
    before = world.events()
    receipt = world.teacher.card()
    world.teacher.replies(CANARY, receipt)
    (answer,) = world.teacher.thread(receipt)
    assert "Please don't write it here" in words(answer)
    assert (notes(world, case), world.rows(select(Heard))) == (0, [])
    assert world.events() == before


def test_somebody_the_case_has_left_is_answered_as_if_there_had_never_been_one(world: World) -> None:
    case = reported(world)
    lost = world.dsl.card()
    world.dsl.presses("recuse", lost)
    world.settled()
    nothing = world.dsl.does("message", channel=lost["room"], text="Hello")
    world.settled()
    nowhere = {"room": lost["room"], "ts": nothing["ts"]}
    before = world.events()
    for under in (lost, nowhere):
        world.dsl.replies(CANARY, under)
    first, second = (world.dsl.thread(under)[-1] for under in (lost, nowhere))
    assert words(first) == words(second)
    assert (notes(world, case), world.events()) == (0, before)


def test_whoever_only_reads_the_case_is_told_that_somebody_else_leads(world: World) -> None:
    world.teacher.reports("cyberbullying", by="pupil", harmed="pupil", what="Something.", pictures_sexual="none")
    case = world.settled().case().id
    card = world.head.card()
    world.head.replies(CANARY, card)
    (answer,) = world.head.thread(card)
    assert "Somebody else leads on this" in words(answer)
    assert notes(world, case) == 0


def test_the_same_message_delivered_again_is_one_note(world: World) -> None:
    case = reported(world)
    card = world.dsl.card()
    sent: list[Json] = []
    world.workspace.on_call.append(lambda moment, about: sent.append(about) if moment == "event:sent" else None)
    world.dsl.replies("Once.", card)
    # Later than the gate remembers: under a fresh event's name, as another process would be given it.
    for each in (sent[-1], payloads.event(world.workspace, sent[-1]["event"])):
        delivered(world, each)
    assert notes(world.settled(), case) == 1
    assert "not kept" not in words(world.dsl.thread(card))
    assert len(world.rows(select(Heard))) == 1


def delivered(world: World, envelope: Json) -> None:
    """Slack's event, once more, over the same signed door."""
    raw = json.dumps(envelope).encode()
    headers = signed(world.workspace.settings.signing_secret, raw) | {"Content-Type": "application/json"}
    assert world.page.post(f"{world.url}/slack/events", content=raw, headers=headers).is_success


def test_editing_or_deleting_the_message_leaves_the_note_and_is_on_the_record(world: World) -> None:
    case = reported(world)
    wrote = world.dsl.replies(CANARY, world.dsl.card())
    world.dsl.edits(wrote, "Never mind.")
    assert world.events(case).count("message.edited") == 1
    world.dsl.deletes(wrote)
    assert world.events(case).count("message.deleted") == 1
    opened = words(world.dsl.opens("How soon"))
    assert CANARY in opened
    assert "Never mind." not in opened
    assert "edited a message in the chat" in opened
    assert "was deleted in the chat" in opened


def test_editing_what_was_never_kept_leaves_no_trace(world: World) -> None:
    reported(world)
    wrote = world.teacher.replies("Hello?", world.teacher.card())
    before = world.events()
    world.teacher.edits(wrote, "Hello!")
    world.teacher.deletes(wrote)
    assert world.events() == before


@pytest.mark.parametrize("name", ["white_check_mark", "heavy_check_mark"])
def test_a_tick_on_the_card_acknowledges_and_taking_it_away_changes_nothing(school: World, name: str) -> None:
    case = reported(school)
    card = school.dsl.card()
    school.dsl.ticks(card, name)
    assert school.case().acknowledged_by == school.person_of(school.dsl)
    assert "You have acknowledged" in words(school.dsl.card())
    school.dsl.ticks(card, name)
    assert school.case().acknowledged_by == school.person_of(school.dsl)
    assert school.events(case).count("case.acknowledged") == 1


@pytest.mark.parametrize("said", ["ack", "Acknowledge.", " ACK ", ":white_check_mark:"])
def test_ack_in_the_thread_acknowledges_and_is_no_note(school: World, said: str) -> None:
    case = reported(school)
    school.dsl.replies(said, school.dsl.card())
    assert school.events(case).count("case.acknowledged") == 1
    assert notes(school, case) == 0


def test_another_reaction_or_another_word_acknowledges_nothing(school: World) -> None:
    reported(school)
    school.dsl.ticks(school.dsl.card(), "eyes")
    school.dsl.replies("Ack was what I meant to write", school.dsl.card())
    assert school.case().acknowledged_by == ""


def two_leads(school: World) -> tuple[Somebody, Somebody]:
    """A report that several people lead on at once."""
    slt = '{ role = "leadership_team", school = "brambledown" }'
    school.applies({slt: f'{slt}, {{ role = "ict", school = "brambledown" }}'})
    school.teacher.reports("inappropriate_content", what="It.", child_shown="no", by="unknown", harmed="nobody")
    school.settled()
    return school.ict, school.dsl


def test_of_two_ticks_one_wins_and_the_other_hears_who(school: World) -> None:
    first, second = two_leads(school)
    card = second.card()
    first.ticks(first.card())
    second.ticks(card)
    assert school.case().acknowledged_by == school.person_of(first)
    assert f"{first.name} has acknowledged it" in words(second.thread(card))


def test_the_reporters_tick_on_their_receipt_is_nothing(school: World) -> None:
    reported(school)
    before = school.events()
    school.teacher.ticks(school.teacher.card())
    assert (school.case().acknowledged_by, school.events()) == ("", before)


def test_a_closed_case_still_takes_a_note_from_its_thread(school: World) -> None:
    case = reported(school)
    school.dsl.acknowledges()
    form = school.settled().dsl.presses("close", school.dsl.opens())
    assert form
    school.dsl.sends(form, reason="Done.")
    school.settled().dsl.replies("Her mother rang back.", school.dsl.card())
    assert notes(school, case) == 1
    assert school.case().state == "closed"


def asked_about_it(school: World, text: str, content: bytes, name: str = "shot.png") -> Json:
    """The lead sends a file under the card; the question that comes back."""
    school.dsl.replies(text, school.dsl.card(), school.dsl.uploads(content, name))
    school.settled()
    (asked,) = school.dsl.thread(school.dsl.card("How soon"))
    assert "one question about your picture" in words(asked)
    form = school.dsl.presses("sent_pictures", asked)
    assert form
    assert "undressed or in a sexual way" in words(form)
    return form


def test_a_picture_in_the_thread_is_fetched_as_evidence_once_its_sender_says_that_it_may_be(world: World) -> None:
    case = reported(world)
    form = asked_about_it(world, CANARY, picture())
    assert world.rows(select(Evidence)) == []
    assert not world.workspace.counts["files.info"]
    assert notes(world, case) == 1
    told = world.dsl.sends(form, pictures_sexual="no")
    assert "open Files in Slack" in words(told)
    (row,) = world.settled().rows(select(Evidence).where(col(Evidence.case) == case))
    assert row.state == "fetched"
    world.dsl.presses("sent_pictures", world.dsl.thread(world.dsl.card("How soon"))[0])
    assert len(world.rows(select(Evidence))) == 1


def test_a_picture_of_a_child_undressed_is_never_fetched_from_a_thread(school: World) -> None:
    case = reported(school)
    told = school.dsl.sends(asked_about_it(school, "", picture()), pictures_sexual="yes")
    assert "We have not fetched it" in words(told)
    school.settled()
    assert school.rows(select(Evidence)) == []
    assert not school.workspace.counts["files.info"]
    assert {"evidence.held", "evidence.left"} <= set(school.events(case))
    assert "a file was sent in the chat" not in " ".join(school.dsl.hears())


def test_what_cannot_be_fetched_is_no_news_to_the_reporter(school: World) -> None:
    reported(school)
    form = asked_about_it(school, "", b"%PDF-1.7 not a picture", "notes.pdf")
    school.dsl.sends(form, pictures_sexual="no")
    school.settled()
    assert "did not arrive" in " ".join(school.dsl.hears())
    assert len(school.teacher.messages()) == 1


@pytest.mark.parametrize("who", ["dsl", "head", "teacher"])
def test_a_picture_under_a_report_of_indecent_images_is_left_where_it_is(school: World, who: str) -> None:
    school.teacher.reports("indecent_images", by="pupil", what="A link.", harmed_names="Jo Bloggs")
    case = school.settled().case().id
    sender: Somebody = getattr(school, who)
    sender.replies("", sender.card(), sender.uploads(picture()))
    assert school.rows(select(Evidence)) == []
    assert not school.workspace.counts["files.info"]
    assert "a file was sent in the chat" in " ".join(school.dsl.hears())
    assert "evidence.left" in school.events(case)


def test_whoever_wrote_while_we_could_not_write_hears_that_it_was_not_kept(school: World) -> None:
    case = reported(school)
    card = school.dsl.card()
    assert school.bot
    with held(school):
        school.dsl.does("message", channel=card["room"], thread_ts=card["ts"], text=CANARY)
        school.answered()
    assert "That was not kept" in words(school.dsl.thread(card))
    assert notes(school.settled(), case) == 0


@contextmanager
def held(school: World) -> Iterator[None]:
    """Another program holds the database's lock."""
    with sqlite3.connect(school.database.removeprefix("sqlite:///"), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
