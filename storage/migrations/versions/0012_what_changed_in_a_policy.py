"""What changed in a version of the policy, in the words of whoever approved it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("policy_versions") as batch:
        batch.add_column(sa.Column("changes", sa.String(), nullable=False, server_default=""))
