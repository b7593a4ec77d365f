"""How one workspace is set up; every port may be 0, which means any free one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Settings:
    bot: str = "http://127.0.0.1:8090"
    signing_secret: str = "brambledown-signing-secret"  # noqa: S105 - the demo's own, worth nothing elsewhere
    bot_token: str = "xoxb-brambledown-demo"  # noqa: S105 - likewise
    app_token: str = "xapp-brambledown-demo"  # noqa: S105 - likewise
    host: str = "127.0.0.1"
    port: int = 0
    smtp_port: int = 0
    clock_file: Path | None = None
    command: str = "/report"
    # Whether there is a Teams beside the chat, at /teams.
    teams: bool = False
    away_command: str = "/im-away"
    town: Path = HERE / "brambledown.toml"
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    calls_kept: int = 5000
