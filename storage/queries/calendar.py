"""Statements about schools' calendars."""

from sqlalchemy import Delete
from sqlmodel import col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.asked import kept
from storage.models import CalendarSpan, Case


@kept
def spans(school: str) -> SelectOfScalar[CalendarSpan]:
    """A school's calendar, by kind and date."""
    return (
        select(CalendarSpan)
        .where(col(CalendarSpan.school) == school)
        .order_by(col(CalendarSpan.kind), col(CalendarSpan.first))
    )


@kept
def unanswered(school: str) -> SelectOfScalar[Case]:
    """A school's cases that wait for somebody to acknowledge them."""
    return select(Case).where(
        col(Case.school) == school, col(Case.acknowledged_at).is_(None), col(Case.due_at).is_not(None)
    )


@kept
def without(span: str) -> Delete:
    """Takes one span out of its school's calendar."""
    return delete(CalendarSpan).where(col(CalendarSpan.id) == span)
