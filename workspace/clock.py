"""The page's clock: the machine's time plus an offset that only grows, shared with the bot in a file."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from workspace import year

LONDON = ZoneInfo("Europe/London")
MORNING = time(8, 30)
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Clock:
    """What time it is in the school."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.offset = 0
        self.began = datetime.now(LONDON).date()
        if file and file.exists():
            self.offset = int(json.loads(file.read_text())["offset_seconds"])

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset)

    def forward(self, by: str) -> None:
        """Move time on: "20m", "3h", "2d", "week", "morning" (tomorrow's, 08:30), "term" (its first, 08:00)."""
        self.offset += max(0, math.ceil(self.seconds_until(by)))
        if self.file:
            written = self.file.with_name(self.file.name + ".new")
            written.write_text(json.dumps({"offset_seconds": self.offset}))
            written.replace(self.file)

    def seconds_until(self, by: str) -> float:
        now = self.now()
        if by == "morning":
            tomorrow = now.astimezone(LONDON).date() + timedelta(days=1)
            return (datetime.combine(tomorrow, MORNING, LONDON) - now).total_seconds()
        if by == "term":
            morning = year.next_term(self.began, now.astimezone(LONDON).date())
            return (morning.replace(tzinfo=LONDON) - now).total_seconds()
        if by == "week":
            return timedelta(days=7).total_seconds()
        said = re.fullmatch(r"(\d{1,4})([mhd])", by)
        if said is None:
            raise ValueError("the clock goes forward by minutes, hours, days, a week, to the morning or to next term")
        return timedelta(**{UNITS[said[2]]: int(said[1])}).total_seconds()
