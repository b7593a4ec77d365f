"""Statements about teams' rooms: which there are, and which cases are shown in them now."""

from sqlalchemy import Executable, delete
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.asked import kept
from storage.models import Posted, TeamRoom


@kept
def rooms() -> SelectOfScalar[TeamRoom]:
    return select(TeamRoom).order_by(col(TeamRoom.school), col(TeamRoom.role))


@kept
def by_id(id: str) -> SelectOfScalar[TeamRoom]:
    return select(TeamRoom).where(col(TeamRoom.id) == id)


@kept
def at_school(school: str) -> SelectOfScalar[TeamRoom]:
    return select(TeamRoom).where(col(TeamRoom.school) == school).order_by(col(TeamRoom.role))


@kept
def shown(case: str) -> SelectOfScalar[Posted]:
    """Where a case's card lies in rooms; a card that lies there is the room's, not a person's."""
    return select(Posted).join(TeamRoom, col(Posted.person) == col(TeamRoom.id)).where(col(Posted.case) == case)


@kept
def in_room(platform: str, channel: str) -> SelectOfScalar[Posted]:
    """What lies in the room behind this channel."""
    return (
        select(Posted)
        .join(TeamRoom, col(Posted.person) == col(TeamRoom.id))
        .where(col(TeamRoom.platform) == platform, col(TeamRoom.channel) == channel)
    )


@kept
def in_rooms(platform: str) -> SelectOfScalar[Posted]:
    """What lies in any room of a platform."""
    return (
        select(Posted).join(TeamRoom, col(Posted.person) == col(TeamRoom.id)).where(col(TeamRoom.platform) == platform)
    )


@kept
def posted_in(room: str) -> SelectOfScalar[Posted]:
    return select(Posted).where(col(Posted.person) == room)


@kept
def no_longer(posted: str) -> Executable:
    return delete(Posted).where(col(Posted.id) == posted)


@kept
def no_room(id: str) -> Executable:
    return delete(TeamRoom).where(col(TeamRoom.id) == id)
