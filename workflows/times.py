"""Moments as people say them, in London."""

from datetime import datetime, timedelta

from workflows.calendar import LONDON


def spoken(moment: datetime, now: datetime) -> str:
    """``16:25 today``, ``10:00 tomorrow``, ``10:00 on Monday 23 November``."""
    local, today = moment.astimezone(LONDON), now.astimezone(LONDON).date()
    near = {today: "today", today + timedelta(days=1): "tomorrow", today - timedelta(days=1): "yesterday"}
    if local.date() in near:
        return f"{local:%H:%M} {near[local.date()]}"
    return f"{local:%H:%M} on {local:%A} {local.day} {local:%B}" + (
        f" {local.year}" if local.year != today.year else ""
    )
