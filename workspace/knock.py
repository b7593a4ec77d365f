"""Knocking at the bot's door as Slack does: signed, with three seconds to answer, events tried again."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from workspace.refusal import Json
from workspace.settings import Settings
from workspace.socket import Socket

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """What came back; `trouble` is the name Slack gives to no answer or a bad one."""

    status: int = 0
    body: bytes = b""
    trouble: str | None = None
    no_retry: bool = False

    def json(self) -> Any:
        """The body as JSON; None when it is empty or something else."""
        try:
            return json.loads(self.body) if self.body.strip() else None
        except ValueError:
            return None


class Knock:
    """The stand-in's HTTP client towards the bot."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.socket = Socket(settings.host)
        self.client: httpx.AsyncClient | None = None

    async def open(self) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=2)
        self.client = httpx.AsyncClient(trust_env=False, timeout=None, limits=limits)  # noqa: S113 - see send
        await self.socket.open()

    async def close(self) -> None:
        await self.socket.close()
        if self.client:
            await self.client.aclose()

    async def form(self, base: str, fields: Json) -> Answer:
        if self.socket.used:
            return await self.carry("command", fields)
        return await self.send(base, urlencode(fields).encode(), FORM, {})

    async def payload(self, base: str, payload: Json) -> Answer:
        if self.socket.used:
            return await self.carry("interaction", payload)
        return await self.form(base, {"payload": json.dumps(payload)})

    async def event(self, base: str, envelope: Json, headers: dict[str, str]) -> Answer:
        if self.socket.used and "event" in envelope:
            retry = int(headers.get("X-Slack-Retry-Num", "0")), headers.get("X-Slack-Retry-Reason", "")
            return await self.carry("event", envelope, retry)
        return await self.send(base, json.dumps(envelope).encode(), JSON, headers)

    async def carry(self, kind: str, payload: Json, retry: tuple[int, str] = (0, "")) -> Answer:
        """The same over one of the app's own lines."""
        try:
            async with asyncio.timeout(self.settings.ack_seconds):
                return Answer(200, await self.socket.send(kind, payload, retry))
        except TimeoutError:
            return Answer(trouble="operation_timeout")
        except OSError:
            return Answer(trouble="dispatch_failed")

    async def send(self, base: str, body: bytes, type: str, headers: dict[str, str]) -> Answer:
        """One request, signed now; the whole of it has three seconds."""
        assert self.client, "the workspace is not running"  # noqa: S101 - a mistake in the calling code
        signed = {"Content-Type": type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        signed |= self.signature(body) | headers
        try:
            async with asyncio.timeout(self.settings.ack_seconds):
                answer = await self.client.post(f"{base}/slack/events", content=body, headers=signed)
        except TimeoutError:
            return Answer(trouble="operation_timeout")
        except httpx.HTTPError:
            return Answer(trouble="dispatch_failed")
        no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
        trouble = None if answer.is_success else "dispatch_failed"
        return Answer(answer.status_code, answer.content, trouble, no_retry)

    def signature(self, body: bytes) -> dict[str, str]:
        now = str(int(time.time()))
        key = self.settings.signing_secret.encode()
        digest = hmac.new(key, b"v0:" + now.encode() + b":" + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": f"v0={digest}"}
