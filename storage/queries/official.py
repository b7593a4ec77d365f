"""Statements about the school's official accounts online."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.asked import kept
from storage.models import OfficialAccount, OfficialHolder


@kept
def accounts() -> SelectOfScalar[OfficialAccount]:
    """Every account that ever stood in school.toml, by its id there."""
    return select(OfficialAccount).order_by(col(OfficialAccount.key))


@kept
def holders() -> SelectOfScalar[OfficialHolder]:
    """Every part that anybody has or had, the earliest first."""
    return select(OfficialHolder).order_by(col(OfficialHolder.since), col(OfficialHolder.id))
