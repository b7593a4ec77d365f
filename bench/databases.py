"""Two fresh databases, one for Lanyard and one for the floor: files, or a private PostgreSQL with fsync on."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def why_no_postgres() -> str:
    """Empty where a PostgreSQL can be started."""
    if not FOUND:
        return "no /usr/lib/postgresql/*/bin/initdb here"
    if os.geteuid() == 0 and not shutil.which("runuser"):
        return "it refuses to run as root, and there is no runuser"
    return ""


@contextmanager
def two(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """The URLs of an empty database for Lanyard and of one for the floor."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/lanyard.db", f"sqlite:///{folder}/floor.db"
        return
    with cluster() as socket:
        with psycopg.connect(f"host={socket} user=lanyard dbname=postgres", autocommit=True) as admin:
            for name in ("lanyard", "floor"):
                admin.execute(f"CREATE DATABASE {name}_bench")
        url = f"postgresql+psycopg://lanyard@/{{}}_bench?host={socket}"
        yield url.format("lanyard"), url.format("floor")


@contextmanager
def cluster() -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="lanyard-bench-pg-")
    as_them = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_them:
        shutil.chown(folder, "postgres")

    def call(program: str, *words: str) -> None:
        command = [*as_them, str(FOUND[-1].parent / program), "-D", f"{folder}/data", *words]
        subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=folder)

    call("initdb", "-U", "lanyard", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    listen = f"-c listen_addresses= -c unix_socket_directories={folder}"
    call("pg_ctl", "start", "-w", "-l", f"{folder}/log", "-o", listen)
    try:
        yield folder
    finally:
        call("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder)
