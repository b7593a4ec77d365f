"""How the stand-in says no: the name Slack gives the mistake, and why."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """The Web API refuses a call."""

    def __init__(self, name: str, messages: list[str] | None = None, **more: str) -> None:
        super().__init__(name)
        self.name = name
        self.messages = messages or []
        self.more = more

    def answer(self) -> Json:
        said: Json = {"ok": False, "error": self.name, **self.more}
        if self.messages:
            said["errors"] = self.messages
            said["response_metadata"] = {"messages": self.messages}
        return said
