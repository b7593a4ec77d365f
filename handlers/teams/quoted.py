"""A message of Teams that somebody chose to report: what its payload holds, and nothing that is asked about it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from handlers.teams.entrance import inner, text
from workflows.drafts import Quoted

Payload = Mapping[str, Any]

# Teams's own longest message is of about 28 kB.
LONGEST = 40_000
BREAKS = ("p", "div", "br", "li", "tr", "blockquote", "h1", "h2", "h3", "pre")
UNREAD = ("script", "style", "attachment")


def message_in(body: Payload) -> Quoted:
    """The message, with the name that Teams gives its author; its files stay where they are."""
    message = inner(inner(body, "value"), "messagePayload")
    files = message.get("attachments")
    return Quoted(
        text=words_of(message),
        at=moment(message),
        name=author(message),
        link=link(message),
        files=len(files) if isinstance(files, list) else 0,
    )


def author_in(body: Payload) -> str:
    """The id of the person who wrote it; none for an app."""
    message = inner(inner(body, "value"), "messagePayload")
    return text(inner(message, "from"), "user", "id").lower()


def words_of(message: Payload) -> str:
    """Its text as people read it."""
    said = text(message, "body", "content")[:LONGEST]
    if text(message, "body", "contentType") == "html":
        reader = Plain()
        reader.feed(said)
        reader.close()
        said = "".join(reader.found)
    lines = (" ".join(line.split()) for line in said.splitlines())
    return "\n".join(line for line in lines if line).encode("utf-8", "replace").decode()


class Plain(HTMLParser):
    """What a page would show, without looks: a picture by its description, a mention by its name."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BREAKS:
            self.found.append("\n")
        self.unread += tag in UNREAD
        told = dict(attrs)
        if tag in ("img", "emoji") and told.get("alt"):
            self.found.append(str(told["alt"]))

    def handle_endtag(self, tag: str) -> None:
        if tag in BREAKS:
            self.found.append("\n")
        self.unread -= tag in UNREAD and self.unread > 0

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self.found.append(data)


def moment(message: Payload) -> str:
    said = message.get("createdDateTime")
    try:
        at = datetime.fromisoformat(said) if isinstance(said, str) else datetime.now(UTC)
    except ValueError:
        at = datetime.now(UTC)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")


def author(message: Payload) -> str:
    sender = inner(message, "from")
    return text(sender, "user", "displayName") or text(sender, "application", "displayName")


def link(message: Payload) -> str:
    """Its address as Teams gives it: to be read, and never fetched."""
    said = message.get("linkToMessage")
    return said if isinstance(said, str) and said.startswith("https://teams.") else ""
