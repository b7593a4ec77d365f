"""Brings the tables to the newest form, under a lock, and sets the ledger's guards again each time."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, make_url

from storage import engines
from storage.migrations import guards

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent
# Any number will do, if every process that migrates takes the same.
ADVISORY_LOCK = 6962


def bring_up_to_date(url: str) -> None:
    """Upgrade the database at this address; several processes may do so at once."""
    sqlite = make_url(url).get_backend_name() == "sqlite"
    engine = engines.sqlite_migrator(url) if sqlite else engines.postgres(url, 1)
    try:
        with engine.begin() as connection:
            if not sqlite:
                connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
            upgrade(connection)
    finally:
        engine.dispose()


def upgrade(connection: Connection) -> None:
    """Run what is missing, in this connection's transaction, and see that the ledger is guarded."""
    if current(connection) != newest():
        # An eighth of the time it takes to start, for what is done once a version.
        from alembic import command

        config = settings()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    if not guards.are_set(connection):
        guards.set_anew(connection)


def newest() -> str:
    """The last migration there is."""
    return max(file.stem.partition("_")[0] for file in (HERE / "versions").glob("[0-9]*.py"))


def current(connection: Connection) -> str:
    """The last migration that this database has had, or nothing."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")


def settings() -> "Config":
    """Alembic's settings, found inside the installed package; no ini file is needed."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    return config
