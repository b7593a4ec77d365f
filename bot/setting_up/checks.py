"""What is wrong with an answer: each check gives the sentence, or nothing."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from bot.setting_up.terminal import NONE, Check, Terminal
from bot.settings import Settings

EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
PHONE = re.compile(r"(0|\+44)\d{9,10}")
EMERGENCY = ("999", "112", "101", "111")


class Checks:
    """The checks, with the words for what they find."""

    def __init__(self, terminal: Terminal) -> None:
        self._word = terminal.word

    def setting(self, field: str, *, optional: bool = False) -> Check:
        """As the bot itself will read it when it starts."""
        kind = Settings.model_fields[field]
        as_declared: Any = Annotated[kind.annotation, *kind.metadata] if kind.metadata else kind.annotation
        adapter: TypeAdapter[Any] = TypeAdapter(as_declared)

        def check(answer: str) -> str:
            if not answer or (answer == NONE and not optional):
                return self._word("no.required")
            if answer == NONE:
                return ""
            try:
                adapter.validate_python(answer)
            except ValidationError as wrong:
                return f"It {wrong.errors()[0]['msg'].removeprefix('Value error, ')}."
            return ""

        return check

    def key_outside(self, home: str) -> Check:
        def check(answer: str) -> str:
            if not answer or answer == NONE:
                return self._word("no.required")
            inside = full(answer).resolve().is_relative_to(full(home).resolve())
            return self._word("no.inside") if inside else ""

        return check

    def signing_secret(self, answer: str) -> str:
        return "" if re.fullmatch(r"(?!xox|xapp)\S{16,64}", answer) else self._word("no.secret")

    def in_the_open(self, answer: str) -> str:
        """An address that Microsoft can reach: it speaks over TLS or not at all."""
        if not answer.startswith("https://"):
            return self._word("no.https")
        return self.setting("url")(answer)

    def client_secret(self, answer: str) -> str:
        """Entra shows a secret's id beside its value."""
        if not self.setting("teams_tenant")(answer):
            return self._word("no.secret_id")
        return "" if re.fullmatch(r"\S{16,}", answer) else self._word("no.client_secret")

    def email(self, answer: str) -> str:
        return "" if EMAIL.fullmatch(answer) else self._word("no.email")

    def emails(self, *, needed: bool) -> Check:
        """One address, or several parted by commas."""

        def check(answer: str) -> str:
            if answer in ("", NONE):
                return self._word("no.needed") if needed else "" if answer else self._word("no.required")
            return "" if all(EMAIL.fullmatch(one) for one in parted(answer)) else self._word("no.email")

        return check

    def full_name(self, answer: str) -> str:
        return "" if len(answer.split()) > 1 else self._word("no.name")

    def phone(self, *, optional: bool = False) -> Check:
        def check(answer: str) -> str:
            if optional and answer == NONE:
                return ""
            digits = re.sub(r"[\s().-]", "", answer)
            if digits in EMERGENCY:
                return self._word("no.emergency")
            return "" if PHONE.fullmatch(digits) else self._word("no.phone")

        return check

    def port(self, answer: str) -> str:
        return "" if answer.isdigit() and 0 < int(answer) < 65536 else self._word("no.port")

    def day_from(self, today: date, example: str) -> Check:
        def check(answer: str) -> str:
            try:
                return "" if date.fromisoformat(answer) >= today else self._word("no.date", example=example)
            except ValueError:
                return self._word("no.date", example=example)

        return check


def parted(answer: str) -> list[str]:
    return [one.strip() for one in answer.split(",") if one.strip()]


def full(answer: str) -> Path:
    return Path(answer).expanduser().absolute()
