"""Reading usage reports and case numbers page by page, as they were known."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.actions.context import Context
from marketplace.actions.paging import Page, PageRequest
from marketplace.actions.reading import knowledge, read_known_at
from marketplace.domain.lifecycle import EntryStatus, is_findable
from marketplace.errors import NotFound
from marketplace.store import catalogue, head, services, usage
from marketplace.store.usage import CaseNumber, Listed, UsageReport

__all__ = [
    "CaseNumber",
    "CasePage",
    "Listed",
    "UsagePage",
    "UsageReport",
    "cases_of_procedure",
    "usage_of_service",
]


@dataclass(frozen=True, slots=True)
class UsagePage:
    """A page of a service's usage reports, the latest month first, as known at an instant."""

    page: Page[Listed[UsageReport]]
    known_at: datetime


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of a procedure's case numbers, the latest year first, as known at an instant."""

    page: Page[Listed[CaseNumber]]
    known_at: datetime


def usage_of_service(
    ctx: Context, service_id: str, page: PageRequest, known_at: str | datetime | None = None
) -> UsagePage:
    """Return the usage reports of a service.

    Raises:
        NotFound: there is no such service that the public may see.
        InvalidInput: a ``known_at`` that is none.
    """
    asked = read_known_at(ctx, known_at)
    with ctx.database.reading() as session:
        at = knowledge(ctx, head.head(session), asked)
        status = services.status_of(session, service_id)
        if status is None or not (is_findable(status) or status is EntryStatus.WITHDRAWN):
            raise NotFound("service", service_id)
        items, total = usage.page_of_service(session, service_id, at, page.offset, page.page_size)
    return UsagePage(Page(items, total, page.page, page.page_size), at)


def cases_of_procedure(
    ctx: Context, leika_key: str, page: PageRequest, known_at: str | datetime | None = None
) -> CasePage:
    """Return the case numbers of a procedure.

    Raises:
        NotFound: there is no such procedure.
        InvalidInput: a ``known_at`` that is none.
    """
    asked = read_known_at(ctx, known_at)
    with ctx.database.reading() as session:
        at = knowledge(ctx, head.head(session), asked)
        if leika_key not in catalogue.procedures(session, [leika_key]):
            raise NotFound("procedure", leika_key)
        items, total = usage.page_of_procedure(session, leika_key, at, page.offset, page.page_size)
    return CasePage(Page(items, total, page.page, page.page_size), at)
