"""what is read otherwise now is projected anew"""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Parts hear a town under each of its keys, sets name regions whatever key they have, places follow successions.

    What was projected before says otherwise. Without a projection figures are read from the events, rightly and slowly,
    until `marketplace statistics tick` has projected all services again.
    """
    op.execute("DELETE FROM service_projection")
    op.execute("DELETE FROM adoption_interval")
