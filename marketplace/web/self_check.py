"""The EfA self-check of an entry as a form: one answer a requirement, nothing typed is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response as FlaskResponse
from flask import make_response, redirect, render_template, request, url_for
from flask_babel import LazyString
from werkzeug.wrappers import Response

from marketplace.actions.form_drafts import FormDraft, forget_form
from marketplace.actions.self_check import EntrySelfCheck, answer_self_check, form_of_self_check
from marketplace.domain.access import Action
from marketplace.domain.self_check import Verdict
from marketplace.errors import FieldError, InvalidInput, VersionMismatch
from marketplace.http import actor, context, needs
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.entry_pages import acting_person
from marketplace.web.errors import STATUS_OF
from marketplace.web.kept_forms import keep, kept_and_offered
from marketplace.web.self_check_words import (
    ANSWERED_MEANWHILE,
    BROKEN,
    LEVELS,
    NEWER_LIST,
    OTHERWISE,
    VERDICTS,
)

FIELDS = ("answer", "proof", "note")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields of one requirement."""

    answer: str = ""
    proof_url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a form was not saved: in a word for all, or by requirement and field."""

    why: LazyString | None = None
    problems: Mapping[str, Mapping[str, LazyString]] = field(default_factory=dict)


@web.get("/dienste/<service_id>/efa-selbstauskunft")
@needs(Action.WRITE_SERVICE)
def self_check(service_id: str) -> str:
    """Show the newest list with what is answered of it, as a form; with ``entwurf=1`` as it was typed and never sent."""
    entry = form_of_self_check(context(), actor(), service_id)
    kept, offered = kept_and_offered(acting_person(Action.WRITE_SERVICE), _form_name(service_id))
    typed = (
        _stored(entry)
        if kept is None
        else {name: _typed(kept.content, name) for name in entry.check.list.ids}
    )
    return _page(entry, typed, kept=kept, offered=offered)


@web.post("/dienste/<service_id>/efa-selbstauskunft/entwurf")
@needs(Action.WRITE_SERVICE)
def keep_self_check_form(service_id: str) -> FlaskResponse:
    """Keep what stands in the form; answers the time in Germany at which it was kept."""
    entry = form_of_self_check(context(), actor(), service_id)
    names = ["tag", *(f"{field}-{name}" for name in entry.check.list.ids for field in FIELDS)]
    content = {name: value for name in names if (value := request.form.get(name, "").strip())}
    return keep(acting_person(Action.WRITE_SERVICE), _form_name(service_id), content)


@web.post("/dienste/<service_id>/efa-selbstauskunft/entwurf/verwerfen")
@needs(Action.WRITE_SERVICE)
def forget_self_check_form(service_id: str) -> Response:
    """Forget what was typed and never sent, and show the form as it is saved."""
    forget_form(context(), acting_person(Action.WRITE_SERVICE), _form_name(service_id))
    return redirect(url_for("web.self_check", service_id=service_id), 303)


@web.post("/dienste/<service_id>/efa-selbstauskunft")
@needs(Action.WRITE_SERVICE)
def answer_self_check_form(service_id: str) -> Response:
    """Save the answers; show the form again with all that was typed where one is not taken."""
    entry = form_of_self_check(context(), actor(), service_id)
    typed = {name: _typed(request.form, name) for name in entry.check.list.ids}
    given = [name for name, one in typed.items() if one != Typed()]
    fields = {
        "list_version": request.form.get("list_version", ""),
        "answers": [_fields(name, typed[name]) for name in given],
    }
    try:
        answer_self_check(context(), actor(), service_id, fields, request.form.get("tag", ""))
    except InvalidInput as error:
        return make_response(_page(entry, typed, _refused(error.errors, given)), STATUS_OF[InvalidInput])
    except VersionMismatch:
        page = _page(entry, typed, Refused(ANSWERED_MEANWHILE))
        return make_response(page, STATUS_OF[VersionMismatch])
    forget_form(context(), acting_person(Action.WRITE_SERVICE), _form_name(service_id))
    return redirect(url_for("web.self_check", service_id=service_id, done=1), 303)


def _form_name(service_id: str) -> str:
    return f"service:self-check:{service_id}"


def _typed(content: Mapping[str, str], name: str) -> Typed:
    return Typed(*(content.get(f"{field}-{name}", "").strip() for field in FIELDS))


def _fields(name: str, typed: Typed) -> dict[str, Any]:
    return {
        "requirement_id": name,
        "answer": typed.answer,
        "proof_url": typed.proof_url,
        "note": typed.note,
    }


def _stored(entry: EntrySelfCheck) -> dict[str, Typed]:
    return {
        name: Typed(str(one.given.verdict), one.given.proof_url or "", one.given.note or "")
        for name, one in entry.check.answers.items()
    }


def _refused(errors: Sequence[FieldError], given: Sequence[str]) -> Refused:
    """Sort what is wrong by requirement and field: an error is named ``answers.<place>.<field>``."""
    problems: dict[str, dict[str, LazyString]] = {}
    for error in errors:
        group, _, rest = error.field.partition(".")
        place, _, name = rest.partition(".")
        if group != "answers" or not place.isdigit():
            return Refused(NEWER_LIST)
        problems.setdefault(given[int(place)], {})[name] = BROKEN.get((name, error.rule), OTHERWISE)
    return Refused(problems=problems)


def _page(
    entry: EntrySelfCheck,
    typed: Mapping[str, Typed],
    refused: Refused | None = None,
    *,
    kept: FormDraft | None = None,
    offered: FormDraft | None = None,
) -> str:
    stored = _stored(entry)
    return render_template(
        "self_check.html",
        entry=entry,
        # Answers given since somebody began to type are a conflict, also where the form was kept in between.
        tag=entry.tag if kept is None else kept.content.get("tag", ""),
        kept=kept,
        offered=offered,
        typed=typed,
        empty=Typed(),
        refused=refused,
        changed={
            name for name in entry.check.list.ids if stored.get(name, Typed()) != typed.get(name, Typed())
        }
        if refused is not None and refused.why is not None
        else set(),
        stored=stored,
        verdicts=[(str(verdict), VERDICTS[verdict]) for verdict in Verdict],
        verdict_words=VERDICTS,
        levels=LEVELS,
        done=queries.text_of("done") == "1" and refused is None,
    )
