"""Rows about the school's official accounts online, and who has a part in each; never a password."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from storage.models.owned import Owned


class OfficialAccount(Owned, table=True):
    """One account or page that the school runs; ``key`` is its id in school.toml, ``school`` "" for the whole trust.

    ``closes`` and ``evaluate`` are days in London, none where the school has set none; ``ended_at`` says since when it
    stands in school.toml no more.
    """

    __tablename__ = "official_accounts"
    __table_args__ = (UniqueConstraint("trust", "key"),)
    school: str
    key: str
    service: str
    name: str
    address: str = ""
    opens: date | None = None
    closes: date | None = None
    evaluate: date | None = None
    added_on: date
    ended_at: datetime | None = None


class OfficialHolder(Owned, table=True):
    """Somebody's part in an official account, from the day ``since`` to the day ``until``: London's."""

    __tablename__ = "official_holders"
    __table_args__ = (CheckConstraint("part in ('owner','administrator','moderator','poster')", name="official_part"),)
    account: str = Field(index=True)
    person: str = Field(index=True)
    part: str
    since: date
    until: date | None = None
