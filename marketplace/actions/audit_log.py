"""Reading the audit log: who did what, for whom and when; as pages and as a table."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import orjson

from marketplace.actions.context import Context
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.rights import acting
from marketplace.actions.tables import Column, Table
from marketplace.domain import dates
from marketplace.domain.access import Action, Actor
from marketplace.domain.audit import AuditEntry, Outcome
from marketplace.errors import InvalidInput
from marketplace.store import audit, memberships
from marketplace.store.audit import AuditQuery

MAX_EXPORTED = 50_000
COLUMNS = (
    "id", "at", "actor", "person_id", "organisation", "on_behalf_of", "act", "object_kind", "object_id", "outcome",
    "reason", "detail", "request_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which entries of the log; None accepts all. ``since`` and ``until`` are days in Germany, both included."""

    actor: str | None = None
    organisation: str | None = None
    on_behalf_of: str | None = None
    act: str | None = None
    object_kind: str | None = None
    object_id: str | None = None
    outcome: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """An entry with its number in the log."""

    id: int
    entry: AuditEntry


def read_log(ctx: Context, actor: Actor | None, filters: LogFilter, page: PageRequest) -> Page[LoggedEntry]:
    """Return one page of the log, the newest first.

    Raises:
        Unauthenticated, Forbidden: the actor may not read the whole log.
        InvalidInput: an unknown outcome, or days the wrong way round.
    """
    acting(actor, Action.READ_LOG)
    with ctx.database.reading() as session:
        found, total = audit.find(session, _query(filters), page.page_size, page.offset)
    return Page([LoggedEntry(*one) for one in found], total, page.page, page.page_size)


def log_table(ctx: Context, actor: Actor | None, filters: LogFilter) -> Table:
    """Make the table of all entries that pass the filters.

    Raises:
        Unauthenticated, Forbidden, InvalidInput: as ``read_log``.
        InvalidInput: there are more than 50,000.
    """
    acting(actor, Action.READ_LOG)
    with ctx.database.reading() as session:
        found, total = audit.find(session, _query(filters), MAX_EXPORTED)
    if total > MAX_EXPORTED:
        raise InvalidInput.one(
            "since", "range", f"{total} entries pass the filters, {MAX_EXPORTED} fit a file"
        )
    return table_of([LoggedEntry(*one) for one in found])


def known_acts(ctx: Context, actor: Actor | None) -> Sequence[str]:
    """Return every act that the log holds.

    Raises:
        Unauthenticated, Forbidden: the actor may not read the whole log.
    """
    acting(actor, Action.READ_LOG)
    with ctx.database.reading() as session:
        return audit.acts(session)


def known_kinds(ctx: Context, actor: Actor | None) -> Sequence[str]:
    """Return every kind of object that the log holds.

    Raises:
        Unauthenticated, Forbidden: the actor may not read the whole log.
    """
    acting(actor, Action.READ_LOG)
    with ctx.database.reading() as session:
        return audit.object_kinds(session)


def named_people(ctx: Context, actor: Actor | None, person_ids: Collection[str]) -> Mapping[str, str]:
    """Return the names of people by their ids; who was erased or never was here is left out.

    Raises:
        Unauthenticated, Forbidden: the actor may not read the whole log.
    """
    acting(actor, Action.READ_LOG)
    with ctx.database.reading() as session:
        return memberships.names_of(session, person_ids)


def table_of(entries: Sequence[LoggedEntry]) -> Table:
    """Make the table of entries; ``detail`` stands as JSON."""
    rows = [
        [
            one.id, one.entry.at.isoformat().replace("+00:00", "Z"), one.entry.actor, one.entry.person_id,
            one.entry.organisation_id, one.entry.on_behalf_of, one.entry.act, one.entry.object_kind,
            one.entry.object_id, str(one.entry.outcome), one.entry.reason,
            orjson.dumps(dict(one.entry.detail)).decode(), one.entry.request_id,
        ]
        for one in entries
    ]  # fmt: skip
    return Table("audit-log", [Column(name, "number" if name == "id" else "text") for name in COLUMNS], rows)


def _query(filters: LogFilter) -> AuditQuery:
    if filters.outcome is not None and filters.outcome not in set(Outcome):
        raise InvalidInput.one("outcome", "choice", f"must be one of {', '.join(Outcome)}")
    if filters.since is not None and filters.until is not None and filters.since > filters.until:
        raise InvalidInput.one("until", "range", "lies before `since`")
    day = timedelta(days=1)
    return AuditQuery(
        organisation_id=filters.organisation,
        actor=filters.actor,
        on_behalf_of=filters.on_behalf_of,
        act=filters.act,
        object_kind=filters.object_kind,
        object_id=filters.object_id,
        outcome=Outcome(filters.outcome) if filters.outcome is not None else None,
        since=None if filters.since is None else dates.end_of_day(filters.since - day),
        until=None if filters.until is None else dates.end_of_day(filters.until),
    )
