"""What goes out to Teams, and what is asked of Microsoft: once, in time, with our own token, and to nobody else."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from handlers.senders import Mark, Posted, Unreachable
from handlers.teams.places import BOT, GRAPH, Places
from handlers.teams.tokens import Registration, Tokens
from templates.shapes import Button, Card
from tests.adaptive_rules import words
from tests.slack_door import CASE
from tests.teams_door import Door, door
from tests.teams_town import Town
from workspace.teams.services import KEY
from workspace.teams.tenant import APP, SECRET, TENANT

CARD = Card("K7-3FQ", short="K7-3FQ needs you", body=("Now",), buttons=(Button("Open", "open", "c1"),))
ONCE = Mark("")


@pytest.fixture
async def school(town: Town) -> AsyncIterator[Door]:
    async with door(town) as opened:
        yield opened


@pytest.fixture
async def known(school: Door) -> Door:
    """Priya has the app."""
    assert (await school.sends(school.priya.activity("installationUpdate", action="add"))).status_code == 200
    await school.settled()
    assert len(school.priya.messages()) == 1
    return school


async def failing(school: Door, status: int, code: str, **headers: str) -> Unreachable:
    school.town.answers["say"] = [(status, code, headers)] * 2
    with pytest.raises(Unreachable) as failed:
        await school.sender.post(school.priya.person["id"], CARD, ONCE)
    return failed.value


async def test_a_card_is_posted_to_a_person_and_can_be_edited_in_its_place(known: Door) -> None:
    posted = await known.sender.post(known.priya.person["id"], CARD, ONCE)
    assert posted.channel == f"{known.town.service} {known.priya.own}"
    assert known.priya.hears()[-1] == "K7-3FQ needs you"
    again = await known.sender.edit(posted, Card("K7-3FQ: taken", short="taken"), ONCE)
    assert again == posted
    assert [words(each["card"]) for each in known.priya.messages()[1:]] == ["K7-3FQ: taken"]


async def test_a_card_that_teams_no_longer_has_is_posted_again(known: Door) -> None:
    posted = await known.sender.post(known.priya.person["id"], CARD, ONCE)
    again = await known.sender.edit(Posted(posted.channel, "no-such"), CARD, ONCE)
    assert again != posted
    assert len(known.priya.messages()) == 3


async def test_peoples_own_words_are_never_posted(known: Door) -> None:
    with pytest.raises(AssertionError):
        await known.sender.post(known.priya.person["id"], CASE, ONCE)


async def test_somebody_who_never_spoke_is_found_by_their_id_in_the_directory(school: Door) -> None:
    posted = await school.sender.post(school.priya.person["id"], CARD, ONCE)
    assert posted.channel.endswith(school.priya.own)
    assert len(school.priya.messages()) == 1


async def test_a_conversation_that_is_no_more_is_opened_again(known: Door) -> None:
    del known.town.messages[known.priya.own]
    await known.sender.post(known.priya.person["id"], CARD, ONCE)
    assert len(known.priya.messages()) == 1


@pytest.mark.parametrize("code", ["MessageWritesBlocked", "BotNotInConversationRoster", "ForbiddenOperationException"])
async def test_whoever_shut_the_bot_out_is_gone_until_they_let_it_in(known: Door, code: str) -> None:
    failed = await failing(known, 403, code)
    assert (failed.gone, failed.shut) == (True, True)


async def test_whoever_is_not_in_the_directory_is_gone(school: Door) -> None:
    with pytest.raises(Unreachable) as failed:
        await school.sender.post("0c0c0c0c-1111-2222-3333-444444444444", CARD, ONCE)
    assert (failed.value.gone, failed.value.shut) == (True, False)


@pytest.mark.parametrize("status", [400, 408, 412, 500, 502, 503, 504])
async def test_any_other_refusal_may_pass(known: Door, status: int) -> None:
    failed = await failing(known, status, "Whatever")
    assert (failed.gone, failed.barred, failed.retry_after) == (False, False, None)


async def test_teams_is_left_alone_for_as_long_as_it_asks(known: Door) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    failed = await failing(known, 429, "TooManyRequests", **{"Retry-After": soon})
    assert failed.retry_after is not None
    assert 40 < failed.retry_after <= 50
    before = len(known.town.calls)
    with pytest.raises(Unreachable) as quiet:
        await known.sender.post(known.priya.person["id"], CARD, ONCE)
    assert not quiet.value.tried
    assert len(known.town.calls) == before


async def test_a_token_that_is_refused_is_asked_for_anew(known: Door) -> None:
    assert not (await failing(known, 401, "Unauthorized")).gone
    known.town.answers.clear()
    await known.sender.post(known.priya.person["id"], CARD, ONCE)
    assert len(known.priya.messages()) == 2


async def test_one_token_serves_many_messages_and_graph_has_its_own(known: Door) -> None:
    for _ in range(3):
        await known.sender.post(known.priya.person["id"], CARD, ONCE)
    assert known.town.calls.count(("POST", "token")) == 2
    assert sorted(known.town.tokens.values()) == sorted([BOT, GRAPH])


async def test_many_who_wait_for_a_token_make_one_question(town: Town) -> None:
    town.afresh()
    tokens = Tokens(Registration(APP, TENANT, SECRET), Places.at(town.url))
    found = await asyncio.gather(*(tokens.get(BOT) for _ in range(20)))
    assert len(set(found)) == 1
    assert town.calls.count(("POST", "token")) == 1
    tokens.close()


async def test_a_wrong_secret_is_no_token_and_is_told_to_nobody(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = Tokens(Registration(APP, TENANT, "wrong-secret"), Places.at(town.url))
    with pytest.raises(Unreachable):
        await tokens.get(BOT)
    assert tokens.refused
    assert "wrong-secret" not in caplog.text + repr(Registration(APP, TENANT, "wrong-secret"))
    tokens.close()


async def test_a_certificate_says_who_we_are_without_a_secret(town: Town, tmp_path: Path) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lanyard.example")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    pem = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path / "lanyard.pem"
    file.write_bytes(KEY.private_bytes(pem, *plain) + made.sign(KEY, hashes.SHA256()).public_bytes(pem))
    tokens = Tokens(Registration(APP, TENANT, certificate=file), Places.at(town.url))
    assert await tokens.get(BOT)
    tokens.close()


# -- who somebody is


def asked(school: Door, **more: Any) -> dict[str, Any]:
    return school.priya.activity("message", **more)


async def test_graph_tells_who_somebody_is_and_is_asked_once_in_five_minutes(school: Door) -> None:
    people = school.teams.people
    first, again = await people.who(asked(school)), await people.who(asked(school))
    assert first == again
    assert (first.platform, first.workspace, first.address) == ("teams", TENANT, school.priya.person["id"])
    assert (first.name, first.emails, first.standing) == ("Priya Nair", ("priya@brambledown.example",), "active")
    assert school.town.calls.count(("GET", "graph")) == 1


@pytest.mark.parametrize(
    ("changes", "standing"), [({"accountEnabled": False}, "deactivated"), ({"userType": "Guest"}, "guest")]
)
async def test_how_an_account_stands_is_told(school: Door, changes: dict[str, Any], standing: str) -> None:
    school.priya.person.update(changes)
    assert (await school.teams.people.who(asked(school))).standing == standing


async def test_somebody_whom_the_directory_does_not_have_has_left(school: Door) -> None:
    del school.town.people[school.priya.person["id"]]
    assert (await school.teams.people.lookup([school.priya.person["id"]]))[0].standing == "deactivated"


async def test_where_graph_is_not_for_us_the_conversations_own_list_tells(school: Door) -> None:
    school.town.answers["graph"] = [(403, "Authorization_RequestDenied", {})]
    who = await school.teams.people.who(asked(school))
    assert (who.emails, who.standing) == (("priya@brambledown.example",), "active")


async def test_when_microsoft_does_not_tell_in_time_a_report_is_not_kept_waiting(school: Door) -> None:
    school.town.takes["graph"] = 5
    before = time.monotonic()
    who = await school.teams.people.who(asked(school))
    assert (who.name, who.emails, who.standing) == ("Priya Nair", (), "unknown")
    assert time.monotonic() - before < 4


async def test_a_visitor_without_an_account_may_report_and_no_more(school: Door) -> None:
    body = asked(school)
    body["from"] = {"id": "29:visitor", "name": "Somebody"}
    assert (await school.teams.people.who(body)).standing == "foreign"


async def test_an_address_is_found_page_after_page_and_as_slowly_as_graph_asks(school: Door) -> None:
    school.town.page_size = 1
    for n in range(3):
        other = school.town.moves_in(f"Ann {n}", f"ann{n}@brambledown.example")
        other["userPrincipalName"] = "O'Neill@brambledown.example"
        other["mail"] = f"x{n}@brambledown.example"
    school.town.answers["graph"] = [(429, "TooManyRequests", {"Retry-After": "1"})]
    found = await school.teams.people.by_email("o'neill@brambledown.example")
    assert found
    assert found.name == "Ann 0"
    assert await school.teams.people.by_email("nobody@brambledown.example") is None


async def test_when_graph_does_not_say_who_has_an_address_nothing_is_made_up(school: Door) -> None:
    school.town.answers["graph"] = [(403, "Authorization_RequestDenied", {})] * 2
    with pytest.raises(Unreachable):
        await school.teams.people.by_email("priya@brambledown.example")
