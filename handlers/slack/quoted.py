"""A message that somebody chose to report: what its payload holds, and nothing that is asked of Slack about it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from workflows.drafts import Quoted
from workflows.people import Who

Payload = Mapping[str, Any]

# Slack's own longest message.
LONGEST = 40_000
MARK = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
DOMAIN, CHANNEL = re.compile(r"[a-z0-9-]+"), re.compile(r"[A-Z0-9]+")
# A mention more costs a question to Slack more.
MENTIONS = 10


def message_in(body: Payload) -> Quoted:
    """The message, nobody's name known yet; its files stay where they are."""
    message = body["message"]
    files = message.get("files")
    return Quoted(
        text=readable(words_of(message), {}),
        at=datetime.fromtimestamp(float(message["ts"]), UTC).isoformat(timespec="seconds"),
        name=bots_name(message),
        link=permalink(body),
        files=len(files) if isinstance(files, list) else 0,
    )


def author_in(body: Payload) -> str:
    """The id of the person who wrote it; none for an app."""
    message = body["message"]
    user = message.get("user")
    return user if isinstance(user, str) and not message.get("bot_id") else ""


def people_in(body: Payload) -> tuple[str, ...]:
    """Whose names it takes to read it: the author's, and of those whom it mentions."""
    found = users_in(words_of(body["message"]))
    return tuple(dict.fromkeys(filter(None, (author_in(body), *found))))[: MENTIONS + 1]


def users_in(words: str) -> tuple[str, ...]:
    """Those whom a text mentions, as many as are asked for."""
    return tuple(dict.fromkeys(mark[2] for mark in MARK.finditer(words) if mark[1] == "@"))[:MENTIONS]


def named(quoted: Quoted, body: Payload, faces: Mapping[str, Who]) -> Quoted:
    """The same with the names that Slack told."""
    names = {id: face.name for id, face in faces.items() if face.name}
    name = quoted.name or names.get(author_in(body), "")
    return replace(quoted, text=readable(words_of(body["message"]), names), name=name)


def words_of(message: Payload) -> str:
    """Its text, and that of what was forwarded with it."""
    parts = [message.get("text"), *forwarded(message.get("attachments"))]
    whole = "\n\n".join(part for part in parts if isinstance(part, str) and part.strip())
    return whole[:LONGEST].encode("utf-8", "replace").decode()


def forwarded(attachments: object) -> Iterator[object]:
    for each in attachments if isinstance(attachments, list) else ():
        if isinstance(each, dict):
            yield each.get("text") or each.get("fallback")


def readable(text: str, names: Mapping[str, str]) -> str:
    """Slack's marks as people read them: a name for a mention, an address as it is spelt."""

    def plain(mark: re.Match[str]) -> str:
        kind, what, label = mark[1], mark[2], mark[3] or ""
        match kind:
            case "@":
                return f"@{names.get(what) or label or what}"
            case "#":
                return f"#{label or what}"
            case "!":
                return label or f"@{what.partition('^')[0]}"
            case _:
                return f"{label} ({what})" if label and label != what else what

    return MARK.sub(plain, text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def bots_name(message: Payload) -> str:
    profile = message.get("bot_profile")
    name = profile.get("name") if isinstance(profile, dict) else None
    found = (name or message.get("username")) if message.get("bot_id") else ""
    return found if isinstance(found, str) else ""


def permalink(body: Payload) -> str:
    """Its address as Slack makes them: put together, for Slack tells only of rooms that the bot is in."""
    message, channel = body["message"], str(body["channel"]["id"])
    domain = str(body["team"].get("domain") or "")
    if not (DOMAIN.fullmatch(domain) and CHANNEL.fullmatch(channel)):
        return ""
    address = f"https://{domain}.slack.com/archives/{channel}/p{message['ts'].replace('.', '')}"
    thread = message.get("thread_ts")
    return f"{address}?thread_ts={thread}&cid={channel}" if isinstance(thread, str) else address
