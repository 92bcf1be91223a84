"""An entry was published anew while it was in work: what came is taken into the revision, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions.contact_reads import record_contact_read
from marketplace.actions.form_drafts import FormDraft, forget_form, kept_form
from marketplace.actions.revisions import put_revision, read_revision
from marketplace.actions.service_history import version_of, versions
from marketplace.domain.access import Action, Actor
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import Revision, ServiceVersion
from marketplace.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    MarketplaceError,
    NotFound,
    VersionMismatch,
)
from marketplace.http import context, needs, remember_refusal
from marketplace.web.blueprint import web
from marketplace.web.entry_conflict import contested, merged, seen_of
from marketplace.web.entry_difference import differences
from marketplace.web.entry_drafts import MAX_CARRIED, TAG
from marketplace.web.entry_pages import acting_person, entry_choices, fields_of, private, sent_text
from marketplace.web.entry_step_words import refusal_of
from marketplace.web.errors import STATUS_OF
from marketplace.web.kept_forms import keep

REFUSALS = (InvalidInput, Conflict, Forbidden, VersionMismatch)
TAKE, THEIRS = "take.", "theirs"


@dataclass(frozen=True, slots=True)
class BothVersions:
    """What is in work, what was published since it began (None: nothing), and the fields of both as forms show them."""

    revision: Revision
    public: ServiceVersion | None
    mine: dict[str, Any]
    theirs: dict[str, Any]
    seen: str

    def is_chosen_of(self, content: Mapping[str, str]) -> bool:
        """Tell whether choices were made between these two versions."""
        return (
            self.public is not None
            and content.get(TAG) == self.revision.tag
            and content.get("version") == str(self.public.version)
        )


@web.get("/dienste/<service_id>/neue-fassung")
@needs(Action.WRITE_SERVICE)
def entry_published_anew(service_id: str) -> Response:
    """Show field by field where what is in work and what was published since differ, with what was chosen so far."""
    who = acting_person(Action.WRITE_SERVICE)
    both = _both(who, service_id)
    kept = kept_form(context(), who, _form_name(service_id))
    return _page(both, kept=kept if kept is not None and both.is_chosen_of(kept.content) else None)


@web.post("/dienste/<service_id>/neue-fassung/entwurf")
@needs(Action.WRITE_SERVICE)
def keep_what_is_taken_in(service_id: str) -> FlaskResponse:
    """Keep which version was chosen for each field; answers the time in Germany at which it was kept."""
    who = acting_person(Action.WRITE_SERVICE)
    read_revision(context(), who, service_id)
    carried = {name: sent_text(name)[:MAX_CARRIED] for name in (TAG, "version")}
    return keep(who, _form_name(service_id), carried | _choices(request.form))


@web.post("/dienste/<service_id>/neue-fassung")
@needs(Action.WRITE_SERVICE)
def take_in_published(service_id: str) -> Response:
    """Let what is in work go on from the published version, with the chosen one of each field."""
    who = acting_person(Action.WRITE_SERVICE)
    both = _both(who, service_id)
    if both.public is None:
        return _page(both)
    fields = merged(both.mine, both.theirs, _taken(request.form)) | {"version": both.public.version}
    try:
        if sent_text("version") != str(both.public.version):
            raise VersionMismatch(f"service {service_id!r} was published anew while one chose")
        put_revision(context(), who, service_id, fields, sent_text("tag") or "-")
    except REFUSALS as error:
        remember_refusal(error)
        return _page(_both(who, service_id), error)
    forget_form(context(), who, _form_name(service_id))
    return redirect(url_for("web.entry_review", service_id=service_id, done="taken"), 303)


def published_since(who: Actor, revision: Revision) -> ServiceVersion | None:
    """Return what the public sees where that came after what a revision began from; None where it goes on from it."""
    if not revision.is_open:
        return None
    newest = versions(context(), revision.service.id, who, limit=1)
    return newest[0] if newest and newest[0].version != revision.base_version else None


def _both(who: Actor, service_id: str) -> BothVersions:
    revision = read_revision(context(), who, service_id)
    record_contact_read(context(), who, revision.service)
    public = published_since(who, revision)
    return BothVersions(
        revision,
        public,
        mine=fields_of(revision.service),
        theirs={} if public is None else fields_of(public.service),
        seen=_base_of(who, revision),
    )


def _base_of(who: Actor, revision: Revision) -> str:
    """Return the digests of the version a revision began from; "" where none is kept: both sides count as changed."""
    try:
        return seen_of(
            fields_of(version_of(context(), revision.service.id, revision.base_version, who).service)
        )
    except NotFound:
        return ""


def _form_name(service_id: str) -> str:
    return f"service:taking-in:{service_id}"


def _choices(content: Mapping[str, str]) -> dict[str, str]:
    return {name: value[:MAX_CARRIED] for name, value in content.items() if name.startswith(TAKE)}


def _taken(content: Mapping[str, str]) -> set[str]:
    return {name.removeprefix(TAKE) for name, value in _choices(content).items() if value == THEIRS}


def _page(
    both: BothVersions, error: MarketplaceError | None = None, *, kept: FormDraft | None = None
) -> Response:
    changed = {one.field: one for one in contested(both.mine, both.theirs, both.seen)} if both.public else {}
    content = request.form if kept is None else kept.content
    chosen = {name.removeprefix(TAKE) for name in _choices(content)}
    # What was chosen before a refusal or a pause stays chosen; else what only the published version changed is taken.
    takes = (_taken(content) & changed.keys()) | {
        name for name, one in changed.items() if not one.mine and name not in chosen
    }
    found = differences(both.theirs, both.mine, entry_choices()) if both.public else []
    page = render_template(
        "entry/taking_in.html",
        service=both.revision.service,
        revision=both.revision,
        public=both.public,
        locked=both.revision.service.status is EntryStatus.IN_REVIEW,
        differences=[one for one in found if one.field in changed],
        changed=changed,
        takes=takes,
        kept=kept,
        refused=None if error is None else refusal_of(error),
    )
    return private(page, 200 if error is None else STATUS_OF[type(error)])
