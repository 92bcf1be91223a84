"""everyday words, thesaurus, needs and searches without result; the procedures in the index become Leistungsobjekte"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Search words."""
    for table in ("bundle", "procedure"):
        op.add_column(table, sa.Column("words", JSON, server_default="[]", nullable=False))
    op.create_table(
        "thesaurus_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("left", sa.String(length=120), nullable=False),
        sa.Column("left_stems", sa.String(length=200), nullable=False),
        sa.Column("right", JSON, nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("theme_field_id", sa.String(length=80), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("weight > 0 AND weight <= 1", name=op.f("ck_thesaurus_row_weight")),
        sa.CheckConstraint("direction IN ('one_way', 'both')", name=op.f("ck_thesaurus_row_direction")),
        sa.ForeignKeyConstraint(
            ["theme_field_id"], ["theme_field.id"], name=op.f("fk_thesaurus_row_theme_field_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thesaurus_row")),
        sa.UniqueConstraint("left_stems", name=op.f("uq_thesaurus_row_left_stems")),
    )
    op.create_table(
        "search_need",
        sa.Column("theme_field_id", sa.String(length=80), nullable=False),
        sa.Column("region_key", sa.String(length=12), nullable=False),
        sa.Column("object_id", sa.String(length=8), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_search_need_count")),
        sa.ForeignKeyConstraint(
            ["theme_field_id"], ["theme_field.id"], name=op.f("fk_search_need_theme_field_id")
        ),
        sa.PrimaryKeyConstraint(
            "theme_field_id", "region_key", "object_id", "month", name=op.f("pk_search_need")
        ),
    )
    op.create_table(
        "search_miss",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_search_miss_count")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_search_miss")),
    )
    op.create_index(op.f("ix_search_miss_last_on"), "search_miss", ["last_on"])
    # An index holds one document a Leistungsobjekt from now on: what was owed for single procedures means nothing any
    # more. The new mapping has another fingerprint, so Elasticsearch is rebuilt before it answers again.
    op.execute("DELETE FROM search_change WHERE collection = 'procedures'")
    op.execute("DELETE FROM search_outbox WHERE collection = 'procedures'")
