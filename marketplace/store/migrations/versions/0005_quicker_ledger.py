"""the same constraints of the ledger at less cost

SQLite: lists of allowed values are compared in turn, and intervals lie in the order of their key. PostgreSQL: what events
name is asked for once a statement instead of three times a row.
"""

from typing import cast

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_LISTS = {
    "status IN ('interested', 'agreed', 'connecting', 'live', 'ended', 'declined', 'own_solution', "
    "'not_competent', 'void')": (
        "status = 'live' OR status = 'agreed' OR status = 'connecting' OR status = 'interested' OR status = 'ended' "
        "OR status = 'declined' OR status = 'own_solution' OR status = 'not_competent' OR status = 'void'"
    ),
    "scope IN ('own', 'below')": "scope = 'own' OR scope = 'below'",
    "asserted_by IN ('provider', 'authority', 'coordination', 'register')": (
        "asserted_by = 'authority' OR asserted_by = 'register' OR asserted_by = 'coordination' "
        "OR asserted_by = 'provider'"
    ),
    "proof IN ('none', 'link', 'contract', 'usage')": (
        "proof = 'none' OR proof = 'contract' OR proof = 'link' OR proof = 'usage'"
    ),
    "connection IN ('pdf', 'xoev', 'specialist_system')": (
        "connection = 'pdf' OR connection = 'xoev' OR connection = 'specialist_system'"
    ),
}
_NAMED = {"service_id": "service", "authority_id": "authority", "organisation_id": "organisation"}


def upgrade() -> None:
    """Quicker ledger."""
    if op.get_bind().dialect.name == "sqlite":
        _compare_in_turn()
        _order_intervals_by_key()
    else:
        _refer_by_statement()


def _compare_in_turn() -> None:
    """Write the same conditions in other words: no row changes, so the table need not be copied.

    SQLite's own procedure for changing a CHECK (sqlite.org/lang_altertable.html, section 7).
    """
    connection = op.get_bind()
    stored = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'adoption_event'")
    definition = cast("str", connection.execute(stored).scalar_one())
    for old, new in _LISTS.items():
        if f"CHECK ({old})" not in definition:
            raise RuntimeError(f"adoption_event has no CHECK ({old})")
        definition = definition.replace(f"CHECK ({old})", f"CHECK ({new})")
    version = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'adoption_event'"),
        {"sql": definition},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = RESET")


def _order_intervals_by_key() -> None:
    op.drop_index("ix_adoption_interval_authority_id", "adoption_interval")
    op.rename_table("adoption_interval", "adoption_interval_before")
    op.create_table(
        "adoption_interval",
        sa.Column("service_id", sa.String(length=80), nullable=False),
        sa.Column("authority_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.String(length=5), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("code", sa.SmallInteger(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("stale_from", sa.Date(), nullable=True),
        sa.Column("proof", sa.String(length=10), nullable=False),
        sa.Column("proof_until", sa.Date(), nullable=True),
        sa.Column("inherited_from", sa.Integer(), nullable=True),
        sa.CheckConstraint("scope = 'own' OR scope = 'below'", name=op.f("ck_adoption_interval_scope")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_adoption_interval_valid_in_order")
        ),
        sa.PrimaryKeyConstraint(
            "service_id", "authority_id", "scope", "valid_from", name=op.f("pk_adoption_interval")
        ),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO adoption_interval SELECT * FROM adoption_interval_before "
        "ORDER BY service_id, authority_id, scope, valid_from"
    )
    op.drop_table("adoption_interval_before")
    op.create_index("ix_adoption_interval_authority_id", "adoption_interval", ["authority_id"])


def _refer_by_statement() -> None:
    """Let triggers say what the foreign keys said: also what is named cannot go while an event names it.

    The locks are those of a foreign key: whoever deletes what an event is about to name waits, or is waited for.
    """
    for column in _NAMED:
        op.drop_constraint(f"fk_adoption_event_{column}", "adoption_event", type_="foreignkey")
    asked = "".join(
        f"PERFORM 1 FROM {table} WHERE id = ANY (ARRAY("  # noqa: S608  # names of ours
        f"SELECT DISTINCT {column} FROM fresh WHERE {column} IS NOT NULL)) FOR KEY SHARE; "
        "GET DIAGNOSTICS found = ROW_COUNT; "
        f"IF found < (SELECT count(DISTINCT {column}) FROM fresh) THEN "
        f"RAISE foreign_key_violation USING MESSAGE = 'an event names what is not in {table}', "
        f"CONSTRAINT = 'fk_adoption_event_{column}'; END IF; "
        for column, table in _NAMED.items()
    )
    op.execute(
        "CREATE FUNCTION adoption_event_refer() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ DECLARE found integer; BEGIN {asked} RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER adoption_event_references AFTER INSERT ON adoption_event "
        "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION adoption_event_refer()"
    )
    op.execute(
        "CREATE FUNCTION adoption_event_keep() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ DECLARE is_named boolean; BEGIN "
        "IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN RETURN NULL; END IF; "
        "EXECUTE format('SELECT EXISTS (SELECT 1 FROM adoption_event WHERE %I = $1)', TG_ARGV[0]) "
        "INTO is_named USING OLD.id; "
        "IF is_named THEN RAISE foreign_key_violation USING MESSAGE = 'events name this ' || TG_TABLE_NAME, "
        "CONSTRAINT = 'fk_adoption_event_' || TG_ARGV[0]; END IF; RETURN NULL; END $$"
    )
    for column, table in _NAMED.items():
        op.execute(
            f"CREATE TRIGGER {table}_named_by_events AFTER DELETE OR UPDATE OF id ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION adoption_event_keep('{column}')"
        )
