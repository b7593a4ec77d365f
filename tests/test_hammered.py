"""However many strangers knock, with whatever in hand, nobody inside is disturbed and no report has to wait."""

import json
import subprocess
import sys

import pytest

from tests.machine import Machine
from tests.world import World

TIMES = 100_000


def loud(line: dict[str, str]) -> bool:
    return line["level"] != "warning"


@pytest.mark.slow
def test_a_hundred_thousand_requests_that_should_not_have_come_change_nothing(school: World) -> None:
    """Unsigned, forged, stale, torn, foreign, replayed; and Slack's own signature under what nobody can read."""
    here = Machine.of(school)
    school.stops()
    command = [sys.executable, "-m", "tests.hammered", str(school.clock.file), str(TIMES)]
    done = subprocess.run(command, env=here.surroundings, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    statuses = {int(status): count for status, count in told["statuses"].items()}
    assert sum(statuses.values()) == TIMES
    assert {status for status in statuses if status >= 500} == set()
    assert {200, 400, 401, 403, 404, 415} <= statuses.keys()
    lines = done.stderr.splitlines()
    assert "Traceback" not in done.stderr
    louder = {(each["event"], each["detail"].partition("/")[0]) for each in map(json.loads, lines) if loud(each)}
    # Truly signed: one that was recorded long ago, and a command whose trigger Slack does not know.
    assert louder <= {("alarm", "clock"), ("unexpected.bytes", "SlackApiError")}
    assert sum("refused" in line for line in lines) > TIMES // 2
    assert told["bounded"]
    assert told["remembered"] > TIMES // 20
    assert told["grown"][-1] - told["grown"][1] < 64, "megabytes in the second half of the siege"
    school.starts()
    assert school.settled().cases() == []
    assert not [each for each in school.events() if each.startswith(("case.", "report.", "access."))]
    assert school.teacher.reports("pupil_concern", what="It still works.", harmed_names="Jo Bloggs").reference
