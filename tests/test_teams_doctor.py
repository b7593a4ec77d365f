"""What the doctor says of a Teams that is half set up: the one thing that is missing, in words, and no secret."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.teams_doctor import CODES, spoken, without_app
from handlers.teams.places import Places
from handlers.teams.tokens import Registration
from tests.teams_door import Teams  # before what else brings the SDK in: it warns of what we do not use
from tests.teams_town import Town, teams_town
from tests.teams_world import brambledown_in_teams
from workspace.running import Address
from workspace.teams.tenant import APP, SECRET, TENANT

US = Registration(APP, TENANT, SECRET)


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with teams_town() as open_town:
        yield open_town


async def said(town: Town, us: Registration = US, **places: str) -> list[str]:
    from handlers.teams.examined import missing

    teams = Teams(us, replace(Places.at(town.url), **places))
    try:
        return [spoken(*each) for each in await missing(teams)]
    finally:
        await teams.close()


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


def test_role_holders_without_the_app_are_named(
    chat: Address, tmp_path: Path, new_sqlite: Callable[[], str], town: Town
) -> None:
    with brambledown_in_teams(chat, tmp_path, new_sqlite(), town) as school:
        before = school.look(without_app, TENANT)
        assert any(each.startswith("Nasreen Rahman has not had the app") for each in before)
        school.on("dsl").installs()
        school.settled()
        assert not [each for each in school.look(without_app, TENANT) if "Nasreen Rahman" in each]


def test_every_code_has_words_that_say_what_to_do() -> None:
    assert all(code.isdigit() and words.count(".") >= 2 for code, words in CODES.items())
