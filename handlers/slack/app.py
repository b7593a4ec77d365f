"""Slack's part of the bot: one workspace, one connection out, one door in."""

import logging
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from starlette.responses import JSONResponse, Response

from handlers.desk import Desk
from handlers.gate import Gate, Visit
from handlers.slack.cards import card_blocks, fallback
from handlers.slack.entrance import SHORTCUTS, SlackEntrance
from handlers.slack.files import SlackFiles
from handlers.slack.listeners import AWAY, Listeners, in_a_line, view_of
from handlers.slack.people import People
from handlers.slack.pictures import SlackPictures
from handlers.slack.rooms import SlackRooms
from handlers.slack.sender import LIMITS, SlackSender
from handlers.slack.socket import CALM, Pace, Socket
from handlers.slack.surface import mended

ANY = re.compile(".*", re.DOTALL)


@dataclass(frozen=True, repr=False)
class Workspace:
    """The settings of the one workspace where the app is installed."""

    team: str
    bot_token: str
    signing_secret: str
    url: str = "https://slack.com/api/"
    app_token: str = ""
    away: str = AWAY
    paced: bool = True  # whether we say no more than Slack takes; a stand-in may be told everything at once


class Slack:
    """Made inside the running loop; ``sender``, ``people``, ``files`` work at once, ``door`` lets in."""

    def __init__(self, workspace: Workspace, clock: Callable[[], float] = time.time) -> None:
        self.workspace = workspace
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60, connect=5))
        # The promises own every retry: one that the SDK makes by itself would be a message twice.
        self.client = AsyncWebClient(
            token=workspace.bot_token,
            base_url=workspace.url,
            session=self.session,
            logger=quiet("slack_sdk"),
            retry_handlers=[],
        )
        self.sender = SlackSender(self.client, clock, LIMITS if workspace.paced else ())
        self.people = People(self.client, workspace.team)
        self.rooms = SlackRooms(self.client, self.people, self.sender)
        self.files = SlackFiles(self.client, self.session)
        self.pictures = SlackPictures(self.client, self.session)

    def door(self, desk: Desk, keep: Callable[[bytes, str], Awaitable[object]], alarm: Callable[[str], object]) -> Gate:
        """Its ``enter`` answers POST /slack/events."""
        entrance = SlackEntrance(self.workspace.signing_secret, self.workspace.team)
        return Gate(entrance, Answering(desk, self.client, self.people, alarm, self.workspace.away), keep, alarm)

    def socket(self, gate: Gate, alarm: Callable[[str], object], pace: Pace = CALM) -> Socket | None:
        """Lines that we open ourselves, where the school has given a token for them."""
        return Socket(self.dial, self.session, gate, alarm, pace) if self.workspace.app_token else None

    async def dial(self) -> str:
        """Where Slack wants the next line to begin; in the clear only where its Web API is, in a demo."""
        answer = await self.client.apps_connections_open(app_token=self.workspace.app_token)
        place = str(answer["url"])
        if not place.startswith("wss://" if self.workspace.url.startswith("https:") else ("ws://", "wss://")):
            raise ConnectionError
        return place

    async def close(self) -> None:
        await self.session.close()


class Answering:
    """Bolt finds the listener; the desk's apology is put where the person looks."""

    def __init__(
        self, desk: Desk, client: AsyncWebClient, people: People, alarm: Callable[[str], object], away: str = AWAY
    ) -> None:
        self.desk, self.alarm = desk, alarm
        self.listeners = Listeners(desk, client, people, away)
        self.app = listening(self.listeners, people.team)

    async def answer(self, visit: Visit) -> Response:
        """Bolt is given the values that the gate has read, as in Socket Mode: they are not parsed twice."""
        if fault := cut_off(visit.payload):
            self.alarm(fault)
            return Response()
        asked = AsyncBoltRequest(body=dict(visit.payload), mode="socket_mode")
        answer = await self.app.async_dispatch(asked)
        return Response(answer.body, answer.status, answer.first_headers())

    async def sorry(self, visit: Visit, fault: str) -> Response:
        payload: Any = visit.payload
        # A form that did not open has kept nothing, and its reporter needs the telephone numbers.
        card = await self.desk.sorry("busy" if opens_a_form(payload) else fault)
        if visit.typed and fault == "kept":
            return JSONResponse({"response_action": "update", "view": view_of(card)})
        if visit.typed:
            return JSONResponse(mended(payload["view"], {"": in_a_line(card)}))
        if "command" in payload:
            said = {"text": fallback(card), "blocks": card_blocks(card)}
            return JSONResponse({"response_type": "ephemeral", **said})
        if payload.get("type") == "event_callback":
            self.listeners.later(self.listeners.threads.excuse(payload))
        if payload.get("type") in SHORTCUTS:
            self.listeners.later(self.listeners.excuse(payload, card))
        if payload.get("type") == "block_actions":
            await self.listeners.show(payload, card)
        return Response()


def cut_off(payload: Any) -> str:
    """Which alarm it is, where Slack says that we have been taken out, or that our token no longer counts."""
    event = payload.get("event")
    kind = event.get("type") if isinstance(event, dict) else ""
    if kind == "tokens_revoked":
        tokens = event.get("tokens")
        return "revoked" if isinstance(tokens, dict) and tokens.get("bot") else ""
    return "removed" if kind == "app_uninstalled" else ""


def listening(listeners: Listeners, team: str) -> AsyncApp:
    """A listener for each kind of payload: Bolt looks for one in a row, we in a table."""

    async def authorize(enterprise_id: str | None = None) -> AuthorizeResult:
        # One workspace, checked at the gate: asking Slack who we are would cost a call a request.
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team, bot_token="-")  # noqa: S106

    async def fail(error: Exception) -> None:
        raise error  # to the gate, which keeps what was typed; Bolt would log it and answer 500

    app = AsyncApp(
        name="lanyard",
        logger=quiet("slack_bolt"),
        process_before_response=True,
        request_verification_enabled=False,  # the gate has done it, over the very bytes
        ssl_check_enabled=False,
        url_verification_enabled=False,
        ignoring_self_events_enabled=False,
        authorize=authorize,
    )
    app.command(ANY)(listeners.asked)
    app.shortcut(ANY)(listeners.chosen)
    app.action(ANY)(listeners.pressed)
    app.view(ANY)(listeners.submitted)
    app.view_closed(ANY)(listeners.closed)
    app.event(ANY)(listeners.happened)
    app.error(fail)
    return app


def opens_a_form(payload: Any) -> bool:
    return "command" in payload or payload.get("type") in SHORTCUTS


def quiet(name: str) -> logging.Logger:
    """Both libraries put whole requests into their logs, Bolt even into warnings."""
    logger = logging.getLogger(name)
    logger.setLevel(logging.ERROR)
    return logger
