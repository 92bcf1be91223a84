"""Answers of the API: JSON written by orjson, tables as CSV or XLSX, entity tags and caching headers.

Bodies are made by plain functions beside the schemas and never dumped through marshmallow, which costs more than
the rest of a list page; a test compares what is sent with the schema.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from flask import Response, request
from flask.json.provider import JSONProvider
from werkzeug.exceptions import NotAcceptable

from marketplace.actions.paging import Page
from marketplace.actions.tables import CSV, XLSX, Table, write_table
from marketplace.api.etags import is_unchanged, not_modified, tag_of_bytes
from marketplace.api.paging import link_header
from marketplace.http import actor, context

JSON = "application/json"
_MEDIA_TYPES = {"json": JSON, "csv": CSV.partition(";")[0], "xlsx": XLSX}
FORMATS = tuple(_MEDIA_TYPES)


class OrjsonProvider(JSONProvider):
    """Flask's JSON through orjson."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Write as text."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read."""
        return orjson.loads(s)


def answer(body: object, status: int = 200, *, tag: str | None = None) -> Response:
    """Answer with JSON. ``tag`` is the entry's, otherwise the bytes give one; 304 where the caller holds it."""
    content = orjson.dumps(body)
    return answer_bytes(content, JSON, tag or tag_of_bytes(content), status)


def answer_write(body: object, status: int) -> Response:
    """Answer a write that has no representation of its own: nothing to keep, nothing to compare."""
    response = Response(orjson.dumps(body), status, content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response


def answer_bytes(content: bytes, media_type: str, tag: str, status: int = 200) -> Response:
    """Answer with bytes that are already written."""
    if is_unchanged(tag):
        return _with_caching(not_modified(tag))
    response = Response(content, status, content_type=media_type)
    response.headers["ETag"] = f'"{tag}"'
    return _with_caching(response)


def _with_caching(response: Response) -> Response:
    response.headers["Vary"] = "Authorization, Accept"
    response.headers["Cache-Control"] = "no-cache" if actor() is None else "private, no-cache"
    return response


def wanted_format(values: Mapping[str, Any], offered: Sequence[str] = FORMATS) -> str:
    """Return the format asked for: the parameter ``format``, otherwise the ``Accept`` header, otherwise JSON.

    Raises:
        NotAcceptable: the header asks for none of those offered.
    """
    if given := values.get("format"):
        return str(given)
    header = request.headers.get("Accept")
    if header is None or header == "*/*":
        return "json"
    best = request.accept_mimetypes.best_match([_MEDIA_TYPES[form] for form in offered])
    if best is None:
        raise NotAcceptable(f"This is available as {', '.join(_MEDIA_TYPES[form] for form in offered)}.")
    return next(form for form in offered if _MEDIA_TYPES[form] == best)


def answer_table(table: Table, form: str) -> Response:
    """Answer with a file for download."""
    written = write_table(table, form)
    response = answer_bytes(written.content, written.media_type, tag_of_bytes(written.content))
    response.headers["Content-Disposition"] = f'attachment; filename="{written.name}"'
    return response


def whole_address(path: str) -> str:
    """Return an address of the API with scheme and host, as a file needs it."""
    return context().settings.base_url.rstrip("/") + path


def page_body(page: Page[Any], item: Callable[[Any], object]) -> dict[str, object]:
    """Return the body of a list page."""
    return {
        "items": [item(entry) for entry in page.items],
        "total": page.total,
        "page": page.page,
        "page_size": page.page_size,
    }


def answer_page(
    page: Page[Any],
    item: Callable[[Any], object],
    values: Mapping[str, Any],
    table: Callable[[Sequence[Any]], Table] | None = None,
) -> Response:
    """Answer with a list page as JSON, or as a table where ``table`` makes one, with links to the other pages."""
    form = wanted_format(values, FORMATS if table else ("json",))
    if form == "json" or table is None:
        response = answer(page_body(page, item))
    else:
        response = answer_table(table(page.items), form)
    response.headers["Link"] = link_header(page.page, page.pages)
    return response
