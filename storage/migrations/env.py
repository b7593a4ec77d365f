"""Alembic's entrance: runs the migrations on the connection, and in the transaction, it is handed."""

from alembic import context
from sqlmodel import SQLModel

import storage.models  # noqa: F401 - its tables are what the metadata holds

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
)
context.run_migrations()
