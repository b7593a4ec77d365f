"""What we show to Microsoft when we speak: tokens for the bot's own line and for Graph, from one place."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msal  # type: ignore[import-untyped]  # it carries no types

from handlers.senders import Unreachable
from handlers.teams.places import Places

WAITS = 10.0
# A token is let go of this long before it ends, so that none ends on its way.
SPARE = 300.0
CERTIFICATE = re.compile(r"-----BEGIN\sCERTIFICATE-----.+?-----END\sCERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True)
class Registration:
    """The app as the school's administrator registered it: one tenant, and a secret or a certificate."""

    app_id: str
    tenant: str
    secret: str = field(default="", repr=False)
    certificate: Path | None = None

    def credential(self) -> str | Mapping[str, str]:
        """As MSAL wants it; a certificate's file is read each time, so that a new one needs no restart of its own."""
        if self.certificate is None:
            return self.secret
        pem = self.certificate.read_text(encoding="ascii")
        return {"private_key": pem, "public_certificate": "\n".join(CERTIFICATE.findall(pem))}


class Tokens:
    """Asked in threads, because MSAL waits for the network, and one at a time for each purpose."""

    def __init__(self, us: Registration, places: Places, clock: Callable[[], float] = time.monotonic) -> None:
        self.us, self.places, self.clock = us, places, clock
        self.line = Asking(places)
        self.client: Any = None
        self.kept: dict[str, tuple[float, str]] = {}
        self.asking: dict[str, asyncio.Lock] = {}
        self.refused = False  # whether Microsoft, when it was asked last, gave us none

    async def get(self, scope: str) -> str:
        """A token for this scope.  Raises Unreachable when Microsoft gives none."""
        async with self.asking.setdefault(scope, asyncio.Lock()):
            until, token = self.kept.get(scope, (0.0, ""))
            if self.clock() >= until:
                until, token = await asyncio.to_thread(self.ask, scope)
                self.kept[scope] = until, token
            return token

    def forget(self) -> None:
        """The tokens that we have were refused: the next ones are asked for anew."""
        self.kept.clear()
        self.client = None

    def ask(self, scope: str) -> tuple[float, str]:
        try:
            self.client = self.client or self.begin()
            said = self.client.acquire_token_for_client([scope])
            self.refused = "access_token" not in said
            if self.refused:
                self.client = None  # it would repeat the refusal for a minute, and hold on to an old certificate
            token, lasts = str(said["access_token"]), float(said["expires_in"])
        except (httpx.HTTPError, OSError, ValueError, LookupError, RuntimeError):
            # What they say of it repeats addresses, and what MSAL was given.
            raise Unreachable from None
        return self.clock() + max(lasts - SPARE, 0.0), token

    def begin(self) -> Any:
        """Making a client asks the network too."""
        return msal.ConfidentialClientApplication(
            self.us.app_id,
            client_credential=self.us.credential(),
            authority=f"{self.places.login}/{self.us.tenant}",
            http_client=self.line,
            instance_discovery=False,  # the tenant is the one we were given: nobody else is asked about it
        )

    def close(self) -> None:
        self.line.close()


class Asking:
    """The client that MSAL asks through.

    MSAL hands its signature over as bytes, and httpx writes bytes in a form as Python would: b'…'.
    """

    def __init__(self, places: Places) -> None:
        self.http = httpx.Client(transport=Line(places), timeout=WAITS)

    def get(self, url: str, **asked: Any) -> httpx.Response:
        return self.http.get(url, **asked)

    def post(self, url: str, data: Mapping[str, str | bytes], **asked: Any) -> httpx.Response:
        sent = {name: each.decode("ascii") if isinstance(each, bytes) else each for name, each in data.items()}
        return self.http.post(url, data=sent, **asked)

    def close(self) -> None:
        self.http.close()


class Line(httpx.HTTPTransport):
    """Over TLS to Microsoft; a stand-in's logins, which MSAL would refuse to ask plainly, at its own address."""

    def __init__(self, places: Places) -> None:
        super().__init__()
        self.places = places

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.places.plain and request.url.host == httpx.URL(self.places.login).host:
            there = httpx.URL(self.places.plain)
            request.url = request.url.copy_with(scheme=there.scheme, host=there.host, port=there.port)
            request.url = request.url.copy_with(path=f"/login{request.url.path}")
            request.headers["Host"] = there.netloc.decode()
        return super().handle_request(request)
