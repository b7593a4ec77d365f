"""Schools' own calendars: terms, half-terms, single days, and when school time begins and ends."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for column in ("opens", "closes"):
        op.add_column("schools", sa.Column(column, sa.String(), nullable=False, server_default=""))
    op.create_table(
        "calendar",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.CheckConstraint("kind in ('term','half_term','inset','closed','open')", name="calendar_kind"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("school", "kind", "first"),
    )
    op.create_index("ix_calendar_school", "calendar", ["school"], unique=False)
