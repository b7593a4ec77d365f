"""A report made for practice is marked so from its birth; those that are there already are real."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("cases", sa.Column("practice", sa.Boolean(), nullable=False, server_default=sa.false()))
