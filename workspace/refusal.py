"""How the stand-in says no: the name Slack gives the mistake, and why."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """The Web API refuses a call."""

    def __init__(self, name: str, messages: list[str] | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.messages = messages or []

    def answer(self) -> Json:
        said: Json = {"ok": False, "error": self.name}
        if self.messages:
            said["errors"] = self.messages
            said["response_metadata"] = {"messages": self.messages}
        return said
