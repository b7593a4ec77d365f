"""Puts the stand-in, Lanyard and the floor on stage: each a process of its own, pinned where the machine lets us."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from bench.letters import Chat
from storage.vault import create_key_file

STARTS_WITHIN = 180.0
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
PINS = shutil.which("taskset") is not None and len(CORES) > 1
# What is measured has a core to itself; the load and the stand-in share the next one.
MEASURED, AROUND = (CORES[0], CORES[1]) if PINS else (None, None)


@dataclass
class Server:
    """Something that answers on a port, started and stopped at will."""

    command: list[str]
    port: int
    env: Mapping[str, str]
    child: subprocess.Popen[str] | None = None

    def start(self) -> float:
        """Seconds from the start of the process to the first answer."""
        began = time.monotonic()
        self.child = spawn([*self.command, "--port", str(self.port)], self.env, MEASURED)
        while time.monotonic() < began + STARTS_WITHIN and self.child.poll() is None:
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                return time.monotonic() - began
            time.sleep(0.005)
        raise SystemExit(f"This did not start: {' '.join(self.command)}")

    def stop(self) -> None:
        if self.child:
            self.child.terminate()
            self.child.wait(30)
            self.child = None

    def seconds(self) -> float:
        """Processor time so far; unlike the clock's it does not count what else the machine was doing."""
        assert self.child
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Resident memory."""
        assert self.child
        status = Path(f"/proc/{self.child.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@dataclass
class Stage:
    """One run's folder, its chat, its stand-in's address, and the two that take turns."""

    folder: Path
    chat: Chat
    url: str
    smtp: int
    lanyard_url: str
    floor_url: str
    profile: Path | None = None

    @cached_property
    def env(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("LANYARD_")}
        return {
            **ours,
            "LANYARD_HOME": str(self.folder / "home"),
            "LANYARD_KEY_FILE": str(self.key),
            "LANYARD_DATABASE_URL": self.lanyard_url,
            "LANYARD_URL": "http://127.0.0.1:8090",
            "LANYARD_OPERATOR_EMAIL": "operator@brambledown.example",
            "LANYARD_MAIL_FROM": "lanyard@brambledown.example",
            "LANYARD_SMTP_URL": f"smtp://127.0.0.1:{self.smtp}",
            "LANYARD_PACED": "no",
            **self.chat.settings(self.url),
        }

    @cached_property
    def key(self) -> Path:
        key = self.folder / "key" / "lanyard.key"
        key.parent.mkdir(mode=0o700)
        create_key_file(key)
        return key

    @cached_property
    def lanyard(self) -> Server:
        watched = ["bench.profiled", str(self.profile)] if self.profile else ["bot.main"]
        return Server([sys.executable, "-m", *watched, "serve"], free_port(), self.env)

    @cached_property
    def floor(self) -> Server:
        words = ["--chat", self.url, "--database", self.floor_url, "--key", str(self.key)]
        words += ["--sample", str(self.folder / "sample")]
        return Server([sys.executable, "-m", self.chat.floor, *words], free_port(), self.env)

    def found(self) -> None:
        """Open the school."""
        (self.folder / "home").mkdir(mode=0o700)
        school = str(files("workspace") / "school.toml")
        command = [sys.executable, "-m", "bot.main", "people", "apply", school]
        subprocess.run(command, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def asked(self, path: str) -> Any:
        """What the stand-in says."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as answer:
            return json.load(answer)


@contextmanager
def stage(folder: Path, chat: Chat, urls: tuple[str, str], profile: Path | None) -> Iterator[Stage]:
    """The stand-in runs; the school is founded; the two are ready to be started."""
    standin = spawn([sys.executable, "-m", "bench.standin"], dict(os.environ), AROUND, out=subprocess.PIPE)
    assert standin.stdout
    try:
        ready = json.loads(standin.stdout.readline())
        at = Stage(folder, chat, ready["url"], ready["smtp_port"], *urls, profile)
        try:
            at.found()
            yield at
        finally:
            at.lanyard.stop()
            at.floor.stop()
    finally:
        standin.terminate()
        standin.wait(10)
        standin.stdout.close()


def spawn(command: list[str], env: Mapping[str, str], core: int | None, out: int | None = None) -> Any:
    pinned = ["taskset", "-c", str(core), *command] if core is not None else command
    return subprocess.Popen(pinned, env=env, stdout=out, text=True)


def pin_load() -> None:
    """This process is the load generator."""
    if AROUND is not None:
        os.sched_setaffinity(0, {AROUND})


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
