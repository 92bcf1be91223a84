"""``/adoption-events/template``: an empty file of events, to be filled in and imported."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from marketplace.actions.adoption_files import template_columns, template_table
from marketplace.api.answers import FORMATS, answer, answer_table, wanted_format
from marketplace.api.contract import PREFIX, Resource
from marketplace.api.fields import Choice
from marketplace.api.schemas.base import InAnswer
from marketplace.domain.access import Action

blueprint = Resource(
    "adoption-template", __name__, url_prefix=PREFIX, description="Files for importing adoptions"
)


class TemplateQuery(Schema):
    """Parameters of the template."""

    format = Choice(FORMATS, metadata={"description": "json, csv or xlsx; otherwise `Accept` decides"})


class TemplateColumn(InAnswer):
    """A column of a file of events."""

    name = fields.String(metadata={"description": "The field's name in the heading"})
    required = fields.Boolean(metadata={"description": "Whether every row must have it"})
    meaning = fields.String(metadata={"description": "What stands in it, in German"})


class TemplateBody(InAnswer):
    """The columns of a file of events, in order."""

    columns = fields.List(fields.Nested(TemplateColumn))


@blueprint.operation(
    "/adoption-events/template",
    action=Action.READ_PUBLIC,
    answer=TemplateBody,
    query=TemplateQuery,
    table=True,
    errors=(406,),
    example={
        "columns": [{"name": "service_id", "required": True, "meaning": "Id des Onlinedienstes (Pflicht)"}]
    },
)
def read_adoption_template(query: Mapping[str, Any]) -> Response:
    """Answer with an empty file of adoption events (CSV or XLSX), or with its columns as JSON.

    A filled-in file is read by `marketplace adoptions import`; the fields are those of `POST /adoption-events`, lists
    of keys stand in one cell with `|` between them.
    """
    form = wanted_format(query)
    if form != "json":
        return answer_table(template_table(), form)
    columns = [
        {"name": name, "required": required, "meaning": meaning}
        for name, required, meaning in template_columns()
    ]
    return answer({"columns": columns})
