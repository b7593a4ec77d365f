"""The app in people's own Teams: whether somebody has it, and giving it to them, by Graph."""

import re
from dataclasses import dataclass

import httpx

from handlers.senders import Unreachable
from handlers.teams.calls import FAILURES, retry_after, sentence, status
from handlers.teams.graph import GUID, Graph

REFUSED, NOBODY, THERE = 403, 404, 409
# Graph's own words for a permission that nobody granted; github.com/microsoftgraph/microsoft-graph-docs/issues/13690
UNGRANTED = re.compile(r"Missing\srole\spermissions")
# And for an app that does not say it is this registration's; github.com/MicrosoftDocs/msteams-docs/issues/6820
NOT_OURS = re.compile(r"not\sallowed\sto\smanage\sthe\sTeams\sApp")
MANIFEST = "externalId"


class Denied(Exception):
    """Nobody can be given the app so: ``permission`` is not granted, or the uploaded ``app`` is another's."""


class Refused(Exception):
    """This one person cannot be given the app: a policy keeps it from them, or they have no Teams."""


@dataclass(frozen=True)
class Apps:
    """Our own app, by the id that its manifest has; in the school's catalogue it goes by another.

    https://learn.microsoft.com/graph/api/userteamwork-post-installedapps, with the least of its permissions:
    ``TeamsAppInstallation.ReadWriteSelfForUser.All``.  Each raises Denied, Refused or Unreachable.
    """

    graph: Graph
    manifest: str

    async def of(self, user: str) -> str:
        """The app's id in the catalogue, where this person has it; empty where they do not."""
        asked = {"$expand": "teamsApp", "$filter": f"teamsApp/{MANIFEST} eq '{self.manifest}'"}
        try:
            async for each in self.graph.pages(self.place(user), asked):
                return str(each["teamsApp"]["id"])
        except FAILURES as error:
            raise told(error) from None
        return ""

    async def in_catalogue(self) -> str:
        """The app's id in the school's catalogue, for whoever may read that; empty where it says none."""
        asked = {"$filter": f"{MANIFEST} eq '{self.manifest}'"}
        try:
            async for each in self.graph.pages(f"{self.graph.base}/appCatalogs/teamsApps", asked):
                return str(each["id"])
        except FAILURES as error:
            if status(error) == REFUSED:
                return ""  # it is no permission that we ask for
            raise told(error) from None
        return ""

    async def give(self, user: str, app: str) -> bool:
        """Put it into their Teams; False where it was there already."""
        bound = {"teamsApp@odata.bind": f"{self.graph.base}/appCatalogs/teamsApps/{app}"}
        try:
            await self.graph.patiently("POST", self.place(user), json=bound)
        except FAILURES as error:
            if status(error) == THERE:
                return False
            raise told(error) from None
        return True

    def place(self, user: str) -> str:
        if not GUID.fullmatch(user):
            raise Refused
        return f"{self.graph.base}/users/{user}/teamwork/installedApps"


def told(error: Exception) -> Exception:
    """What a failure says of the app, or of the person."""
    if status(error) == REFUSED and UNGRANTED.search(sentence(error)):
        return Denied("permission")
    if status(error) == REFUSED and NOT_OURS.search(sentence(error)):
        return Denied("app")
    if isinstance(error, httpx.HTTPStatusError) and status(error) in (400, REFUSED, NOBODY):
        return Refused()
    return Unreachable(retry_after(error))
