"""Strict reading of query and body: what is unknown, given twice, too deep or no text is refused by name.

Bodies are judged by the domain's own rules, because the command line and the pages read the same fields; here they
only become plain values. The schemas of bodies describe them, and a test holds both together.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
import orjson
from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from marketplace.api.fields import text_refusal
from marketplace.errors import FieldError, InvalidInput

MAX_DEPTH = 50
MAX_NAME_SHOWN = 80
MERGE_PATCH = "application/merge-patch+json"
_MAYBE_UNFIT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""What a body has in it that holds NUL or half a character; whole pairs of halves look alike."""


def read_query(schema: ma.Schema) -> Any:
    """Read the parameters of the query by their schema; only lists may be given more than once.

    Raises:
        InvalidInput: naming each parameter that is unknown, repeated or wrong.
    """
    known = {field.data_key or name: field for name, field in schema.load_fields.items()}
    values: dict[str, object] = {}
    broken = []
    for name, given in request.args.lists():
        field = known.get(name)
        if field is None:
            shown = name[:MAX_NAME_SHOWN].encode("utf-8", "replace").decode()
            broken.append(FieldError(shown, "unknown", "is no parameter of this address"))
        elif isinstance(field, ma.fields.List):
            values[name] = given
        elif len(given) > 1:
            broken.append(FieldError(name, "repeated", "may be given once only"))
        else:
            values[name] = given[0]
    if broken:
        raise InvalidInput(broken)
    try:
        return schema.load(values)
    except ma.ValidationError as error:
        raise InvalidInput(list(_field_errors(error.messages, ""))) from error


def _field_errors(messages: object, field: str) -> list[FieldError]:
    if isinstance(messages, Mapping):
        return [
            e for name, inner in messages.items() for e in _field_errors(inner, f"{field}.{name}".strip("."))
        ]
    found = []
    for message in messages if isinstance(messages, list) else [messages]:
        rule, separator, text = str(message).partition(": ")
        plain = FieldError(field, "required" if "required" in str(message) else "invalid", str(message))
        found.append(FieldError(field, rule, text) if separator else plain)
    return found


def json_object(*media_types: str, optional: bool = False) -> dict[str, Any]:
    """Read the body as one JSON object; ``media_types`` are taken beside ``application/json``.

    ``optional``: no body at all is an empty object, whatever type is named for it.

    Raises:
        UnsupportedMediaType: another content type.
        BadRequest: no JSON.
        InvalidInput: no object, nested too deep, texts that cannot be kept.
    """
    if optional and not request.get_data():
        return {}
    value, maybe_unfit = _json_value(media_types)
    if not isinstance(value, dict):
        raise InvalidInput.one("body", "type", "must be one JSON object")
    if maybe_unfit:
        _refuse_texts(value, "")
    return value


def json_objects(limit: int) -> list[dict[str, Any]]:
    """Read the body as one JSON object or a list of at most ``limit``; errors as in ``json_object``.

    Texts that cannot be kept are left to whoever judges the objects, to be refused by row and field as all else is.
    """
    value, _ = _json_value(())
    items: list[Any] = value if isinstance(value, list) else [value]
    if not items:
        raise InvalidInput.one("body", "length", "the list is empty")
    if len(items) > limit:
        raise InvalidInput.one("body", "length", f"holds {len(items)} objects, {limit} are allowed")
    if wrong := [i for i, item in enumerate(items) if not isinstance(item, dict)]:
        raise InvalidInput.one(f"body.{wrong[0]}", "type", "must be a JSON object")
    return items


def _json_value(media_types: tuple[str, ...]) -> tuple[object, bool]:
    """Return the body, and whether its texts may be none that can be kept."""
    if request.mimetype not in ("application/json", *media_types):
        raise UnsupportedMediaType("The body must be application/json.")
    raw = request.get_data(cache=False)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if "depth limit" in error.msg:
            raise InvalidInput.one("body", "depth", f"is nested deeper than {MAX_DEPTH}") from error
        value = _with_halves(raw)
        if value is None:
            raise BadRequest(f"The body is no JSON: {error.msg} at character {error.pos}.") from error
    _refuse_deep(value)
    return value, _MAYBE_UNFIT.search(raw) is not None


def _with_halves(raw: bytes) -> object:
    """Read JSON that is none to orjson for halves of characters alone; None where there is more to it."""
    if not _MAYBE_UNFIT.search(raw):
        return None
    try:
        return json.loads(raw.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def _refuse_deep(value: object) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        following: list[object] = []
        for item in level:
            if isinstance(item, dict):
                following.extend(v for v in item.values() if isinstance(v, dict | list))
            elif isinstance(item, list):
                following.extend(v for v in item if isinstance(v, dict | list))
        if not following:
            return
        level = following
    raise InvalidInput.one("body", "depth", f"is nested deeper than {MAX_DEPTH}")


def _refuse_texts(value: object, field: str) -> None:
    """Refuse NUL and halves of characters anywhere."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_texts(name, field or "body")
            _refuse_texts(inner, f"{field}.{name}".strip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _refuse_texts(inner, f"{field}.{index}".strip("."))
    elif isinstance(value, str) and (refusal := text_refusal(value)):
        named = field.replace("\x00", "").encode("utf-8", "ignore").decode()
        raise InvalidInput.one(named or "body", "characters", refusal)
