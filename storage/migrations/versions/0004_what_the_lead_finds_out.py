"""What the lead finds out of those involved stands beside what was reported, and so does the type that was picked."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("cases", sa.Column("reported", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE cases SET reported = report")
    for who in ("added_by", "corrected_by"):
        op.add_column("involved", sa.Column(who, sa.String(), nullable=False, server_default=""))
    for at in ("added_at", "corrected_at"):
        op.add_column("involved", sa.Column(at, UTCDateTime(), nullable=True))
