"""Rows of what governors are shown: a term's figures at one school, or for the whole trust, counted once."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from storage.models.owned import Owned


class TermFigures(Owned, table=True):
    """What was published of a term, as it was published: counts with the small ones already hidden, never a case.

    ``school`` is "" for what only the trust as a whole is shown.  ``year`` is the one in which the school year began,
    ``term`` counts from 1 in it.  ``checkpoint`` is the signed note of the ledger as it stood when this was counted.
    """

    __tablename__ = "term_figures"
    __table_args__ = (UniqueConstraint("trust", "school", "year", "term"),)
    school: str
    year: int
    term: int
    name: str
    first: date
    last: date
    counted_at: datetime
    figures: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    checkpoint: str
