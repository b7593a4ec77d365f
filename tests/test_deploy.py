"""The files for running Lanyard as a service and in a container hold what the rest of the project promises."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
IMAGE = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy/lanyard.service").read_text(encoding="utf-8")
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")


def test_every_room_goes_into_the_image_and_nothing_else_does() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rooms = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = re.findall(r"^COPY (\S+) \1$", IMAGE, re.MULTILINE)
    assert sorted(copied) == sorted(rooms)
    assert not re.search(r"^(COPY|ADD) (--\S+ )*[.]", IMAGE, re.MULTILINE), "a folder's .env would go with it"


def test_the_image_runs_as_nobody_in_particular_and_asks_whether_reports_are_accepted() -> None:
    last = IMAGE[IMAGE.rindex("FROM ") :]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "/healthz" in last[last.index("HEALTHCHECK") :]
    assert "--require-hashes" in IMAGE
    assert "--format docker" in PAGE, "Podman's own format has no health check"
    assert "10001" in PAGE


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    file = tmp_path / "lanyard.service"
    here = UNIT.replace("/opt/lanyard/.venv/bin/lanyard", shutil.which("true") or "").replace("docs/operations.md", "x")
    file.write_text(here, encoding="utf-8")
    asked = ["systemd-analyze", "verify", str(file)]
    said = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    assert (said.returncode, said.stderr) == (0, "")
