"""What Microsoft says of our registration when it is asked for the doctor's sake."""

import asyncio
import email.utils
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx

from handlers.senders import Unreachable
from handlers.teams.calls import FAILURES, status
from handlers.teams.graph import Graph, graph_of
from handlers.teams.places import BOT, GRAPH, Places
from handlers.teams.tokens import Registration, Tokens

WAITS = 10.0
# What the gate lets pass.
OFF = 60
# A question whose answer is nobody: only whether it may be asked is wanted.
FIELD, NOBODY = "mail", "nobody@lanyard.example"
DOOR = "/teams/api/messages"
UNSIGNED = 401
# What is missing, and a number that belongs to it.
Missing = tuple[str, str]


async def missing(us: Registration, places: Places) -> list[Missing]:
    """What Microsoft says, in the order in which it is mended."""
    found = await clock(places)
    if why := await proven(us, places):
        return [*found, why]
    return found + await permitted(us, places)


async def clock(places: Places) -> list[Missing]:
    """Whether Microsoft's keys can be fetched, and whether our clock is theirs."""
    try:
        async with httpx.AsyncClient(timeout=WAITS) as http:
            answer = await http.get(places.keys)
        answer.raise_for_status()
        theirs = email.utils.parsedate_to_datetime(answer.headers["Date"])
    except (httpx.HTTPError, KeyError, ValueError):
        return [("keys", "")]
    off = round(abs((datetime.now(UTC) - theirs).total_seconds()))
    return [("clock", str(off))] if off > OFF else []


async def proven(us: Registration, places: Places) -> Missing | None:
    """Why we are given no token, if we are not."""
    tokens = Tokens(us, places)
    try:
        for scope in (BOT, GRAPH):
            if why := await asyncio.to_thread(token, tokens, scope):
                return why
    finally:
        tokens.close()
    return None


def token(tokens: Tokens, scope: str) -> Missing | None:
    try:
        said = tokens.begin().acquire_token_for_client([scope])
    except (httpx.HTTPError, OSError, ValueError, LookupError, RuntimeError):
        return "tenant", ""
    if "access_token" in said:
        return None
    # Of Microsoft's own sentence only the number: the rest repeats what we sent.
    code = re.search(r"AADSTS(\d+)", str(said.get("error_description", "")))
    return "token", code[1] if code else ""


async def permitted(us: Registration, places: Places) -> list[Missing]:
    """Whether we may look people up."""
    asked = {"$filter": f"{FIELD} eq '{NOBODY}'", "$select": "id"}
    async with graph_of(us, places) as graph:
        try:
            await graph.ask("GET", f"{places.graph}/users", params=asked)
        except (*FAILURES, Unreachable) as error:
            if status(error) in (401, 403):
                return [("denied", "")]
            return [("busy", str(status(error)))] if status(error) else [("silent", "")]
    return []


async def answering(url: str) -> list[Missing]:
    """Whether our own door answers where Microsoft is to knock, as far as this machine can see."""
    try:
        async with httpx.AsyncClient(timeout=WAITS) as http:
            answer = await http.post(f"{url}{DOOR}", json={})
    except (httpx.HTTPError, httpx.InvalidURL):
        return [("closed", f"{url}{DOOR}")]
    return [] if answer.status_code == UNSIGNED else [("door", f"{url}{DOOR}")]


async def called_otherwise(graph: Graph, app_id: str, user: str) -> str:
    """The id in the manifest of an app of this registration in somebody's Teams that is not the registration's own.

    https://learn.microsoft.com/graph/api/userteamwork-list-installedapps.  Raises one of FAILURES, or Unreachable.
    """
    place, asked = f"{graph.base}/users/{user}/teamwork/installedApps", {"$expand": "teamsApp,teamsAppDefinition"}
    async for each in graph.pages(place, asked):
        app, made = named(each, "teamsApp"), named(each, "teamsAppDefinition")
        other = str(app.get("externalId") or "")
        if str(made.get("azureADAppId") or "").lower() == app_id.lower() and other.lower() != app_id.lower():
            return other
    return ""


def named(found: Mapping[str, object], name: str) -> Mapping[str, object]:
    inner = found.get(name)
    return inner if isinstance(inner, dict) else {}
