"""what of webhooks was withheld, and which steps of the worker fail"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Webhooks judged again, workers that say what fails."""
    op.add_column("webhook_delivery", sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "step_failure",
        sa.Column("worker", sa.String(length=36), nullable=False),
        sa.Column("lane", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("worker", "lane", "step", name=op.f("pk_step_failure")),
        sa.CheckConstraint("failures > 0", name=op.f("ck_step_failure_failures")),
    )
