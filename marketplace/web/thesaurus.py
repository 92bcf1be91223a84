"""The thesaurus of the search: everybody reads it, operators keep it with plain forms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from babel.numbers import format_decimal
from flask import make_response, redirect, render_template, request, url_for
from flask_babel import LazyString
from werkzeug.wrappers import Response

from marketplace.actions.catalogue import list_theme_fields
from marketplace.actions.thesaurus import (
    Direction,
    StoredRow,
    add_row,
    change_row,
    delete_row,
    get_row,
    list_rows,
)
from marketplace.actions.thesaurus_files import export_table
from marketplace.domain.access import Action, decide
from marketplace.errors import Conflict, InvalidInput, MarketplaceError, NotFound, VersionMismatch
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.downloads import csv_file
from marketplace.web.errors import STATUS_OF
from marketplace.web.filters import locale
from marketplace.web.thesaurus_words import DONE, REFUSED, Problem, problems_of

PAGE = 50
FIELDS = ("left", "right", "direction", "weight", "theme_field", "note")
_WEIGHT = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,17})?")
_VERSION = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is shown: what stands in its fields, what is wrong with it, of which row and version it is."""

    typed: Mapping[str, str]
    stored: StoredRow | None = None
    problems: Mapping[str, list[Problem]] = field(default_factory=dict)
    refused: LazyString | None = None


@web.get("/thesaurus")
@needs(Action.READ_PUBLIC)
def thesaurus() -> str:
    """List the rows by what people type."""
    q, theme_field = queries.text_of("q"), queries.text_of("theme_field")
    page = list_rows(context(), queries.page_request(size=PAGE), q=q or None, theme_field=theme_field or None)
    return render_template(
        "thesaurus.html",
        page=page,
        q=q,
        theme_field=theme_field,
        theme_fields=_theme_fields(),
        may_edit=decide(actor(), Action.EDIT_THESAURUS).allowed,
        done=DONE.get(queries.text_of("done")),
    )


@web.get("/thesaurus.csv")
@needs(Action.READ_PUBLIC)
def thesaurus_csv() -> Response:
    """Send the rows that pass the page's filters, as `marketplace thesaurus import` reads them."""
    q, theme_field = queries.text_of("q"), queries.text_of("theme_field")
    return csv_file(export_table(context(), q=q or None, theme_field=theme_field or None))


@web.get("/thesaurus/neu")
@needs(Action.EDIT_THESAURUS)
def new_thesaurus_row() -> str:
    """Show an empty form; the address may bring what people type."""
    return _form(Form(_typed_of(None) | {"left": queries.text_of("left")}))


@web.post("/thesaurus")
@needs(Action.EDIT_THESAURUS)
def add_thesaurus_row() -> Response:
    """Add a row, or show the form again with what is wrong."""
    try:
        stored = add_row(context(), actor(), _fields())
    except (InvalidInput, Conflict) as error:
        return _refused(error, None)
    return _done("added", stored.row.left)


@web.get("/thesaurus/<row_id>")
@needs(Action.EDIT_THESAURUS)
def thesaurus_row(row_id: str) -> str:
    """Show a row's form."""
    stored = get_row(context(), row_id)
    return _form(Form(_typed_of(stored), stored))


@web.post("/thesaurus/<row_id>")
@needs(Action.EDIT_THESAURUS)
def change_thesaurus_row(row_id: str) -> Response:
    """Change a row, or show the form again with what is wrong, and how the row stands now."""
    try:
        stored = change_row(context(), actor(), row_id, _fields(), _version())
    except NotFound as error:
        return _refused(error, None)
    except InvalidInput as error:
        # The form keeps the version that was seen: what somebody wrote meanwhile is still to be met.
        standing = _standing(row_id)
        seen = _version()
        if standing is not None and seen is not None:
            standing = replace(standing, version=seen)
        return _refused(error, standing)
    except (Conflict, VersionMismatch) as error:
        return _refused(error, _standing(row_id))
    return _done("changed", stored.row.left)


@web.post("/thesaurus/<row_id>/loeschen")
@needs(Action.EDIT_THESAURUS)
def delete_thesaurus_row(row_id: str) -> Response:
    """Delete a row, or show how it stands now where somebody changed it meanwhile."""
    try:
        delete_row(context(), actor(), row_id, _version())
    except VersionMismatch as error:
        stored = get_row(context(), row_id)
        form = Form(_typed_of(stored), stored, refused=REFUSED[VersionMismatch])
        return make_response(_form(form), STATUS_OF[type(error)])
    return _done("deleted", None)


def _standing(row_id: str) -> StoredRow | None:
    """Return the row as it stands now, None where somebody deleted it."""
    try:
        return get_row(context(), row_id)
    except NotFound:
        return None


def _done(what: str, left: str | None) -> Response:
    return redirect(url_for("web.thesaurus", q=left, done=what), 303)


def _refused(error: MarketplaceError, stored: StoredRow | None) -> Response:
    typed = {name: request.form.get(name, "") for name in FIELDS}
    problems = problems_of(error.errors, _lines()) if isinstance(error, InvalidInput) else {}
    form = Form(typed, stored, problems, REFUSED[type(error)])
    return make_response(_form(form), STATUS_OF[type(error)])


def _form(form: Form) -> str:
    return render_template("thesaurus_row.html", form=form, theme_fields=_theme_fields())


def _theme_fields() -> dict[str, str]:
    return {one.theme_field.id: one.theme_field.name for one in list_theme_fields(context())}


def _fields() -> dict[str, Any]:
    given = request.form
    weight = given.get("weight", "").strip()
    return {
        "left": given.get("left", ""),
        "right": _lines(),
        "direction": given.get("direction", ""),
        "weight": float(weight.replace(",", ".")) if _WEIGHT.fullmatch(weight) else weight or None,
        "theme_field": given.get("theme_field", ""),
        "note": given.get("note", ""),
    }


def _lines() -> list[str]:
    return [line.strip() for line in request.form.get("right", "").splitlines() if line.strip()]


def _version() -> int | None:
    version = request.form.get("version", "")
    return int(version) if _VERSION.fullmatch(version) else None


def _typed_of(stored: StoredRow | None) -> dict[str, str]:
    if stored is None:
        return {**dict.fromkeys(FIELDS, ""), "direction": str(Direction.ONE_WAY), "weight": "1"}
    row = stored.row
    return {
        "left": row.left,
        "right": "\n".join(row.right),
        "direction": str(row.direction),
        "weight": format_decimal(row.weight, locale=locale(), decimal_quantization=False),
        "theme_field": row.theme_field or "",
        "note": row.note or "",
    }
