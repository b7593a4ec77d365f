"""The triggers that make the ledger append-only; a migration that rebuilds the table drops them silently."""

from sqlalchemy import Connection

REFUSED = "the ledger is append-only"
REFUSES = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
# INSERT OR REPLACE deletes without telling a delete trigger, unless a connection asks for it.
IS_THERE = "WHEN EXISTS (SELECT 1 FROM ledger WHERE trust = NEW.trust AND position = NEW.position)"
SQLITE = {
    "ledger_refuses_update": f"BEFORE UPDATE ON ledger {REFUSES}",
    "ledger_refuses_delete": f"BEFORE DELETE ON ledger {REFUSES}",
    "ledger_refuses_replace": f"BEFORE INSERT ON ledger {IS_THERE} {REFUSES}",
}
POSTGRES = {
    "ledger_refuses_update": "BEFORE UPDATE ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_refuses()",
    "ledger_refuses_delete": "BEFORE DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_refuses()",
    "ledger_refuses_truncate": "BEFORE TRUNCATE ON ledger EXECUTE FUNCTION ledger_refuses()",
}
REFUSAL = f"""
CREATE OR REPLACE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$
"""


def are_set(connection: Connection) -> bool:
    if connection.dialect.name == "sqlite":
        held = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return set(held.scalars()) >= set(SQLITE)
    enabled = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger'::regclass AND tgenabled IN ('O', 'A')"
    return set(connection.exec_driver_sql(enabled).scalars()) >= set(POSTGRES)


def set_anew(connection: Connection) -> None:
    """Set every trigger, whatever the migrations did to the table."""
    if connection.dialect.name == "sqlite":
        for name, what in SQLITE.items():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {what}")
        return
    connection.exec_driver_sql(REFUSAL)
    for name, what in POSTGRES.items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON ledger")
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {what}")
