"""Appointments that wait for a yes, absences that people set themselves, holes that were told of."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("lapses_at", UTCDateTime(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("state in ('waiting','yes','no','lapsed','withdrawn')", name="appointment_state"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_appointments_person", "appointments", ["person"], unique=False)
    op.create_table(
        "holes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("trust", "digest"),
    )
    with op.batch_alter_table("absences") as absences:
        absences.alter_column("last", existing_type=sa.Date(), nullable=True)
        absences.add_column(sa.Column("said_by", sa.String(), nullable=False, server_default=""))
        absences.add_column(sa.Column("back", sa.Date(), nullable=True))
    with op.batch_alter_table("web_sessions") as sessions:
        sessions.add_column(sa.Column("purpose", sa.String(), nullable=False, server_default="case"))
    op.drop_column("promises", "kept_at")
    op.drop_column("persons", "met_at")
