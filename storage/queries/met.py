"""Statements about somebody met by one account, who may turn out to be somebody known by another."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.models import Draft, Involved, Posted, Promise


def named(person: str) -> SelectOfScalar[Involved]:
    """Wherever a report names them, in any part."""
    return select(Involved).where(col(Involved.person) == person)


def wrote(person: str) -> SelectOfScalar[Draft]:
    return select(Draft).where(col(Draft.author) == person)


def owed(person: str) -> SelectOfScalar[Promise]:
    """What is still to be said to them."""
    return select(Promise).where(col(Promise.to) == person, col(Promise.state) == "waiting")


def posted(person: str) -> SelectOfScalar[Posted]:
    return select(Posted).where(col(Posted.person) == person)
