"""Statements about somebody met by one account, who may turn out to be somebody known by another."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.models import Case, Draft, Involved


def named(person: str) -> SelectOfScalar[Involved]:
    """Wherever a report names them, in any part."""
    return select(Involved).where(col(Involved.person) == person)


def reported(person: str) -> SelectOfScalar[Case]:
    return select(Case).where(col(Case.reporter) == person)


def wrote(person: str) -> SelectOfScalar[Draft]:
    return select(Draft).where(col(Draft.author) == person)
