"""Pictures that somebody sent to the bot in their own chat: their bytes, from Microsoft's own hosts and no others."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx

from handlers.fetchers import LARGEST, Fetched, Unfetched, media, refusal
from handlers.senders import Unreachable
from handlers.teams.calls import FAILURES, retry_after, seconds_in
from handlers.teams.entrance import Payload, inner
from handlers.teams.places import BOT, Places
from handlers.teams.tokens import Tokens

WAITS = 60.0
MOST = 10
LONGEST = 4_000
# What was pasted lies with the Connector, which wants our token; what was attached lies in its sender's OneDrive, at an
# address that opens it by itself, and our token goes nowhere near that.
PASTED, ATTACHED = "pasted", "attached"
DOWNLOAD = "application/vnd.microsoft.teams.file.download.info"
ONEDRIVE = ".sharepoint.com"


class TeamsFiles:
    """Looks hard at an address before anything is asked there, and follows it nowhere else."""

    def __init__(self, http: httpx.AsyncClient, tokens: Tokens, places: Places) -> None:
        self.http, self.tokens, self.places = http, tokens, places

    async def fetch(self, file: str) -> Fetched:
        """``file`` is as ``pictures_in`` names it.  Raises Unfetched."""
        how, _, address = file.partition(" ")
        url = self.allowed(how, address)
        try:
            async with asyncio.timeout(WAITS):
                content = await self.download(url, await self.shown(how))
        except (*FAILURES, Unreachable) as error:
            raise Unfetched("later", retry_after(error)) from None
        return Fetched(content, media(content))

    def allowed(self, how: str, address: str) -> httpx.URL:
        """The address, where it is a place of Microsoft's own that holds such files."""
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL:
            raise Unfetched("place") from None
        here, connector = (url.scheme, url.host, url.port), httpx.URL(self.places.connector)
        if how == PASTED:
            good = here == (connector.scheme, connector.host, connector.port) and "/v3/attachments/" in url.path
        else:
            in_onedrive = url.scheme == "https" and url.host.endswith(ONEDRIVE) and url.port is None
            good = in_onedrive or (bool(self.places.plain) and address.startswith(f"{self.places.plain}/onedrive/"))
        if not good or url.userinfo:
            raise Unfetched("place")
        return url

    async def shown(self, how: str) -> dict[str, str]:
        """What we show there; never packed, so that a small answer cannot become a large one."""
        plain = {"Accept-Encoding": "identity"}
        return plain | ({"Authorization": f"Bearer {await self.tokens.get(BOT)}"} if how == PASTED else {})

    async def download(self, url: httpx.URL, headers: dict[str, str]) -> bytes:
        async with self.http.stream("GET", url, headers=headers, follow_redirects=False) as answer:
            if answer.status_code != 200:
                raise Unfetched(refusal(answer.status_code), seconds_in(answer.headers))
            content = bytearray()
            async for piece in answer.aiter_raw(65_536):
                content += piece
                if len(content) > LARGEST:
                    raise Unfetched("size")
        return bytes(content)


def pictures_in(body: Payload) -> tuple[str, ...]:
    """What was pasted into a message or attached to it; a card, a place or a page in it is neither."""
    return tuple(dict.fromkeys(found(body)))[:MOST]


def found(body: Payload) -> Iterator[str]:
    held: Any = body.get("attachments")
    for each in held if isinstance(held, list) else ():
        kind = each.get("contentType") if isinstance(each, dict) else None
        if kind == DOWNLOAD:
            how, address = ATTACHED, inner(each, "content").get("downloadUrl")
        elif isinstance(kind, str) and kind.startswith("image/"):
            how, address = PASTED, each.get("contentUrl")
        else:
            continue
        if isinstance(address, str) and 0 < len(address) <= LONGEST:
            yield f"{how} {address}"
