"""Evidence that somebody added to a form: its bytes, from Slack's own host and nowhere else."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from handlers.fetchers import LARGEST, Fetched, Reason, Unfetched, media, refusal
from handlers.slack.calls import FAILURES, complaint, retry_after, seconds_in

WAITS = 60.0
REFUSED: dict[str, Reason] = {
    "file_not_found": "gone",
    "file_deleted": "gone",
    "not_visible": "barred",
    "access_denied": "barred",
    "missing_scope": "barred",
}


class SlackFiles:
    """Asks Slack where a file lies, looks hard at the answer, and fetches it with the bot's token."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self.client, self.session = client, session
        self.places = places(URL(client.base_url))

    async def fetch(self, file: str) -> Fetched:
        """Raises Unfetched."""
        try:
            async with asyncio.timeout(WAITS):
                content = await self.download(self.address(await self.described(file)))
        except FAILURES as error:
            raise Unfetched(REFUSED.get(complaint(error), "later"), retry_after(error)) from None
        return Fetched(content, media(content))

    async def described(self, file: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (await self.client.files_info(file=file)).get("file") or {}
        if found.get("mode") in ("tombstone", "hidden_by_limit"):
            raise Unfetched("gone")
        if isinstance(size := found.get("size"), int) and size > LARGEST:
            raise Unfetched("size")
        return found

    def address(self, found: Mapping[str, Any]) -> URL:
        """Where it lies: only a place of Slack's own may be sent the token."""
        try:
            url = URL(str(found.get("url_private_download") or found.get("url_private") or ""))
            place = (url.scheme, url.host, url.port)
        except ValueError:
            raise Unfetched("place") from None
        if place not in self.places or url.user is not None or url.password is not None:
            raise Unfetched("place")
        return url

    async def download(self, url: URL) -> bytes:
        asked = {"Authorization": f"Bearer {self.client.token}", "Accept-Encoding": "identity"}
        async with self.session.get(url, headers=asked, allow_redirects=False) as answer:
            if answer.status != 200:
                raise Unfetched(refusal(answer.status), seconds_in(answer.headers))
            if answer.content_type == "text/html":
                raise Unfetched("barred")  # Slack's login page, with status 200
            content = bytearray()
            async for piece in answer.content.iter_chunked(65_536):
                content += piece
                if len(content) > LARGEST:
                    raise Unfetched("size")
        return bytes(content)


def places(base: URL) -> frozenset[tuple[str, str | None, int | None]]:
    """Where files may come from: Slack's own hosts, or the stand-in that the Web API's base names."""
    if base.scheme == "https":
        return frozenset({("https", base.host, base.port), ("https", f"files.{base.host}", 443)})
    return frozenset({(base.scheme, base.host, base.port)})
