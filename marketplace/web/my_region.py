"""The region somebody speaks of as "my municipality": found by name or postcode, remembered in a cookie."""

from dataclasses import dataclass
from typing import cast

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.actions import regions
from marketplace.actions.adoptions import (
    AdoptionRow,
    ServiceStanding,
    adoptions_of_region,
    standing_of_service,
)
from marketplace.actions.catalogue import state_names
from marketplace.actions.paging import PageRequest
from marketplace.domain.access import Action
from marketplace.domain.regions import RegionKind, kind_of_key
from marketplace.errors import NotFound
from marketplace.http import context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.links import local_target

COOKIE = "region"
YEAR_S = 365 * 24 * 3600
FOUND_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """The remembered region."""

    key: str
    name: str
    kind: RegionKind


def chosen() -> Chosen | None:
    """Return the region of the cookie, None where none is remembered or it does not stand any more."""
    key = request.cookies.get(COOKIE, "")
    if kind_of_key(key) is None:
        return None
    if "my_region" not in g:
        try:
            detail = regions.get_region(context(), key)
            found = detail.region
            g.my_region = None if detail.ended_on else Chosen(found.key, found.name, found.kind)
        except NotFound:
            g.my_region = None
    return cast("Chosen | None", g.my_region)


@dataclass(frozen=True, slots=True)
class Mine:
    """How a service stands in the remembered region."""

    region: Chosen
    standing: ServiceStanding


def standing(service_id: str) -> Mine | None:
    """Return how a service stands in the remembered region, None where none is remembered."""
    region = chosen()
    if region is None:
        return None
    return Mine(region, standing_of_service(context(), service_id, region.key))


def status_here(service_id: str) -> AdoptionRow | None:
    """Return what is in force in the remembered region for whoever executes a service there; None where nobody does.

    Read once a request, for lists of services.
    """
    region = chosen()
    if region is None:
        return None
    if "my_standings" not in g:
        read = adoptions_of_region(context(), region.key)
        g.my_standings = {one.service_id: one.row or one.executed_by for one in read.standings}
    return cast("dict[str, AdoptionRow | None]", g.my_standings).get(service_id)


@web.get("/meine-region")
@needs(Action.READ_PUBLIC)
def choose_region() -> str:
    """Find a region by name or postcode and offer to remember it."""
    text = queries.text_of("q")
    found = None
    if text:
        found = regions.find_regions(context(), q=text, page=PageRequest(1, FOUND_AT_MOST))
    return render_template(
        "my_region.html",
        q=text,
        found=found,
        states=state_names(context()),
        target=local_target(request.args.get("next")),
    )


@web.post("/meine-region")
@needs(Action.READ_PUBLIC)
def remember_region() -> Response:
    """Remember a region, or forget it when no key is sent.

    Raises:
        NotFound: there is no such region.
    """
    key = request.form.get("key", "")
    target = local_target(request.form.get("next"))
    if not key:
        response = redirect(target)
        response.delete_cookie(COOKIE)
        return response
    region = regions.get_region(context(), key).region
    if target == url_for("web.start"):
        target = url_for("web.region", key=region.key)
    response = redirect(target)
    secure = context().settings.base_url.startswith("https:")
    response.set_cookie(COOKIE, region.key, max_age=YEAR_S, httponly=True, samesite="Lax", secure=secure)
    return response
