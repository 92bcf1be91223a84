"""The history of an entry: every version the public saw, what changed, reading an old one, going back to it."""

from dataclasses import dataclass
from datetime import date

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions.contact_reads import record_contact_read
from marketplace.actions.paging import Page
from marketplace.actions.revisions import read_revision
from marketplace.actions.service_history import count_versions, revert, version_before, version_of, versions
from marketplace.domain.access import Action
from marketplace.domain.revision import ServiceVersion
from marketplace.domain.service import Service
from marketplace.errors import Conflict, InvalidInput, NotFound, VersionMismatch
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.entry_conflict import NAMES
from marketplace.web.entry_difference import differences, readable
from marketplace.web.entry_pages import acting_person, entry_choices, fields_of, sent_text
from marketplace.web.entry_rights import may_edit, may_see_work
from marketplace.web.entry_step_words import Refusal, refusal_of
from marketplace.web.entry_words import label_of
from marketplace.web.errors import STATUS_OF

PAGE_SIZE = 20
_LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class Told:
    """A version in the list: itself, and what the fields are called that changed since the one before it."""

    version: ServiceVersion
    changed: tuple[str, ...]
    is_first: bool


@web.get("/dienste/<service_id>/verlauf")
@needs(Action.READ_PUBLIC)
def entry_history(service_id: str) -> str:
    """List the versions, the newest first; or show one of them by number or by a day."""
    which = _which()
    if which is not None:
        return _version_page(service_id, version_of(context(), service_id, which, actor()))
    return _list(service_id)


@web.post("/dienste/<service_id>/verlauf/wiederherstellen")
@needs(Action.WRITE_SERVICE)
def restore_version(service_id: str) -> Response:
    """Write an old version into what is in work, to be reviewed."""
    who = acting_person(Action.WRITE_SERVICE)
    read_revision(context(), who, service_id)
    number = sent_text("version")
    if not _is_number(number):
        raise NotFound("version", f"{service_id} {number[:20]}")
    try:
        revert(context(), who, service_id, int(number), sent_text("tag") or "-")
    except (Conflict, VersionMismatch, InvalidInput) as error:
        version = version_of(context(), service_id, int(number), who)
        page = _version_page(service_id, version, refusal_of(error))
        return make_response(page, STATUS_OF[type(error)])
    return redirect(url_for("web.entry_review", service_id=service_id, done="restored"), 303)


def _list(service_id: str) -> str:
    wanted = queries.page_request(size=PAGE_SIZE)
    # One more than is shown: what changed in the last of the page is told by the one before it.
    found = versions(context(), service_id, actor(), wanted.page_size + 1, wanted.offset)
    earlier: list[ServiceVersion | None] = [*found, None][1:]
    told = [
        Told(one, _changed(before, one), before is None) for one, before in zip(found, earlier, strict=False)
    ]
    total = count_versions(context(), service_id)
    page = Page(told[: wanted.page_size], total, wanted.page, wanted.page_size)
    newest = _standing(service_id)
    return render_template("entry/history.html", service=newest, page=page, **_rights(newest.publisher))


def _standing(service_id: str) -> Service:
    """Return the newest version, or what is in work on an entry that never was published."""
    found = versions(context(), service_id, actor(), 1)
    return found[0].service if found else read_revision(context(), actor(), service_id).service


def _version_page(service_id: str, version: ServiceVersion, refused: Refusal | None = None) -> str:
    other = _other(service_id, version)
    service = version.service
    for one in (version, other):
        if one is not None:
            record_contact_read(context(), actor(), one.service)
    entry = fields_of(service)
    rights = _rights(service.publisher)
    tag = read_revision(context(), actor(), service_id).tag if rights["edits"] else ""
    return render_template(
        "entry/version.html",
        service=service,
        version=version,
        other=other,
        differences=differences(fields_of(other.service), entry, entry_choices()) if other else [],
        facts=[
            (label_of(name), text) for name in NAMES if (text := readable(name, entry[name], entry_choices()))
        ],
        tag=tag,
        refused=refused,
        newest=versions(context(), service_id, actor(), 1)[0].version,
        **rights,
    )


def _other(service_id: str, version: ServiceVersion) -> ServiceVersion | None:
    """Return the version to compare with: the one asked for, else the one before; None for the first."""
    asked = request.args.get("mit", "")
    if _is_number(asked):
        return version_of(context(), service_id, int(asked), actor())
    return version_before(context(), service_id, version.version, actor())


def _which() -> int | date | None:
    number = queries.text_of("version")
    if number:
        if not _is_number(number):
            raise InvalidInput.one("version", "integer", "must be a whole number")
        return int(number)
    return queries.day_of("as_of")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER


def _changed(earlier: ServiceVersion | None, version: ServiceVersion) -> tuple[str, ...]:
    if earlier is None:
        return ()
    before, after = fields_of(earlier.service), fields_of(version.service)
    return tuple(label_of(name) for name in NAMES if (before[name] or None) != (after[name] or None))


def _rights(publisher: str | None) -> dict[str, bool]:
    return {"edits": may_edit(actor(), publisher), "sees_work": may_see_work(actor(), publisher)}
