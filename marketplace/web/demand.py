"""What people miss: the public list of needs and of queries without result, and the form that says "we need this"."""

from collections.abc import Sequence
from itertools import groupby

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from marketplace.actions.catalogue import list_theme_fields, state_names
from marketplace.actions.demand import NeededObject, needed_object, report_need
from marketplace.actions.demand_list import Demand, demand_table, list_demand
from marketplace.actions.paging import PageRequest
from marketplace.actions.region_naming import regions_named
from marketplace.domain.access import Action
from marketplace.domain.regions import Region
from marketplace.errors import FieldError, InvalidInput
from marketplace.http import context, needs
from marketplace.web import my_region, queries
from marketplace.web.blueprint import web
from marketplace.web.downloads import csv_file
from marketplace.web.links import with_query

PAGE_SIZE = 50
REFUSED = {
    ("theme_field", "required"): _("Bitte wählen Sie ein Themenfeld."),
    ("theme_field", "unknown"): _("Dieses Themenfeld gibt es nicht."),
    ("region", "unknown"): _("Diese Region steht nicht im Gemeindeverzeichnis."),
    ("region", "choice"): _("Mehrere Regionen heißen so. Bitte wählen Sie eine."),
    ("object", "unknown"): _("Diese Leistung steht nicht im Katalog."),
    ("object", "format"): _("Das ist kein Schlüssel einer Leistung."),
}


@web.get("/bedarf")
@needs(Action.READ_PUBLIC)
def demand() -> str:
    """List what people need and do not find, by theme field, with the state that leads it."""
    found, candidates = _found(queries.page_request(size=PAGE_SIZE))
    asked = {name: queries.text_of(name) for name in ("theme_field", "region")}
    return render_template(
        "demand.html",
        found=found,
        groups=[(field, list(rows)) for field, rows in groupby(found.needs, lambda one: one.theme_field)],
        asked=asked,
        candidates=candidates,
        states=state_names(context()),
        theme_fields=_theme_fields(),
        csv=with_query(url_for("web.demand_csv"), **asked),
        json=with_query(
            "/api/v1/search/demand",
            theme_field=asked["theme_field"],
            region=candidates[0].key if len(candidates) == 1 else None,
        ),
    )


@web.get("/bedarf.csv")
@needs(Action.READ_PUBLIC)
def demand_csv() -> Response:
    """Send needs and queries as one table, without pages."""
    return csv_file(demand_table(_found(None)[0]))


@web.get("/bedarf/neu")
@needs(Action.READ_PUBLIC)
def need_form() -> str:
    """Offer the form, filled in with what the address says, else the remembered region; or say thanks."""
    key = queries.text_of("object")
    needed = needed_object(context(), key) if key else None
    asked = queries.text_of("region")
    region = _only(regions_named(context(), asked)) if asked else my_region.chosen()
    return _form(
        needed,
        theme_field=queries.text_of("theme_field") or (needed.theme_field if needed else None) or "",
        region=f"{region.name} ({region.key})" if region else "",
        done="done" in request.args,
    )


@web.post("/bedarf/neu")
@needs(Action.REPORT_NEED)
def send_need() -> Response:
    """Count the need, and say thanks; or show the form again with what was refused."""
    given = {name: request.form.get(name, "").strip() for name in ("theme_field", "region", "object")}
    chosen = request.form.get("region_key", "")
    candidates: list[Region] = []
    needed = None
    try:
        needed = needed_object(context(), given["object"]) if given["object"] else None
        key = chosen
        if given["region"]:
            candidates = regions_named(context(), given["region"])
            # What was chosen counts only for the text that it was offered for.
            key = chosen if chosen in {one.key for one in candidates} else _only(candidates).key
        report_need(context(), {**given, "region": key})
    except InvalidInput as error:
        page = _form(needed, given["theme_field"], given["region"], candidates, chosen, error.errors)
        return make_response(page, 422)
    return redirect(url_for("web.need_form", done="1"), 303)


def _found(page: PageRequest | None) -> tuple[Demand, list[Region]]:
    """Read what the address asks for, and the regions that it can mean; several are not used but offered."""
    text = queries.text_of("region")
    candidates = regions_named(context(), text) if text else []
    if text and not candidates:
        raise InvalidInput.one("region", "unknown", "no region has this name, postcode or key")
    region = candidates[0].key if len(candidates) == 1 else None
    found = list_demand(context(), page, theme_field=queries.text_of("theme_field") or None, region=region)
    return found, candidates


def _only(candidates: list[Region]) -> Region:
    if not candidates:
        raise InvalidInput.one("region", "unknown", "no region has this name, postcode or key")
    if len(candidates) > 1:
        raise InvalidInput.one("region", "choice", "several regions are called so")
    return candidates[0]


def _form(
    needed: NeededObject | None,
    theme_field: str,
    region: str,
    candidates: Sequence[Region] = (),
    chosen: str = "",
    errors: tuple[FieldError, ...] = (),
    *,
    done: bool = False,
) -> str:
    words: dict[str, LazyString | str] = {
        one.field: REFUSED.get((one.field, one.rule), one.message) for one in errors
    }
    return render_template(
        "need.html",
        needed=needed,
        theme_field=theme_field,
        region=region,
        candidates=candidates if len(candidates) > 1 else [],
        chosen=chosen,
        refused=words,
        theme_fields=_theme_fields(),
        states=state_names(context()),
        done=done,
    )


def _theme_fields() -> list[tuple[str, str]]:
    return [(one.theme_field.id, one.theme_field.name) for one in list_theme_fields(context())]
