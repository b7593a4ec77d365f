"""Duties: who is on the staff, what they are asked to do, and the policy's versions."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("persons", sa.Column("staff", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("persons", sa.Column("teaches", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("persons", sa.Column("team", sa.String(), nullable=False, server_default=""))
    op.add_column("persons", sa.Column("works", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("persons", sa.Column("joined", sa.Date(), nullable=True))
    op.add_column("persons", sa.Column("leaves", sa.Date(), nullable=True))
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("put_off", sa.Integer(), nullable=False),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.Column("shown_at", UTCDateTime(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.CheckConstraint("state in ('open','done','unable','ended')", name="task_state"),
        sa.CheckConstraint("raised between 0 and 2", name="task_raised"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("school", "person", "duty", "period"),
    )
    for column in ("school", "person", "next_on"):
        op.create_index(f"ix_tasks_{column}", "tasks", [column], unique=False)
    op.create_table(
        "policy_versions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("trust", "policy", "version"),
    )
