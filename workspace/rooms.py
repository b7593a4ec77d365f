"""Channels and direct messages: who is in them, what was said, what each person has seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from workspace.clock import Clock
from workspace.people import Town
from workspace.refusal import Json, SlackError
from workspace.views import name_block


@dataclass
class Message:
    ts: str
    user: str
    text: str
    blocks: list[Json] | None = None
    bot: bool = False
    thread_ts: str | None = None
    edited: str | None = None
    only_for: str | None = None
    metadata: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    @property
    def at(self) -> str:
        return datetime.fromtimestamp(float(self.ts), UTC).isoformat(timespec="seconds")

    @property
    def ephemeral(self) -> bool:
        return self.only_for is not None


@dataclass
class Room:
    id: str
    name: str
    kind: str  # channel, private, im or mpim
    members: list[str]
    topic: str = ""
    shared: bool = False
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)

    def message(self, ts: str | None) -> Message:
        if not ts or ts not in self.messages or self.messages[ts].ephemeral:
            raise SlackError("message_not_found")
        return self.messages[ts]

    def can_see(self, message: Message, user: str) -> bool:
        return user in self.members and message.only_for in {None, user}


class Rooms:
    """All rooms of the workspace, opened as the town's file tells."""

    def __init__(self, town: Town, clock: Clock) -> None:
        self.town, self.clock = town, clock
        self.rooms: dict[str, Room] = {}
        self.last = 0
        for told in town.channels:
            self.furnish(told)
        for person in town.chatters():
            self.between([person.id, town.bot["id"]])
        for told in town.dms:
            self.between(told["members"])
        for told in town.said:
            self.seed(told)

    def furnish(self, told: Json) -> None:
        members = [*told["members"], *([self.town.bot["id"]] if told.get("bot") else [])]
        kind = "private" if told.get("private") else "channel"
        topic, shared = told.get("topic", ""), bool(told.get("shared"))
        self.rooms[told["id"]] = Room(told["id"], told["name"], kind, members, topic, shared)

    def between(self, members: Iterable[str]) -> Room:
        """The direct messages of these people; the same people always share one room."""
        who = sorted(set(members))
        letter, kind = ("D", "im") if len(who) < 3 else ("G", "mpim")
        name = letter + hashlib.sha256(",".join(who).encode()).hexdigest()[:9].upper()
        if name not in self.rooms:
            self.rooms[name] = Room(name, "", kind, who)
        return self.rooms[name]

    def with_bot(self, user: str) -> Room:
        return self.between([user, self.town.bot["id"]])

    def seed(self, told: Json) -> None:
        at = self.clock.now() - timedelta(minutes=told["minutes"])
        room = self.called(told["channel"]) or self.between(told["channel"].split(","))
        message = Message(f"{at.timestamp():.6f}", told["user"], told["text"])
        room.messages[message.ts] = message
        room.seen = dict.fromkeys(room.members, message.ts)

    def called(self, name: str) -> Room | None:
        return next((room for room in self.rooms.values() if room.name and room.name == name), None)

    def room(self, id: str | None) -> Room:
        if not id or id not in self.rooms:
            raise SlackError("channel_not_found")
        return self.rooms[id]

    def seen_by_bot(self, id: str | None) -> Room:
        """A room the bot may know of: public ones, and those it is in."""
        room = self.room(id)
        if room.kind != "channel" and self.town.bot["id"] not in room.members:
            raise SlackError("channel_not_found")
        return room

    def joined_by_bot(self, id: str | None) -> Room:
        """A room the bot may speak in."""
        room = self.seen_by_bot(id)
        if self.town.bot["id"] not in room.members:
            raise SlackError("not_in_channel")
        if room.archived:
            raise SlackError("is_archived")
        return room

    def of(self, user: str) -> list[Room]:
        return [room for room in self.rooms.values() if user in room.members]

    def next_ts(self) -> str:
        """Slack's message id: a time that never repeats."""
        self.last = max(self.last + 1, int(self.clock.now().timestamp() * 1_000_000))
        return f"{self.last // 1_000_000}.{self.last % 1_000_000:06d}"

    def say(self, room: Room, message: Message) -> Message:
        for block in message.blocks or []:
            name_block(block)
        room.messages[message.ts] = message
        if not message.bot:
            room.seen[message.user] = message.ts
        return message
