"""``/changes``: what changed, by position, for mirrors of the catalogue; and the export that they begin from."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, request

from marketplace.actions.change_feed import Bounds, Export, bounds_of, changes_after, export
from marketplace.api.answers import JSON, answer, answer_bytes
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.etags import is_unchanged
from marketplace.api.schemas.change_feed import (
    ChangeList,
    ChangesQuery,
    ExportLine,
    change_body,
    entry_line,
    first_line,
)
from marketplace.domain.access import Action
from marketplace.http import context

NDJSON = "application/x-ndjson"
blueprint = Resource("changes", __name__, url_prefix=PREFIX, description="What changed, for mirrors")


@blueprint.operation(
    "/changes", action=Action.READ_PUBLIC, answer=ChangeList, query=ChangesQuery, paged=True, errors=(410,)
)
def list_changes(query: Mapping[str, Any]) -> Response:
    """List changes after a position.

    A mirror begins with `GET /changes/export`, keeps the position of its first line, and then asks for what came
    after it, each time with the `next_after` of the answer before. Every change that the public sees stands here
    once, in the order of commits. A position ahead of the newest change is refused (422, rule `future`), one behind
    the oldest that is kept answers 410: begin again from the export.
    """
    after, limit = query["after"], query["limit"]
    bounds = bounds_of(context(), after)
    if is_unchanged(_tag(bounds, limit)):
        return answer_bytes(b"", JSON, _tag(bounds, limit))
    bounds, found = changes_after(context(), after, limit)
    next_after = found[-1].position if found else after
    response = answer(
        {
            "items": [change_body(change) for change in found],
            "after": after,
            "next_after": next_after,
            "oldest": bounds.oldest,
            "newest": bounds.newest,
        },
        tag=_tag(bounds, limit),
    )
    if next_after < bounds.newest:
        response.headers["Link"] = _next(next_after)
    return response


@blueprint.operation(
    "/changes/export", action=Action.READ_PUBLIC, answer=ExportLine, content_type=NDJSON, untagged=True
)
def export_catalogue(query: Mapping[str, Any]) -> Response:
    """Export what is published, to begin a mirror from.

    A JSON object a line: the first line holds the `position` after which `GET /changes` goes on, each other line an
    entry as the public reads it at `GET /services/{service_id}`, by id. It is sent while it is read: an entry that is
    written meanwhile stands in the feed after that position too.
    """
    del query
    response = Response(_lines(export(context())), content_type=NDJSON)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = 'attachment; filename="catalogue.ndjson"'
    return response


def _lines(found: Export) -> Iterator[bytes]:
    yield first_line(found.position)
    for entry in found.entries:
        yield entry_line(entry)


def _tag(bounds: Bounds, limit: int) -> str:
    """Return the entity tag: positions are given once and changes never rewritten, so that their numbers say it all."""
    return f"{bounds.after}-{limit}-{bounds.oldest}-{bounds.newest}"


def _next(after: int) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
    return f'<{quote(request.path)}?{urlencode([*kept, ("after", after)])}>; rel="next"'
