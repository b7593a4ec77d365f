"""Statements about where messages lie, so that they can be edited in place."""

from typing import Any

from sqlmodel import col, select

from storage.models import Posted


def about(case: str) -> Any:
    return select(Posted).where(Posted.case == case).order_by(col(Posted.at), col(Posted.id))


def of(case: str, person: str, slot: str) -> Any:
    return select(Posted).where(Posted.case == case, Posted.person == person, Posted.slot == slot)


def at(platform: str, channel: str, stamp: str) -> Any:
    """The message that somebody replied to or reacted to."""
    return select(Posted).where(Posted.platform == platform, Posted.channel == channel, Posted.stamp == stamp)
