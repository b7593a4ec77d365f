"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_absences_person", "absences", ["person"], unique=False)
    op.create_index("ix_absences_trust", "absences", ["trust"], unique=False)
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("platform", "workspace", "address"),
    )
    op.create_index("ix_accounts_person", "accounts", ["person"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("draft", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("klass", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("harmed", sa.String(), nullable=False),
        sa.Column("danger", sa.Boolean(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("picked", sa.JSON(), nullable=False),
        sa.Column("outside", sa.JSON(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("acknowledged_at", UTCDateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.CheckConstraint("klass in ('now','day','soon')", name="case_klass"),
        sa.CheckConstraint("state in ('received','opened','acknowledged','working','closed')", name="case_state"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("draft"),
        sa.UniqueConstraint("trust", "reference"),
    )
    op.create_index("ix_cases_reporter", "cases", ["reporter"], unique=False)
    op.create_index("ix_cases_school", "cases", ["school"], unique=False)
    op.create_table(
        "desk_settings",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("touched_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_drafts_author", "drafts", ["author"], unique=False)
    op.create_index("ix_drafts_expires_at", "drafts", ["expires_at"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("promised_at", UTCDateTime(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_evidence_case", "evidence", ["case"], unique=False)
    op.create_table(
        "involved",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("perhaps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_involved_case", "involved", ["case"], unique=False)
    op.create_table(
        "keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "ledger",
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("trust", "position"),
    )
    op.create_index("ix_ledger_case", "ledger", ["case"], unique=False)
    op.create_table(
        "ledger_heads",
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("trust"),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("ix_links_person", "links", ["person"], unique=False)
    op.create_table(
        "parties",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("ended", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case", "person"),
    )
    op.create_index("ix_parties_case", "parties", ["case"], unique=False)
    op.create_index("ix_parties_person", "parties", ["person"], unique=False)
    op.create_table(
        "passphrases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("shut_until", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("also", sa.JSON(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("line_manager", sa.String(), nullable=False),
        sa.Column("met_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("trust", "key"),
    )
    op.create_table(
        "posted",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case", "person", "platform", "slot"),
    )
    op.create_index("ix_posted_case", "posted", ["case"], unique=False)
    op.create_table(
        "promises",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(), nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column("kept_at", UTCDateTime(), nullable=True),
        sa.Column("once", sa.String(), nullable=True),
        sa.CheckConstraint("state in ('waiting','kept','dropped')", name="promise_state"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("trust", "once"),
    )
    op.create_index("ix_promises_about", "promises", ["about"], unique=False)
    op.create_index("promises_due", "promises", ["state", "due_at"], unique=False)
    op.create_table(
        "roles",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_roles_person", "roles", ["person"], unique=False)
    op.create_index("ix_roles_school", "roles", ["school"], unique=False)
    op.create_index("ix_roles_trust", "roles", ["trust"], unique=False)
    op.create_table(
        "schools",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("trust", "key"),
    )
    op.create_table(
        "sealed",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("owner", "field"),
    )
    op.create_table(
        "trusts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("outside", sa.JSON(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "unprocessed",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "web_sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("ix_web_sessions_person", "web_sessions", ["person"], unique=False)
