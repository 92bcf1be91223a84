"""The forms of an organisation's pages: what was typed, what is wrong with it, and whose pages they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.errors import Conflict, FieldError, InvalidInput, MarketplaceError, Unauthenticated
from marketplace.http import actor
from marketplace.web.errors import STATUS_OF
from marketplace.web.organisation_words import BROKEN, BROKEN_ANYWHERE

MAX_DIGITS = 9
CHECK = _("Bitte prüfen Sie die Angaben. Noch ist nichts gespeichert.")


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is shown: what stands in its fields, what is wrong with each, why it was refused, with which status."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, Sequence[LazyString | str]] = field(default_factory=dict)
    refused: LazyString | None = None
    status: int = 200


def refused(error: MarketplaceError, typed: Mapping[str, Any], conflict: LazyString | None = None) -> Form:
    """Return the form with what is wrong; ``conflict`` says what stands against it where no field is wrong."""
    status = STATUS_OF[type(error)]
    if isinstance(error, InvalidInput):
        return Form(typed, problems_of(error.errors), CHECK, status)
    if isinstance(error, Conflict) and conflict is not None:
        return Form(typed, {}, conflict, status)
    raise error


def problems_of(
    errors: Sequence[FieldError], known: Mapping[tuple[str, str], LazyString] = BROKEN
) -> dict[str, list[LazyString | str]]:
    """Return what is wrong by the field of the form; ``known`` are the words for a field and its rule."""
    found: dict[str, list[LazyString | str]] = {}
    for error in errors:
        name = error.field.partition(".")[0]
        why = known.get((name, error.rule)) or BROKEN_ANYWHERE.get(error.rule) or error.message
        words = found.setdefault(name, [])
        if why not in words:
            words.append(why)
    return found


def whose(organisation_id: str | None) -> str:
    """Return the organisation whose page is asked for: the one named (an operator's pages), or the one acted for.

    Raises:
        Unauthenticated: none is named and nobody is signed in.
    """
    if organisation_id is not None:
        return organisation_id
    who = actor()
    if who is None:
        raise Unauthenticated("This needs somebody signed in.")
    return who.organisation_id


def text(name: str) -> str:
    """Return what was typed in a field."""
    return request.form.get(name, "").strip()


def whole(name: str) -> int:
    """Return the whole number that was typed, 0 where it is none: no field here takes 0."""
    typed = text(name)
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MAX_DIGITS else 0
