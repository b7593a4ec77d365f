"""`lanyard setup teams`: a school whose chat is Teams, or Teams beside the chat that a school has."""

import tomllib
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values

from bot import teams_doctor
from bot.setting_up import microsoft
from bot.setting_up.terminal import Terminal
from bot.setting_up.wizard import ENV, SCHOOL, SetUp
from bot.settings import Settings
from workflows.people import Who


class InTeams(SetUp):
    """From nothing to a school that reports in Teams."""

    steps: tuple[str, ...] = ("england", "folders", "registration", "proof", "rights", "letters", "policy", "people",
                              "numbers", "key", "files", "package", "check", "doctor", "practice")  # fmt: skip
    need = "england.teams"

    def __init__(self, at: Terminal) -> None:
        super().__init__(at)
        self.installing = False

    def chat(self) -> None:
        self.title("registration")
        microsoft.registration(self.at, self.checks, self.env)
        self.title("proof")
        microsoft.proof(self.at, self.checks, self.env)
        self.title("rights")
        self.installing = microsoft.rights(self.at, self.env)

    def finder(self) -> Callable[[str], Who | None]:
        return microsoft.finder(self.env)

    def uploaded(self, name: str) -> None:
        self.title("package")
        microsoft.package(self.at, self.env, name, installing=self.installing)

    def examined(self, settings: Settings) -> None:
        self.title("doctor")
        self.at.say("doctor.intro")
        missing = teams_doctor.examine(settings)
        print()
        if missing:
            self.at.say("doctor.expected")


class BesideIt(InTeams):
    """The school is founded: only what Teams needs is asked, and added to what stands in .env."""

    looking = "beside.people"
    steps = ("registration", "proof", "rights", "files", "package", "check", "doctor", "practice")

    def run(self) -> int:
        """0 when all is done, 1 when something must be mended first."""
        self.env = {name: value for name, value in dotenv_values(ENV, interpolate=False).items() if value}
        self.at.say("beside.intro", file=Path(ENV).absolute())
        if lacking := [name for name in ("LANYARD_HOME", "LANYARD_KEY_FILE") if name not in self.env]:
            self.at.say("beside.lacking", names=" and ".join(lacking))
            return 1
        if not Path(SCHOOL).exists():
            self.at.say("beside.no_school")
            return 1
        if self.at.kept.begun:
            self.at.say("england.again")
        self.chat()
        self.title("files")
        self.write(Path(ENV), added(Path(ENV).read_text(encoding="utf-8"), self.env))
        told = tomllib.loads(Path(SCHOOL).read_text(encoding="utf-8"))
        self.uploaded(str(told["trust"]))
        return self.founded()


def added(text: str, env: dict[str, str]) -> str:
    """The file as it was, line for line, with what is new at its end, and what differs in its place."""
    lines, left = list[str](), dict(env)
    for line in text.splitlines():
        name = line.partition("=")[0].strip()
        value = left.pop(name, None)
        same = value is None or dotenv_values_of(line).get(name) == value
        lines.append(line if same else f"{name}={value}")
    return "\n".join([*lines, *(f"{name}={value}" for name, value in left.items())]) + "\n"


def dotenv_values_of(line: str) -> dict[str, str | None]:
    return dict(dotenv_values(stream=StringIO(line), interpolate=False))
