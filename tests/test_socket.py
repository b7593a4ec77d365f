"""Slack without a public address: the bot opens its own lines, and nothing that was answered is lost on them."""

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.canaries import Canaries
from tests.killing import Kill, all_are_kept_once, campaign, wait_until_all_is_said
from tests.real_bot import a_school
from tests.test_kills import reporters, watching
from tests.townspeople import words
from tests.world import World, brambledown, until
from workspace import payloads
from workspace.refusal import SlackError
from workspace.running import Address
from workspace.settings import Settings as Chat
from workspace.socket import Socket

FRIEND = {"harmed": "nobody", "family": "no", "what": "A pupil asked to follow me.", "pictures_sexual": "none"}


@pytest.fixture
def lined(chat: Address, tmp_path: Path, database_url: str) -> Iterator[World]:
    """Brambledown, its bot on lines of its own, on a database of each kind in turn."""
    with brambledown(chat, tmp_path, database_url, socket=True) as opened:
        connected(opened)
        yield opened


@pytest.fixture
def one(chat: Address, tmp_path: Path, new_sqlite: Callable[[], str]) -> Iterator[World]:
    """The same on SQLite only."""
    with brambledown(chat, tmp_path, new_sqlite(), socket=True) as opened:
        connected(opened)
        yield opened


def lines(world: World) -> Socket:
    return world.workspace.knock.socket


def connected(world: World) -> None:
    until(lambda: len(lines(world).lines) == 2 and healthy(world), "two lines")


def healthy(world: World) -> bool:
    return world.page.get(f"{world.url}/healthz").is_success


@contextmanager
def watched(world: World, watch: Callable[[str, Any], None]) -> Iterator[None]:
    world.workspace.on_call.append(watch)
    try:
        yield
    finally:
        world.workspace.on_call.remove(watch)


def test_a_report_is_made_and_worked_without_the_bots_address_being_knocked_at(lined: World) -> None:
    lined.workspace.bot_url = "http://127.0.0.1:9"  # whoever knocks there finds nobody
    sent = lined.teacher.reports("pupil_contact", **FRIEND)
    lined.settled()
    assert lined.leads() == {"headteacher"}
    assert "follow me" in words(lined.head.opens(sent.reference))
    lined.head.acknowledges()
    assert lined.settled().teacher.hears() == [f"Your report {sent.reference} has been acknowledged"]
    assert sent.reference in words(lined.teacher.home())
    assert lined.ledger_is_whole()


def test_a_message_is_reported_over_a_line_too(one: World) -> None:
    room = one.other_teacher.sees()["channels"][0]["id"]
    one.other_teacher.does("message", channel=room, text="Did you hear?")
    said = [each for each in one.teacher.sees()["messages"][room] if each["text"] == "Did you hear?"][-1]
    assert "Did you hear?" in words(one.teacher.chooses("report_message", said | {"room": room})["blocks"])


def test_an_envelope_that_comes_again_makes_one_report_and_gets_the_same_answer(lined: World) -> None:
    lined.workspace.mischief.order("duplicate", 50, 0)
    sent = lined.teacher.reports("pupil_contact", **FRIEND)
    lined.settled()
    assert len(lined.cases()) == 1
    assert lined.events().count("report.submitted") == 1
    assert lined.teacher.hears() == [f"Your report {sent.reference} has been received"]


def test_one_envelope_on_both_lines_opens_one_form(one: World, caplog: pytest.LogCaptureFixture) -> None:
    town = one.workspace
    payload = payloads.command(
        town, town.person(one.teacher.id), one.workspace.rooms.of(one.teacher.id)[0], ("/report", "")
    )
    lines(one).says({"envelope_id": "e9", "type": "slash_commands", "payload": payload})
    until(lambda: one.teacher.sees()["modals"], "the form")
    one.teacher.does("message", channel=town.rooms.with_bot(one.teacher.id).id, text="report")
    until(one.teacher.messages, "an answer to what came afterwards")
    assert town.counts["views.open"] == 1
    assert "unexpected" not in caplog.text


def test_with_one_line_cut_the_other_goes_on_and_both_come_back(one: World) -> None:
    lines(one).cuts()
    until(lambda: not lines(one).lines, "the cut")
    connected(one)
    one.teacher.reports("pupil_contact", **FRIEND)
    assert len(one.cases()) == 1


def test_a_line_that_slack_renews_is_used_until_the_next_is_there(one: World) -> None:
    before = list(lines(one).lines)
    lines(one).says({"type": "disconnect", "reason": "refresh_requested"})
    until(lambda: len(lines(one).lines) == 4, "the new lines beside the old")
    assert set(before) <= set(lines(one).lines)
    one.teacher.reports("pupil_contact", **FRIEND)
    assert len(one.cases()) == 1


def test_what_came_in_before_the_end_is_answered_before_the_end(one: World) -> None:
    """The bot is told to stop while a report is being sent: the reporter gets the receipt all the same."""
    form = one.teacher.types()
    form = one.teacher.sends(form, about="pupil_contact", danger="no")
    form = one.teacher.sends(form, harmed="nobody", family="no", what="Now")
    one.stops()
    one.starts()
    connected(one)
    one.workspace.mischief.order("slow", 3, 0.8)  # who this is takes Slack a while: the end comes in between
    stopped = threading.Thread(target=one.stops)

    def stop(moment: str, about: Any) -> None:
        if moment == "view_submission:sent":
            stopped.start()

    with watched(one, stop):
        receipt = one.teacher.sends(form, pictures_sexual="none")
    stopped.join()
    assert "reference is" in words(receipt)
    one.starts()
    connected(one)
    assert len(one.cases()) == 1


def test_a_press_while_nobody_listens_says_so_and_the_next_life_takes_it(one: World) -> None:
    form = one.teacher.types()
    form = one.teacher.sends(form, about="pupil_contact", danger="no")
    form = one.teacher.sends(form, harmed="nobody", family="no", what="Now")
    one.stops()
    until(lambda: not lines(one).lines, "the end of the lines")
    assert one.teacher.sends(form, pictures_sexual="none")["trouble"]
    one.starts()
    connected(one)
    assert "reference is" in words(one.teacher.sends(form, pictures_sexual="none"))
    assert len(one.cases()) == 1


def test_reports_are_not_said_to_be_accepted_without_a_line(one: World) -> None:
    def refuse(moment: str, about: Any) -> None:
        if moment == "apps.connections.open:received":
            raise SlackError("internal_error")

    with watched(one, refuse):
        lines(one).cuts()
        until(lambda: not healthy(one), "the truth")
        assert one.page.get(f"{one.url}/healthz").json()["fault"] == "NoLineToSlack"
    connected(one)


@pytest.mark.parametrize(
    ("type", "payload"),
    [
        ("interactive", {"type": "block_actions", "user": {"id": "U1"}, "actions": [{}]}),
        ("slash_commands", {"command": ["/report"], "user_id": 1, "team_id": {}, "trigger_id": None}),
        ("interactive", {"type": "view_submission"}),
        ("events_api", {"type": "url_verification", "challenge": "x"}),
        ("events_api", []),
        ("something_new", {}),
        (None, {"a": "b" * 1_100_000}),
    ],
)
def test_what_the_gate_refuses_is_not_answered_and_harms_nothing(one: World, type: str, payload: Any) -> None:
    lines(one).says({"envelope_id": "e1", "type": type, "payload": payload})
    lines(one).says({"envelope_id": 5, "type": "interactive", "payload": {}})
    refused = until(lambda: one.bot and sum(one.bot.server.config.app.state.doors["slack"].refused.values()) >= 4)
    assert refused
    connected(one)
    one.teacher.types()


def test_no_line_for_two_minutes_and_the_operator_hears_of_it(one: World) -> None:
    """The bot's own patience is two minutes; here it is told to have less."""
    assert one.bot
    socket = one.bot.server.config.app.state.socket
    assert socket.pace.silent == 120
    object.__setattr__(socket.pace, "silent", 0.5)
    try:
        with watched(one, refusing):
            lines(one).cuts()
            letter = until(
                lambda: next((each for each in one.workspace.letters if "has not been reached" in each.subject), None),
                "a mail",
            )
            assert "operator@brambledown.example" in str(letter.to)
            time.sleep(1.5)
        assert sum("has not been reached" in each.subject for each in one.workspace.letters) == 1
    finally:
        object.__setattr__(socket.pace, "silent", 120.0)


def refusing(moment: str, about: Any) -> None:
    if moment == "apps.connections.open:received":
        raise SlackError("internal_error")


def test_nothing_of_a_report_stands_in_the_log(one: World, caplog: pytest.LogCaptureFixture) -> None:
    canaries = Canaries()
    caplog.set_level(0)
    word = canaries.new("what happened")
    one.teacher.reports("pupil_contact", **{**FRIEND, "what": word})
    lines(one).says({"envelope_id": "e1", "type": "interactive", "payload": {"type": word}})
    lines(one).cuts()
    connected(one)
    assert canaries.found_in(caplog.text) == set()
    assert one.workspace.settings.app_token not in caplog.text
    assert json.dumps("ticket")[1:-1] not in caplog.text


@pytest.mark.slow
def test_nothing_that_was_answered_is_lost_when_the_bot_is_killed_on_its_lines() -> None:
    """From the press to the first message, on SQLite; each round somebody reports, and the bot dies."""
    plans = [Kill("view_submission:sent", 0.006 * n, step="urgent") for n in range(5)]
    plans += [Kill("view_submission:answered", step="urgent"), Kill("chat.postMessage:received")]
    app_token = {"LANYARD_SLACK_APP_TOKEN": Chat().app_token}
    with (
        tempfile.TemporaryDirectory(prefix="lanyard-socket-") as folder,
        a_school(Path(folder), more=app_token) as school,
    ):
        killer = watching(school)
        told = campaign(killer, reporters(school), plans, leases=False)
        wait_until_all_is_said(school)
        all_are_kept_once(school, told)
        assert killer.kills == len(plans) + 1
        assert school.chat.workspace.knock.socket.used
