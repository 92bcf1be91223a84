"""The page on which an entry waits for the public: what is missing, what changes, remarks, and the steps to take."""

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions.contact_reads import record_contact_read
from marketplace.actions.reviewing import approve, open_reviews, review_decisions, send_back, submit
from marketplace.actions.revision_comments import FIELDS as REMARKED
from marketplace.actions.revision_comments import comments, resolve_comment, write_comment
from marketplace.actions.revisions import discard_revision, missing, read_revision
from marketplace.actions.services import entry_of
from marketplace.domain.access import Action, Actor, Decision
from marketplace.domain.revision import Revision, was_published
from marketplace.errors import Conflict, Forbidden, InvalidInput, MarketplaceError, VersionMismatch
from marketplace.http import context, needs, remember_refusal
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.entry_difference import differences
from marketplace.web.entry_fields import LABELS
from marketplace.web.entry_pages import (
    acting_person,
    entry_choices,
    fields_of,
    form_of,
    private,
    problems_in,
    sent_text,
)
from marketplace.web.entry_rights import may_edit, why_not_approved
from marketplace.web.entry_step_words import DONE, refusal_of
from marketplace.web.entry_taking_in import published_since
from marketplace.web.entry_words import summary_of
from marketplace.web.errors import STATUS_OF
from marketplace.web.labels import FACTS

REFUSALS = (InvalidInput, Conflict, Forbidden, VersionMismatch)


@web.get("/dienste/<service_id>/pruefung")
@needs(Action.READ_REVISION)
def entry_review(service_id: str) -> Response:
    """Show what is in work, what it lacks, and who may do what with it."""
    return _page(acting_person(Action.READ_REVISION), service_id)


@web.get("/pruefungen")
@needs(Action.READ_REVISION)
def reviews() -> Response:
    """List what waits for a review, the longest waiting first."""
    who = acting_person(Action.READ_REVISION)
    found = open_reviews(context(), who)
    decisions = review_decisions(context(), who, found)
    waiting = [(one, _refusal(who, one, why)) for one, why in zip(found, decisions, strict=True)]
    return private(
        render_template("entry/reviews.html", waiting=waiting, done=DONE.get(queries.text_of("done")))
    )


@web.post("/dienste/<service_id>/pruefung/einreichen")
@needs(Action.WRITE_SERVICE)
def submit_entry(service_id: str) -> Response:
    """Hand what is in work over for review."""
    who = acting_person(Action.WRITE_SERVICE)
    try:
        submit(context(), who, service_id, sent_text("note"), _tag())
    except REFUSALS as error:
        return _page(who, service_id, error)
    return _done(service_id, "submitted")


@web.post("/dienste/<service_id>/pruefung/zurueckgeben")
@needs(Action.READ_REVISION)
def return_entry(service_id: str) -> Response:
    """Take what is in review back to draft, with the reason: returned by who reviews, recalled by who wrote."""
    who = acting_person(Action.READ_REVISION)
    try:
        send_back(context(), who, service_id, sent_text("reason"), _tag())
    except REFUSALS as error:
        return _page(who, service_id, error)
    return _done(service_id, "returned")


@web.post("/dienste/<service_id>/pruefung/freigeben")
@needs(Action.REVIEW_SERVICE)
def approve_entry(service_id: str) -> Response:
    """Publish what is in review."""
    who = acting_person(Action.REVIEW_SERVICE)
    try:
        approve(context(), who, service_id, sent_text("note"), _tag())
    except REFUSALS as error:
        return _page(who, service_id, error)
    return _done(service_id, "approved")


@web.post("/dienste/<service_id>/pruefung/verwerfen")
@needs(Action.WRITE_SERVICE)
def discard_entry(service_id: str) -> Response:
    """End what is in work: a published entry stays as it is, a draft that never was published is gone."""
    who = acting_person(Action.WRITE_SERVICE)
    public = _was_published(who, service_id)
    try:
        discard_revision(context(), who, service_id, _tag())
    except REFUSALS as error:
        return _page(who, service_id, error)
    return _done(service_id, "discarded") if public else redirect(url_for("web.reviews", done="deleted"), 303)


@web.post("/dienste/<service_id>/pruefung/anmerkungen")
@needs(Action.READ_REVISION)
def remark_on_entry(service_id: str) -> Response:
    """Write a remark on a field of what is in work."""
    who = acting_person(Action.READ_REVISION)
    try:
        write_comment(context(), who, service_id, sent_text("field"), sent_text("text"))
    except REFUSALS as error:
        return _page(who, service_id, error)
    return _done(service_id, "remarked", "anmerkungen")


@web.post("/dienste/<service_id>/pruefung/anmerkungen/<int:comment_id>/erledigt")
@needs(Action.READ_REVISION)
def resolve_remark(service_id: str, comment_id: int) -> Response:
    """Note that a remark was seen to."""
    if comment_id > 2**31 - 1:
        abort(404)
    resolve_comment(context(), acting_person(Action.READ_REVISION), service_id, comment_id)
    return _done(service_id, "resolved", "anmerkungen")


def _page(who: Actor, service_id: str, error: MarketplaceError | None = None) -> Response:
    if error is not None:
        remember_refusal(error)
    revision = read_revision(context(), who, service_id)
    if revision.is_open:
        record_contact_read(context(), who, revision.service)
    standing, _ = entry_of(context(), service_id, who)
    form = form_of(revision.service, revision.tag, entry_choices())
    public = was_published(standing)
    lacking = missing(context(), who, service_id) if revision.is_open else []
    since = published_since(who, revision)
    # Whatever else was written in between: nothing goes on before what was published is taken in.
    told = None if since is not None and isinstance(error, VersionMismatch) else error
    page = render_template(
        "entry/review.html",
        service=revision.service,
        revision=revision,
        public=standing if public else None,
        missing=summary_of(problems_in(lacking, form.typed)),
        differences=differences(fields_of(standing), fields_of(revision.service), entry_choices()) if public else [],
        remarks=comments(context(), who, service_id),
        remarked={name: FACTS["*"] if name == "*" else LABELS[name] for name in REMARKED},
        may_edit=may_edit(who, revision.service.publisher),
        not_approved=_refusal(who, revision, *review_decisions(context(), who, [revision])),
        since=since,
        stopped=error is not told,
        refused=None if told is None else refusal_of(told),
        typed={name: sent_text(name) for name in ("note", "reason", "text", "field")} if error else {},
        step=request.endpoint,
        done=DONE.get(queries.text_of("done")) if error is None else None,
    )  # fmt: skip
    return private(page, 200 if error is None else STATUS_OF[type(error)])


def _refusal(who: Actor, revision: Revision, decision: Decision) -> str:
    """Return why somebody cannot approve a revision, "" where they can."""
    return "" if decision.allowed else why_not_approved(who, revision.editors)


def _was_published(who: Actor, service_id: str) -> bool:
    read_revision(context(), who, service_id)
    return was_published(entry_of(context(), service_id, who)[0])


def _tag() -> str:
    return sent_text("tag") or "-"


def _done(service_id: str, what: str, anchor: str | None = None) -> Response:
    return redirect(url_for("web.entry_review", service_id=service_id, done=what, _anchor=anchor), 303)
