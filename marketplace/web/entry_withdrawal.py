"""Withdrawing an entry: the form with day, reason and successor, taking a plan back, and what remains at its address."""

import re
from datetime import date

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from marketplace.actions.revisions import read_revision
from marketplace.actions.services import entry_of
from marketplace.actions.withdrawing import cancel_withdrawal, withdraw
from marketplace.actions.withdrawn_entries import withdrawn_entry
from marketplace.domain.access import Action, Actor
from marketplace.domain.field_reader import SLUG
from marketplace.domain.lifecycle import is_findable
from marketplace.errors import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    MarketplaceError,
    VersionMismatch,
)
from marketplace.http import actor, context, needs, remember_refusal
from marketplace.web import queries
from marketplace.web.blueprint import web
from marketplace.web.entry_form import entry_id
from marketplace.web.entry_pages import acting_person, private, sent_text
from marketplace.web.entry_step_words import DONE, refusal_of
from marketplace.web.errors import STATUS_OF

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
REFUSALS = (InvalidInput, Conflict, Forbidden, VersionMismatch)


@web.get("/dienste/<service_id>/zurueckziehen")
@needs(Action.WRITE_SERVICE)
def withdrawal(service_id: str) -> Response:
    """Show the form, or the plan that stands."""
    return _page(acting_person(Action.WRITE_SERVICE), service_id)


@web.post("/dienste/<service_id>/zurueckziehen")
@needs(Action.WRITE_SERVICE)
def withdraw_entry(service_id: str) -> Response:
    """Withdraw the entry from a day on."""
    who = acting_person(Action.WRITE_SERVICE)
    read_revision(context(), who, service_id)
    try:
        on, successor = _read()
        withdraw(context(), who, service_id, on, sent_text("reason"), successor, sent_text("tag") or "-")
    except REFUSALS as error:
        return _page(who, service_id, error)
    if on > context().today():
        return redirect(url_for("web.withdrawal", service_id=service_id, done="planned"), 303)
    return redirect(url_for("web.service", service_id=service_id), 303)


@web.post("/dienste/<service_id>/zurueckziehen/absagen")
@needs(Action.WRITE_SERVICE)
def cancel_withdrawal_of_entry(service_id: str) -> Response:
    """Take a planned withdrawal back."""
    who = acting_person(Action.WRITE_SERVICE)
    read_revision(context(), who, service_id)
    try:
        cancel_withdrawal(context(), who, service_id)
    except REFUSALS as error:
        return _page(who, service_id, error)
    return redirect(url_for("web.withdrawal", service_id=service_id, done="cancelled"), 303)


def _page(who: Actor, service_id: str, error: MarketplaceError | None = None) -> Response:
    if error is not None:
        remember_refusal(error)
    revision = read_revision(context(), who, service_id)
    service, _ = entry_of(context(), service_id, who)
    page = render_template(
        "entry/withdrawal.html",
        service=service,
        tag=revision.tag,
        standing=withdrawn_entry(context(), service_id, who),
        is_published=is_findable(service.status),
        today=context().today(),
        refused=None if error is None else refusal_of(error),
        typed={name: sent_text(name) for name in ("on", "reason", "successor")} if error else {},
        done=DONE.get(queries.text_of("done")) if error is None else None,
    )
    return private(page, 200 if error is None else STATUS_OF[type(error)])


def _read() -> tuple[date, str | None]:
    errors: list[FieldError] = []
    text = sent_text("on").strip()
    on = _day(text)
    if on is None:
        errors.append(FieldError("on", "format" if text else "required", "must be a day as YYYY-MM-DD"))
    successor = entry_id(sent_text("successor").strip()) or None
    if successor is not None and not SLUG.fullmatch(successor):
        errors.append(FieldError("successor", "format", "must be the id of an entry"))
    if not sent_text("reason").strip():
        errors.append(FieldError("reason", "required", "is missing"))
    if on is None or errors:
        raise InvalidInput(errors)
    return on, successor


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def withdrawn_page(service_id: str, error: MarketplaceError) -> Response:
    """Return what stands at the address of a withdrawn entry: since when, why, what follows, and its figures.

    Raises:
        Gone: ``error``, where nothing is known of the entry.
    """
    found = withdrawn_entry(context(), service_id, actor())
    if found is None:
        raise error
    if found.withdrawal is not None and found.withdrawal.merged and found.successor is not None:
        return redirect(url_for("web.service", service_id=found.successor.id), 308)
    return make_response(
        render_template("entry/withdrawn.html", service=found.service, standing=found), STATUS_OF[type(error)]
    )
