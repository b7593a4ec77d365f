"""Every report that is made in Teams reaches those whom each policy names, as the simulator says without a database."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.register import read_register
from templates.catalogue import Catalogue
from tests.adaptive_rules import words
from tests.teams_town import Dialog, Json, Town
from tests.teams_world import TeamsWorld, brambledown_in_teams
from tests.test_reporting import NO_TRUST, simulated
from tests.world import until
from workflows.packs import all_packs
from workspace.running import Address


@pytest.mark.parametrize("pack", all_packs())
def test_every_report_made_in_teams_reaches_those_whom_the_policy_names(
    pack: str, chat: Address, tmp_path: Path, new_sqlite: Callable[[], str], town: Town
) -> None:
    changes = {'pack = "oak-trees"': f'pack = "{pack}"', **NO_TRUST.get(pack, {})}
    with brambledown_in_teams(chat, tmp_path, new_sqlite(), town, changes=changes) as world:
        kinds = Catalogue.read().reports.values()
        made = {kind.id: barely(world, kind) for kind in kinds}
        world.settled()
        cases = {case.reference: case for case in world.cases()}
        assert len(cases) == len(kinds)
        for kind in kinds:
            receipt, answers, picked = made[kind.id]
            case, expected = cases[receipt.reference], simulated(world, pack, kind, answers, picked)
            told = {(told.key, told.role, told.part) for told in world.told(case.id)}
            wanted = {(place.person, place.role, place.part) for place in expected.recipients}
            assert told == wanted, f"{kind.id}: {world.events(case.id)}"
            assert (case.report, case.klass) == (expected.report, expected.klass), kind.id
            for place in expected.recipients:
                # Whoever gets many at once gets the last ones when Teams takes more.
                until(partial(reached, world, place.person, case.reference), f"{kind.id} for {place.person}")
        assert world.ledger_is_whole()


def barely(world: TeamsWorld, kind: Any) -> tuple[Dialog, Mapping[str, str], tuple[str, ...]]:
    """Answer what must be answered and nothing else: the last page, the type's answers, whoever was picked."""
    shown = world.on("other_teacher").types().sends(about=kind.id, danger="no")
    answers: Mapping[str, str] = {}
    picked: tuple[str, ...] = ()
    while shown.step:
        given = {id: first(box, kind) for id, box in shown.boxes.items() if box.get("isRequired")}
        answers = given if shown.step == "questions" else answers
        picked = tuple(given["told_to"].split(",")) if shown.step == "choice" else picked
        shown = shown.sends(**given)
        assert not shown.troubles, shown.troubles
    return shown, answers, picked


def first(box: Json, kind: Any) -> str:
    """The first option that leaves the type what it is; a word."""
    if box["type"] == "Input.Text":
        return "Something happened."
    return str(next(each["value"] for each in box["choices"] if (box["id"], each["value"]) not in kind.becomes))


def reached(world: TeamsWorld, key: str, reference: str) -> bool:
    return reference in heard_by(world, key)


def heard_by(world: TeamsWorld, key: str) -> str:
    """Everything that reached a role-holder, by their id in school.toml: in Teams, and by mail."""
    member = next(each for each in read_register(world.folder / "school.toml").members if each.key == key)
    found = next((id for id, each in world.town.people.items() if each["mail"] in member.emails), "")
    cards = [words(each.card) for each in world.town.messages.get(f"a:{found}", ())]
    letters = [each for each in world.workspace.letters if any(map(each.is_for, member.emails))]
    return " ".join([*cards, *(f"{letter.subject} {letter.text}" for letter in letters)])
