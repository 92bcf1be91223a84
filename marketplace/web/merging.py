"""Merging two entries: naming the one that stays, seeing what happens, deciding where they contradict each other."""

from collections.abc import Mapping, Sequence

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from marketplace.actions.duplicates import likely_duplicates
from marketplace.actions.merging import MergePreview, merge_services, preview_merge
from marketplace.actions.services import get_service
from marketplace.domain.access import Action, may_merge
from marketplace.domain.duplicates import Likely
from marketplace.domain.lifecycle import is_findable
from marketplace.domain.merging import Side
from marketplace.domain.service import Service
from marketplace.errors import Conflict, Forbidden, InvalidInput, NotFound, VersionMismatch
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.entry_form import entry_id
from marketplace.web.errors import STATUS_OF

PREFIX = "decide-"
CHANGED = _("Inzwischen hat sich etwas geändert. Prüfen Sie die Zusammenführung noch einmal.")
MISSING = _("Schreiben Sie einen Grund, und entscheiden Sie für jede Behörde, wessen Meldungen gelten.")
NOT_TOGETHER = _("Diese beiden Einträge lassen sich nicht zusammenführen.")
UNKNOWN = _("Einen solchen Eintrag gibt es nicht.")


@web.get("/dienste/<service_id>/zusammenfuehren")
@needs(Action.MERGE_SERVICES)
def merge_form(service_id: str) -> Response:
    """Ask for the entry that stays; or show what merging into it would do."""
    service = get_service(context(), service_id, actor()).service
    into = entry_id(queries.text_of("mit"))
    if not into:
        return make_response(_choice(service))
    try:
        preview = preview_merge(context(), actor(), into, service_id)
    except (Conflict, Forbidden, InvalidInput, NotFound) as error:
        why = UNKNOWN if isinstance(error, NotFound) else NOT_TOGETHER
        return make_response(_choice(service, into, why, error.message), STATUS_OF[type(error)])
    return make_response(_page(preview))


@web.post("/dienste/<service_id>/zusammenfuehren")
@needs(Action.MERGE_SERVICES)
def merge_entries(service_id: str) -> Response:
    """Merge, or show the decisions again with what is wrong."""
    into = request.form.get("mit", "")
    decisions = {
        name.removeprefix(PREFIX): value
        for name, value in request.form.items()
        if name.startswith(PREFIX) and value
    }
    reason = request.form.get("reason", "")
    try:
        merge_services(
            context(), actor(), into, service_id, decisions=decisions, reason=reason,
            expected=request.form.get("tag", ""),
        )  # fmt: skip
    except (InvalidInput, VersionMismatch) as error:
        preview = preview_merge(context(), actor(), into, service_id)
        why = CHANGED if isinstance(error, VersionMismatch) else MISSING
        return make_response(_page(preview, why, reason, decisions), STATUS_OF[type(error)])
    return redirect(url_for("web.service", service_id=into), 303)


def _choice(service: Service, typed: str = "", why: LazyString | None = None, message: str = "") -> str:
    return render_template(
        "merge_choice.html", service=service, likely=_likely(service), typed=typed, why=why, message=message
    )


def _likely(service: Service) -> Sequence[Likely]:
    """Return the likely duplicates of an entry that whoever looks may merge it with."""
    who = actor()
    found = likely_duplicates(
        context(),
        who,
        {
            "id": service.id,
            "name": service.name,
            "lead_state": service.lead_state,
            "leika_keys": service.leika_keys,
            "ozg_ids": service.ozg_ids,
        },
    )
    if who is None:
        return []
    known = ((one, get_service(context(), one.id, who).service) for one in found)
    return [
        one
        for one, other in known
        if is_findable(other.status) and may_merge(who, service.publisher, other.publisher).allowed
    ]


def _page(
    preview: MergePreview,
    why: LazyString | None = None,
    reason: str = "",
    decided: Mapping[str, str] | None = None,
) -> str:
    by_authority: dict[str, list[object]] = {}
    for one in preview.to_decide:
        by_authority.setdefault(one.authority_key, []).append(one)
    return render_template(
        "merge.html",
        preview=preview,
        by_authority=by_authority,
        sides=list(Side),
        prefix=PREFIX,
        why=why,
        reason=reason,
        decided=decided or {},
    )
