"""What the bytes of a picture are, by themselves: their name and the sender's word count for nothing."""

import filetype  # type: ignore[import-untyped]  # it ships no types

# By their first bytes.
PICTURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}
# What iPhones take photographs in: the name of its box stands behind the length of it.
HEIC = "image/heic"
BOX = b"ftyp"
PDF = "application/pdf"
CERTIFICATES = {PDF: b"%PDF-", "image/png": PICTURES["image/png"], "image/jpeg": PICTURES["image/jpeg"]}
# So much of the beginning decides.
ENOUGH = 512


def kind_of(content: bytes) -> str:
    """The media type of a picture that we take; nothing for anything else."""
    kind = str(filetype.guess_mime(content) or "")
    if kind == HEIC:
        return kind if content[4:8] == BOX else ""
    return kind if kind in PICTURES and content.startswith(PICTURES[kind]) else ""


def certificate_kind(content: bytes) -> str:
    """The media type of a certificate that we take; nothing for anything else."""
    kind = str(filetype.guess_mime(content) or "")
    return kind if kind in CERTIFICATES and content.startswith(CERTIFICATES[kind]) else ""
