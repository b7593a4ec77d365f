"""The set-up from beginning to end: what was typed is kept until all of it is done."""

import sys
from collections.abc import Callable
from pathlib import Path

from bot import checking, practising, staff
from bot.setting_up import machine, school
from bot.setting_up.checks import Checks
from bot.setting_up.terminal import Kept, Terminal
from bot.settings import Incomplete, Settings
from storage.durable import appearing
from workflows.people import Who

KEPT, ENV, SCHOOL = ".lanyard-setup.json", ".env", "school.toml"


class SetUp:
    """One run of the set-up; each step is asked in its turn."""

    steps: tuple[str, ...] = ("england", "folders", "slack", "tokens", "letters", "policy", "people", "numbers", "key",
                              "files", "check", "practice")  # fmt: skip
    need, looking = "england.slack", "check.intro"

    def __init__(self, at: Terminal) -> None:
        self.at, self.checks, self.env = at, Checks(at), dict[str, str]()

    def run(self) -> int:
        """0 when the school is founded and ready, 1 when something must be mended, 2 when it is not for them."""
        if not self.in_england():
            return 2
        self.title("folders")
        machine.folders(self.at, self.checks, self.env)
        self.chat()
        self.title("letters")
        machine.mail(self.at, self.checks, self.env)
        made = self.school()
        self.title("key")
        machine.key(self.at, made.name, self.env)
        self.title("files")
        self.write(Path(ENV), "".join(f"{name}={value}\n" for name, value in self.env.items() if value))
        self.write(Path(SCHOOL), school.as_toml(made))
        self.uploaded(made.name)
        return self.founded()

    def chat(self) -> None:
        """The app in the chat that the school uses."""
        self.title("slack")
        machine.slack(self.at, self.checks, self.env)
        self.title("tokens")
        machine.tokens(self.at, self.checks, self.env)

    def finder(self) -> Callable[[str], Who | None]:
        return machine.finder(self.env)

    def uploaded(self, name: str) -> None:
        """What has to be given to the chat's administrator once all is known: nothing in Slack."""

    def examined(self, settings: Settings) -> None:
        """What the chat itself says at the end: Slack has said it already."""

    def title(self, step: str) -> None:
        self.at.title(step, self.steps.index(step) + 1, len(self.steps))

    def in_england(self) -> bool:
        self.title("england")
        self.at.say("england.intro", need=self.at.word(self.need), command=command(self.at))
        if self.at.kept.begun:
            self.at.say("england.again")
        if self.at.yes("england.ask", default=False):
            return True
        self.at.say("england.no")
        return False

    def school(self) -> school.School:
        self.title("policy")
        pack, review = school.policy(self.at, self.checks, Path(self.env["LANYARD_HOME"]))
        self.title("people")
        name, trust, phone = school.names(self.at, self.checks)
        made = school.School(trust, name, phone, pack.id, review)
        school.people(self.at, self.checks, pack, made, self.finder())
        self.title("numbers")
        made.outside = school.numbers(self.at, self.checks)
        return made

    def write(self, file: Path, text: str) -> None:
        """Nothing that is there already is written over without a yes, and even then it is kept."""
        if file.exists() and file.read_text(encoding="utf-8") != text:
            old = file.with_name(f"{file.name}.before")
            if not self.at.yes("files.write", default=False, file=file, old=old):
                self.at.say("files.left", file=file)
                return
            file.replace(old)
        with appearing(file) as out:
            out.write(text.encode())
        self.at.say("files.written", file=file)

    def founded(self) -> int:
        """The people applied, the check run, and one practice report offered."""
        self.title("check")
        self.at.say(self.looking)
        try:
            settings = Settings.read(dotenv=Path(ENV))
        except Incomplete as wrong:
            print(wrong, file=sys.stderr)
            return 1
        if staff.apply_people(settings, Path(SCHOOL), None, yes=False):
            self.at.say("check.people", command=command(self.at))
            return 1
        print()
        mended = checking.check(settings, as_json=False, brief=True) == 0
        print()
        self.at.say("check.whole")
        self.examined(settings)
        if not mended:
            self.at.say("check.mend", command=command(self.at))
            return 1
        self.title("practice")
        self.at.say("practice.intro")
        if self.at.yes("practice.ask"):
            by = self.at.ask("practice.by", self.checks.email, settings.operator_email)
            practising.practise(settings, by, "")
            print()
        self.at.kept.forget()
        self.at.say("practice.end")
        return 0


def set_up(*, teams: bool = False) -> int:
    """Ask, write, found, check; stopped at any moment, it goes on from what was typed."""
    at = Terminal(Kept(Path(KEPT)), "Teams" if teams else "Slack")
    try:
        return of(at, teams=teams).run()
    except (EOFError, KeyboardInterrupt):
        print("\n")
        at.say("stop.kept", command=command(at))
        return 1


def of(at: Terminal, *, teams: bool) -> SetUp:
    """A school's first chat, or Teams beside what it has: then the answers about the school stand already."""
    if not teams:
        return SetUp(at)
    from bot.setting_up.in_teams import BesideIt, InTeams

    begun_whole = at.kept.get("folders.home")
    return BesideIt(at) if Path(ENV).exists() and not begun_whole else InTeams(at)


def command(at: Terminal) -> str:
    """What was typed to come here."""
    return "lanyard setup teams" if at.chat == "Teams" else "lanyard setup"
