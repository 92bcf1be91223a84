"""counting rules of operators, which the database itself refuses to change"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """counting rules."""
    op.create_table(
        "counting_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title_de", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("text_de", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("example_de", sa.Text(), nullable=False),
        sa.Column("example_en", sa.Text(), nullable=False),
        sa.Column("weakness_de", sa.Text(), nullable=False),
        sa.Column("weakness_en", sa.Text(), nullable=False),
        sa.Column("counted", JSON, nullable=False),
        sa.Column("claims", sa.Boolean(), nullable=False),
        sa.Column("inherited", sa.Boolean(), nullable=False),
        sa.Column("stale_after_days", sa.Integer(), nullable=False),
        sa.Column("developing_states", sa.Boolean(), nullable=False),
        sa.Column("state_counts", sa.String(length=20), nullable=True),
        sa.Column("area_wide_percent", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_counting_rule_version")),
        sa.CheckConstraint("stale_after_days > 0", name=op.f("ck_counting_rule_stale_after_days")),
        sa.CheckConstraint(
            "area_wide_percent BETWEEN 1 AND 100", name=op.f("ck_counting_rule_area_wide_percent")
        ),
        sa.CheckConstraint(
            "state_counts IN ('joined', 'all_live', 'one_live')", name=op.f("ck_counting_rule_state_counts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counting_rule")),
    )
    op.create_index("uq_counting_rule_version", "counting_rule", ["rule_id", "version"], unique=True)
    _refuse_changes_of_published_rules()


def _refuse_changes_of_published_rules() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER counting_rule_no_{verb} BEFORE {verb.upper()} ON counting_rule "
                "BEGIN SELECT RAISE(ABORT, 'a published counting rule never changes'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION counting_rule_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a published counting rule never changes' "
        "USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER counting_rule_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON counting_rule "
        "FOR EACH STATEMENT EXECUTE FUNCTION counting_rule_refuse()"
    )
