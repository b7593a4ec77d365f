"""What Slack's Web API answers when it does not do as asked."""

from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

# Slack did not do it, or the line dropped; the sentences repeat addresses and bodies, so only names are used.
# The last four: an answer that is no object, or lacks what it should have, trips the SDK or us.
FAILURES = (SlackApiError, aiohttp.ClientError, OSError, ValueError, LookupError, TypeError, AttributeError)
# After these "some aspect of the operation" may have "succeeded before the error was raised", as Slack's pages say of
# each method; and the empty one is no answer.
FAULTS = {"", "fatal_error", "internal_error", "request_timeout", "service_unavailable"}


# Our own token opens nothing any more: it was taken back, or the app was taken out of the workspace.
BARRED = {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"}


def complaint(error: Exception) -> str:
    """Slack's own name for what is wrong, such as ``user_not_found``; empty when it said nothing."""
    named = answered(error, "data")
    found = named.get("error") if isinstance(named, dict) else None
    return found if isinstance(found, str) else ""


def undone(error: Exception) -> bool:
    """Whether Slack surely did not do it: it was never reached, or said no for a reason other than its own fault."""
    if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
        return True
    return complaint(error) not in FAULTS


def retry_after(error: Exception) -> float | None:
    """How many seconds Slack asks us to wait, if it said so."""
    return seconds_in(answered(error, "headers") or {})


def seconds_in(headers: Mapping[str, Any]) -> float | None:
    """What ``Retry-After`` says, held to between a second and an hour."""
    said = str(headers.get("Retry-After", ""))
    return min(max(float(said), 1.0), 3600.0) if said.isascii() and said.isdigit() else None


def answered(error: Exception, part: str) -> Any:
    return getattr(getattr(error, "response", None), part, None)
