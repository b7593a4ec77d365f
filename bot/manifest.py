"""The Slack app's manifest, with a school's own address and command word in it."""

from pathlib import Path

ADDRESS, WORD = "https://lanyard.example", "/report"


def manifest(url: str, command: str, *, socket: bool = False) -> str:
    """What is pasted at api.slack.com/apps; ``url`` is where Slack reaches the bot, ``command`` what staff type.

    With ``socket`` the bot opens the lines itself: Slack is then given no address at all.
    """
    here = Path(__file__).parent
    packed = here / "app_manifest.yaml"
    text = (packed if packed.is_file() else here.parent / "app_manifest.yaml").read_text(encoding="utf-8")
    if socket:
        lines = (line for line in text.splitlines() if not line.strip().startswith(("url:", "request_url:")))
        text = "\n".join(lines).replace("socket_mode_enabled: false", "socket_mode_enabled: true") + "\n"
    return text.replace(ADDRESS, url.rstrip("/")).replace(f"command: {WORD}\n", f"command: {command}\n")
