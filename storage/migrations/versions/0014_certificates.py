"""Certificates that people keep with what they say they have done; their bytes are sealed blobs."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "certificates",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("task", "sha256"),
    )
    op.create_index("ix_certificates_task", "certificates", ["task"])
