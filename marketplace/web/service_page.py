"""The page of one entry: what it is, how to get it, who has adopted it, and how it stands in the chosen region."""

from contextlib import suppress
from dataclasses import dataclass

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from marketplace.actions import adoptions, counting_rules
from marketplace.actions.adoptions import Adoptions
from marketplace.actions.contact_reads import record_contact_read
from marketplace.actions.follower_counts import followers_of_entries
from marketplace.actions.paging import MAX_PAGE_SIZE, PageRequest
from marketplace.actions.questions import DEFAULT_RULE
from marketplace.actions.reuse import Reuse, reuse_of_service
from marketplace.actions.self_check import read_self_check
from marketplace.actions.services import ServiceDetail, entry_of, get_service
from marketplace.actions.tables import plain_table, reuse_table
from marketplace.actions.withdrawn_entries import withdrawn_entry
from marketplace.domain.access import Action, decide
from marketplace.domain.adoption import Status
from marketplace.domain.counting import CLASSES
from marketplace.domain.revision import Revision
from marketplace.domain.rule import Unit
from marketplace.errors import Gone, InvalidInput, NotFound
from marketplace.http import actor, context, needs
from marketplace.web import labels, my_region, queries, self_check_words
from marketplace.web.blueprint import web
from marketplace.web.downloads import csv_file
from marketplace.web.entry_rights import may_edit, may_see_work
from marketplace.web.entry_withdrawal import withdrawn_page
from marketplace.web.links import with_query

ADOPTERS = 20
STATUSES = tuple(status for status in Status if status is not Status.VOID)
ADOPTION_FIELDS = (
    "authority_key", "authority_name", "status", "claim", "proof", "since", "confirmed_on", "inherited_from", "stale",
)  # fmt: skip


def _reuse(service_id: str) -> Reuse:
    name, by, unit = queries.text_of("rule") or DEFAULT_RULE, queries.text_of("by"), queries.text_of("unit")
    rule = counting_rules.find_rule(context(), name)
    # The form offers every group and unit beside every rule: what the chosen rule does not have falls back.
    if rule is not None and rule.state_counts is not None:
        by, unit = "", ""
    elif unit == Unit.STATES:
        unit = ""
    return reuse_of_service(
        context(),
        service_id,
        by=by or "state",
        rule=name,
        unit=unit or None,
        as_of=queries.day_of("as_of"),
        known_at=queries.text_of("known_at") or None,
    )


def _status() -> Status | None:
    name = queries.text_of("status")
    if not name:
        return None
    if name not in STATUSES:
        raise InvalidInput.one("status", "choice", f"must be one of {', '.join(STATUSES)}")
    return Status(name)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the figures of a page stand for good: the page, its CSV, the same answer of the API."""

    page: str
    csv: str
    api: str

    @classmethod
    def of(cls, reuse: Reuse) -> "Addresses":
        """Pin every parameter of a figure."""
        pinned = {
            "by": reuse.by,
            "rule": f"{reuse.rule.id}@{reuse.rule.version}",
            "unit": str(reuse.unit),
            "as_of": reuse.as_of.isoformat(),
            "known_at": reuse.known_at.isoformat().replace("+00:00", "Z"),
        }
        service_id = reuse.service_id
        return cls(
            with_query(url_for("web.service", service_id=service_id), **pinned),
            with_query(url_for("web.service_reuse_csv", service_id=service_id), **pinned),
            with_query("/api/v1/statistics/reuse", service=service_id, **pinned),
        )


@web.get("/dienste/<service_id>")
@needs(Action.READ_PUBLIC)
def service(service_id: str) -> str | AnyResponse:
    """Show one entry, or what remains of one that was withdrawn."""
    try:
        detail = get_service(context(), service_id, actor())
    except Gone as error:
        return withdrawn_page(service_id, error)
    record_contact_read(context(), actor(), detail.service)
    return page_of(detail)


def page_of(detail: ServiceDetail, preview: Revision | None = None) -> str:
    """Return the page of an entry; with ``preview`` as it will stand, under a notice that says so.

    An entry that never was published has no figures.
    """
    service_id, publisher = detail.service.id, detail.service.publisher
    try:
        reuse = _reuse(service_id)
    except NotFound:
        reuse = None
    return render_template(
        "service.html",
        detail=detail,
        service=detail.service,
        reuse=reuse,
        addresses=Addresses.of(reuse) if reuse else None,
        adopters=_adopters(service_id, reuse, queries.page_request("seite", ADOPTERS)) if reuse else None,
        mine=my_region.standing(service_id) if reuse else None,
        restricted=decide(actor(), Action.READ_RESTRICTED).allowed,
        choices={
            "rules": counting_rules.rules_to_choose_from(context(), reuse.rule) if reuse else [],
            "groupings": labels.GROUPINGS,
            "units": list(Unit),
            "statuses": STATUSES,
        },
        status=_status(),
        classes=CLASSES,
        self_check=read_self_check(context(), actor(), service_id),
        self_check_levels=self_check_words.LEVELS,
        self_check_verdicts=self_check_words.VERDICTS,
        preview=preview,
        edits=may_edit(actor(), publisher),
        sees_work=may_see_work(actor(), publisher),
        followers=followers_of_entries(context(), actor(), publisher, [service_id]),
        withdrawal=withdrawn_entry(context(), service_id, actor()) if detail.withdrawal else None,
        chosen={name: request.args.get(name, "") for name in ("rule", "by", "unit", "as_of", "known_at")},
    )


def _adopters(service_id: str, reuse: Reuse, page: PageRequest) -> Adoptions:
    return adoptions.adoptions_of_service(
        context(), service_id, page, as_of=reuse.as_of, known_at=reuse.known_at, status=_status()
    )


@web.get("/dienste/<service_id>/nachnutzung.csv")
@needs(Action.READ_PUBLIC)
def service_reuse_csv(service_id: str) -> Response:
    """Send the reuse that the page shows as a table; that of a withdrawn entry stays readable."""
    with suppress(Gone):
        entry_of(context(), service_id, actor())
    return csv_file(reuse_table(_reuse(service_id)))


@web.get("/dienste/<service_id>/behoerden.csv")
@needs(Action.READ_PUBLIC)
def service_adopters_csv(service_id: str) -> Response:
    """Send all adopters that the page lists as a table."""
    entry_of(context(), service_id, actor())
    reuse = _reuse(service_id)
    rows: list[dict[str, object]] = []
    number = 1
    while True:
        page = _adopters(service_id, reuse, PageRequest(number, MAX_PAGE_SIZE)).page
        rows.extend({name: getattr(row, name) for name in ADOPTION_FIELDS} for row in page.items)
        if number >= page.pages:
            return csv_file(plain_table(f"adoptions-{service_id}-{reuse.as_of}", ADOPTION_FIELDS, rows))
        number += 1
