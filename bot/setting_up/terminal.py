"""Asks the operator, one plain line at a time, and keeps every answer until the set-up is done."""

import getpass
import json
import re
import sys
import textwrap
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path

from storage.durable import appearing

WIDE = 96
NONE = "-"
Check = Callable[[str], str]


def words() -> Mapping[str, str]:
    """Everything that the set-up says, as table.key."""
    text = (resources.files("templates") / "setup.toml").read_text(encoding="utf-8")
    return {f"{table}.{key}": line for table, lines in tomllib.loads(text).items() for key, line in lines.items()}


class Kept:
    """What was typed, in a file that only its owner can read; thrown away at the end."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._answers: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        self.begun = bool(self._answers)

    def get(self, key: str) -> str:
        return self._answers.get(key, "")

    def put(self, key: str, value: str) -> None:
        self._answers[key] = value
        with appearing(self._file) as out:
            out.write(json.dumps(self._answers).encode())

    def forget(self) -> None:
        self._file.unlink(missing_ok=True)


class Terminal:
    """Plain text in, plain text out: it reads as well from a pipe, and by a screen reader."""

    def __init__(self, kept: Kept, chat: str = "Slack") -> None:
        self.kept, self.chat, self.words = kept, chat, words()

    def word(self, name: str, /, **values: object) -> str:
        return self.words[name].strip().format(**{"chat": self.chat, **values})

    def say(self, name: str, /, **values: object) -> None:
        for line in self.word(name, **values).splitlines():
            hanging = " " * len(marker[0]) if (marker := re.match(r"- |\d\. ", line)) else ""
            print(textwrap.fill(line, WIDE, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False))
        print()

    def tell(self, sentence: str) -> None:
        """Something that another part of us found, set in."""
        print(textwrap.fill(sentence, WIDE, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False))
        print()

    def title(self, name: str, number: int, of: int) -> None:
        heading = f"{number} of {of}. {self.word(f'title.{name}')}"
        print(f"\n{heading}\n{'-' * len(heading)}\n")

    def ask(
        self, name: str, check: Check | None = None, default: str = "", *, key: str = "", secret: bool = False,
        **values: object,
    ) -> str:  # fmt: skip
        """An answer that the check has nothing against; "" where "-" was typed.  Raises EOFError at the end."""
        key = key or name
        default = self.kept.get(key) or default
        shown = f" [{'as before' if secret else default}]" if default else ""
        while True:
            answer = self._read(f"{self.word(name, **values)}{shown}: ", secret=secret) or default
            problem = check(answer) if check else "" if answer else self.word("no.required")
            if not problem:
                self.kept.put(key, answer)
                return "" if answer == NONE else answer
            print(textwrap.fill(problem, WIDE, initial_indent="  ", subsequent_indent="  "))

    def yes(self, name: str, /, *, default: bool = True, **values: object) -> bool:
        """Yes or no; Enter is the answer in capitals."""
        while True:
            said = self._read(f"{self.word(name, **values)}? [{'Y/n' if default else 'y/N'}]: ").lower()
            if said in ("", "y", "yes", "n", "no"):
                return default if not said else said.startswith("y")
            print(f"  {self.word('no.yes')}")

    def choose(self, name: str, options: Sequence[str], *, key: str, free: Check | None = None) -> str:
        """The number of one of the lines, as text from "1" on; or, where ``free`` has nothing against it, a text."""
        for number, line in enumerate(options, 1):
            print(textwrap.fill(f"{number}. {line}", WIDE, initial_indent="  ", subsequent_indent="     "))
        print()

        def check(answer: str) -> str:
            if answer.isdigit() and 1 <= int(answer) <= len(options):
                return ""
            return free(answer) if free and answer and not answer.isdigit() else self.word("no.number")

        return self.ask(name, check, key=key)

    def typed(self, name: str, /, **values: object) -> str:
        """An answer that is kept nowhere."""
        return self._read(f"{self.word(name, **values)}: ")

    def wait(self, name: str) -> None:
        self._read(f"{self.word(name)}. ")

    def _read(self, prompt: str, *, secret: bool = False) -> str:
        hidden = secret and sys.stdin.isatty()
        answer = (getpass.getpass if hidden else input)(prompt).strip()
        if not sys.stdin.isatty():
            print()  # whoever answers from a pipe ends no line on the screen
        return answer
