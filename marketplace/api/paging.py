"""Pages of lists: parameters, and ``Link`` headers (RFC 8288) that keep every filter and repeated parameter."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from flask import request

from marketplace.actions.paging import PageRequest


def page_request(values: Mapping[str, Any]) -> PageRequest:
    """Return which page the parameters ask for."""
    return PageRequest(values["page"], values["page_size"])


def link_header(page: int, pages: int) -> str:
    """Return the links to the first, previous, next and last page; beyond the last one, previous is the last."""
    targets = {"first": 1, "last": pages}
    if page > 1:
        targets["prev"] = min(page - 1, pages)
    if page < pages:
        targets["next"] = page + 1
    kept = urlencode([(name, value) for name, value in request.args.items(multi=True) if name != "page"])
    begin = f"{quote(request.path)}?{kept}&" if kept else f"{quote(request.path)}?"
    return ", ".join(
        f'<{begin}page={targets[relation]}>; rel="{relation}"'
        for relation in ("first", "prev", "next", "last")
        if relation in targets
    )
