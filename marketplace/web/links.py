"""Addresses within the site: keep what was asked, change one thing."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode, urlsplit

from flask import current_app, request, url_for
from werkzeug.datastructures import MultiDict

from marketplace.http import context

MAX_TARGET = 2000


def local_target(address: str | None) -> str:
    """Return ``address`` if it is a path of this site, otherwise the start page's.

    A target that a browser would read as another host (two slashes, a backslash, control characters) is none.
    """
    if address and len(address) <= MAX_TARGET and address.startswith("/") and address.isprintable():
        parts = urlsplit(address)
        if not parts.scheme and not parts.netloc and "\\" not in address and not address.startswith("//"):
            return address
    return url_for("web.start")


def here(**changes: str | int | Iterable[str] | None) -> str:
    """Return this page's address with some parameters changed; None takes one out, a list gives several.

    Every other parameter stays; a changed filter goes back to the first page.
    """
    kept: MultiDict[str, str] = MultiDict(request.args)
    kept.pop("lang", None)
    if "page" not in changes:
        kept.pop("page", None)
    for name, value in changes.items():
        kept.poplist(name)
        if value is None:
            continue
        values = [str(value)] if isinstance(value, str | int) else [str(one) for one in value]
        kept.setlist(name, values)
    query = urlencode([(name, value) for name, value in kept.items(multi=True) if value])
    return f"{request.path}?{query}" if query else request.path


def toggled(name: str, value: str) -> str:
    """Return this page's address with ``value`` added to a filter, or taken out if it is set."""
    values = request.args.getlist(name)
    rest = [one for one in values if one != value]
    return here(**{name: rest if value in values else [*values, value]})


def readable(path: str) -> str:
    """Return the nearest page at or above a path that can be read: forms are sent to some that cannot."""
    adapter = current_app.create_url_adapter(request)
    while path not in ("", "/") and adapter is not None:
        if adapter.test(path, method="GET"):
            return path
        path = path.rpartition("/")[0]
    return url_for("web.start")


def asked_from() -> str:
    """Return the page to come back to after signing in: this one, or the one whose form was sent to it.

    From the pages of the sign-in itself one goes on to where they would have led.
    """
    if request.path.startswith(url_for("web.sign_in")):
        return local_target(request.args.get("next"))
    if request.method in ("GET", "HEAD"):
        return here()
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return readable(request.path)
    path = readable(parts.path)
    return local_target(f"{path}?{parts.query}" if parts.query and path == parts.path else path)


def spoken_at() -> str:
    """Return where this page can be read in another language: a form's answer is none to come back to."""
    if request.method in ("GET", "HEAD"):
        return here(page=request.args.get("page"))
    return asked_from()


def absolute(path: str) -> str:
    """Return the whole address of a path of this site, for paper and for citing."""
    return context().settings.base_url.rstrip("/") + path


def with_query(path: str, **parameters: str | int | Sequence[str] | None) -> str:
    """Return ``path`` with the parameters that have a value; several values of one name follow each other."""
    given = {name: value for name, value in parameters.items() if value not in (None, "") and value != []}
    query = urlencode(given, doseq=True)
    return f"{path}?{query}" if query else path
