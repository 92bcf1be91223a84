"""Strict reading of query and body: what is unknown, given twice, too deep or no text is refused by name.

Bodies are judged by the domain's own rules, because the command line and the pages read the same fields; here they
only become plain values. The schemas of bodies describe them, and a test holds both together.
"""

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


def json_object(*media_types: str) -> dict[str, Any]:
    """Read the body as one JSON object; ``media_types`` are taken beside ``application/json``.

    Raises:
        UnsupportedMediaType: another content type.
        BadRequest: no JSON.
        InvalidInput: no object, nested too deep, texts that cannot be kept.
    """
    value = _json_value(media_types)
    if not isinstance(value, dict):
        raise InvalidInput.one("body", "type", "must be one JSON object")
    return value


def json_objects(limit: int) -> list[dict[str, Any]]:
    """Read the body as one JSON object or a list of at most ``limit``; errors as in ``json_object``."""
    value = _json_value(())
    items: list[Any] = value if isinstance(value, list) else [value]
    if not items:
        raise InvalidInput.one("body", "length", "the list is empty")
    if len(items) > limit:
        raise InvalidInput.one("body", "length", f"holds {len(items)} objects, {limit} are allowed")
    if wrong := [i for i, item in enumerate(items) if not isinstance(item, dict)]:
        raise InvalidInput.one(f"body.{wrong[0]}", "type", "must be a JSON object")
    return items


def _json_value(media_types: tuple[str, ...]) -> object:
    if request.mimetype not in ("application/json", *media_types):
        raise UnsupportedMediaType("The body must be application/json.")
    raw = request.get_data(cache=False)
    try:
        value: object = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if "depth limit" in error.msg:
            raise InvalidInput.one("body", "depth", f"is nested deeper than {MAX_DEPTH}") from error
        raise BadRequest(f"The body is no JSON: {error.msg} at character {error.pos}.") from error
    _refuse_deep(value)
    if b"\\u0000" in raw:
        _refuse_texts(value, "")
    return value


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
    """Refuse NUL anywhere; orjson has refused lone surrogates already."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_texts(name, field or "body")
            _refuse_texts(inner, f"{field}.{name}".strip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _refuse_texts(inner, f"{field}.{index}".strip("."))
    elif isinstance(value, str) and (refusal := text_refusal(value)):
        raise InvalidInput.one(field.replace("\x00", "") or "body", "characters", refusal)
