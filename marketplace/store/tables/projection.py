"""The projection of the ledger: what reading the events gives, kept in the transaction of each event.

Everything here can be made again from the events (``actions.projection_check``). Rows name services and authorities
without foreign keys: the events they are made from have them, and a hundred thousand rows need not be checked twice.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table
from marketplace.store.tables.ledger import one_of


class AdoptionIntervalRow(Table):
    """What is in force for an authority and a service between two days (``valid_to`` exclusive, NULL: still).

    ``scope`` ``own``: the result of reading an eligible authority, its own word or a cover's (then ``inherited_from``
    is the identity that said it); ``below``: what a state's record says for all below it. ``code`` is the standing
    (``domain.standing``) without staleness, which begins on ``stale_from``. ``since``, ``confirmed_on``, ``proof`` and
    ``proof_until`` are of the run, ``event_id`` is its last event. Where there is no row, nothing is known.
    """

    __tablename__ = "adoption_interval"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid_in_order"),
        CheckConstraint(one_of("scope", "own", "below"), name="scope"),
        Index("ix_adoption_interval_authority_id", "authority_id"),
        # Rows lie in the order of the key: one tree to write instead of a table and its index.
        {"sqlite_with_rowid": False},
    )

    service_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    authority_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    scope: Mapped[str] = mapped_column(String(5), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(20))
    code: Mapped[int] = mapped_column(SmallInteger)
    event_id: Mapped[int]
    since: Mapped[date]
    confirmed_on: Mapped[date]
    stale_from: Mapped[date | None]
    proof: Mapped[str] = mapped_column(String(10))
    proof_until: Mapped[date | None]
    inherited_from: Mapped[int | None]


class ServiceProjectionRow(Table):
    """The intervals of one service packed for counting, and its roll-up on one day.

    ``version`` is the ledger's version that last changed anything here, ``changed_at`` its recording: what is known
    from then on. ``sheet`` and ``covers`` are arrays (``store.sheets``). ``rollup`` counts authorities and inhabitants
    by state, size class and code on every day from ``rollup_on`` until ``rollup_until`` (exclusive, NULL: nothing
    changes by date alone any more).
    """

    __tablename__ = "service_projection"
    __table_args__ = (Index("ix_service_projection_version", "version"),)

    service_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]
    covers: Mapped[bytes]
    rollup_on: Mapped[date]
    rollup_until: Mapped[date | None]
    rollup: Mapped[bytes]
    # Last: SQLite reads a row up to the last column asked for, and a sheet is long.
    sheet: Mapped[bytes]
