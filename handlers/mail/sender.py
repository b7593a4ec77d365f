"""Sends cards as e-mail over SMTP; a card that tells a story is refused, whoever asks."""

import logging
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from handlers.mail.surface import plain, rich, subject
from handlers.senders import Mark, Posted, Unreachable
from templates.shapes import Card

log = logging.getLogger(__name__)

PATIENCE = 20.0  # seconds for a whole conversation with the mail server
# "No such mailbox", "moved away" and "takes no mail": a retry to the same address is pointless.
_GONE = {"5.1.1", "5.1.6", "5.1.10"}
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Postbox:
    """A mail server, as ``smtp://`` or ``smtps://`` names it, with the name and password it asks for."""

    host: str
    port: int
    sealed: bool  # TLS from the first byte; otherwise STARTTLS when it is offered
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def at(cls, url: str) -> "Postbox":
        """The postbox at this address; a ValueError says what is wrong with it, never the password."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("the mail server's address must look like smtp://host:port or smtps://host:port")
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            sealed=parts.scheme == "smtps",
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


class MailSender:
    """The sender for people who are reached by e-mail."""

    recalls = False

    def __init__(
        self, url: str, sender: str, clock: Callable[[], datetime], *, trusts: ssl.SSLContext | None = None
    ) -> None:
        self._postbox = Postbox.at(url)
        self._sender = _mailbox(*parseaddr(sender))
        self._clock = clock
        self._trusts = trusts

    async def post(self, to: str, card: Card, mark: Mark) -> Posted:
        """Send the card; it has been taken by the mail server when this returns.

        No mail server tells what it has sent: a letter in doubt goes out again.  It bears the same Message-ID, by which
        most mailboxes know the second for the first; the links in both work.
        """
        message = self._write(to, card, mark)
        box = self._postbox
        try:
            await aiosmtplib.send(
                message,
                hostname=box.host,
                port=box.port,
                username=box.user,
                password=box.password,
                use_tls=box.sealed,
                # A password never travels in the clear: with one, a server without TLS is refused.
                start_tls=None if box.sealed or not box.user else True,
                tls_context=self._trusts,
                timeout=PATIENCE,
            )
        # ``from None``: the library's sentence repeats the address, and exceptions carry no addresses.
        except aiosmtplib.SMTPException as fault:
            if not (gone := _is_gone(fault)):
                # An alarm about mail could only go by mail: the log and /metrics are where this is seen.
                log.error("mail failed: %s", type(fault).__name__)  # noqa: TRY400 - names only
            raise Unreachable(gone=gone) from None
        except (OSError, ValueError) as fault:
            log.error("mail failed: %s", type(fault).__name__)  # noqa: TRY400 - names only
            raise Unreachable from None
        return Posted(channel=to, stamp=message["Message-ID"])

    async def edit(self, where: Posted, card: Card, mark: Mark) -> Posted:
        """A letter in somebody's inbox stays as it is."""
        return where

    def _write(self, to: str, card: Card, mark: Mark) -> EmailMessage:
        if card.quotes:
            raise ValueError("people's own words never go into an e-mail")
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        try:
            message["To"] = _mailbox("", to)
        except ValueError:
            raise Unreachable(gone=True) from None
        message["Subject"] = subject(card)
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = f"<{mark.token}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(plain(card))
        message.add_alternative(rich(card), subtype="html")
        return message


def _mailbox(name: str, address: str) -> Address:
    """One address and nothing else; a line break, a second address or no @ is a ValueError."""
    local, _, domain = address.partition("@")
    if (
        not local
        or not domain
        or not address.isprintable()
        or any(c in address for c in ' ,;:<>()[]\\"')
        or "@" in domain
    ):
        raise ValueError("not one e-mail address")
    return Address(display_name=name, username=local, domain=domain)


def _is_gone(fault: aiosmtplib.SMTPException) -> bool:
    return any(code == 550 and text.partition(" ")[0] in _GONE for code, text in _answers(fault))


def _answers(fault: BaseException) -> Iterator[tuple[int, str]]:
    if isinstance(fault, aiosmtplib.SMTPRecipientsRefused):
        for refused in fault.recipients:
            yield from _answers(refused)
    elif isinstance(fault, aiosmtplib.SMTPResponseException):
        yield fault.code, fault.message
