"""The forms of the desks: what was typed, what is wrong, lists to tick of which a part is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace.domain.folding import fold
from marketplace.errors import Conflict, FieldError, InvalidInput, MarketplaceError
from marketplace.web.desk_words import field_of, why
from marketplace.web.errors import STATUS_OF
from marketplace.web.organisation_forms import Form

SHOWN = 100
MAX_TICKED = 5000
MAX_TYPED = 4000
CHECK = _("Bitte prüfen Sie die Angaben. Noch ist nichts gemeldet.")
CONFLICT = _("Das steht so schon da, oder jemand war schneller.")


@dataclass(frozen=True, slots=True)
class Ticks:
    """A list to tick: the options shown (value, text, whether it is ticked), and how many more there are.

    ``total`` is how many there are in all; the ticked ones are shown always, others as far as they match ``q``.
    """

    options: Sequence[tuple[str, str, bool]]
    more: int
    total: int
    q: str

    @classmethod
    def of(cls, names: Mapping[str, str], ticked: Iterable[str], q: str = "") -> "Ticks":
        """Make a list of options by value."""
        chosen = [value for value in dict.fromkeys(ticked) if value in names]
        wanted = fold(q)
        matching = [v for v, text in names.items() if v not in set(chosen) and wanted in fold(f"{text} {v}")]
        options = [(value, names[value], True) for value in chosen]
        options += [(value, names[value], False) for value in matching[:SHOWN]]
        return cls(options, max(0, len(matching) - SHOWN), len(names), q)


def typed(*names: str) -> dict[str, str]:
    """Return what was typed in some fields."""
    return {name: request.form.get(name, "").strip()[:MAX_TYPED] for name in names}


def ticked(name: str) -> list[str]:
    """Return what was ticked.

    Raises:
        InvalidInput: absurdly many.
    """
    values = request.form.getlist(name)
    if len(values) > MAX_TICKED:
        raise InvalidInput.one(name, "length", f"at most {MAX_TICKED} at once")
    return list(dict.fromkeys(value.strip() for value in values if value.strip()))


def refused(error: MarketplaceError, filled: Mapping[str, Any]) -> Form:
    """Return the form with what is wrong.

    Raises:
        MarketplaceError: what no form can say.
    """
    status = STATUS_OF[type(error)]
    if isinstance(error, InvalidInput):
        return Form(filled, problems_of(error.errors), CHECK, status)
    if isinstance(error, Conflict):
        return Form(filled, {}, CONFLICT, status)
    raise error


def problems_of(errors: Sequence[FieldError]) -> dict[str, list[LazyString | str]]:
    """Return what is wrong by the field of the form."""
    found: dict[str, list[LazyString | str]] = {}
    for error in errors:
        words = found.setdefault(field_of(error.field), [])
        if (reason := why(error)) not in words:
            words.append(reason)
    return found
