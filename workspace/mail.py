"""The post: an SMTP sink that takes whatever the bot sends and puts it into people's inboxes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from workspace.refusal import Json


@dataclass
class Letter:
    to: list[str]
    sender: str
    subject: str
    text: str
    html: str | None
    at: datetime
    read: bool = False
    id: str = field(default_factory=lambda: secrets.token_hex(6))

    def is_for(self, email: str) -> bool:
        return email.casefold() in self.to

    def shown(self) -> Json:
        return {
            "id": self.id,
            "from": self.sender,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "at": self.at.isoformat(timespec="seconds"),
            "read": self.read,
        }


class Sink:
    """Takes every letter, whoever it is for."""

    def __init__(self, keep: Callable[[Letter], None], now: Callable[[], datetime]) -> None:
        self.keep, self.now = keep, now

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content: Any = envelope.content
        message = message_from_bytes(content, _class=EmailMessage, policy=default)
        self.keep(
            Letter(
                to=[address.casefold() for address in envelope.rcpt_tos],
                sender=str(message["From"] or envelope.mail_from),
                subject=str(message["Subject"] or ""),
                text=part(message, "plain") or "",
                html=part(message, "html"),
                at=self.now(),
            )
        )
        return "250 Message accepted for delivery"

    def protocol(self) -> SMTP:
        return SMTP(self, hostname="post.brambledown.example", enable_SMTPUTF8=True)


def part(message: EmailMessage, kind: str) -> str | None:
    found = message.get_body((kind,))
    return str(found.get_content()) if found else None
