"""what people call a catalogue entry beside its name"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Everyday words of services; those that are there have none yet, so that no index has to be filled anew."""
    op.add_column("service", sa.Column("words", JSON, server_default="[]", nullable=False))
