"""projection of the ledger

The new tables start empty: an entry without a row is read from its events until `statistics tick`, `statistics
rebuild` or its next event projects it, so that nothing that was recorded before is lost or counted differently.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """projection of the ledger."""
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
        sa.CheckConstraint("scope IN ('own', 'below')", name=op.f("ck_adoption_interval_scope")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_adoption_interval_valid_in_order")
        ),
        sa.PrimaryKeyConstraint(
            "service_id", "authority_id", "scope", "valid_from", name=op.f("pk_adoption_interval")
        ),
    )
    op.create_index("ix_adoption_interval_authority_id", "adoption_interval", ["authority_id"])
    op.create_table(
        "service_projection",
        sa.Column("service_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sheet", sa.LargeBinary(), nullable=False),
        sa.Column("covers", sa.LargeBinary(), nullable=False),
        sa.Column("rollup_on", sa.Date(), nullable=False),
        sa.Column("rollup_until", sa.Date(), nullable=True),
        sa.Column("rollup", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_service_projection")),
    )
    op.create_index("ix_service_projection_version", "service_projection", ["version"])
    op.add_column("ledger", sa.Column("structure_version", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_adoption_event_cover", "adoption_event", ["service_id"],
        sqlite_where=sa.text("scope = 'below'"), postgresql_where=sa.text("scope = 'below'"),
    )  # fmt: skip
    # Few events correct or answer another: an index of these alone is smaller, and quicker to write.
    for column, name, unique in (
        ("corrects", "uq_adoption_event_corrects", True),
        ("answers", "ix_adoption_event_answers", False),
    ):
        op.drop_index(name, "adoption_event")
        op.create_index(
            name, "adoption_event", [column], unique=unique,
            sqlite_where=sa.text(f"{column} IS NOT NULL"), postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )  # fmt: skip
    op.create_index(
        "ix_adoption_event_claim", "adoption_event", ["service_id", "authority_id"],
        sqlite_where=sa.text("asserted_by = 'provider' AND proof = 'none'"),
        postgresql_where=sa.text("asserted_by = 'provider' AND proof = 'none'"),
    )  # fmt: skip
    op.create_index(
        "ix_adoption_event_plan", "adoption_event", ["service_id"],
        sqlite_where=sa.text("planned_live_on IS NOT NULL"),
        postgresql_where=sa.text("planned_live_on IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_adoption_event_demo", "adoption_event", ["service_id"],
        sqlite_where=sa.text("source = 'demo'"), postgresql_where=sa.text("source = 'demo'"),
    )  # fmt: skip
    if op.get_bind().dialect.name == "postgresql":
        # Sheets are read whole and often: out of line, but not compressed.
        for column in ("sheet", "covers", "rollup"):
            op.execute(f"ALTER TABLE service_projection ALTER COLUMN {column} SET STORAGE EXTERNAL")
