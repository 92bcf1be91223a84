"""``/procedures``, ``/bundles``, ``/theme-fields``, ``/organisations``: the catalogues around the services."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from marketplace.actions import catalogue as actions
from marketplace.actions.paging import Page
from marketplace.actions.tables import plain_table
from marketplace.api.answers import answer, answer_page
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.paging import page_request
from marketplace.api.schemas import catalogue as shapes
from marketplace.api.schemas.base import TableQuery
from marketplace.domain.access import Action
from marketplace.http import context

READ = Action.READ_PUBLIC
blueprint = Resource(
    "catalogue", __name__, url_prefix=PREFIX, description="Procedures, bundles, theme fields, organisations"
)


@blueprint.operation(
    "/procedures", action=READ, answer=shapes.ProcedureList, query=shapes.ProcedureQuery, paged=True, table=True,
    errors=(406,),
)  # fmt: skip
def list_procedures(query: Mapping[str, Any]) -> Response:
    """List LeiKa procedures."""
    page = actions.list_procedures(
        context(), query.get("theme_field"), query.get("ozg_id"), query.get("q"), page_request(query)
    )
    return answer_page(
        page,
        shapes.procedure_body,
        query,
        _table("procedures", shapes.PROCEDURE_FIELDS, shapes.procedure_body),
    )


@blueprint.operation("/procedures/<leika_key>", action=READ, answer=shapes.ProcedureWhole, errors=(404,))
def read_procedure(query: Mapping[str, Any], leika_key: str) -> Response:
    """Read a procedure with its bundles and the services that put it online."""
    del query
    detail = actions.get_procedure(context(), leika_key)
    return answer(
        {
            **shapes.procedure_body(detail.procedure),
            "bundles": [bundle.ozg_id for bundle in detail.bundles],
            "services": [service.id for service in detail.services],
            "bundle_services": [service.id for service in detail.bundle_services],
            "siblings": [sibling.leika_key for sibling in detail.siblings],
        }
    )


@blueprint.operation(
    "/bundles",
    action=READ,
    answer=shapes.BundleList,
    query=shapes.BundleQuery,
    paged=True,
    table=True,
    errors=(406,),
)
def list_bundles(query: Mapping[str, Any]) -> Response:
    """List OZG bundles."""
    page = actions.list_bundles(context(), query.get("theme_field"), query.get("q"), page_request(query))
    return answer_page(
        page, shapes.bundle_body, query, _table("bundles", shapes.BUNDLE_FIELDS, shapes.bundle_body)
    )


@blueprint.operation("/bundles/<ozg_id>", action=READ, answer=shapes.BundleWhole, errors=(404,))
def read_bundle(query: Mapping[str, Any], ozg_id: str) -> Response:
    """Read a bundle with its procedures and the services that serve it."""
    del query
    detail = actions.get_bundle(context(), ozg_id)
    return answer(
        {
            **shapes.bundle_body(detail.bundle),
            "procedures": [procedure.leika_key for procedure in detail.procedures],
            "services": [service.id for service in detail.services],
        }
    )


@blueprint.operation(
    "/theme-fields",
    action=READ,
    answer=shapes.ThemeFieldList,
    query=TableQuery,
    paged=True,
    table=True,
    errors=(406,),
)
def list_theme_fields(query: Mapping[str, Any]) -> Response:
    """List the theme fields."""
    wanted = page_request(query)
    found = [detail.theme_field for detail in actions.list_theme_fields(context())]
    items = found[wanted.offset : wanted.offset + wanted.page_size]
    page = Page(items, len(found), wanted.page, wanted.page_size)
    table = _table("theme-fields", shapes.THEME_FIELD_FIELDS, shapes.theme_field_body)
    return answer_page(page, shapes.theme_field_body, query, table)


@blueprint.operation(
    "/theme-fields/<theme_field_id>", action=READ, answer=shapes.ThemeFieldEntry, errors=(404,)
)
def read_theme_field(query: Mapping[str, Any], theme_field_id: str) -> Response:
    """Read a theme field."""
    del query
    return answer(shapes.theme_field_body(actions.get_theme_field(context(), theme_field_id).theme_field))


@blueprint.operation(
    "/organisations", action=READ, answer=shapes.OrganisationList, query=shapes.OrganisationQuery, paged=True,
    table=True, errors=(406,),
)  # fmt: skip
def list_organisations(query: Mapping[str, Any]) -> Response:
    """List organisations."""
    page = actions.list_organisations(
        context(), query.get("kind"), query.get("state"), query.get("q"), page_request(query)
    )
    table = _table("organisations", shapes.ORGANISATION_FIELDS, shapes.organisation_body)
    return answer_page(page, shapes.organisation_body, query, table)


def _table(name: str, fields: tuple[str, ...], body: Any) -> Any:
    return lambda items: plain_table(name, fields, [body(item) for item in items])
