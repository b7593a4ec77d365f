"""Statements about conversations: which case a message lies with, and which messages were kept as notes."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.asked import kept
from storage.models import Heard, Posted


@kept
def lying(platform: str, channel: str, stamp: str) -> SelectOfScalar[Posted]:
    """What we have said at this place."""
    return select(Posted).where(
        col(Posted.platform) == platform, col(Posted.channel) == channel, col(Posted.stamp) == stamp
    )


@kept
def heard(platform: str, channel: str, stamp: str) -> SelectOfScalar[Heard]:
    """The message at this place, if it was kept."""
    return select(Heard).where(
        col(Heard.platform) == platform, col(Heard.channel) == channel, col(Heard.stamp) == stamp
    )


@kept
def heard_from(case: str, person: str) -> SelectOfScalar[Heard]:
    """What somebody wrote about a case, the first first."""
    return (
        select(Heard)
        .where(col(Heard.case) == case, col(Heard.person) == person)
        .order_by(col(Heard.at), col(Heard.stamp))
    )
