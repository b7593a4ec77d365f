"""What Microsoft's services answer when they do not do as asked."""

import email.utils
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

# They did not do it, or the line dropped; the sentences repeat addresses and bodies, so only names are used.
# The last four: an answer that is no object, or lacks what it should have, trips the SDK or us.
FAILURES = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, LookupError, TypeError, AttributeError)


def status(error: Exception) -> int:
    """The status of the answer; 0 where there was none."""
    return error.response.status_code if isinstance(error, httpx.HTTPStatusError) else 0


def complaint(error: Exception) -> str:
    """Microsoft's own name for what is wrong, such as ``MessageWritesBlocked``; empty when it said nothing."""
    return said(error, "code")


def sentence(error: Exception) -> str:
    """Microsoft's own sentence: searched for what we know of, and shown to nobody, for it repeats what we sent."""
    return said(error, "message")


def said(error: Exception, name: str) -> str:
    if not isinstance(error, httpx.HTTPStatusError):
        return ""
    try:
        found: Any = error.response.json()
    except ValueError:
        return ""
    told = found.get("error") if isinstance(found, dict) else None
    word = told.get(name) if isinstance(told, dict) else None
    return word if isinstance(word, str) else ""


def retry_after(error: Exception) -> float | None:
    """How many seconds we are asked to wait, if they said so."""
    return seconds_in(error.response.headers) if isinstance(error, httpx.HTTPStatusError) else None


def seconds_in(headers: Mapping[str, str]) -> float | None:
    """What ``Retry-After`` says, as seconds or as a date, held to between a second and an hour."""
    said = headers.get("Retry-After", "")
    if said.isascii() and said.isdigit():
        return min(max(float(said), 1.0), 3600.0)
    try:
        wait = (email.utils.parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(wait, 1.0), 3600.0)
