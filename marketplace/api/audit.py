"""``/audit-entries``: who did what, for operators."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from flask import Response

from marketplace.actions.audit_log import LogFilter, read_log, table_of
from marketplace.api.answers import answer_page
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import page_request
from marketplace.api.schemas.audit import AuditEntryList, AuditEntryQuery, entry_body
from marketplace.domain.access import Action
from marketplace.http import actor, context

blueprint = Resource("audit", __name__, url_prefix=PREFIX, description="Who did what, for whom and when")


@blueprint.operation(
    "/audit-entries",
    action=Action.READ_LOG,
    answer=AuditEntryList,
    query=AuditEntryQuery,
    paged=True,
    table=True,
    errors=(406,),
)
def list_audit_entries(query: Mapping[str, Any]) -> Response:
    """List entries of the audit log, the newest first.

    Nothing in it is ever changed; entries are deleted after the retention time.
    """
    filters = LogFilter(**{field.name: query.get(field.name) for field in fields(LogFilter)})
    page = read_log(context(), actor(), filters, page_request(query))
    return answer_page(page, entry_body, query, table_of)
