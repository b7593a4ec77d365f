"""Private channels in Slack: whether one may be used for a team, and everybody who reads it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from handlers.senders import Mark, Posted, Unreachable
from handlers.slack.calls import FAILURES, complaint, retry_after
from handlers.slack.people import People
from handlers.slack.sender import GONE, SlackSender
from handlers.teamrooms import Looked, Replies
from workflows.people import Who

# A card waits this long at most for the answer, then its people are told directly.
WAITS = 5.0
PAGE = 200
# A team larger than this is none.
MOST = 30
# What must be so, and is said of every private channel; a word that Slack leaves out counts against it.
MUST = {
    "is_private": True,
    "is_im": False,
    "is_mpim": False,
    "is_archived": False,
    "is_ext_shared": False,
    "is_org_shared": False,
}
# Invitations to another workspace, sent and not yet taken up.
PENDING = ("is_pending_ext_shared", "pending_shared", "pending_connected_team_ids")
AWAY = (*GONE, "message_not_found")


class SlackRooms:
    """Asks afresh each time: who is in a room may change from one card to the next."""

    def __init__(self, client: AsyncWebClient, people: People, sender: SlackSender) -> None:
        self.client, self.people, self.sender = client, people, sender

    async def members(self, channel: str) -> tuple[Who, ...]:
        """Everybody in it, apps aside; nobody where it may not be used."""
        looked = await self.look(channel)
        return () if looked.problem else looked.members

    async def look(self, channel: str) -> Looked:
        """The same, with the reason: a flag of the channel, a member's standing, or Slack's own name for it."""
        try:
            async with asyncio.timeout(WAITS):
                problem = against((await self.client.conversations_info(channel=channel))["channel"])
                ids = [] if problem else await self.inside(channel)
                faces = await self.people.lookup(ids)
        except FAILURES as error:
            return Looked(complaint(error) or "unanswered")
        members = tuple(face for face in faces if face.address not in self.people.apps)
        odd = next((face.standing for face in members if face.standing != "active"), "")
        return Looked(problem or odd or ("" if members else "empty"), members)

    async def inside(self, channel: str) -> list[str]:
        """The ids of all its members, page by page.  Raises ValueError where there are too many for a team."""
        found: list[str] = []
        cursor = ""
        while True:
            answer = await self.client.conversations_members(channel=channel, cursor=cursor or None, limit=PAGE)
            found += [str(each) for each in answer["members"]]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if len(found) > MOST:
                raise ValueError
            if not cursor:
                return found

    async def replies(self, channel: str) -> Replies:
        """Slack tells a member of a channel whatever is said in it."""
        return "every"

    async def standing(self, channel: str, mark: Mark) -> Posted | None:
        """Our message there, if an earlier try was heard."""
        return await self.sender.standing(channel, mark)

    async def remove(self, where: Posted) -> None:
        """Take a message away.  Raises Unreachable where it may still be there."""
        try:
            async with asyncio.timeout(WAITS):
                await self.client.chat_delete(channel=where.channel, ts=where.stamp)
        except FAILURES as error:
            if complaint(error) not in AWAY:
                raise Unreachable(retry_after(error)) from None


def against(channel: Mapping[str, Any]) -> str:
    wrong = (name for name, so in MUST.items() if channel.get(name) is not so)
    waiting = (name for name in PENDING if channel.get(name))
    # A private channel that we are not in, Slack does not show us at all.
    out = ("is_member",) if channel.get("is_member") is False else ()
    return next(iter((*wrong, *waiting, *out)), "")
