"""Promises remember whether an earlier try may have been heard."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("promises", sa.Column("doubt", sa.Boolean(), nullable=False, server_default=sa.false()))
