"""A picture of our own in somebody's direct messages: uploaded to Slack, and shared in that conversation alone."""

import asyncio

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from handlers.senders import Drawn, Posted, Unreachable
from handlers.slack.calls import FAILURES, complaint, retry_after, undone
from handlers.slack.files import places

WAITS = 20.0
# As long as Slack takes a description.
LONGEST_ALT = 1000


class SlackPictures:
    """Shows a picture under the app's name; Slack keeps it in that conversation, and makes no address for strangers."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self.client, self.session = client, session
        self.places = places(URL(client.base_url))

    async def show(self, where: Posted, drawn: Drawn) -> None:
        """Raises Unreachable."""
        try:
            async with asyncio.timeout(WAITS):
                given = await self.client.files_getUploadURLExternal(
                    filename=drawn.name, length=len(drawn.content), alt_txt=drawn.alt[:LONGEST_ALT]
                )
                await self.upload(URL(str(given["upload_url"])), drawn.content)
                files: list[dict[str, str | None]] = [{"id": str(given["file_id"]), "title": drawn.title}]
                await self.client.files_completeUploadExternal(files=files, channel_id=where.channel)
        except FAILURES as error:
            raise Unreachable(retry_after(error), gone=bool(complaint(error)), unsure=not undone(error)) from None

    async def upload(self, url: URL, content: bytes) -> None:
        """To a place of Slack's own, whatever the answer names."""
        if (url.scheme, url.host, url.port) not in self.places:
            raise LookupError
        async with self.session.post(url, data=content, allow_redirects=False) as answer:
            if answer.status != 200:
                raise LookupError
