"""E-mail: thin, to one person, through a real mail server, and honest when it was not taken."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from handlers.mail.sender import MailSender, Postbox
from handlers.senders import Mark, Posted, Unreachable
from templates.shapes import Button, Card

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CHAIR = "patience.achebe@governors.example"
MARK = Mark("opaque")
STORY = Card("A report", quotes=(("What happened?", "…"),))
CARD = Card(
    title="A report is waiting for you: K7-3FQ",
    body=("Please open it today.",),
    facts=(("Reference", "K7-3FQ"), ("Answer by", "Friday 20 November, 15:00")),
    contacts=(("School office", "01632 960100"),),
    small=("This message was sent by Brambledown Primary School.",),
    buttons=(
        Button("Open the report", url="https://lanyard.example/p/l/token-one"),
        Button("Acknowledge", action="acknowledge", subject="case"),
        Button("Somewhere else", url="https://lanyard.example/p/l/token-two"),
    ),
)


class Inbox:
    """A mail server's memory, and what it answers."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.encrypted: list[bool] = []
        self.to_recipient = ""
        self.to_letter = "250 Kept"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_recipient:
            return self.to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.letters.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return self.to_letter

    def letter(self) -> EmailMessage:
        [envelope] = self.letters
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        return letter


@contextmanager
def mail_server(inbox: Inbox, **settings: object) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=port, **settings)
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def sender(url: str, trusts: ssl.SSLContext | None = None) -> MailSender:
    return MailSender(url, "Brambledown Primary <lanyard@brambledown.example>", lambda: NOW, trusts=trusts)


async def test_the_chair_gets_a_thin_letter_with_one_link(inbox: Inbox) -> None:
    with mail_server(inbox) as address:
        posted = await sender(f"smtp://{address}").post(CHAIR, CARD, MARK)
    letter = inbox.letter()
    assert inbox.letters[0].rcpt_tos == [CHAIR]
    assert letter["To"] == CHAIR
    assert letter["From"] == "Brambledown Primary <lanyard@brambledown.example>"
    assert letter["Subject"] == "A report is waiting for you: K7-3FQ"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == NOW
    assert posted == Posted(CHAIR, letter["Message-ID"])
    assert letter["Message-ID"] == "<opaque@brambledown.example>"
    text = letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
    for line in (
        "Please open it today.",
        "Answer by: Friday 20 November, 15:00",
        "School office: 01632 960100",
    ):
        assert line in text
    assert text.count("http") == 1
    assert "\nhttps://lanyard.example/p/l/token-one\n" in text
    assert "token-two" not in letter.get_body(("html",)).get_content()


async def test_a_card_that_tells_a_story_is_never_mailed(inbox: Inbox) -> None:
    with mail_server(inbox) as address, pytest.raises(ValueError, match="own words"):
        await sender(f"smtp://{address}").post(CHAIR, STORY, MARK)
    assert inbox.letters == []


NASTY = "Hello\r\nBcc: everyone@brambledown.example\r\n\r\n<script>alert(1)</script> {{7*7}} \u202eevil"


async def test_nothing_in_a_card_can_add_a_header_or_a_recipient(inbox: Inbox) -> None:
    card = Card(NASTY, body=(NASTY,), facts=((NASTY, NASTY),), small=(NASTY,))
    with mail_server(inbox) as address:
        await sender(f"smtp://{address}").post(CHAIR, card, MARK)
    letter = inbox.letter()
    assert inbox.letters[0].rcpt_tos == [CHAIR]
    assert "Bcc" not in letter
    assert "{{7*7}}" in letter["Subject"]
    assert "\u202e" not in letter["Subject"]
    assert "<script" not in letter.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    "to",
    [
        "a@x.example\r\nBcc: b@x.example",
        "a@x.example, b@x.example",
        "a@x.example b@x.example",
        "<a@x.example>",
        "a@b@x.example",
        "nobody",
        "@x.example",
        "a@",
        "",
    ],
)
async def test_an_address_that_is_not_one_address_is_not_written_to(inbox: Inbox, to: str) -> None:
    with mail_server(inbox) as address, pytest.raises(Unreachable) as no:
        await sender(f"smtp://{address}").post(to, CARD, MARK)
    assert no.value.gone
    assert inbox.letters == []


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        ("550 5.1.1 No such mailbox", True),
        ("550 5.1.10 Takes no mail", True),
        ("550 5.7.1 Not allowed to send here", False),
        ("550 5.1.15 Unheard of", False),
        ("450 4.2.1 Try again later", False),
        ("452 4.2.2 Mailbox full", False),
    ],
)
async def test_only_a_mailbox_that_does_not_exist_is_gone(inbox: Inbox, answer: str, gone: bool) -> None:
    inbox.to_recipient = answer
    with mail_server(inbox) as address, pytest.raises(Unreachable) as no:
        await sender(f"smtp://{address}").post(CHAIR, CARD, MARK)
    assert no.value.gone is gone
    assert CHAIR not in str(no.value)
    assert no.value.__suppress_context__
    assert no.value.__cause__ is None


async def test_a_letter_that_the_server_would_not_keep_was_not_sent(inbox: Inbox) -> None:
    inbox.to_letter = "451 4.3.0 Disk full"
    with mail_server(inbox) as address, pytest.raises(Unreachable) as no:
        await sender(f"smtp://{address}").post(CHAIR, CARD, MARK)
    assert not no.value.gone


async def test_a_mail_server_that_is_down_is_a_matter_of_trying_again(inbox: Inbox) -> None:
    with mail_server(inbox) as address:
        pass
    with pytest.raises(Unreachable) as no:
        await sender(f"smtp://{address}").post(CHAIR, CARD, MARK)
    assert not no.value.gone


async def test_a_letter_already_sent_stays_as_it_is(inbox: Inbox) -> None:
    where = Posted(CHAIR, "<one@brambledown.example>")
    with mail_server(inbox) as address:
        assert await sender(f"smtp://{address}").edit(where, CARD, MARK) == where
    assert inbox.letters == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    both = tmp_path_factory.mktemp("tls") / "both.pem"
    both.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return both


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def client_side(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


def lets_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    assert isinstance(given, LoginPassword)
    return AuthResult(success=(given.login, given.password) == (b"lanyard", b"p@ss:word"), handled=False)


async def test_a_letter_is_encrypted_when_the_server_offers_it(inbox: Inbox, certificate: Path) -> None:
    with mail_server(inbox, tls_context=server_side(certificate)) as address:
        url = f"smtp://{address.replace('127.0.0.1', 'localhost')}"
        await sender(url, client_side(certificate)).post(CHAIR, CARD, MARK)
    assert inbox.encrypted == [True]


async def test_a_server_with_somebody_elses_certificate_gets_no_letter(inbox: Inbox, certificate: Path) -> None:
    with mail_server(inbox, tls_context=server_side(certificate)) as address, pytest.raises(Unreachable):
        await sender(f"smtp://{address.replace('127.0.0.1', 'localhost')}").post(CHAIR, CARD, MARK)
    assert inbox.letters == []


async def test_the_password_in_the_address_opens_the_server(inbox: Inbox, certificate: Path) -> None:
    settings = {"tls_context": server_side(certificate), "auth_required": True, "authenticator": lets_in}
    with mail_server(inbox, **settings) as address:
        port = address.rpartition(":")[2]
        ours = client_side(certificate)
        await sender(f"smtp://lanyard:p%40ss%3Aword@localhost:{port}", ours).post(CHAIR, CARD, MARK)
        with pytest.raises(Unreachable) as no:
            await sender(f"smtp://lanyard:wrong@localhost:{port}", ours).post(CHAIR, CARD, MARK)
    assert len(inbox.letters) == 1
    assert not no.value.gone


async def test_a_password_is_never_given_to_a_server_without_encryption(inbox: Inbox) -> None:
    heard: list[object] = []

    def listens(server: SMTP, session: Session, envelope: Envelope, how: str, given: object) -> AuthResult:
        heard.append(given)
        return AuthResult(success=True)

    with mail_server(inbox, auth_require_tls=False, authenticator=listens) as address:
        port = address.rpartition(":")[2]
        with pytest.raises(Unreachable):
            await sender(f"smtp://lanyard:secret@localhost:{port}").post(CHAIR, CARD, MARK)
    assert heard == []
    assert inbox.letters == []


@pytest.mark.parametrize("url", ["", "localhost:25", "http://mail.example", "smtp://"])
def test_a_mail_address_that_cannot_be_right_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://host:port"):
        Postbox.at(url)


def test_the_password_of_the_mail_server_is_not_shown_in_a_log() -> None:
    assert "hush" not in repr(Postbox.at("smtps://lanyard:hush@mail.example"))
