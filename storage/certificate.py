"""The certificate by which Microsoft knows us: making one whose key never leaves this machine, and when it ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from storage.durable import appearing

LASTS = timedelta(days=365)
# Microsoft's clock may be a little behind ours.
EARLIER = timedelta(hours=1)
LONGEST_NAME = 64


@dataclass(frozen=True)
class Certificate:
    """What may be shown of it: the part to upload, when it ends (UTC), and the print that Entra shows (SHA-1)."""

    public: bytes
    until: datetime
    thumbprint: str


def make(file: Path, name: str, now: datetime) -> Certificate:
    """A new one, good for a year; the file holds its key too, and only its owner can read it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Lanyard, {name}"[:LONGEST_NAME])])
    unsigned = x509.CertificateBuilder(
        issuer_name=who,
        subject_name=who,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - EARLIER,
        not_valid_after=now + LASTS,
    )
    signed = unsigned.sign(key, hashes.SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with appearing(file) as out:
        out.write(private + signed.public_bytes(Encoding.PEM))
    return shown(signed)


def read(file: Path) -> Certificate:
    """The one in a file.  Raises ValueError where there is none in it, and OSError."""
    return shown(x509.load_pem_x509_certificate(file.read_bytes()))


def shown(certificate: x509.Certificate) -> Certificate:
    print_ = certificate.fingerprint(hashes.SHA1())  # noqa: S303 - Entra's own name for it, and no proof of anything
    public = certificate.public_bytes(Encoding.PEM)
    return Certificate(public, certificate.not_valid_after_utc, print_.hex().upper())
