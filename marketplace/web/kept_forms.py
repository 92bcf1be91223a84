"""Forms that are kept while somebody types: a script posts what stands in them, the page offers it again."""

from collections.abc import Mapping

from flask import Response, jsonify, request

from marketplace.actions.form_drafts import FormDraft, keep_form, kept_form
from marketplace.domain.access import Actor
from marketplace.domain.dates import GERMANY
from marketplace.http import context

TAKEN_UP = "entwurf"
"""The argument with which a page shows its form as it was typed and never sent."""


def keep(who: Actor, form: str, content: Mapping[str, str]) -> Response:
    """Keep what stands in a form; answers the time in Germany at which it was kept."""
    kept = keep_form(context(), who, form, content)
    answer = jsonify(saved_at=kept.saved_at.astimezone(GERMANY).strftime("%H:%M"))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def kept_and_offered(who: Actor, form: str) -> tuple[FormDraft | None, FormDraft | None]:
    """Return what is kept of a form if the page is to show it, and if it is to offer it: one of both, or neither."""
    kept = kept_form(context(), who, form)
    return (kept, None) if request.args.get(TAKEN_UP) == "1" else (None, kept)
