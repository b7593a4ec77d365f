"""The Slack app's manifest, with a school's own address and command word in it."""

from pathlib import Path

ADDRESS, WORD, AWAY = "https://lanyard.example", "/report", "/im-away"


def manifest(url: str, command: str, away: str = AWAY, *, socket: bool = False) -> str:
    """What is pasted at api.slack.com/apps, for a bot that Slack reaches at ``url``; staff type the two commands.

    With ``socket`` the bot opens the lines itself: Slack is then given no address at all.
    """
    here = Path(__file__).parent
    packed = here / "app_manifest.yaml"
    text = (packed if packed.is_file() else here.parent / "app_manifest.yaml").read_text(encoding="utf-8")
    if socket:
        lines = (line for line in text.splitlines() if not line.strip().startswith(("url:", "request_url:")))
        text = "\n".join(lines).replace("socket_mode_enabled: false", "socket_mode_enabled: true") + "\n"
    for word, other in ((WORD, command), (AWAY, away)):
        text = text.replace(f"command: {word}\n", f"command: {other}\n")
    return text.replace(ADDRESS, url.rstrip("/"))
