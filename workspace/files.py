"""Files that people attach: kept as bytes, described as Slack does, handed to the bot's token only."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from workspace.refusal import Json, SlackError

if TYPE_CHECKING:
    from workspace.uploads import Waiting

LARGEST = 10 * 1024 * 1024
LOGIN_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head>
<body><h1>Sign in to your workspace</h1><form><label>Email <input type="email"></label></form></body>
</html>"""


@dataclass(frozen=True)
class Upload:
    user: str
    team: str
    name: str
    mimetype: str
    content: bytes
    alt: str = ""


class Files:
    """The files of the workspace by id."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[Upload, int]] = {}
        self.waiting: dict[str, Waiting] = {}  # by the address that their bytes are sent to

    def keep(self, upload: Upload, id: str = "") -> str:
        new = id or "F" + secrets.token_hex(5).upper()
        self.kept[new] = upload, int(time.time())
        return new

    def content(self, id: str) -> Upload:
        if id not in self.kept:
            raise SlackError("file_not_found")
        return self.kept[id][0]

    def described(self, id: str, base: str) -> Json:
        """The full file object, with addresses on this server."""
        upload, created = self.content(id), self.kept[id][1]
        suffix = PurePosixPath(upload.name).suffix.lstrip(".").lower()
        slug = quote(re.sub(r"[^a-z0-9._-]+", "_", upload.name.lower()) or "file")
        return {
            "id": id,
            "created": created,
            "timestamp": created,
            "name": upload.name,
            "title": PurePosixPath(upload.name).stem or upload.name,
            "mimetype": upload.mimetype,
            "filetype": suffix or "binary",
            "pretty_type": suffix.upper() or "Binary",
            "user": upload.user,
            "user_team": upload.team,
            "editable": False,
            "size": len(upload.content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": False,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{base}/files/{id}/{slug}",
            "url_private_download": f"{base}/files/{id}/download/{slug}",
            "permalink": f"{base}/files/{upload.user}/{id}/{slug}",
            "permalink_public": f"{base}/files-pub/{id}",
            "is_starred": False,
            "has_rich_preview": False,
            "file_access": "visible",
            "media_display_type": "unknown",
            **({"alt_txt": upload.alt} if upload.alt else {}),
        }
