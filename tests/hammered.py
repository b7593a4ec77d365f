"""Knocks at the real bot's door, in a process of its own, as strangers do; says in JSON what came of it."""

import asyncio
import hashlib
import hmac
import json
import logging
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette

from bot import telemetry
from bot.compose import application
from bot.ground import open_ground
from bot.settings import Settings

FORM, JSON = b"application/x-www-form-urlencoded", b"application/json"
Headers = list[tuple[bytes, bytes]]
Knock = tuple[Headers, bytes]
SHAPES = (b"", b"payload=", b"payload=[]", b"payload=null", b"payload=%7B", b"a&b&c", b"command=%2Freport", b"\xff\xfe")
BODIES = (
    b"{}",
    b"[]",
    b"null",
    b'{"type":"event_callback"}',
    b'{"type":NaN}',
    b"[" * 3000,
    b'{"a":' * 500,
    b"\x00" * 99,
)
PATHS = {"slack": "/slack/events", "teams": "/teams/api/messages"}
STAMPS = (b"abc", b"-1", b"9" * 40, b"1", b"", b"1e9")


class Strangers:
    """An endless crowd; the same one for the same seed."""

    door: str

    def __init__(self) -> None:
        self.dice = random.Random(20)

    def knocks(self) -> Iterator[tuple[str, Knock]]:
        kinds: tuple[Callable[[], Knock], ...] = (
            self.unsigned, self.forged, self.stale, self.malformed, self.torn, self.foreign, self.replayed, self.event,
        )  # fmt: skip
        while True:
            kind = self.dice.choice(kinds)
            yield kind.__name__, kind()


class AtSlacksDoor(Strangers):
    """With Slack's signature, where they have one."""

    door = "slack"

    def __init__(self, secret: bytes, team: str) -> None:
        super().__init__()
        self.secret, self.team = secret, team
        raw = self.said(
            b"command", {"command": "/report", "user_id": "U0OYELARAN", "team_id": team, "trigger_id": "1.2"}
        )
        self.recorded = self.signed(raw, FORM)

    def unsigned(self) -> Knock:
        stamp, mark = self.dice.choice(STAMPS), self.dice.randbytes(self.dice.choice((0, 8, 32))).hex().encode()
        return [(b"x-slack-request-timestamp", stamp), (b"x-slack-signature", b"v0=" + mark)], self.dice.randbytes(60)

    def forged(self) -> Knock:
        headers, raw = self.signed(self.dice.randbytes(60), FORM)
        return [*headers[:-1], (b"x-slack-signature", b"v0=" + self.dice.randbytes(32).hex().encode())], raw

    def stale(self) -> Knock:
        return self.signed(self.recorded[1], FORM, at=int(time.time()) - self.dice.randrange(301, 10**6))

    def malformed(self) -> Knock:
        """Slack's own signature under what no reader can read: the hardest case for what stands behind the gate."""
        if self.dice.random() < 0.5:
            return self.signed(self.dice.choice(BODIES), JSON)
        return self.signed(self.dice.choice(SHAPES), self.dice.choice((FORM, b"text/plain", b"")))

    def torn(self) -> Knock:
        """A true request with a piece broken out of it."""
        raw = bytearray(self.recorded[1])
        for _ in range(self.dice.randrange(1, 6)):
            raw[self.dice.randrange(len(raw))] = self.dice.randrange(256)
        return self.signed(bytes(raw[: self.dice.randrange(1, len(raw))]), FORM)

    def foreign(self) -> Knock:
        told = {"type": "event_callback", "team_id": "T0ELSEWHERE", "event_id": "E", "event": {"type": "message"}}
        return self.signed(json.dumps(told).encode(), JSON)

    def replayed(self) -> Knock:
        return self.recorded

    def event(self) -> Knock:
        """Each is new, and each is about nothing: what is remembered of them must not fill the machine."""
        about = {"type": "nothing_that_we_know", "user": "U0OYELARAN"}
        id = f"Ev{self.dice.randrange(10**9)}"
        return self.signed(
            json.dumps({"type": "event_callback", "team_id": self.team, "event_id": id, "event": about}).encode(), JSON
        )

    def said(self, _: bytes, fields: dict[str, str]) -> bytes:
        return urlencode(fields).encode()

    def signed(self, raw: bytes, media: bytes, at: int | None = None) -> Knock:
        stamp = b"%d" % (int(time.time()) if at is None else at)
        mark = hmac.new(self.secret, b"v0:" + stamp + b":" + raw, hashlib.sha256).hexdigest().encode()
        told = [(b"content-type", media), (b"x-slack-request-timestamp", stamp), (b"x-slack-signature", b"v0=" + mark)]
        return told, raw


class AtTeamsDoor(Strangers):
    """With tokens of Microsoft's, where they have one: ``told`` is what the test wrote down of its stand-in."""

    door = "teams"

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__()
        self.body, self.tokens = told["activity"], told["tokens"]
        self.recorded = self.shown(json.dumps(self.body).encode())

    def unsigned(self) -> Knock:
        given = self.dice.choice((b"", b"Bearer", b"Bearer a.b.c", b"Basic " + self.dice.randbytes(30).hex().encode()))
        return [(b"content-type", JSON), (b"authorization", given)], self.dice.randbytes(60)

    def forged(self) -> Knock:
        return self.shown(self.recorded[1], self.dice.choice(self.tokens["forged"]))

    def stale(self) -> Knock:
        return self.shown(self.recorded[1], self.dice.choice(self.tokens["stale"]))

    def malformed(self) -> Knock:
        if self.dice.random() < 0.5:
            return self.shown(self.dice.choice(BODIES))
        return self.shown(self.recorded[1], media=self.dice.choice((FORM, b"text/plain", b"")))

    def torn(self) -> Knock:
        raw = bytearray(self.recorded[1])
        for _ in range(self.dice.randrange(1, 6)):
            raw[self.dice.randrange(len(raw))] = self.dice.randrange(256)
        return self.shown(bytes(raw[: self.dice.randrange(1, len(raw))]))

    def foreign(self) -> Knock:
        elsewhere = {"tenant": {"id": "00000000-0000-4000-8000-000000000000"}}
        return self.shown(json.dumps({**self.body, "channelData": elsewhere}).encode())

    def replayed(self) -> Knock:
        return self.recorded

    def event(self) -> Knock:
        kind = self.dice.choice(("conversationUpdate", "nothingThatWeKnow"))
        fresh = {"type": kind, "id": f"f:{self.dice.randrange(10**9)}"}
        return self.shown(json.dumps({**self.body, **fresh}).encode())

    def shown(self, raw: bytes, token: str = "", media: bytes = JSON) -> Knock:
        given = b"Bearer " + (token or self.tokens["true"]).encode()
        return [(b"content-type", media), (b"authorization", given)], raw


async def answer(app: Starlette, path: str, knock: Knock) -> int:
    """One request by the door that a server would use."""
    headers, raw = knock
    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": b"", "headers": headers, "http_version": "1.1", "scheme": "http",
    }  # fmt: skip
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    await app(scope, receive, send)
    return status


def megabytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 2**20


async def hammered(settings: Settings, clock: Path, times: int, who: Strangers) -> dict[str, Any]:
    ground = open_ground(settings, clock)
    app = application(ground)
    crowd, path = who.knocks(), PATHS[who.door]
    answers: Counter[str] = Counter()
    grown: list[int] = []
    async with app.router.lifespan_context(app):
        for _ in range(4):
            for _ in range(times // 4):
                kind, knock = next(crowd)
                answers[f"{kind} {await answer(app, path, knock)}"] += 1
            grown.append(megabytes())
        remembered, room = app.state.doors[who.door].remembered, app.state.doors[who.door].remembered.room
    ground.database.close()
    bounded = len(remembered.answers) <= room.keys and remembered.octets <= room.octets
    return {"answers": answers, "grown": grown, "bounded": bounded, "remembered": len(remembered.answers)}


def main() -> None:
    telemetry.configure()
    logging.getLogger().setLevel(logging.WARNING)
    settings, (clock, times, told) = Settings.read(), sys.argv[1:]
    secret = settings.slack_signing_secret.get_secret_value().encode()
    slack = AtSlacksDoor(secret, settings.slack_team) if told == "slack" else None
    who = slack or AtTeamsDoor(json.loads(Path(told).read_text(encoding="utf-8")))
    print(json.dumps(asyncio.run(hammered(settings, Path(clock), int(times), who))))


if __name__ == "__main__":
    main()
