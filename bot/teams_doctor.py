"""`lanyard teams doctor`: what is still missing before Teams works, in words for whoever sets it up."""

import asyncio
import sys
from collections.abc import Iterator

from bot.chats import chats_of
from bot.ground import errand
from bot.settings import Settings
from storage.queries import people as queries
from storage.unit import Unit
from workflows import reached

# https://learn.microsoft.com/entra/identity-platform/reference-error-codes
CODES = {
    "90002": "There is no such tenant. Look at LANYARD_TEAMS_TENANT.",
    "700016": "The tenant knows no such app. Look at LANYARD_TEAMS_APP_ID, and that it is registered in this tenant.",
    "7000215": "The secret is wrong. Take its value, not its id, from Certificates & secrets.",
    "7000222": "The secret has run out. Make a new one under Certificates & secrets.",
    "700027": "The certificate is not one of this app's, or has run out. Upload it under Certificates & secrets.",
    "7000112": "The app is switched off in Entra. Switch it on under Enterprise applications.",
    "53003": "A Conditional Access policy keeps the app out. Leave it out of that policy.",
}
SAID = {
    "keys": "Microsoft's signing keys cannot be fetched. Let this machine reach https://login.botframework.com.",
    "clock": "This machine's clock is {number} seconds off. Set it by the network's time.",
    "tenant": "Nobody at Microsoft answers for this tenant. Look at LANYARD_TEAMS_TENANT, and at the line.",
    "token": "Microsoft does not take our proof of who we are. Look at the app's id and its secret or certificate.",
    "silent": "Microsoft Graph does not answer. Let this machine reach https://graph.microsoft.com.",
    "denied": "People cannot be looked up. Grant User.Read.All (application), and give the administrator's consent.",
    "busy": "Microsoft Graph answers {number}. Try again later.",
}


def examine(settings: Settings) -> int:
    """0 when nothing is missing, 1 when something is, 2 when it could not be looked at."""
    if not settings.teams_app_id:
        print("Teams is not set up: LANYARD_TEAMS_APP_ID is not set. See docs/teams.md.", file=sys.stderr)
        return 1

    async def look() -> list[str]:
        chats = chats_of(settings)
        from handlers.teams.examined import missing  # after chats_of, which quietens the SDK

        assert chats.teams  # noqa: S101 - the settings name it
        try:
            return [spoken(*each) for each in await missing(chats.teams)]
        finally:
            await chats.close()

    found = asyncio.run(look())
    with errand(settings) as ground:
        found += ground.database.look_now(ground.trust, without_app, settings.teams_tenant.lower())
    for each in found:
        print(f"To mend: {each}", file=sys.stderr)
    if not found:
        print("Teams is ready: we are known there, people can be looked up, and every role-holder has the app.")
    return 1 if found else 0


def spoken(what: str, number: str) -> str:
    """What is missing, in a sentence that says what to do."""
    if what != "token":
        return SAID[what].format(number=number)
    return CODES.get(number, SAID[what]) + (f" (AADSTS{number})" if number else "")


def without_app(unit: Unit, tenant: str) -> list[str]:
    """Role-holders who cannot be written to in Teams: no account there, or no app in their chat yet."""
    return [f"{name} {why}" for name, why in holders(unit, tenant)]


def holders(unit: Unit, tenant: str) -> Iterator[tuple[str, str]]:
    ids = tuple(dict.fromkeys(row.person for row in unit.find(queries.roles_now(unit.now))))
    for person in unit.find(queries.by_ids(ids)):
        accounts = [row for row in unit.find(queries.accounts_of((person.id,))) if row.platform == "teams"]
        places = [reached.known(unit, reached.At("teams", tenant, row.address)) for row in accounts]
        if not accounts:
            yield person.name, "has no Teams account that we know of: they are reached elsewhere, or run people apply."
        elif not any(places):
            yield person.name, "has not had the app yet. Add it to their set-up policy, or ask them to open it once."
