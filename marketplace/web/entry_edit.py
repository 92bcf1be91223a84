"""The form of an entry: opened, changed group by group without a script, saved, and merged where two wrote at once."""

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions import services
from marketplace.actions.contact_reads import record_contact_read
from marketplace.actions.form_drafts import FormDraft, forget_form, kept_form
from marketplace.actions.revision_comments import comments
from marketplace.actions.revisions import put_revision, read_revision
from marketplace.domain.access import Action, Actor
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import Revision, RevisionComment
from marketplace.errors import Conflict, InvalidInput, VersionMismatch
from marketplace.http import context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.entry_choices import narrowed
from marketplace.web.entry_conflict import contested, merged
from marketplace.web.entry_difference import differences
from marketplace.web.entry_drafts import SEEN, TAG, form_name
from marketplace.web.entry_fields import GROUPS, LABELS, SECTIONS
from marketplace.web.entry_form import (
    Typed,
    compacted,
    entry_of,
    read_form,
    sent_fields,
    typed_of,
    with_added,
    without,
)
from marketplace.web.entry_pages import (
    EntryForm,
    acting_person,
    entry_choices,
    fields_of,
    form_of,
    private,
    problems_in,
    sent_text,
)
from marketplace.web.entry_taking_in import published_since
from marketplace.web.errors import STATUS_OF

THEIRS = "theirs"
AFTER_SAVING = {"check": "web.entry_review", "preview": "web.entry_preview"}


@web.get("/dienste/<service_id>/bearbeiten")
@needs(Action.WRITE_SERVICE)
def edit_entry(service_id: str) -> Response:
    """Show the form of what is in work; with ``entwurf=1`` as it was typed and never sent."""
    who = acting_person(Action.WRITE_SERVICE)
    revision = read_revision(context(), who, service_id)
    record_contact_read(context(), who, revision.service)
    form = _form_of(revision, who)
    kept = kept_form(context(), who, form_name(service_id))
    if kept is not None and _says_something_else(kept, form):
        if request.args.get("entwurf") == "1":
            return _page(revision, _taken_up(kept, form), kept=kept)
        return _page(revision, form, offered=kept)
    return _page(revision, form)


@web.post("/dienste/<service_id>/bearbeiten")
@needs(Action.WRITE_SERVICE)
def save_entry(service_id: str) -> Response:
    """Save what was typed; or add or take out an item of a group; or put two versions together."""
    who = acting_person(Action.WRITE_SERVICE)
    revision = read_revision(context(), who, service_id)
    wanted, _colon, rest = sent_text("do").partition(":")
    form = replace(
        _form_of(revision, who), typed=read_form(request.form), tag=sent_text(TAG), seen=sent_text(SEEN)
    )
    if wanted == "add" and rest in GROUPS:
        return _page(revision, _added(form, rest))
    if wanted == "remove":
        return _page(revision, _removed(form, rest))
    if wanted == "merge":
        form = replace(form, typed=_merged(form.typed, revision))
    return _save(who, revision, form, wanted)


def _save(who: Actor, revision: Revision, form: EntryForm, wanted: str) -> Response:
    service_id = revision.service.id
    try:
        # A form without a tag is one that nobody opened: it is compared with what stands.
        put_revision(context(), who, service_id, entry_of(form.typed), form.tag or "-")
    except InvalidInput as error:
        return _page(
            revision, replace(form, problems=problems_in(error.errors, form.typed)), STATUS_OF[InvalidInput]
        )
    except VersionMismatch:
        return _conflict(read_revision(context(), who, service_id), form)
    except Conflict:
        return _page(read_revision(context(), who, service_id), form, STATUS_OF[Conflict])
    forget_form(context(), who, form_name(service_id))
    after = AFTER_SAVING.get(wanted, "web.edit_entry")
    done = None if wanted == "preview" else "saved"
    return redirect(url_for(after, service_id=service_id, done=done), 303)


def _form_of(revision: Revision, who: Actor) -> EntryForm:
    return form_of(revision.service, revision.tag, narrowed(entry_choices(), who))


def _page(
    revision: Revision,
    form: EntryForm,
    status: int = 200,
    *,
    offered: FormDraft | None = None,
    kept: FormDraft | None = None,
) -> Response:
    page = render_template(
        "entry/form.html",
        service=revision.service,
        revision=revision,
        locked=revision.service.status is EntryStatus.IN_REVIEW,
        is_withdrawn=_is_withdrawn(revision),
        refused=status == STATUS_OF[Conflict],
        form=form,
        parts=SECTIONS,
        labels=LABELS,
        offered=offered,
        kept=kept,
        remarks=_open_remarks(revision),
        since=published_since(acting_person(Action.WRITE_SERVICE), revision),
        done=queries.text_of("done") if status == 200 and request.method == "GET" else "",
    )
    return private(page, status)


def _is_withdrawn(revision: Revision) -> bool:
    # What never was published has no public entry to look up.
    if not revision.base_version:
        return False
    who = acting_person(Action.WRITE_SERVICE)
    return services.entry_of(context(), revision.service.id, who)[0].status is EntryStatus.WITHDRAWN


def _open_remarks(revision: Revision) -> list[RevisionComment]:
    if not revision.is_open:
        return []
    who = acting_person(Action.WRITE_SERVICE)
    return [one for one in comments(context(), who, revision.service.id) if one.resolved_at is None]


def _says_something_else(kept: FormDraft, form: EntryForm) -> bool:
    return entry_of(kept.content) != entry_of(form.typed)


def _taken_up(kept: FormDraft, form: EntryForm) -> EntryForm:
    """Return the form as it was typed, of the version that it was begun from: what came between is a conflict."""
    return replace(
        form,
        typed=compacted(kept.content),
        tag=kept.content.get(TAG, ""),
        seen=kept.content.get(SEEN, ""),
    )


def _added(form: EntryForm, group: str) -> EntryForm:
    more = replace(form, typed=with_added(form.typed, group))
    if more.count(group) == form.count(group):
        return replace(form, focus=group)
    return replace(more, focus=f"{group}.{more.count(group) - 1}.{GROUPS[group].fields[0].name}")


def _removed(form: EntryForm, item: str) -> EntryForm:
    group, _colon, position = item.partition(":")
    if group not in GROUPS or not (position.isascii() and position.isdigit() and len(position) <= 3):
        return form
    # Counted as the form was shown, before what is empty is left out.
    return replace(form, typed=without(sent_fields(request.form), group, int(position)), focus=group)


def _merged(typed: Typed, revision: Revision) -> dict[str, str]:
    taken = {
        name.removeprefix("take.")
        for name, value in request.form.items()
        if name.startswith("take.") and value == THEIRS
    }
    return typed_of(merged(entry_of(typed), fields_of(revision.service), taken))


def _conflict(revision: Revision, form: EntryForm) -> Response:
    """Show both versions field by field; saved again, the new tag goes along."""
    mine, theirs = entry_of(form.typed), fields_of(revision.service)
    changed = {one.field: one for one in contested(mine, theirs, form.seen)}
    page = render_template(
        "entry/conflict.html",
        service=revision.service,
        revision=revision,
        typed=form.typed,
        seen=form.seen,
        differences=[one for one in differences(theirs, mine, entry_choices()) if one.field in changed],
        changed=changed,
    )
    return private(page, STATUS_OF[VersionMismatch])
