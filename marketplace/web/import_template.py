"""An empty file of adoption events to keep, fill in and hand to whoever imports it."""

from flask import Response, abort, request

from marketplace.actions.adoption_files import template
from marketplace.domain.access import Action
from marketplace.http import needs
from marketplace.web.blueprint import web


@web.get("/import-vorlage")
@needs(Action.READ_PUBLIC)
def import_template() -> Response:
    """Send the template as a workbook, or as CSV with ``?format=csv``."""
    form = request.args.get("format", "xlsx")
    if form not in ("csv", "xlsx"):
        abort(404)
    made = template(form)
    response = Response(made.content, content_type=made.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=made.name)
    return response
