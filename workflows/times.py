"""Moments as people say them, in London."""

from datetime import date, datetime, timedelta

from workflows.calendar import LONDON, day_of


def spoken_day(iso: str) -> str:
    """``19 November 2026`` for 2026-11-19; anything else as it came."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def spoken_whole(moment: datetime) -> str:
    """``16:25 on Thursday 19 November 2026``, whatever today is."""
    local = moment.astimezone(LONDON)
    return f"{local:%H:%M} on {spoken_day(local.date().isoformat())}"


def spoken(moment: datetime, now: datetime) -> str:
    """``16:25 today``, ``10:00 tomorrow``, ``10:00 on Monday 23 November``."""
    local, today = moment.astimezone(LONDON), day_of(now)
    near = {today: "today", today + timedelta(days=1): "tomorrow", today - timedelta(days=1): "yesterday"}
    if local.date() in near:
        return f"{local:%H:%M} {near[local.date()]}"
    return f"{local:%H:%M} on {local:%A} {local.day} {local:%B}" + (
        f" {local.year}" if local.year != today.year else ""
    )
