"""The blueprint that all pages hang on, and the files they load."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory, url_for

from marketplace.domain.access import Action
from marketplace.http import needs

STATIC = Path(__file__).parent / "static"
YEAR_S = 365 * 24 * 3600

web = Blueprint("web", __name__, template_folder="templates")


@web.get("/static/<path:filename>")
@needs(Action.READ_PUBLIC)
def static(filename: str) -> Response:
    """Send a file the pages load; an address with a fingerprint may be kept for a year."""
    response = send_from_directory(STATIC, filename)
    if "v" in request.args:
        response.cache_control.public = True
        response.cache_control.max_age = YEAR_S
        response.cache_control.immutable = True
    return response


@lru_cache(maxsize=256)
def fingerprint(filename: str) -> str:
    """Return what changes when a file's content changes.

    Raises:
        FileNotFoundError: there is no such file; `make` has not fetched the assets.
    """
    return sha256((STATIC / filename).read_bytes()).hexdigest()[:12]


def asset(filename: str) -> str:
    """Return the address of a static file with its fingerprint."""
    return url_for("web.static", filename=filename, v=fingerprint(filename))
