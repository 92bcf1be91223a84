"""what of webhooks was withheld"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Webhooks judged before each attempt."""
    op.add_column("webhook_delivery", sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=True))
