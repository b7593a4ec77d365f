"""Whatever is sent through Teams's door, in whichever order, is answered; nothing typed is lost, nothing breaks."""

import copy
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from storage.models import Unprocessed
from templates.edges import READ_ON
from tests.adaptive_rules import parts
from tests.teams_town import Dialog, Json, Member, Town
from tests.teams_world import TeamsWorld, brambledown_in_teams
from tests.townspeople import signed as slack_signs
from workspace.running import Address
from workspace.teams.knocking import signed
from workspace.teams.tenant import TENANT

CANARY = "CANARYNARRATIVE"
CHILD = {"what": CANARY, "harmed_names": "Jo Bloggs"}
HOSTILE: tuple[Any, ...] = (
    None,
    -1,
    [],
    {"a": [None]},
    "\ud800\x00\u202e${x}",
    "0001-01-01T00:00:00+14:00",
)
# A form that says of itself that it is of another step or draft, or that it has no such box.
OTHERWISE = r"form\.(id|token|fields|fields\.\d\.id) = ('|\[\])"
# What can be typed anywhere: read as Markdown, as a page, as a template or as a mention, it would say something else.
STRANGE = (
    "**bold** [link](https://evil.example) `code` # title\n- list",
    "<script>alert(1)</script><at>Everyone</at> &lt;b&gt;",
    "${$data.secret} {{x}} {{DATE(2026-01-01T00:00:00Z)}} {{TIME(x)}}",
    "\u202egnitirw sdrawkcab\u202c \u2066isolated\u2069 שלום",
    "nul\x00 half\ud83d bell\x07 \ufeff\u2028line",
    "@everyone " + "long " * 3000,
)


@pytest.fixture(scope="module")
def school(chat: Address, tmp_path_factory: Any, new_sqlite: Callable[[], str], town: Town) -> Iterator[TeamsWorld]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    with brambledown_in_teams(chat, folder, new_sqlite(), town, both=True) as opened:
        for name in ("teacher", "dsl", "head"):
            opened.on(name).installs()
        yield opened.settled()  # type: ignore[misc]


def broken(body: Any, under: tuple[str, ...] = ()) -> Iterator[tuple[str, Json]]:
    """The activity again and again, each time with something else in one of its places, or without it."""
    for path in places(body):
        if path and path[: len(under)] == under and path != ("id",):
            for value in HOSTILE:
                yield f"{'.'.join(map(str, path))} = {value!r}", changed(body, path, value)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield from places(each, (*path, name))


def changed(body: Any, path: tuple[Any, ...], value: Any) -> Json:
    fresh = at = copy.deepcopy(body)
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return dict(fresh)


def bodies(teacher: Member, dsl: Member, case: str) -> dict[str, tuple[Json, tuple[str, ...]]]:
    """Everything that Teams sends, and what of it is broken; what all of them share is broken once."""
    press = {"press": "open", "on": case, "page": 1}
    act = {"type": "Action.Execute", "verb": "x", "data": {"lanyard": {"press": "acknowledge", "on": case}}}
    keep = {"type": "Action.Execute", "data": {"lanyard": {"keep": "k"}, "case": case}}
    message = {
        "id": "1",
        "createdDateTime": "2026-11-19T08:15:00.000Z",
        "body": {"contentType": "html", "content": "<p>Hello</p>"},
        "from": {"user": {"id": dsl.person["id"], "displayName": "Somebody"}},
        "linkToMessage": "https://teams.microsoft.com/l/message/1",
        "attachments": [{"id": "a", "contentType": "x"}],
    }
    channel = {"id": "19:x@thread.tacv2;messageid=1", "conversationType": "channel", "tenantId": TENANT}
    mention = {"type": "mention", "text": "<at>Lanyard</at>", "mentioned": {"id": "28:x", "name": "Lanyard"}}
    said = {"text": "<at>Lanyard</at> hello", "entities": [mention], "attachments": [{"contentType": "image/png"}]}
    of_channel = {"conversation": channel, "channelData": {"tenant": {"id": TENANT}}}
    under = ("value",)
    return {
        "writing": (teacher.activity("message", **said), ()),
        "writing in a channel": (teacher.activity("message", **said, **of_channel), ("entities",)),
        "editing": (teacher.activity("messageUpdate", **said, **of_channel), ("channelData",)),
        "installing": (teacher.activity("installationUpdate", action="add"), ("action",)),
        "reporting a message": (
            teacher.invoke("composeExtension/fetchTask", {"commandId": "report", "messagePayload": message}),
            under,
        ),
        "opening": (dsl.invoke("task/fetch", {"data": {"lanyard": press}}), under),
        "acting": (teacher.invoke("adaptiveCard/action", {"action": act, "trigger": "manual"}), under),
        "keeping": (dsl.invoke("adaptiveCard/action", {"action": keep, "trigger": "manual"}), under),
    }


def faults(log: pytest.LogCaptureFixture) -> list[str]:
    """What nobody expected, and whatever was told with the place in the code where it happened."""
    return [
        each.getMessage()
        for each in log.records
        if each.exc_info or each.levelno >= logging.ERROR or each.getMessage().startswith("afterwards")
        if each.getMessage() not in ("afterwards: Gone", "afterwards: Unreachable")  # there is nobody there to answer
    ]


def test_whatever_stands_in_an_activity_nothing_breaks(school: TeamsWorld, caplog: pytest.LogCaptureFixture) -> None:
    school.on("teacher").reports("pupil_concern", **CHILD)
    case = school.settled().cases()[-1].id
    caplog.clear()
    wrong = []
    for name, (body, under) in bodies(school.on("teacher"), school.on("dsl"), case).items():
        for n, (what, each) in enumerate(broken(body, under)):
            answer = school.on("teacher").posts({**each, "id": f"{name} {n}"} if "id" in each else each)
            if answer.status_code >= 500 or faults(caplog):
                wrong.append(f"{name}, {what}: {answer.status_code} {faults(caplog)}")
                caplog.clear()
    assert not wrong, "\n".join(wrong[:20])
    school.settled()
    assert not faults(caplog)


def test_a_form_that_comes_back_otherwise_than_it_was_drawn_is_kept_with_what_was_typed(
    school: TeamsWorld, caplog: pytest.LogCaptureFixture
) -> None:
    form = school.on("teacher").types().sends(about="pupil_concern", danger="no")
    body = form.sending(what=CANARY, harmed_names="Jo Bloggs")
    wrong = []
    kept = 0
    shown = body["value"]["data"]["lanyard"]["form"]
    shown["fields"] = [each for each in shown["fields"] if each["id"] in CHILD]  # the others would say no more
    for n, (what, each) in enumerate(broken(body, ("value", "data", "lanyard", "form"))):
        caplog.clear()
        answer = school.on("teacher").posts({**each, "id": f"form {n}"})
        now = len(school.rows(select(Unprocessed)))
        unexpected = {told for told in faults(caplog) if not told.startswith("unexpected: Unreadable")}
        references = [case.reference for case in school.cases()]
        somewhere = now > kept or any(said in answer.text for said in (CANARY, *references))
        lost = CANARY in json.dumps(each) and answer.is_success and not somewhere and not re.search(OTHERWISE, what)
        if answer.status_code >= 500 or unexpected or lost:
            wrong.append(f"{what}: {answer.status_code} {unexpected} {answer.text[:200]}")
        kept = now
    assert not wrong, "\n".join(wrong[:20])
    assert kept


def runs(card: Json) -> str:
    """What stands in the runs of text of a card, which nobody reads as anything but text."""
    return "\n".join(part["text"] for part in parts(card) if part.get("type") == "TextRun")


@pytest.mark.parametrize("report", ["pupil_concern", "colleague_concern"])
def test_whatever_is_typed_is_read_as_it_was_typed_and_only_where_it_is_opened(school: TeamsWorld, report: str) -> None:
    form, typed = school.on("teacher").types().sends(about=report, danger="no"), {}
    for n, (id, box) in enumerate(form.boxes.items()):
        if box["type"] == "Input.Text":
            typed[id] = f"{CANARY}{n} {STRANGE[n % len(STRANGE)]}"[: box.get("maxLength")]
    shown = form.sends(**typed, **({"harmed": "nobody"} if "harmed" in form.boxes else {}))
    receipt = shown.fills({}) if shown.step else shown
    school.settled()
    lead = school.on("dsl" if report == "pupil_concern" else "head")
    opened = lead.presses("Open", lead.card(receipt.reference))
    read = runs(opened.card)
    while READ_ON in opened.said:
        opened = opened.presses(READ_ON)
        read += "\n" + runs(opened.card)
    for id, said in typed.items():
        # Half a character cannot be stored; a line break parts two runs, and in a list of names a semicolon two names.
        for line in re.split(r"[;\n\u2028]" if id.endswith("_names") else r"[\n\u2028]", said.replace("\ud83d", "?")):
            assert " ".join(line.split()) in " ".join(read.split()), id
    assert CANARY not in str(school.town.messages) + str(school.workspace.letters)


def test_a_dialog_sent_twice_late_or_out_of_order_makes_one_case(school: TeamsWorld) -> None:
    teacher, before = school.on("other_teacher"), len(school.cases())
    start = teacher.types()
    first = start.sending(about="pupil_concern", danger="no")
    asked = Dialog(teacher, start.name, teacher.got(first), start.more)
    last = asked.sending(**CHILD)
    early = teacher.types().sending(about="pupil_concern", danger="no")
    early["value"]["data"]["lanyard"] = last["value"]["data"]["lanyard"] | {"token": "0" * 32}
    early["value"]["data"]["lanyard"]["form"] = last["value"]["data"]["lanyard"]["form"] | {"token": "0" * 32}
    assert "That took too long" in str(teacher.got(early))
    receipt = teacher.got(last)
    for again in (last, {**last, "id": "f:another"}, {**first, "id": "f:a third"}):
        assert len(school.cases()) == before + 1
        teacher.got(again)
    assert teacher.got({**last, "id": "f:a fourth"}) == receipt
    assert len(school.cases()) == before + 1
    school.clock.forward(hours=25)
    late = teacher.types().sends(about="pupil_concern", danger="no")
    school.clock.forward(hours=25)
    assert late.sends(**CHILD).step == "start"
    assert len(school.cases()) == before + 1


def test_nothing_of_slacks_opens_the_door_of_teams_nor_the_other_way_round(school: TeamsWorld) -> None:
    teacher = school.on("teacher")
    body = teacher.invoke("composeExtension/fetchTask", {"commandId": "report"})
    raw = json.dumps(body).encode()
    seal = slack_signs(school.workspace.settings.signing_secret, raw) | {"Content-Type": "application/json"}
    bot_token = {"Authorization": f"Bearer {school.workspace.settings.bot_token}", "Content-Type": "application/json"}
    ours = {"Authorization": f"Bearer {signed(school.town)}", "Content-Type": "application/json"}
    for headers, door in ((seal, "teams/api/messages"), (bot_token, "teams/api/messages"), (ours, "slack/events")):
        assert teacher.http.post(f"{school.url}/{door}", content=raw, headers=headers).status_code == 401
    theirs = {**body, "from": {**body["from"], "aadObjectId": school.teacher.id}, "id": "f:slack"}
    assert teacher.posts(theirs).status_code == 400
    assert teacher.posts(body).status_code == 200


def test_a_page_made_to_be_slow_keeps_nobody_waiting(school: TeamsWorld) -> None:
    """What was found: an unfinished tag, thirteen thousand times, took the standard library's parser minutes."""
    teacher = school.on("teacher")
    for piece in ("<a ", "<!", "<", "</", "&", "<at>", "<a b='", "<!--"):
        message = {"id": "1", "body": {"contentType": "html", "content": piece * (40_000 // len(piece))}}
        assert teacher.reports_message(message).step == "start"
