"""What the doctor says of a Teams that is half set up: the one thing that is missing, in words, and no secret."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.teams_doctor import CODES, examine, spoken
from handlers.teams.examined import missing
from handlers.teams.places import Places
from handlers.teams.tokens import Registration
from storage import certificate
from tests.graph_edge import APP as OURS
from tests.graph_edge import CATALOGUE, Edge, microsoft
from tests.graph_edge import TENANT as SCHOOL
from tests.office import Office
from tests.teams_town import Town, teams_town
from tests.teams_world import brambledown_in_teams
from tests.test_alarms import by_day
from tests.world import World, until
from workflows import installing
from workflows.calendar import LONDON
from workspace.running import Address
from workspace.teams.tenant import APP, SECRET, TENANT

US = Registration(APP, TENANT, SECRET)


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with teams_town() as open_town:
        yield open_town


async def said(town: Town, us: Registration = US, **places: str) -> list[str]:
    return [spoken(*each) for each in await missing(us, replace(Places.at(town.url), **places))]


async def test_where_all_is_granted_nothing_is_missing(town: Town) -> None:
    assert await said(town) == []


async def test_a_token_that_is_refused_is_told_without_the_secret(town: Town) -> None:
    (told,) = await said(town, Registration(APP, TENANT, "wrong-secret"))
    assert told.startswith("The secret is wrong.")
    assert told.endswith("(AADSTS7000215)")
    assert SECRET not in told
    assert "wrong-secret" not in told


async def test_a_permission_that_nobody_granted_is_named(town: Town) -> None:
    town.answers["graph"] = [(403, "Authorization_RequestDenied", {})]
    (told,) = await said(town)
    assert "User.Read.All" in told


async def test_keys_that_cannot_be_fetched_are_told_first(town: Town) -> None:
    told = await said(town, keys=f"{town.url}/nothing")
    assert "signing keys" in told[0]


def test_whoever_installs_the_app_is_missed_no_longer_and_the_door_of_a_running_bot_is_known(
    chat: Address, tmp_path: Path, new_sqlite: Callable[[], str], town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    with brambledown_in_teams(chat, tmp_path, new_sqlite(), town) as school:
        holders = school.look(installing.holders, "teams", TENANT)
        assert not [each for each in holders if each.name == "Nasreen Rahman" and each.spoken]
        school.on("dsl").installs()
        school.settled()
        assert examine(school.settings) == 1
        told = capfd.readouterr().err
    assert "Helen Whitlock has not had the app yet." in told
    assert "Nasreen Rahman" not in told
    assert "/teams/api/messages" not in told, "the bot answered there"


@by_day
def test_the_operator_hears_a_week_before_our_proof_runs_out_and_not_every_day(
    chat: Address, tmp_path: Path, new_sqlite: Callable[[], str], town: Town
) -> None:
    today = datetime.now(LONDON).date()
    with brambledown_in_teams(chat, tmp_path, new_sqlite(), town) as school:
        for days, letters in ((8, 0), (7, 1)):
            school.stops()
            until_then = {"teams_secret_until": today + timedelta(days=days)}
            school.settings = school.settings.model_copy(update=until_then)
            school.starts()
            school.settled()
            if letters:
                until(lambda: told_of(school, "runs out soon"), "the letter")
            assert len(told_of(school, "runs out soon")) == letters
        assert "It holds for 7 more days." in told_of(school, "runs out soon")[0].text


def told_of(school: World, subject: str) -> list[Any]:
    return [each for each in school.workspace.letters if subject in each.subject]


# -- the whole errand, against Microsoft at the edge


@pytest.fixture
def edge() -> Iterator[Edge]:
    with microsoft() as made:
        yield made


@pytest.fixture
def office(chat: Any, tmp_path: Path, new_sqlite: Callable[[], str], edge: Edge) -> Office:
    """Brambledown with a certificate that lasts, and a head whose account is known."""
    made = Office(tmp_path, chat, new_sqlite())
    certificate.make(tmp_path / "teams.pem", "Brambledown", datetime.now(UTC))
    made.env |= {"LANYARD_TEAMS_APP_ID": OURS, "LANYARD_TEAMS_TENANT": SCHOOL}
    made.env |= {"LANYARD_TEAMS_CERTIFICATE": str(tmp_path / "teams.pem")}
    edge.moves_in("head@brambledown.example")
    return made.founds()


def told(office: Office) -> str:
    code, out, err = office.lanyard("teams", "doctor")
    assert code == (1 if err else 0)
    return out + err


def test_one_thing_after_the_other_is_found_and_said_with_what_to_do(office: Office, edge: Edge) -> None:
    head = edge.accounts["head@brambledown.example"]
    before = told(office)
    assert "Helen Whitlock has not had the app yet." in before
    assert "Nasreen Rahman has no Teams account that we know of" in before
    assert "runs out" not in before

    edge.have[head] = CATALOGUE
    assert "Helen Whitlock has the app, but Teams has not told Lanyard." in told(office)
    assert "https://lanyard.brambledown.example/teams/api/messages?" in told(office)

    edge.have.clear()
    edge.others[head] = "11111111-2222-4333-8444-555555555555"
    assert "another id in its manifest (11111111-2222-4333-8444-555555555555)" in told(office)

    edge.door = httpx.Response(404)
    assert "Something other than Lanyard answers at https://lanyard.brambledown.example/teams/api" in told(office)
    edge.clock = timedelta(minutes=9)
    found = re.search(r"clock is (\d+) seconds off", told(office))
    assert found
    assert abs(int(found[1]) - 540) <= 30  # a header has whole seconds, and the answer took its time
    edge.refusal = "AADSTS7000112: Application 'x' is disabled."
    assert "The app is switched off in Entra." in told(office)


def test_a_permission_that_need_not_be_granted_is_not_missed(office: Office, edge: Edge) -> None:
    edge.ungranted = True
    assert "TeamsAppInstallation" not in told(office)
    assert "Helen Whitlock has not had the app yet." in told(office)


@pytest.mark.parametrize(("days", "what"), [(20, "runs out on"), (-2, "ran out on")])
def test_a_certificate_is_told_of_before_it_ends_and_after(
    office: Office, tmp_path: Path, days: int, what: str
) -> None:
    made = datetime.now(UTC) - certificate.LASTS + timedelta(days=days)
    shown = certificate.make(tmp_path / "teams.pem", "Brambledown", made)
    assert f"Our proof {what} {shown.until:%-d %B %Y}. Make a new one (lanyard teams certificate FILE)" in told(office)


def test_of_a_secret_the_end_is_asked_for_and_watched(office: Office) -> None:
    office.env["LANYARD_TEAMS_SECRET"], office.env["LANYARD_TEAMS_CERTIFICATE"] = SECRET, ""
    assert "Nobody has noted when the secret runs out." in told(office)
    office.env["LANYARD_TEAMS_SECRET_UNTIL"] = (datetime.now(UTC).date() + timedelta(days=5)).isoformat()
    assert "Nobody has noted" not in told(office)
    assert "put it into LANYARD_TEAMS_SECRET and its last day into LANYARD_TEAMS_SECRET_UNTIL" in told(office)


def test_a_file_that_holds_no_certificate_is_told(office: Office, tmp_path: Path) -> None:
    (tmp_path / "teams.pem").write_text("nothing")
    assert "The certificate cannot be read." in told(office)


def test_a_new_certificate_is_made_beside_the_part_that_is_uploaded(office: Office, tmp_path: Path) -> None:
    code, out, _ = office.lanyard("teams", "certificate", str(tmp_path / "next.pem"), "--school", "Brambledown")
    assert code == 0
    assert f"thumbprint {certificate.read(tmp_path / 'next.pem').thumbprint}" in out
    assert "PRIVATE" not in (tmp_path / "next.cer").read_text()
    assert (tmp_path / "next.pem").stat().st_mode & 0o777 == 0o600
    assert office.lanyard("teams", "certificate", str(tmp_path / "next.pem"))[0] == 2


def test_every_code_has_words_that_say_what_to_do() -> None:
    assert all(code.isdigit() and words.count(".") >= 2 for code, words in CODES.items())
