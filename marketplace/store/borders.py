"""The days on which territory or authority sets change, whatever is believed of them at an instant.

Between two borders every day has the same territory and the same members of each set.
"""

from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, select, union
from sqlalchemy.orm import Session

from marketplace.store.tables import AuthoritySetVersionRow, RegionVersionRow, RegisterRow, SuccessionRow


def borders(session: Session) -> list[date]:
    """Return all such days, the earliest first."""
    days: CompoundSelect[Any] = union(
        select(RegisterRow.territory_on),
        select(SuccessionRow.effective_on),
        select(RegionVersionRow.valid_from).distinct(),
        select(RegionVersionRow.valid_to).distinct(),
        select(AuthoritySetVersionRow.valid_from),
        select(AuthoritySetVersionRow.valid_to),
    )
    return sorted(day for day in session.scalars(days) if day is not None)
