"""The contract: every operation declares access, parameters, body, answers and errors in one place.

What is declared is enforced (access, parameters) and written into ``openapi/openapi.json``.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, Response
from flask_smorest import Api, Blueprint
from marshmallow import Schema

from marketplace import __version__
from marketplace.actions.tables import CSV, XLSX
from marketplace.api.kept import keep
from marketplace.api.parsing import MERGE_PATCH, read_query
from marketplace.api.problems import MEDIA_TYPE, Problem, register_problems
from marketplace.domain.access import EVERYBODY, Action
from marketplace.http import API_PREFIX, needs

PREFIX = f"{API_PREFIX}/v1"
View = TypeVar("View", bound=Callable[..., Any])
WRITE_ERRORS = (401, 403, 413, 415)
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": "ETag of the entry as you read it; needed where it exists",
    "example": '"7-signed-in"',
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "ETag that you hold; 304 where nothing changed",
}
IF_NONE_MATCH_ANY = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string", "enum": ["*"]},
    "description": "Says that there is no such entry yet; needed to create one",
}
_KEYS = {
    "service_id": ("Id of the service", "^[a-z0-9-]{2,80}$", "elektronische-wohnsitzanmeldung"),
    "leika_key": ("LeiKa key", "^[0-9]{14}$", "99115005104000"),
    "ozg_id": ("Id of the bundle", "^[0-9]{5}$", "10124"),
    "theme_field_id": ("Id of the theme field", "^[a-z0-9-]{2,80}$", "bildung"),
    "organisation_id": ("Id of the organisation", "^[a-z0-9-]{2,80}$", "dataport"),
    "set_id": ("Id of the authority set", "^[a-z0-9][a-z0-9_-]{0,78}[a-z0-9]$", "registration_authorities"),
    "authority_key": (
        "Key of the authority: its own, or a regional key, AGS or ARS",
        "^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$",
        "010010000000",
    ),
    "key": ("Regional key, AGS or ARS", "^[0-9]{2,12}$", "010010000000"),
    "delegation_id": ("Id of the delegation", "^[1-9][0-9]{0,8}$", "7"),
    "event_id": ("Id of the event", "^[1-9][0-9]{0,17}$", "4711"),
    "comment_id": ("Id of the remark", "^[1-9][0-9]{0,8}$", "3"),
    "version": ("Number of the version", "^[1-9][0-9]{0,8}$", "2"),
    "transfer_id": ("Id of the offer", "^[1-9][0-9]{0,8}$", "5"),
    "subscription_id": (
        "Id of the subscription",
        "^[0-9a-f-]{36}$",
        "6f1c6f0e-3c1e-4a53-9b0e-2f6f1d0f9a11",
    ),
    "webhook_id": ("Id of the webhook", "^[0-9a-f-]{36}$", "3f0e1d52-7c3b-4c1e-9d6e-5a1b2c3d4e5f"),
    "delivery_id": ("Id of the delivery", "^[1-9][0-9]{0,17}$", "4711"),
    "row_id": ("Id of the row", "^[1-9][0-9]{0,8}$", "17"),
}
_ETAG = {"ETag": {"description": "Strong entity tag", "schema": {"type": "string"}}}
_LINK = {"Link": {"description": "Links first, prev, next, last (RFC 8288)", "schema": {"type": "string"}}}
_LOCATION = {"Location": {"description": "Address of the entry", "schema": {"type": "string"}}}
_RETRY = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}


class NoParameters(Schema):
    """The query of an operation that takes none."""


class MarketplaceApi(Api):
    """flask-smorest's Api whose errors are problem details, and only under ``/api``."""

    ERROR_SCHEMA = Problem
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        register_problems(self._app)

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            if status >= HTTPStatus.BAD_REQUEST:
                response: dict[str, Any] = {
                    "description": status.phrase,
                    "content": {MEDIA_TYPE: {"schema": Problem}},
                }
                if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
                    response["headers"] = _RETRY
                self.spec.components.response(status.name, response, lazy=True)


class Resource(Blueprint):
    """A blueprint whose operations are declared whole.

    flask-smorest's decorators write the documentation only: each would stand between a request and its view, and all
    they do there is to read the query and to answer with what the view made.
    """

    def operation(
        self,
        rule: str,
        *,
        action: Action,
        answer: type[Schema] | None,
        method: str = "GET",
        query: type[Schema] = NoParameters,
        body: Mapping[str, Any] | Schema | type[Schema] | None = None,
        body_required: bool = True,
        created: bool = False,
        always_created: bool = False,
        paged: bool = False,
        table: bool = False,
        errors: Sequence[int] = (),
        parameters: Sequence[Mapping[str, Any]] = (),
        rejected: type[Schema] | None = None,
        kept: bool = False,
        content_type: str | None = None,
        untagged: bool = False,
        example: Any = None,
    ) -> Callable[[View], View]:
        """Declare an operation.

        Args:
            rule: the address below ``/api/v1``.
            action: who may (``domain.access``); enforced before anything is read.
            answer: the schema of the 200 answer, for documentation: views return finished responses; None: 204.
            method: HTTP method.
            query: the schema of the parameters, which the view gets as its first argument; others are refused.
            body: the schema of the JSON body, or its OpenAPI schema as a mapping.
            body_required: whether the body may not be left out.
            created: whether 201 with ``Location`` is an answer too.
            always_created: whether 201 with ``Location`` and ``ETag`` stands instead of 200.
            paged: whether ``Link`` headers come with it.
            table: whether CSV and XLSX are offered.
            errors: further statuses the view may answer with.
            parameters: parameters beside query and path, in OpenAPI form.
            rejected: the schema of a 422 answer (and of a 409 one, if it is among ``errors``) that can say more than
                a problem.
            kept: whether public answers are kept as long as nothing changes (``api.kept``).
            content_type: of the answer where it is no JSON object: ``answer`` then describes one line of it.
            untagged: whether it is sent while it is read and so has no entity tag.
            example: an example of the answer.
        """

        def declare(view: View) -> View:
            documented: Any = view
            reading = method == "GET"
            tagged = method != "POST" and not untagged
            headers = {**(_ETAG if tagged else {}), **(_LINK if paged else {})}
            told = {422, *({409} & set(errors))} if rejected is not None else set()
            known = {
                *({422, *errors} - told),
                *(() if action in EVERYBODY else WRITE_ERRORS),
                401,
                429,
            }
            if body is not None:
                known |= {400, 413, 415}
            # Each decorator copies whole what those before it wrote: what is long comes last.
            for status in sorted(known):
                documented = self.alt_response(status, HTTPStatus(status).name)(documented)
            for status in sorted(told):
                either = {"anyOf": [Problem, rejected]}
                documented = self.alt_response(status, schema=either, content_type=MEDIA_TYPE)(documented)
            if created and answer is not None:
                new = {**headers, **(_LOCATION if method == "PUT" else {})}
                documented = self.alt_response(201, schema=answer, headers=new)(documented)
            if answer is None:
                documented = self.response(204)(documented)
            elif always_created:
                documented = self.response(201, answer, headers={**_ETAG, **_LOCATION}, example=example)(
                    documented
                )
            else:
                described = self.response(
                    200, answer, headers=headers, example=example, content_type=content_type
                )
                documented = described(documented)
            manual = _manual(view, action, body, reading and tagged, table)
            if body is not None:
                manual["requestBody"]["required"] = body_required
            documented = self.doc(**manual)(documented)
            documented = self.arguments(query, location="query")(documented)
            documentation = vars(documented)["_apidoc"]
            # flask-smorest documents headers only through a schema; its list of parameters takes them as they are.
            documentation["arguments"]["parameters"].extend(
                [*parameters, *([IF_NONE_MATCH] if reading and tagged else [])]
            )
            called = _with_query(view, query())
            vars(called)["_apidoc"] = documentation
            if kept:
                called = keep(called)
            self.route(rule, methods=[method], parameters=_path_parameters(rule))(needs(action)(called))
            return view

        return declare


def _with_query(view: Callable[..., Response], schema: Schema) -> Callable[..., Response]:
    """Hand the parameters of the query to a view, before those of the path."""

    @wraps(view)
    def called(**path: str) -> Response:
        return view(read_query(schema), **path)

    return called


def _path_parameters(rule: str) -> list[dict[str, Any]]:
    return [
        {"in": "path", "name": name, "required": True, "description": text, "example": example,
         "schema": {"type": "string", "pattern": pattern}}
        for name, (text, pattern, example) in _KEYS.items()
        if f"<{name}>" in rule
    ]  # fmt: skip


def _manual(
    view: Callable[..., Any],
    action: Action,
    body: Mapping[str, Any] | Schema | type[Schema] | None,
    reading: bool,
    table: bool,
) -> dict[str, Any]:
    """Return what flask-smorest cannot infer."""
    manual: dict[str, Any] = {"operationId": view.__name__}
    # An empty requirement beside the token says: it may be left out (contacts and prices are then left out, too).
    manual["security"] = [{}, {"token": []}] if action in EVERYBODY else [{"token": []}]
    if reading:
        manual["responses"] = {304: {"description": "You hold this representation", "headers": _ETAG}}
    if table:
        file = {"schema": {"type": "string", "format": "binary"}}
        text = {"schema": {"type": "string"}}
        content = {CSV.partition(";")[0]: text, XLSX: file}
        manual["responses"][200] = {"content": content}
    if body is not None:
        manual["requestBody"] = {"content": {"application/json": {"schema": body}}}
        if view.__name__.startswith("patch_"):
            manual["requestBody"]["content"][MERGE_PATCH] = {"schema": body}
    return manual


def make_api(app: Flask) -> MarketplaceApi:
    """Make the API of an application."""
    app.config["OPENAPI_VERSION"] = "3.1.0"
    return MarketplaceApi(
        app,
        spec_kwargs={
            "title": "OZG Marketplace",
            "version": __version__,
            "info": {
                "description": DESCRIPTION,
                "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
            },
            "servers": [{"url": "/", "description": "This marketplace"}],
            "components": {
                "securitySchemes": {
                    "token": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "A token made by `marketplace token create`",
                    }
                }
            },
        },
    )


DESCRIPTION = """\
Reusable German public online services, who has adopted which, and how widely.

Public reading needs no token; prices and contacts are for signed-in public bodies, writing is for those who may.
Errors are problem details (RFC 9457). Unknown parameters and fields are refused by name. Every answer has a strong
ETag; writing something that exists needs `If-Match`. Services are written as working revisions
(`?revision=working`), which a second person reviews; a new one needs `If-None-Match: *`. Tables come as CSV and XLSX
too (`format=`, or `Accept`): CSV is UTF-8 with byte order mark, semicolons and decimal comma, as German spreadsheets
open it.
"""
