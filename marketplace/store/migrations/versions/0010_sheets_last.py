"""the sheet of a projection stands last in its row"""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """SQLite reads a row up to the last column asked for: the roll-up stood behind a sheet that can be fifty times as long.

    PostgreSQL keeps what is long apart, wherever it stands.
    """
    if op.get_context().dialect.name != "sqlite":
        return
    order = ("service_id", "version", "changed_at", "covers", "rollup_on", "rollup_until", "rollup", "sheet")
    with op.batch_alter_table("service_projection", recreate="always", partial_reordering=[order]):
        pass
