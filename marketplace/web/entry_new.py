"""Beginning an entry: a name, an id proposed from it, and a look at what may be the same service already."""

import re
from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions.duplicates import likely_duplicates
from marketplace.actions.form_drafts import FormDraft, forget_form, kept_form
from marketplace.actions.revisions import put_revision
from marketplace.domain.access import Action, Actor
from marketplace.domain.duplicates import Likely
from marketplace.domain.folding import fold
from marketplace.domain.reading import Activation
from marketplace.domain.service import ServiceKind
from marketplace.domain.service_rules import MAX_NAME, RESERVED_IDS, read_service
from marketplace.errors import InvalidInput, VersionMismatch
from marketplace.http import context, needs
from marketplace.web.blueprint import web
from marketplace.web.entry_choices import narrowed
from marketplace.web.entry_drafts import NEW_FORM
from marketplace.web.entry_fields import FIELDS
from marketplace.web.entry_form import compacted, entry_of, read_form
from marketplace.web.entry_pages import (
    EntryForm,
    acting_person,
    entry_choices,
    private,
    problems_in,
    sent_text,
)
from marketplace.web.errors import STATUS_OF

BEGUN_WITH = ("name", "kind", "lead_state", "ozg_ids", "leika_keys")
COMPARED = ("name", "lead_state", "leika_keys", "ozg_ids")
LONGEST_ID = 80
TRIES = 20
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NO_SLUG = re.compile(r"[^a-z0-9]+")


@web.get("/dienste/neu")
@needs(Action.WRITE_SERVICE)
def new_entry() -> Response:
    """Ask for what an entry begins with; the address may bring a name."""
    who = acting_person(Action.WRITE_SERVICE)
    # Who comes with a name has something new in mind.
    kept = None if request.args.get("name") else kept_form(context(), who, NEW_FORM)
    begun = {"name": request.args.get("name", "")[:MAX_NAME], "kind": ServiceKind.ONLINE_SERVICE.value}
    typed = compacted(kept.content if kept else begun)
    form = EntryForm(typed, "", "", narrowed(entry_choices(), who))
    return _page(form, who, chosen=kept.content.get("id", "") if kept else "", kept=kept)


@web.post("/dienste/neu")
@needs(Action.WRITE_SERVICE)
def begin_entry() -> Response:
    """Begin a draft; or show what is wrong, or which entries are likely the same service."""
    who = acting_person(Action.WRITE_SERVICE)
    form = EntryForm(read_form(request.form), "", "", narrowed(entry_choices(), who))
    fields = _fields(who, form)
    chosen = sent_text("id").strip()
    try:
        _check_id(chosen)
        read_service(chosen or "neuer-eintrag", fields)
        if sent_text("do") != "anyway":
            found = likely_duplicates(context(), who, {name: fields[name] for name in COMPARED})
            if found:
                return _page(form, who, found)
        service_id = _begin(who, chosen, fields)
    except InvalidInput as error:
        refused = replace(form, problems=problems_in(error.errors, form.typed))
        return _page(refused, who, status=STATUS_OF[InvalidInput])
    forget_form(context(), who, NEW_FORM)
    return redirect(url_for("web.edit_entry", service_id=service_id, done="created"), 303)


def proposed_id(name: str) -> str:
    """Return a slug made of a name: "Führerschein-Umtausch (EfA)" becomes "fuehrerschein-umtausch-efa"."""
    plain = fold(name.casefold().translate(_WRITTEN_OUT))
    slug = _NO_SLUG.sub("-", plain).strip("-")[:LONGEST_ID].strip("-")
    return slug if len(slug) > 1 and slug not in RESERVED_IDS else f"dienst-{slug}".strip("-")


def _begin(who: Actor, chosen: str, fields: dict[str, Any]) -> str:
    """Begin the draft under the id that was chosen, or under the first free one that the name proposes.

    Raises:
        InvalidInput: the chosen id is taken.
    """
    proposed = proposed_id(fields["name"])
    for number in range(1, TRIES):
        ending = "" if number == 1 else f"-{number}"
        service_id = chosen or proposed[: LONGEST_ID - len(ending)] + ending
        try:
            put_revision(context(), who, service_id, fields, None)
        except VersionMismatch:
            if chosen:
                break
        else:
            return service_id
    raise InvalidInput.one("id", "taken", "is taken")


def _check_id(chosen: str) -> None:
    if chosen in RESERVED_IDS:
        raise InvalidInput.one("id", "taken", "is taken")


def _fields(who: Actor, form: EntryForm) -> dict[str, Any]:
    """Return what the draft begins with; only an operator says for whom."""
    entry = entry_of(form.typed)
    publisher = entry["publisher"] if who.is_operator else who.organisation_id
    begun = {name: entry[name] for name in BEGUN_WITH}
    return {**begun, "publisher": publisher, "activation": Activation.EACH.value}


def _page(
    form: EntryForm,
    who: Actor,
    found: list[Likely] | None = None,
    status: int = 200,
    *,
    chosen: str | None = None,
    kept: FormDraft | None = None,
) -> Response:
    names = (*BEGUN_WITH, "publisher") if who.is_operator else BEGUN_WITH
    page = render_template(
        "entry/new.html",
        form=form,
        fields=[FIELDS[name] for name in names],
        chosen=sent_text("id") if chosen is None else chosen,
        proposed=proposed_id(form.typed["name"]) if form.typed["name"].strip() else "",
        found=found or [],
        kept=kept,
    )
    return private(page, status)
