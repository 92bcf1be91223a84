"""The contract and its interactive reference, from files of this host only."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app, render_template

from marketplace.api.answers import JSON, answer_bytes
from marketplace.api.contract import PREFIX
from marketplace.api.etags import tag_of_bytes
from marketplace.api.problems import TITLES
from marketplace.domain.access import Action
from marketplace.http import needs

STATIC = Path(__file__).parent / "static"
# Swagger UI writes style attributes and draws its icons from data addresses; scripts stay files of this host.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
blueprint = Blueprint("reference", __name__, url_prefix=PREFIX, template_folder="templates")


def contract_of(app: Flask) -> dict[str, Any]:
    """Return the contract as OpenAPI 3.1."""
    contract: dict[str, Any] = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return contract


def contract_bytes(app: Flask) -> bytes:
    """Write the contract, sorted, so that it only changes where it says something else."""
    return orjson.dumps(
        contract_of(app), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    )


@blueprint.get("/openapi.json")
@needs(Action.READ_PUBLIC)
def contract() -> Response:
    """Send the contract."""
    content = contract_bytes(current_app)
    return answer_bytes(content, JSON, tag_of_bytes(content))


@blueprint.get("/docs")
@needs(Action.READ_PUBLIC)
def page() -> Response:
    """Show the interactive reference."""
    response = Response(render_template("api_reference.html", problems=TITLES))
    response.headers["Content-Security-Policy"] = POLICY
    return response


@blueprint.get("/docs/reference.js")
@needs(Action.READ_PUBLIC)
def script() -> Response:
    """Send the script that starts the reference."""
    content = _script()
    return answer_bytes(content, "text/javascript; charset=utf-8", tag_of_bytes(content))


@lru_cache(maxsize=1)
def _script() -> bytes:
    return (STATIC / "reference.js").read_bytes()
