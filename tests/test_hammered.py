"""However many strangers knock, with whatever in hand, nobody inside is disturbed and no report has to wait."""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.machine import Machine
from tests.teams_town import Town
from tests.teams_world import TeamsWorld, brambledown_in_teams
from tests.world import World
from workspace.running import Address
from workspace.teams.knocking import activity, signed

IN_SLACK, IN_TEAMS = 100_000, 20_000


@pytest.fixture
def in_teams(chat: Address, tmp_path: Path, new_sqlite: Callable[[], str], town: Town) -> Iterator[TeamsWorld]:
    with brambledown_in_teams(chat, tmp_path, new_sqlite(), town) as opened:
        opened.on("teacher").installs()
        yield opened.settled()  # type: ignore[misc]


def loud(line: dict[str, str]) -> bool:
    return line["level"] != "warning"


def besieged(school: World, times: int, told: str) -> set[tuple[str, str]]:
    """What the bot said louder than that somebody was refused; each kind of stranger is answered as they should be."""
    here = Machine.of(school)
    school.stops()
    command = [sys.executable, "-m", "tests.hammered", str(school.clock.file), str(times), told]
    done = subprocess.run(command, env=here.surroundings, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    came = json.loads(done.stdout)
    assert sum(came["answers"].values()) == times
    answered: defaultdict[str, set[int]] = defaultdict(set)
    for kind, status in map(str.split, came["answers"]):
        answered[kind].add(int(status))
    assert answered["forged"] == answered["stale"] == {401}
    assert answered["unsigned"] <= {400, 401}
    assert answered["foreign"] == {403}
    given = set().union(*answered.values())
    assert {200, 400, 401, 403, 404, 415} <= given
    assert max(given) < 500
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert sum("refused" in line for line in lines) > times // 2
    assert came["bounded"]
    assert came["remembered"] > times // 20
    assert came["grown"][-1] - came["grown"][1] < 64, "megabytes in the second half of the siege"
    louder = {(each["event"], each["detail"].partition("/")[0]) for each in map(json.loads, lines) if loud(each)}
    school.starts()
    assert school.settled().cases() == []
    assert not [each for each in school.events() if each.startswith(("case.", "report.", "access."))]
    return louder


@pytest.mark.slow
def test_a_hundred_thousand_requests_that_should_not_have_come_change_nothing(school: World) -> None:
    """Unsigned, forged, stale, torn, foreign, replayed; and Slack's own signature under what nobody can read."""
    louder = besieged(school, IN_SLACK, "slack")
    # Truly signed: one that was recorded long ago, and a command whose trigger Slack does not know.
    assert louder <= {("alarm", "clock"), ("unexpected.bytes", "SlackApiError")}
    assert school.teacher.reports("pupil_concern", what="It still works.", harmed_names="Jo Bloggs").reference


@pytest.mark.slow
def test_the_same_crowd_at_the_door_of_teams_changes_nothing_either(in_teams: TeamsWorld) -> None:
    """The same with Microsoft's tokens: of another key, for another app, run out, or true ones over torn activities."""
    town, teacher, now = in_teams.town, in_teams.on("teacher"), int(time.time())
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    tokens = {
        "true": signed(town),
        "forged": [signed(town, other), signed(town, other, kid="nobody-s"), f"{signed(town)[:-8]}AAAAAAAA"],
        "stale": [
            signed(town, nbf=now - 9000, exp=now - 4000),
            signed(town, exp=None),
            signed(town, aud="another-app"),
            signed(town, iss="https://issuer.example"),
            signed(town, serviceurl="https://elsewhere.example/"),
        ],
    }
    told = in_teams.folder / "told.json"
    body = activity(town, teacher.person, "message", {"text": "hello"})
    told.write_text(json.dumps({"activity": body, "tokens": tokens}), encoding="utf-8")
    louder = besieged(in_teams, IN_TEAMS, str(told))
    assert louder <= {("alarm", "clock")}
    assert in_teams.on("teacher").reports("pupil_concern", what="It still works.", harmed_names="Jo Bloggs")
