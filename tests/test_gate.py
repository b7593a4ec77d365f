"""Who comes in, in what time, how often; and that nothing anybody typed is lost or logged on the way."""

import asyncio
import json
import logging
import random
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest
from starlette.responses import PlainTextResponse, Response

from handlers.reading import Unreadable, strictly
from handlers.remembered import Remembered, Room
from handlers.slack.surface import form_view
from storage.faults import NotSaved
from tests.slack_door import (
    ELSEWHERE,
    PRIYA,
    SECRET,
    STEP,
    TEAM,
    Door,
    door,
    happening,
    interaction,
    message,
    payload,
    pressing,
    shown,
    signed,
    typed,
)

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
CANARY = "canary-7d1"
WORDS = {"account": {"answer": {"type": "plain_text_input", "value": CANARY}}}
SUBMISSION = payload("view_submission", view=shown(form_view(STEP), WORDS))


@pytest.fixture
async def school() -> AsyncIterator[Door]:
    async with door() as opened:
        yield opened


async def test_a_stranger_learns_nothing_and_reaches_nobody(school: Door) -> None:
    raw, media = typed()
    now = int(time.time())
    good = signed(raw, media)
    for headers, status in [
        ({}, 401),
        (signed(raw, media, secret="another secret, just as long as it"), 401),
        (good | {"X-Slack-Signature": good["X-Slack-Signature"][:-1]}, 400),
        (good | {"X-Slack-Signature": good["X-Slack-Signature"].upper()}, 400),
        (good | {"X-Slack-Signature": "v0=" + "é" * 64}, 400),
        (good | {"X-Slack-Request-Timestamp": "abc"}, 400),
        (good | {"X-Slack-Request-Timestamp": "١٢٣"}, 400),
        (good | {"X-Slack-Request-Timestamp": f"{now}.5"}, 400),
        (good | {"X-Slack-Request-Timestamp": "9" * 40}, 400),
        (good | {"X-Slack-Request-Timestamp": str(now - 1)}, 401),
    ]:
        raw_headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        answer = await school.http.post("/slack/events", content=raw, headers=raw_headers)
        assert answer.status_code == status, headers
        assert answer.text.endswith(".")
        assert "Traceback" not in answer.text
    assert school.desk.asked == []
    assert school.api.calls == []


async def test_two_signatures_on_one_request_are_none(school: Door) -> None:
    raw, media = typed()
    headers = [*signed(raw, media).items(), ("X-Slack-Signature", "v0=" + "0" * 64)]
    assert (await school.http.post("/slack/events", content=raw, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    ("raw", "media", "status"),
    [
        (b"payload=notjson", FORM, 400),
        (b"payload=[]", FORM, 400),
        (b"payload=null", FORM, 400),
        (b"payload=" + b"[" * 3000, FORM, 400),
        (b"payload=" + b'{"a":' * 3000, FORM, 400),
        (b'{"type":"event_callback","type":"x","team_id":"T0BRAMBLE"}', JSON, 400),
        (b'{"type":NaN}', JSON, 400),
        (json.dumps(happening(message())).encode()[:-1] + b',"a":' + b"[" * 60 + b"]" * 60 + b"}", JSON, 400),
        (b'{"type":' + b"9" * 5000 + b"}", JSON, 400),
        (
            b'{"type":"event_callback","team_id":"T0BRAMBLE","event_id":"E","event":[]}',
            "application/json",
            400,
        ),
        (
            b'{"type":"event_callback","team_id":"T0BRAMBLE","event":{"type":"message"}}',
            "application/json",
            400,
        ),
        (b"\xff\xfe", FORM, 400),
        (b"", FORM, 400),
        (b"a", FORM, 400),
        (b"command=%2Freport&command=%2Fother", FORM, 400),
        (typed()[0] + b"&command=%2Freport", FORM, 400),
        (b"command=%2Freport", FORM, 400),
        (b"&".join(b"f%d=1" % n for n in range(60)), FORM, 400),
        (b"{}", "text/plain", 415),
        (b"{}", "application/json", 404),
        (b"payload=%7B%22type%22%3A%22workflow_step_edit%22%7D", FORM, 404),
        (b"payload=%7B%22type%22%3A%22shortcut%22%7D", FORM, 400),
        (b"payload=%7B%22type%22%3A%22view_submission%22%7D", FORM, 400),
        (b"x" * 1_000_001, FORM, 413),
    ],
)
async def test_what_cannot_be_read_is_refused_in_plain_words(school: Door, raw: bytes, media: str, status: int) -> None:
    answer = await school.send(raw, media)
    assert answer.status_code == status
    assert answer.text.endswith(".")
    assert school.desk.asked == []


@pytest.mark.parametrize(
    ("off", "status"), [(-301, 401), (-299, 200), (-60, 200), (0, 200), (61, 200), (299, 200), (301, 401)]
)
async def test_five_minutes_either_way_are_let_pass(off: int, status: int) -> None:
    now = 1_800_000_000
    async with door(clock=lambda: now) as school:
        raw, media = typed()
        assert (await school.send(raw, media, at=now + off)).status_code == status
        assert school.alarms == (["clock"] if abs(off) > 60 else [])


async def test_only_slack_itself_can_ring_the_alarm_about_the_clock(school: Door) -> None:
    raw, media = typed()
    for n in range(5):
        headers = signed(raw, media, at=1000 + n, secret="not the secret, but long enough")
        assert (await school.http.post("/slack/events", content=raw, headers=headers)).status_code == 401
    assert school.alarms == []
    assert school.gate.refused["stale"] == 5


async def test_a_replayed_report_gets_the_first_answer_and_counts_once(school: Door) -> None:
    at = int(time.time())
    school.desk.takes = 0.05
    together = await asyncio.gather(*(school.interact(SUBMISSION, at) for _ in range(5)))
    later = await school.interact(SUBMISSION, at)
    assert {answer.content for answer in (*together, later)} == {together[0].content}
    assert together[0].json()["response_action"] == "update"
    assert school.desk.times("answer") == 1


async def test_the_same_event_delivered_four_times_is_answered_once(school: Door) -> None:
    event = happening(message())
    at = int(time.time())
    answers = [await school.event(event, at - n) for n in range(4)]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert school.desk.times("greet") == 1
    await school.event(happening(message(), id="Ev2"))
    assert school.desk.times("greet") == 2


async def test_another_workspaces_events_and_our_people_under_another_flag_are_refused(school: Door) -> None:
    assert (await school.event(happening(message(), team=ELSEWHERE))).status_code == 403
    ours_elsewhere = SUBMISSION | {"team": {"id": ELSEWHERE}}
    assert (await school.interact(ours_elsewhere)).status_code == 403
    nowhere = SUBMISSION | {"team": None, "user": {"id": PRIYA}}
    assert (await school.interact(nowhere)).status_code == 403
    assert school.desk.asked == []


async def test_somebody_of_another_workspace_may_report_and_is_marked(school: Door) -> None:
    guest = SUBMISSION | {"user": {"id": "U0ELSE", "team_id": ELSEWHERE}}
    assert (await school.interact(guest)).status_code == 200
    assert (await school.interact(guest | {"team": {"id": ELSEWHERE}})).status_code == 200
    for asked in school.desk.asked:
        who = asked[-1]
        assert (who.workspace, who.standing, who.emails) == (ELSEWHERE, "foreign", ())


async def test_what_happens_in_a_channel_shared_with_another_school_is_still_ours(school: Door) -> None:
    shared = happening(message(), team=ELSEWHERE) | {"authorizations": [{"team_id": TEAM}]}
    assert (await school.event(shared)).status_code == 200
    assert school.desk.times("greet") == 1


async def test_what_lies_as_deep_as_slack_ever_sends_is_read(school: Door) -> None:
    deep: list[object] = []
    for _ in range(57):
        deep = [deep]
    assert (await school.event(happening(message()) | {"a": deep})).status_code == 200
    assert school.desk.times("greet") == 1


async def test_slack_hears_that_we_are_there(school: Door) -> None:
    answer = await school.event({"type": "url_verification", "challenge": "3eZbrw1aB"})
    assert (answer.status_code, answer.text) == (200, "3eZbrw1aB")


async def test_a_request_that_never_ends_is_let_go(school: Door) -> None:
    raw, media = typed()

    async def endless() -> AsyncIterator[bytes]:
        yield raw
        await asyncio.sleep(30)

    began = time.monotonic()
    answer = await school.http.post("/slack/events", content=endless(), headers=signed(raw, media))
    assert answer.status_code == 408
    assert time.monotonic() - began < 6


async def test_a_report_that_we_fail_is_kept_whole_and_the_person_told(school: Door) -> None:
    school.desk.says["answer"] = ZeroDivisionError(CANARY)
    answer = await school.interact(SUBMISSION)
    assert answer.json()["response_action"] == "update"
    assert "Sorry: kept" in answer.text
    assert "01632 960100" in answer.text
    ((raw, fault),) = school.kept
    assert (raw, fault) == (interaction(SUBMISSION)[0], "ZeroDivisionError")


async def test_a_report_that_cannot_even_be_kept_stays_in_the_form(school: Door) -> None:
    school.desk.says["answer"], school.keeps = ZeroDivisionError(), NotSaved()
    answer = await school.interact(SUBMISSION)
    assert answer.json()["errors"].keys() == {"account"}
    assert "Sorry: uncertain" in answer.json()["errors"]["account"]


async def test_an_answer_that_takes_too_long_says_so_before_slack_gives_up(school: Door) -> None:
    school.desk.takes = 3.2
    began = time.monotonic()
    answer = await school.interact(SUBMISSION, at := int(time.time()))
    assert time.monotonic() - began < 3
    assert "Sorry: uncertain" in answer.json()["errors"]["account"]
    assert (await school.interact(SUBMISSION, at)).content == answer.content
    await asyncio.sleep(0.6)
    assert school.desk.times("answer") == 1


async def test_a_button_or_command_that_we_fail_never_shows_an_error_page(school: Door) -> None:
    school.desk.says["press"] = ZeroDivisionError()
    assert (await school.interact(pressing("acknowledge~0", "c1"))).status_code == 200
    assert "Sorry: uncertain" in json.dumps(school.api.sent("views.open"))
    school.api.says["views.open"] = "expired_trigger_id"
    answer = await school.command()
    assert answer.json()["response_type"] == "ephemeral"
    assert "Sorry: busy" in answer.text
    assert school.kept == []


async def test_no_log_line_carries_what_was_typed(school: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    raw, media = interaction(SUBMISSION)
    await school.http.post("/slack/events", content=raw, headers=signed(raw, media, secret="wrong" * 8))
    await school.http.post("/slack/events", content=raw, headers=signed(raw, media, at=1))
    await school.send(raw[:-9], media)
    await school.interact(SUBMISSION | {"type": "view_closed"})
    school.desk.says["answer"] = ZeroDivisionError(CANARY)
    await school.interact(SUBMISSION)
    school.desk.says["offer"] = ZeroDivisionError(CANARY)
    await school.command(text=CANARY)
    await school.settled()
    said = [record for record in caplog.records if record.name.startswith(("handlers", "slack"))]
    assert len(said) >= 5
    assert not any(CANARY in str(record.__dict__) for record in caplog.records)
    assert not any(record.exc_info for record in said)


async def test_what_is_remembered_is_forgotten_after_ten_minutes_and_before_it_fills_the_machine() -> None:
    now = [0.0]
    made: list[str] = []
    remembered = Remembered(lambda: now[0], Room(seconds=600, keys=100, octets=500))

    async def answer(key: str) -> Response:
        made.append(key)
        return PlainTextResponse("x" * 50)

    async def ask(key: str) -> int:
        return (await remembered.once(key, lambda: answer(key))).status_code

    assert [await ask("a"), await ask("a")] == [200, 200]
    assert made == ["a"]
    for n in range(20):
        await ask(f"b{n}")
    assert await ask("a") == 409, "its answer is forgotten, but it has no second effect"
    assert made.count("a") == 1
    for n in range(200):
        await ask(f"c{n}")
    assert len(remembered.answers) <= 100
    assert remembered.octets <= 550
    now[0] = 601
    await ask("d")
    assert len(remembered.answers) == 1
    assert await ask("c199") == 200


async def test_a_sender_who_hangs_up_does_not_break_off_the_report(school: Door) -> None:
    school.desk.takes = 0.1
    at = int(time.time())
    sending = asyncio.ensure_future(school.interact(SUBMISSION, at))
    while not school.desk.asked:
        await asyncio.sleep(0.01)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert (await school.interact(SUBMISSION, at)).json()["response_action"] == "update"
    assert school.desk.times("answer") == 1


def hostile(dice: random.Random) -> tuple[bytes, dict[str, str]]:
    """One request that should not have come: unsigned, badly signed, or signed and senseless."""
    good = dice.choice([typed()[0], interaction(SUBMISSION)[0], json.dumps(happening(message())).encode()])
    raw = bytearray(good)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(raw))
        raw[at : at + dice.randint(0, 4)] = dice.randbytes(dice.randint(0, 4))
    if dice.random() < 0.3:
        deep = dice.choice(["[", '{"a":']) * dice.randint(1, 3000)
        raw = bytearray(urlencode({"payload": deep}).encode())
    media = dice.choice([FORM, "application/json", "text/plain", "", "application/json; charset=utf-16", "é"])
    headers = signed(bytes(raw), media, secret=dice.choice([SECRET, "x" * 32]))
    if dice.random() < 0.5:
        name = dice.choice(["X-Slack-Signature", "X-Slack-Request-Timestamp"])
        headers[name] = dice.choice(["", "abc", "v0=", "١", "-1", "1e9", "v0=" + "g" * 64, headers[name] + "\x00"])
    return bytes(raw), headers


async def assault(school: Door, times: int, seed: int) -> dict[int, int]:
    dice = random.Random(seed)
    seen: dict[int, int] = {}
    for _ in range(times):
        raw, headers = hostile(dice)
        given = [(name.encode(), value.encode()) for name, value in headers.items()]
        answer = await school.http.request("POST", "/slack/events", content=raw, headers=httpx.Headers(given))
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
    return seen


async def test_two_thousand_hostile_requests_are_turned_away_without_a_fault(school: Door) -> None:
    seen = await assault(school, 2000, seed=7)
    assert not [status for status in seen if status >= 500], seen
    assert sum(times for status, times in seen.items() if status >= 400) > 1500, seen


def test_no_text_takes_long_to_read() -> None:
    for hard in ('"' + '\\"' * 400_000, '\\"' * 400_000, '"' * 800_001, "[" * 900_000, '{"a":' * 180_000):
        began = time.process_time()
        with pytest.raises(Unreadable):
            strictly(hard)
        assert time.process_time() - began < 2


@pytest.mark.parametrize("said", ['%22 "%2522" {a:[\\"b\\"]} / % + & = ;', "%7b%7B", "é 😀 %C3%A9", "a\\u0022b\n\t"])
async def test_what_was_typed_comes_through_to_the_letter(school: Door, said: str) -> None:
    words = {"account": {"answer": {"type": "plain_text_input", "value": said}}}
    await school.interact(payload("view_submission", view=shown(form_view(STEP), words)))
    assert school.desk.asked[0][3] == {"account": said}
