"""Saying no: each refusal names the words that explain it, never the words themselves."""

from collections.abc import Mapping

from templates.shapes import Message


class Refused(Exception):
    """An expected no: shown to the person who asked, changing nothing."""

    def __init__(self, because: str, **values: object) -> None:
        super().__init__(because)
        self.message = Message(f"refusals.{because}", values=values)


class BadAnswers(Refused):
    """Some answers need another look: field id to the name of what is wrong (in words, once the desk spoke)."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("answers")
        self.problems = dict(problems)
