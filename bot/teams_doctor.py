"""`lanyard teams doctor`: what is still missing before Teams works, in words for whoever sets it up.

The numbers are those of Microsoft's own page, https://learn.microsoft.com/entra/identity-platform/reference-error-codes;
three that it leaves out (700024, 7000214, 1000502) are named so in Microsoft's tests of their own library
(github.com/AzureAD/microsoft-identity-web, CertificateReloadLogicTests).
"""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from datetime import date

from bot import proof
from bot.chats import registered
from bot.clock import machine
from bot.ground import errand
from bot.settings import Settings
from handlers.senders import Unreachable
from workflows import installing
from workflows.calendar import day_of
from workflows.installing import Wanted

ANOTHER = "Make a new one under Certificates & secrets"
CODES = {
    # InvalidTenantName
    "90002": "There is no such tenant. Look at LANYARD_TEAMS_TENANT.",
    # UnauthorizedClient_DoesNotMatchRequest
    "700016": "The tenant knows no such app. Look at LANYARD_TEAMS_APP_ID, and that it is registered in this tenant.",
    # Invalid client secret is provided
    "7000215": "The secret is wrong. Take its value, not its id, from Certificates & secrets.",
    # InvalidClientSecretExpiredKeysProvided
    "7000222": f"The secret has run out. {ANOTHER}, and put it into LANYARD_TEAMS_SECRET.",
    # Client assertion failed signature validation
    "700027": "The certificate is not one of this app's. Upload its public part under Certificates & secrets.",
    # SignedAssertionInvalidTimeRange
    "700024": "This machine's clock is wrong. Set it by the network's time.",
    # CertificateHasBeenRevoked
    "7000214": "The certificate was taken back. Make a new one (lanyard teams certificate FILE) and upload it.",
    # CertificateIsOutsideValidityWindow
    "1000502": "The certificate has run out. Make a new one (lanyard teams certificate FILE) and upload it.",
    # UnauthorizedClientApplicationDisabled
    "7000112": "The app is switched off in Entra. Switch it on under Enterprise applications.",
    # BlockedByConditionalAccess
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
    "no_url": "LANYARD_URL is not set. Teams has to reach Lanyard at an address that starts with https://.",
    "plain": "LANYARD_URL does not start with https://. Teams speaks to nothing else.",
    "closed": "Nothing answers at {number} from here. Is Lanyard running, and does the web proxy lead to it?",
    "door": "Something other than Lanyard answers at {number}. Lead that address to Lanyard (docs/operations.md).",
    "manifest": "The app in Teams has another id in its manifest ({number}). Upload the package of this registration: "
    "lanyard teams package lanyard.zip, and take the other out.",
    "unread": "The certificate cannot be read. Look at the file that LANYARD_TEAMS_CERTIFICATE names.",
    "ended": "Our proof ran out on {number}. {new}",
    "ending": "Our proof runs out on {number}. {new}",
}
UNNOTED = "Nobody has noted when the secret runs out. Set LANYARD_TEAMS_SECRET_UNTIL=2027-07-31, and it is watched."
NOT_YET = "has not had the app yet. Add it to their set-up policy, run lanyard teams install, or ask them to open it."
UNHEARD = "has the app, but Teams has not told Lanyard. Is the messaging endpoint of the Azure Bot {door}?"
THERE = "there"
ELSEWHERE = "has no Teams account that we know of, and is reached elsewhere. If they have one: lanyard people apply."


def examine(settings: Settings) -> int:
    """0 when nothing is missing, 1 when something is, 2 when it could not be looked at."""
    if not settings.teams_app_id:
        print("Teams is not set up: LANYARD_TEAMS_APP_ID is not set. See docs/teams.md.", file=sys.stderr)
        return 1
    with errand(settings) as ground:
        tenant = settings.teams_tenant.lower()
        people: list[Wanted] = ground.database.look_now(ground.trust, installing.holders, "teams", tenant)
    with_one = [each for each in people if each.account]
    found = [*credential(settings, day_of(machine())), *asyncio.run(looked(settings)), *missed(settings, with_one)]
    for each in found:
        print(f"To mend: {each}", file=sys.stderr)
    for somebody in people:
        if not somebody.account:
            print(f"Worth a look: {somebody.name} {ELSEWHERE}")
    if settings.teams_secret and not settings.teams_secret_until:
        print(f"Worth a look: {UNNOTED}")
    if not found:
        print("Teams is ready: we are known there, and every role-holder who has an account there has the app.")
    return 1 if found else 0


def credential(settings: Settings, today: date) -> Iterator[str]:
    """Whether our proof ends soon, or has ended."""
    try:
        last = proof.ends(settings)
    except (OSError, ValueError):
        yield SAID["unread"]
        return
    if last is None or (last - today).days > proof.SOON:
        return
    new = "Make a new one (lanyard teams certificate FILE), upload it, and name it in LANYARD_TEAMS_CERTIFICATE."
    if settings.teams_secret:
        new = f"{ANOTHER}, and put it into LANYARD_TEAMS_SECRET and its last day into LANYARD_TEAMS_SECRET_UNTIL."
    yield SAID["ended" if last < today else "ending"].format(number=f"{last:%-d %B %Y}", new=new)


async def looked(settings: Settings) -> list[str]:
    """What Microsoft says of our registration, and whether our own door answers."""
    from handlers.teams.examined import answering, missing

    us, places = registered(settings)
    found = [spoken(*each) for each in await missing(us, places)]
    if not settings.url:
        return [*found, SAID["no_url"]]
    if not places.may_be_spoken_to(settings.url) and not settings.teams_url:
        return [*found, SAID["plain"]]
    return found + [spoken(*each) for each in await answering(settings.url)]


def spoken(what: str, number: str) -> str:
    """What is missing, in a sentence that says what to do."""
    if what != "token":
        return SAID[what].format(number=number)
    return CODES.get(number, SAID[what]) + (f" (AADSTS{number})" if number else "")


def missed(settings: Settings, people: Sequence[Wanted]) -> list[str]:
    """Role-holders who cannot be written to in Teams: they have not the app, or nobody told us."""
    found, seen = list[str](), asyncio.run(installed(settings, [each for each in people if not each.spoken]))
    for each in people:
        what = seen.get(each.person, "")
        if what and what != THERE:
            found.append(SAID["manifest"].format(number=what))
        elif not each.spoken:
            door = f"{settings.url or 'https://…'}/teams/api/messages"
            found.append(f"{each.name} {UNHEARD.format(door=door) if what else NOT_YET}")
    return list(dict.fromkeys(found))


async def installed(settings: Settings, people: Sequence[Wanted]) -> dict[str, str]:
    """By person, Graph's word on the app: that it is there, or another manifest's id; nothing where Graph is silent."""
    from handlers.teams.calls import FAILURES
    from handlers.teams.examined import called_otherwise
    from handlers.teams.graph import graph_of
    from handlers.teams.installing import Apps, Denied, Refused

    us, places = registered(settings)
    found = dict[str, str]()
    async with graph_of(us, places) as graph:
        try:
            for each in people:
                if await Apps(graph, us.app_id).of(each.account):
                    found[each.person] = THERE
                elif other := await called_otherwise(graph, us.app_id, each.account):
                    found[each.person] = other
        except (Denied, Refused, Unreachable, *FAILURES):
            pass  # the permission for it is one that a school need not grant
    return found
