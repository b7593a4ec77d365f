"""A message of Teams that somebody chose to report: what its payload holds, and nothing that is asked about it."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from handlers.teams.entrance import inner, text
from workflows.drafts import Quoted

Payload = Mapping[str, Any]

# Teams's own longest message is of about 28 kB.
LONGEST = 40_000
BREAKS = ("p", "div", "br", "li", "tr", "blockquote", "h1", "h2", "h3", "pre")
UNREAD = ("script", "style", "attachment")
PICTURES = ("img", "emoji")
TAG = re.compile(r"(<[^<>]*>)")
NAME = re.compile(r"<(/?)([A-Za-z][\w-]*)[^<>]*>")
COMMENT = re.compile(r"<[!?/][^<>]*>")
ALT = re.compile(r"""\salt=(?:"([^"]*)"|'([^']*)')""")


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
        said = plain(said)
    lines = (" ".join(line.split()) for line in said.splitlines())
    return "\n".join(line for line in lines if line).encode("utf-8", "replace").decode()


def plain(page: str) -> str:
    """What a page would show, without looks: a picture by its description, a mention by its name."""
    found, unread = list[str](), 0
    # A parser of pages takes minutes over what was made to be slow; this reads each letter a few times at most.
    for piece in TAG.split(page):
        named = NAME.match(piece)
        if not named:
            found += [] if unread or COMMENT.match(piece) else [html.unescape(piece)]
            continue
        closes, tag = bool(named[1]), named[2].lower()
        if tag in BREAKS:
            found.append("\n")
        if tag in UNREAD and not piece.endswith("/>"):
            unread = max(0, unread + (-1 if closes else 1))
        if tag in PICTURES and (told := ALT.search(piece)):
            found.append(html.unescape(told[1] or told[2] or ""))
    return "".join(found)


def moment(message: Payload) -> str:
    said = message.get("createdDateTime")
    try:
        at = datetime.fromisoformat(said) if isinstance(said, str) else datetime.now(UTC)
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or one at the very ends of the calendar
        at = datetime.now(UTC)
    return at.isoformat(timespec="seconds")


def author(message: Payload) -> str:
    sender = inner(message, "from")
    return text(sender, "user", "displayName") or text(sender, "application", "displayName")


def link(message: Payload) -> str:
    """Its address as Teams gives it: to be read, and never fetched."""
    said = message.get("linkToMessage")
    return said if isinstance(said, str) and said.startswith("https://teams.") else ""
