"""`lanyard teams install`: the app put into the Teams of everybody who works at the school, by Microsoft Graph."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import typer

from bot.ground import Ground, errand
from bot.settings import Settings
from handlers.senders import Unreachable
from workflows import installing
from workflows.installing import Wanted

if TYPE_CHECKING:
    from handlers.teams.installing import Apps

Answer = TypeVar("Answer")

PERMISSION = "TeamsAppInstallation.ReadWriteSelfForUser.All"
SAID = {
    "permission": f"Microsoft does not let us: grant {PERMISSION} (application) in Entra, under API permissions, "
    "and give the administrator's consent. Or add Lanyard to a set-up policy instead (docs/teams.md).",
    "app": "Microsoft says that the app in your catalogue is not this registration's. "
    "Write its package again (lanyard teams package lanyard.zip) and upload it there as an update.",
    "nowhere": "The app was not found in your catalogue. Upload its package first; then open Lanyard once in Teams "
    "yourself (Apps, Built for your org), or copy its App ID from the Teams admin centre: --app ID.",
    "silent": "Microsoft does not answer. What was done is done; run this again later.",
}


@dataclass
class Run:
    """What one run has found and done, kept as it goes: it may be stopped at any moment."""

    users: dict[str, str] = field(default_factory=dict)  # Teams's id by person
    have: list[Wanted] = field(default_factory=list)
    lack: list[Wanted] = field(default_factory=list)
    without: list[Wanted] = field(default_factory=list)
    refused: list[Wanted] = field(default_factory=list)
    given: list[Wanted] = field(default_factory=list)
    app: str = ""


def install(settings: Settings, app: str, *, yes: bool) -> int:
    """0 when everybody who has an account has the app, 1 when somebody could not be given it, 2 when nobody could."""
    if not settings.teams_app_id:
        print("Teams is not set up: LANYARD_TEAMS_APP_ID is not set. See docs/teams.md.", file=sys.stderr)
        return 2
    tenant = settings.teams_tenant.lower()
    with errand(settings) as ground:
        people: list[Wanted] = ground.database.look_now(ground.trust, installing.wanted, "teams", tenant)
        run = Run(app=app)
        if problem := attempted(lambda: asked(settings, lambda apps: look(apps, run, people, settings))):
            print(SAID[problem], file=sys.stderr)
            return 2
        show(run)
        if not run.lack:
            print("Nothing to change.")
            return 1 if run.refused else 0
        if not run.app:
            print(SAID["nowhere"], file=sys.stderr)
            return 2
        if not yes and not typer.confirm(f"Put Lanyard into the Teams of {people_of(len(run.lack))}?"):
            print("Nothing was changed.")
            return 1
        return carried_out(ground, run)


def carried_out(ground: Ground, run: Run) -> int:
    """Give it to one after the other; whatever stops that, what was done is counted and on the record."""
    try:
        problem = attempted(lambda: asked(ground.settings, lambda apps: give(apps, run)))
    finally:
        if run.given or run.refused:
            ids = [each.person for each in run.given]
            ground.database.run_now(ground.trust, installing.given, ids, len(run.refused))
        left = len(run.lack) - len(run.given)
        print(f"Given to {len(run.given)}; {len(run.have)} had it already; {left} left.")
    for each in run.refused:
        print(f"  {each.name}: an app policy keeps it from them, or they have no licence for Teams.", file=sys.stderr)
    if problem:
        print(SAID[problem], file=sys.stderr)
    elif run.given:
        print("Teams tells the bot of each, if it runs. Who is still missing tomorrow: lanyard teams doctor")
    return 1 if run.refused or problem else 0


async def look(apps: "Apps", run: Run, people: list[Wanted], settings: Settings) -> None:
    """Who has it, who has it not, and what it is called in the school's catalogue."""
    for each in people:
        user = each.account or await user_at(apps, each.emails)
        if not user:
            run.without.append(each)
            continue
        run.users[each.person] = user
        there = await known_as(apps, user)
        (run.refused if there is None else run.have if there else run.lack).append(each)
        run.app = run.app or there or ""
    operator = "" if run.app else await user_at(apps, (settings.operator_email,))
    run.app = run.app or (await known_as(apps, operator) if operator else "") or await apps.in_catalogue()


async def known_as(apps: "Apps", user: str) -> str | None:
    """The app's id in the catalogue where this person has it, "" where not; None where Microsoft does not say."""
    from handlers.teams.installing import Refused

    try:
        return await apps.of(user)
    except Refused:
        return None


async def user_at(apps: "Apps", emails: tuple[str, ...]) -> str:
    """The account in use of whoever has one of these addresses."""
    from handlers.teams.people import profile

    for email in emails:
        if (found := await apps.graph.by_email(email)) and profile(found, "").standing == "active":
            return str(found["id"])
    return ""


async def give(apps: "Apps", run: Run) -> None:
    from handlers.teams.installing import Refused

    for each in run.lack:
        try:
            await apps.give(run.users[each.person], run.app)
        except Refused:
            run.refused.append(each)
        else:
            run.given.append(each)


async def asked(settings: Settings, errand: "Callable[[Apps], Coroutine[None, None, Answer]]") -> Answer:
    """Something asked of Graph, over a line that is closed again."""
    from bot.chats import registered
    from handlers.teams.graph import graph_of
    from handlers.teams.installing import Apps

    us, places = registered(settings)
    async with graph_of(us, places) as graph:
        return await errand(Apps(graph, us.app_id))


def attempted(errand: Callable[[], Coroutine[None, None, None]]) -> str:
    """The name of what stood in the way; empty where nothing did."""
    from handlers.teams.calls import FAILURES
    from handlers.teams.installing import Denied, Refused

    try:
        asyncio.run(errand())
    except Denied as denied:
        return str(denied)
    except (Unreachable, Refused, *FAILURES):
        return "silent"
    return ""


def show(run: Run) -> None:
    """The difference that would be made."""
    print(f"{people_of(len(run.have))} {'has' if len(run.have) == 1 else 'have'} Lanyard in Teams already.")
    for each in run.lack:
        print(f"  {each.name}: not yet")
    for each in run.without:
        print(f"  {each.name}: no account in Teams; reached elsewhere")
    for each in run.refused:
        print(f"  {each.name}: Microsoft does not let us look. Have they a licence for Teams?")


def people_of(count: int) -> str:
    return "One person" if count == 1 else f"{count} people"
