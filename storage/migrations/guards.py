"""The triggers that hold what no unit may undo; a migration that rebuilds a table drops them silently."""

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
# A practice report never becomes a real one, nor the reverse.
FOR_EVER = "a report stays what it was made: practice or real"
PRACTICE = "cases_stay_practice_or_real"
SQLITE_PRACTICE = (
    "BEFORE UPDATE OF practice ON cases WHEN NEW.practice IS NOT OLD.practice "
    f"BEGIN SELECT RAISE(ABORT, '{FOR_EVER}'); END"
)
POSTGRES_PRACTICE = (
    "BEFORE UPDATE OF practice ON cases FOR EACH ROW WHEN (NEW.practice IS DISTINCT FROM OLD.practice) "
    "EXECUTE FUNCTION cases_refuse()"
)
CASES_REFUSE = REFUSAL.replace("ledger_refuses", "cases_refuse").replace(REFUSED, FOR_EVER)


def are_set(connection: Connection) -> bool:
    if connection.dialect.name == "sqlite":
        held = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return set(held.scalars()) >= {*SQLITE, PRACTICE}
    enabled = (
        "SELECT tgname FROM pg_trigger WHERE tgrelid IN ('ledger'::regclass, 'cases'::regclass) "
        "AND tgenabled IN ('O', 'A')"
    )
    return set(connection.exec_driver_sql(enabled).scalars()) >= {*POSTGRES, PRACTICE}


def set_anew(connection: Connection) -> None:
    """Set every trigger, whatever the migrations did to the tables."""
    if connection.dialect.name == "sqlite":
        for name, what in {**SQLITE, PRACTICE: SQLITE_PRACTICE}.items():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {what}")
        return
    connection.exec_driver_sql(REFUSAL)
    connection.exec_driver_sql(CASES_REFUSE)
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {PRACTICE} ON cases")
    connection.exec_driver_sql(f"CREATE TRIGGER {PRACTICE} {POSTGRES_PRACTICE}")
    for name, what in POSTGRES.items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON ledger")
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {what}")
