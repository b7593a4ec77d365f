"""The parts of the set-up that touch Microsoft: the registration, its proof, its permissions, and the app's package."""

import asyncio
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.clock import machine
from bot.setting_up.checks import Checks, full
from bot.setting_up.machine import Env, first_writable
from bot.setting_up.terminal import Terminal
from bot.teams_command import manifest, packed
from bot.teams_doctor import spoken
from handlers.senders import Unreachable
from storage import certificate
from workflows.calendar import day_of
from workflows.people import Who

if TYPE_CHECKING:
    from handlers.teams.places import Places
    from handlers.teams.tokens import Registration

PACKAGE, PEM = "lanyard.zip", "lanyard-teams.pem"
BY_CERTIFICATE = "1"
# What is wrong with the two ids rather than with the proof.
IDS = ("90002", "700016")
A_YEAR = timedelta(days=365)


def registration(at: Terminal, checks: Checks, env: Env) -> None:
    """Where Teams reaches us, and what the bot is called at Microsoft."""
    at.say("teams.intro")
    if not env.get("LANYARD_URL", "").startswith("https://"):
        env["LANYARD_URL"] = at.ask("teams.url", checks.in_the_open).rstrip("/")
    at.say("teams.register")
    ids(at, checks, env)
    at.say("teams.azure", endpoint=f"{env['LANYARD_URL']}/teams/api/messages", app_id=env["LANYARD_TEAMS_APP_ID"])
    at.wait("teams.made")


def ids(at: Terminal, checks: Checks, env: Env) -> None:
    """The two ids; both again where one was pasted twice, for nobody knows which is the wrong one."""
    while True:
        app = at.ask("teams.app_id", checks.setting("teams_app_id")).lower()
        tenant = at.ask("teams.tenant", checks.setting("teams_tenant")).lower()
        env |= {"LANYARD_TEAMS_APP_ID": app, "LANYARD_TEAMS_TENANT": tenant}
        if app != tenant:
            return
        at.tell(at.word("no.same_id"))


def proof(at: Terminal, checks: Checks, env: Env) -> None:
    """A certificate made here, or a secret made there; tried at once."""
    from handlers.teams.examined import proven

    at.say("proof.intro")
    way = at.choose("proof.way", (at.word("proof.certificate"), at.word("proof.secret")), key="proof.way")
    while True:
        by_certificate(at, checks, env) if way == BY_CERTIFICATE else by_secret(at, checks, env)
        why = asyncio.run(proven(*registered(env)))
        if why is None:
            at.say("proof.right")
            return
        at.tell(spoken(*why))
        if not at.yes("proof.again"):
            at.say("proof.later")
            return
        if why[0] == "tenant" or why[1] in IDS:
            ids(at, checks, env)


def by_certificate(at: Terminal, checks: Checks, env: Env) -> None:
    """Its public part lies in this folder, where a browser finds it; the key stays where keys are."""
    place = str(Path(env["LANYARD_KEY_FILE"]).with_name(PEM))
    file = full(at.ask("proof.file", checks.key_outside(env["LANYARD_HOME"]), first_writable(place, PEM)))
    made = not file.exists()
    if made:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shown = certificate.make(file, urlsplit(env["LANYARD_URL"]).netloc, machine()) if made else certificate.read(file)
    at.say("proof.made" if made else "proof.there", file=file)
    public = Path(PEM).with_suffix(".cer").absolute()
    public.write_bytes(shown.public)
    at.say("proof.upload", public=public, thumbprint=shown.thumbprint, until=f"{shown.until:%-d %B %Y}")
    at.wait("proof.uploaded")
    env["LANYARD_TEAMS_CERTIFICATE"] = str(file)


def by_secret(at: Terminal, checks: Checks, env: Env) -> None:
    at.say("proof.new_secret")
    env["LANYARD_TEAMS_SECRET"] = at.ask("proof.value", checks.client_secret, secret=True)
    today = day_of(machine())
    example = (today + A_YEAR).isoformat()
    until = at.ask("proof.until", checks.day_from(today, example), example=example)
    env["LANYARD_TEAMS_SECRET_UNTIL"] = until


def rights(at: Terminal, env: Env) -> bool:
    """One permission, tried at once, and another that a school may choose; whether it did."""
    at.say("rights.intro")
    chosen = at.yes("rights.choose", default=False)
    at.say("rights.both" if chosen else "rights.first")
    at.wait("rights.granted")
    while why := asyncio.run(looked_up(env)):
        at.tell(why)
        if not at.yes("rights.again"):
            at.say("rights.later")
            return chosen
    at.say("rights.right")
    return chosen


async def looked_up(env: Env) -> str:
    """Why people cannot be looked up; empty when they can."""
    from handlers.teams.examined import permitted

    return next((spoken(*each) for each in await permitted(*registered(env))), "")


def package(at: Terminal, env: Env, school: str, *, installing: bool) -> None:
    """What the Teams administrator uploads."""
    file = Path(PACKAGE).absolute()
    command = env.get("LANYARD_COMMAND", "/report").removeprefix("/")
    file.write_bytes(packed(manifest(env["LANYARD_TEAMS_APP_ID"], env["LANYARD_URL"], school, command)))
    at.say("package.made", file=file, third=at.word("package.install" if installing else "package.policy"))
    at.wait("package.uploaded")


def finder(env: Env) -> Callable[[str], Who | None]:
    """Looks an e-mail address up in Teams; where Microsoft does not say, nobody is found."""

    def find(email: str) -> Who | None:
        from handlers.teams.calls import FAILURES

        try:
            return asyncio.run(account_of(env, email))
        except (Unreachable, *FAILURES):
            return None

    return find


async def account_of(env: Env, email: str) -> Who | None:
    from handlers.teams.graph import graph_of
    from handlers.teams.people import profile

    us, places = registered(env)
    async with graph_of(us, places) as graph:
        found = await graph.by_email(email)
    return profile(found, us.tenant) if found else None


def registered(env: Env) -> "tuple[Registration, Places]":
    """Who we are at Microsoft by the answers so far, and where that is."""
    from handlers.teams.places import Places
    from handlers.teams.tokens import Registration

    file = env.get("LANYARD_TEAMS_CERTIFICATE")
    secret = env.get("LANYARD_TEAMS_SECRET", "")
    us = Registration(env["LANYARD_TEAMS_APP_ID"], env["LANYARD_TEAMS_TENANT"], secret, full(file) if file else None)
    return us, Places.at(os.environ.get("LANYARD_TEAMS_URL"))
