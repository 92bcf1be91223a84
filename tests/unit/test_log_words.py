"""What the audit log holds is told in words: acts, objects, details and why something was refused."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

import marketplace
from marketplace.actions.organisation_merging import Merged
from marketplace.actions.retention import Retained
from marketplace.domain import access
from marketplace.domain.access import Action, Actor, Decision, Role, TokenScope
from marketplace.domain.adoption import Scope
from marketplace.domain.audit import AuditEntry, Outcome
from marketplace.web import log_words, reasons
from marketplace.web.act_words import WORDS

ACTIONS = Path(marketplace.__file__).parent / "actions"
AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def speaking() -> Iterator[None]:
    """Pages are written in German."""
    app = Flask(__name__)
    Babel(app, default_locale="de")
    with app.test_request_context():
        yield


def recorded() -> Iterator[ast.Call]:
    """Every call in the actions that appends to the log."""
    for path in sorted(ACTIONS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", None))
                if name in {"record", "record_refusal", "record_read"}:
                    yield node


def test_every_act_and_detail_that_is_recorded_has_words() -> None:
    calls = list(recorded())
    acts = {one.value for call in calls for one in call.args if isinstance(one, ast.Constant)} - {None}
    details = {one.arg for call in calls for one in call.keywords} - {None, "on_behalf_of"}
    details |= {*Merged.__dataclass_fields__, *Retained.__dataclass_fields__, "from", "to"}
    assert len(acts) > 40
    assert acts - WORDS.keys() == set()
    assert details - log_words.DETAILS.keys() == set()


def test_every_kind_of_object_that_is_recorded_has_words() -> None:
    about = [one for call in recorded() for one in call.args if isinstance(one, ast.Tuple)]
    kinds = {one.elts[0].value for one in about if isinstance(one.elts[0], ast.Constant)}
    batches = {
        one.elts[1].value
        for one in about
        if isinstance(one.elts[0], ast.Constant) and one.elts[0].value == "batch"
        if isinstance(one.elts[1], ast.Constant)
    }
    assert len(kinds) > 6
    assert kinds - log_words.OBJECT_KINDS.keys() == set()
    assert batches - log_words.BATCHES.keys() == set()


def refusals() -> Iterator[Decision]:
    """A no of every kind that the rules know."""
    clerk = Actor.of("clerk", "town", Role.AUTHORITY, "091705101101")
    unbound = Actor.of("clerk", "town", Role.AUTHORITY)
    publisher = Actor.of("publisher", "provider", Role.PUBLISHER)
    reviewer = Actor.of("reviewer", "provider", Role.REVIEWER)
    state = Actor.of("state", "coordination", Role.COORDINATION, "09")
    machine = Actor(
        "ozgm_abcdef", "provider", frozenset({Role.PUBLISHER}), scopes=frozenset({TokenScope.READ})
    )
    yield access.decide(None, Action.WRITE_SERVICE)
    yield access.decide(clerk, Action.WRITE_SERVICE)
    yield access.decide(machine, Action.WRITE_SERVICE)
    yield access.may_write_service(publisher, "rival")
    yield access.may_write_service(publisher, None)
    yield access.may_review(reviewer, "provider", ["reviewer"], own_review=False)
    yield access.may_record(publisher, "rival", "0917", "0917", Scope.OWN)
    yield access.may_record(clerk, "rival", "0916", "0916", Scope.OWN)
    yield access.may_record(state, "rival", "02", "02", Scope.BELOW)
    yield access.may_record(unbound, "rival", "02", "02", Scope.OWN)
    yield access.may_correct(clerk, "provider", itself=False)
    yield access.may_report_cases(clerk, "0916")
    yield access.may_delegate(state, "091705101101", below=False)
    yield access.may_delegate(clerk, "091705101101", below=True)


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize("decision", list(refusals()), ids=lambda one: one.reason[:40])
def test_every_no_has_words_for_who_gets_it_and_for_the_log(decision: Decision) -> None:
    assert not decision.allowed
    assert reasons.in_words(decision.reason) is not None
    assert reasons.told_of_others(decision.reason) is not None


def entry(**fields: object) -> AuditEntry:
    values = {
        "at": AT,
        "actor": "Ada",
        "act": "role.granted",
        "object_kind": "organisation",
        "object_id": "kdn",
    }
    return AuditEntry(**{**values, **fields})  # type: ignore[arg-type]  # a test names the fields that matter


@pytest.mark.usefixtures("speaking")
def test_details_stand_in_words() -> None:
    detail = {
        "person": "42", "roles": ["publisher", "admin"], "scopes": ["read"], "on": "2026-06-01",
        "own_review": True, "changed": ["name", "url"], "successor": None, "more": "as it is",
    }  # fmt: skip
    assert log_words.details_of(entry(detail=detail), {"42": "Rosa"}) == [
        ("Person", "Rosa"), ("Rollen", "Bereitsteller, Verwaltung der Organisation"),
        ("darf", "lesen, auch was nur Angemeldete sehen"), ("zum", "01.06.2026"),
        ("ohne zweite Person geprüft", "ja"), ("geändert", "Name, Adresse im Netz"), ("more", "as it is"),
    ]  # fmt: skip


@pytest.mark.usefixtures("speaking")
def test_objects_stand_in_words() -> None:
    person = entry(object_kind="person", object_id="42")
    assert list(log_words.people_in(person)) == ["42"]
    assert log_words.object_of(person, {"42": "Rosa"}) == ("Person", "Rosa")
    batch = entry(object_kind="batch", object_id="adoption.record")
    assert log_words.object_of(batch, {}) == ("Mehreres auf einmal", "Nachnutzungen erklären")
    assert log_words.object_of(entry(object_kind="test", object_id="1"), {}) == ("test", "1")


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("Acting as analyst for kdn does not allow this (log.read).", "Die Rolle erlaubt das nicht."),
        (
            "3 rows: You act for 09161, this event is for 09170.",
            "3 Zeilen: Gehandelt wird für 09161, hier geht es um 09170.",
        ),
        (
            "ozgm_abcdef: The token is unknown, revoked or expired.",
            "ozgm_abcdef: Der Zugang ist unbekannt, gesperrt oder abgelaufen.",
        ),
        ("none of ours: something new", "keiner von uns: something new"),
        (None, ""),
    ],
)
def test_a_refusal_is_told_of_others(reason: str | None, told: str) -> None:
    assert log_words.refusal_of(entry(outcome=Outcome.REFUSED, reason=reason)) == told
