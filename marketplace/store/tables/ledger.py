"""The ledger: append-only events, and the one row that is their lock and clock."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.store.tables.base import Table


class LedgerRow(Table):
    """The head of everything that figures depend on: its row lock is the ledger lock.

    ``last_recorded_at`` is the latest recording of an event, region version, authority set or service fact;
    ``version`` rises with each such transaction; ``structure_version`` is the last one that recorded something else
    than events.
    """

    __tablename__ = "ledger"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int]
    last_event_id: Mapped[int]
    last_recorded_at: Mapped[datetime | None]
    structure_version: Mapped[int] = mapped_column(server_default="0")


def one_of(column: str, *values: str) -> str:
    """Return the condition that a column has one of some values, the likeliest first.

    SQLite compares them in turn; for a list in parentheses it would fill a table of its own and search it row by row,
    which doubles what a row costs.
    """
    return " OR ".join(f"{column} = '{value}'" for value in values)


_CLAIM = "asserted_by = 'provider' AND proof = 'none'"


class AdoptionEventRow(Table):
    """One line of the ledger; never updated, never deleted (triggers refuse it)."""

    __tablename__ = "adoption_event"
    __table_args__ = (
        CheckConstraint(
            one_of(
                "status",
                "live", "agreed", "connecting", "interested", "ended", "declined", "own_solution", "not_competent", "void",
            ),
            name="status",
        ),
        CheckConstraint(one_of("scope", "own", "below"), name="scope"),
        CheckConstraint(
            one_of("asserted_by", "authority", "register", "coordination", "provider"), name="asserted_by"
        ),
        CheckConstraint(one_of("proof", "none", "contract", "link", "usage"), name="proof"),
        CheckConstraint(one_of("connection", "pdf", "xoev", "specialist_system"), name="connection"),
        CheckConstraint("status <> 'void' OR corrects IS NOT NULL", name="void_corrects"),
        CheckConstraint("status <> 'declined' OR reason IS NOT NULL", name="declined_has_reason"),
        CheckConstraint("corrects < id", name="corrects_earlier"),
        CheckConstraint("answers < id", name="answers_earlier"),
        CheckConstraint("ref IS NULL OR source IS NOT NULL", name="ref_has_source"),
        # On PostgreSQL a trigger asks for all rows of a statement at once (migration 0005): row by row they would cost
        # more than the rows.
        *(
            ForeignKeyConstraint([column], [target], info={"only": "sqlite"}).ddl_if(dialect="sqlite")
            for column, target in (
                ("service_id", "service.id"), ("authority_id", "authority.id"), ("organisation_id", "organisation.id"),
            )
        ),
        Index(
            "uq_adoption_event_corrects", "corrects", unique=True,
            sqlite_where=text("corrects IS NOT NULL"), postgresql_where=text("corrects IS NOT NULL"),
        ),
        Index(
            "ix_adoption_event_answers", "answers",
            sqlite_where=text("answers IS NOT NULL"), postgresql_where=text("answers IS NOT NULL"),
        ),
        Index(
            "uq_adoption_event_source_ref", "source", "ref", unique=True,
            sqlite_where=text("ref IS NOT NULL"), postgresql_where=text("ref IS NOT NULL"),
        ),
        Index("ix_adoption_event_service_id_authority_id", "service_id", "authority_id"),
        Index("ix_adoption_event_authority_id", "authority_id"),
        Index(
            "ix_adoption_event_plan", "service_id",
            sqlite_where=text("planned_live_on IS NOT NULL"),
            postgresql_where=text("planned_live_on IS NOT NULL"),
        ),
        Index(
            "ix_adoption_event_demo", "service_id",
            sqlite_where=text("source = 'demo'"), postgresql_where=text("source = 'demo'"),
        ),
        Index(
            "ix_adoption_event_claim", "service_id", "authority_id",
            sqlite_where=text(_CLAIM), postgresql_where=text(_CLAIM),
        ),
        Index(
            "ix_adoption_event_cover", "service_id",
            sqlite_where=text("scope = 'below'"), postgresql_where=text("scope = 'below'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    service_id: Mapped[str] = mapped_column(String(80))
    authority_id: Mapped[int]
    authority_key: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(String(10))
    except_keys: Mapped[list[Any] | None]
    except_ids: Mapped[list[Any] | None]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    asserted_by: Mapped[str] = mapped_column(String(20))
    proof: Mapped[str] = mapped_column(String(10))
    proof_url: Mapped[str | None] = mapped_column(String(500))
    proof_until: Mapped[date | None]
    corrects: Mapped[int | None] = mapped_column(ForeignKey("adoption_event.id"))
    answers: Mapped[int | None] = mapped_column(ForeignKey("adoption_event.id"))
    source: Mapped[str | None] = mapped_column(String(200))
    ref: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(2000))
    reason: Mapped[str | None] = mapped_column(String(2000))
    actor: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[str | None] = mapped_column(String(80))
    on_behalf_of: Mapped[str | None] = mapped_column(String(80))
    offer_id: Mapped[str | None] = mapped_column(String(80))
    parts: Mapped[list[Any] | None]
    planned_live_on: Mapped[date | None]
    maturity_model: Mapped[str | None] = mapped_column(String(5))
    maturity_level: Mapped[int | None]
    connection: Mapped[str | None] = mapped_column(String(20))
    backfilled_at: Mapped[datetime | None]
