"""What Microsoft says of our registration when it is asked for the doctor's sake."""

import asyncio
import email.utils
import re
from datetime import UTC, datetime

import httpx

from handlers.teams.app import Teams
from handlers.teams.places import BOT, GRAPH

WAITS = 10.0
# What the gate lets pass.
OFF = 60
# A question whose answer is nobody: only whether it may be asked is wanted.
FIELD, NOBODY = "mail", "nobody@lanyard.example"
# What is missing, and a number that belongs to it.
Missing = tuple[str, str]


async def missing(teams: Teams) -> list[Missing]:
    """What Microsoft says, in the order in which it is mended."""
    async with httpx.AsyncClient(timeout=WAITS) as http:
        found = await clock(teams, http)
        shown = ""
        for scope in (BOT, GRAPH):
            shown, why = await asyncio.to_thread(token, teams, scope)
            if why:
                return [*found, why]
        return found + await graph(teams, http, shown)


async def clock(teams: Teams, http: httpx.AsyncClient) -> list[Missing]:
    """Whether Microsoft's keys can be fetched, and whether our clock is theirs."""
    try:
        answer = await http.get(teams.places.keys)
        answer.raise_for_status()
        theirs = email.utils.parsedate_to_datetime(answer.headers["Date"])
    except (httpx.HTTPError, KeyError, ValueError):
        return [("keys", "")]
    off = round(abs((datetime.now(UTC) - theirs).total_seconds()))
    return [("clock", str(off))] if off > OFF else []


def token(teams: Teams, scope: str) -> tuple[str, Missing | None]:
    """What was given to us, and why nothing was."""
    try:
        said = teams.tokens.begin().acquire_token_for_client([scope])
    except (httpx.HTTPError, OSError, ValueError, LookupError, RuntimeError):
        return "", ("tenant", "")
    if "access_token" in said:
        return str(said["access_token"]), None
    # Of Microsoft's own sentence only the number: the rest repeats what we sent.
    code = re.search(r"AADSTS(\d+)", str(said.get("error_description", "")))
    number = code[1] if code else ""
    return "", ("token", number)


async def graph(teams: Teams, http: httpx.AsyncClient, shown: str) -> list[Missing]:
    """Whether we may look people up."""
    asked = {"$filter": f"{FIELD} eq '{NOBODY}'", "$select": "id"}
    try:
        place = f"{teams.places.graph}/users"
        answer = await http.get(place, params=asked, headers={"Authorization": f"Bearer {shown}"})
    except httpx.HTTPError:
        return [("silent", "")]
    if answer.status_code in (401, 403):
        return [("denied", "")]
    return [] if answer.is_success else [("busy", str(answer.status_code))]
