"""What every test may ask for: a fresh database of either kind, already brought up to date."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storage.migrations import bring_up_to_date

ASKED_FOR = os.environ.get("LANYARD_TEST_DATABASES", "sqlite,postgresql").split(",")
FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def why_no_postgres() -> str:
    if "postgresql" not in ASKED_FOR:
        return "LANYARD_TEST_DATABASES leaves PostgreSQL out"
    if not FOUND:
        return "PostgreSQL left out: no /usr/lib/postgresql/*/bin/initdb here"
    if os.geteuid() == 0 and not shutil.which("runuser"):
        return "PostgreSQL left out: it refuses to run as root, and there is no runuser"
    return ""


def pytest_report_header() -> str:
    sqlite = "sqlite" if "sqlite" in ASKED_FOR else "LANYARD_TEST_DATABASES leaves SQLite out"
    return f"databases: {sqlite}, {why_no_postgres() or 'postgresql'}"


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """A private PostgreSQL with fsync on, reached by a socket in its own folder."""
    if reason := why_no_postgres():
        pytest.skip(reason)
    folder = tempfile.mkdtemp(prefix="lanyard-pg-")
    as_them = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_them:
        shutil.chown(folder, "postgres")

    def call(program: str, *args: str) -> None:
        command = [*as_them, FOUND[-1].parent / program, "-D", f"{folder}/data", *args]
        subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=folder)

    call("initdb", "-U", "lanyard", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    call(
        "pg_ctl",
        "start",
        "-w",
        "-l",
        f"{folder}/log",
        "-o",
        f"-c listen_addresses= -c unix_socket_directories={folder}",
    )
    yield folder
    call("pg_ctl", "stop", "-m", "immediate")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def new_postgres(postgres_cluster: str) -> Callable[[], str]:
    """Makes databases from a template that has every table."""

    def url(name: str) -> str:
        return f"postgresql+psycopg://lanyard@/{name}?host={postgres_cluster}"

    def create(name: str, template: str) -> str:
        with psycopg.connect(f"host={postgres_cluster} user=lanyard dbname=postgres", autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return url(name)

    bring_up_to_date(create("ready", "template0"))
    return lambda: create(f"test_{uuid.uuid4().hex}", "ready")


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes copies of a file that has every table."""
    ready = tmp_path_factory.mktemp("ready") / "lanyard.db"
    bring_up_to_date(f"sqlite:///{ready}")

    def create() -> str:
        return f"sqlite:///{shutil.copy(ready, tmp_path_factory.mktemp('data') / 'lanyard.db')}"

    return create


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of its own for each test, of each kind in turn."""
    if request.param not in ASKED_FOR:
        pytest.skip(f"LANYARD_TEST_DATABASES leaves {request.param} out")
    create: Callable[[], str] = request.getfixturevalue("new_sqlite" if request.param == "sqlite" else "new_postgres")
    return create()


# The whole bot is loaded only for the tests that ask for a school.
@pytest.fixture(scope="session")
def chat() -> Iterator[Any]:
    """One stand-in for Slack; each school that opens in it starts afresh.

    What a stopped bot could not be told comes again within seconds: nobody waits here for Slack's minutes.
    """
    from workspace.running import running
    from workspace.settings import Settings

    with running(Settings(retries=(0.0, 1.0, 5.0))) as address:
        yield address


@pytest.fixture
def world(chat: Any, tmp_path: Path, database_url: str) -> Iterator[Any]:
    """Brambledown on a Tuesday at ten, everything running, on a database of each kind in turn."""
    from tests.world import brambledown

    with brambledown(chat, tmp_path, database_url) as school:
        yield school


@pytest.fixture
def school(chat: Any, tmp_path: Path, new_sqlite: Callable[[], str]) -> Iterator[Any]:
    """The same on SQLite only, for what no database changes."""
    from tests.world import brambledown

    with brambledown(chat, tmp_path, new_sqlite()) as opened:
        yield opened


@pytest.fixture(scope="session")
def town() -> Iterator[Any]:
    """One stand-in for Microsoft; each school that opens in it starts afresh."""
    from tests.teams_town import teams_town

    with teams_town() as opened:
        yield opened
