"""What a browser posts to us: read within limits, and only when it was sent from our own page."""

import hashlib
import hmac
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from handlers.gate import Turned, arrived

COOKIE = "lanyard"
_FIELDS = 100


async def fields(request: Request) -> dict[str, list[str]]:
    """The posted fields, each with its values in order; what is not one of our forms is turned away."""
    # Our Referrer-Policy makes browsers send "Origin: null", so the browser's own word is asked instead.
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403)
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    try:
        raw = await arrived(request)
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except Turned as turned:
        raise HTTPException(turned.status) from None
    except ValueError:
        raise HTTPException(400) from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return found


def one(posted: dict[str, list[str]], name: str) -> str:
    """The only value of a field; empty when it was not sent."""
    return next(iter(posted.get(name, ())), "")


def mark(cookie: str, step: str = "", token: str = "") -> str:
    """What a form of a signed-in page carries, to show that it came from there, as it was when it was drawn."""
    return hashlib.sha256("\n".join(("form", cookie, step, token)).encode()).hexdigest()


def insist_on_mark(posted: dict[str, list[str]], cookie: str) -> None:
    """Turn away a form that did not come from a page of this session, or whose step or subject was changed."""
    drawn = mark(cookie, one(posted, "step"), one(posted, "token"))
    if not hmac.compare_digest(one(posted, "mark").encode(), drawn.encode()):
        raise HTTPException(403)
