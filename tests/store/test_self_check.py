"""The self-check on record: who answers, what is kept, and that nobody overwrites another unseen."""

import pytest

from marketplace.actions.context import Context
from marketplace.actions.self_check import answer_self_check, form_of_self_check, read_self_check
from marketplace.actions.service_writing import ANY_VERSION, patch_service, put_service
from marketplace.domain.access import Actor, Role
from marketplace.domain.self_check import Verdict
from marketplace.errors import (
    Forbidden,
    Gone,
    InvalidInput,
    NotFound,
    Unauthenticated,
    VersionMismatch,
    VersionRequired,
)
from marketplace.exchange.requirement_rows import requirement_lists
from marketplace.store.tables import AuditEntryRow
from tests import shelf
from tests.conftest import Clock

VERSION = requirement_lists()[-1].version
PROOF = "https://example.org/beleg"
MET = {"requirement_id": "legal-route", "answer": "met", "proof_url": PROOF}
NOT_MET = {"requirement_id": "usage-rights", "answer": "not_met"}


def says(*answers: dict[str, str]) -> dict[str, object]:
    return {"list_version": VERSION, "answers": list(answers)}


@pytest.fixture
def stocked(context: Context) -> Context:
    shelf.fill(context)
    put_service(context, shelf.OPERATOR, "ehe-online", shelf.entry(), None)
    put_service(context, shelf.OPERATOR, "entwurf", shelf.entry(publisher="suedwerk", status="draft"), None)
    return context


def test_the_publisher_answers_and_everybody_reads_it(stocked: Context, clock: Clock) -> None:
    answer_self_check(stocked, shelf.NORTH, "ehe-online", says(MET, NOT_MET), None)
    read = read_self_check(stocked, None, "ehe-online")
    assert not read.may_answer
    assert read.check.answers["legal-route"].given.proof_url == PROOF
    assert read.check.answers["usage-rights"].given.verdict is Verdict.NOT_MET
    assert read.check.answered_at == clock.now
    assert (read.check.counts[0].met, read.check.counts[0].not_met) == (1, 1)


def test_an_answer_that_says_the_same_keeps_its_day_and_one_left_out_is_unanswered(
    stocked: Context, clock: Clock
) -> None:
    begun = clock.now
    tag = answer_self_check(stocked, shelf.NORTH, "ehe-online", says(MET, NOT_MET), None).tag
    clock.tick(days=3)
    design = {"requirement_id": "neutral-design", "answer": "not_applicable", "note": "ohne Oberfläche"}
    answer_self_check(stocked, shelf.NORTH, "ehe-online", says(MET, design), tag)
    answers = read_self_check(stocked, None, "ehe-online").check.answers
    assert {name: one.answered_at for name, one in answers.items()} == {
        "legal-route": begun, "neutral-design": clock.now,
    }  # fmt: skip


def test_nobody_overwrites_answers_that_they_have_not_seen(stocked: Context) -> None:
    seen = form_of_self_check(stocked, shelf.NORTH, "ehe-online").tag
    first = answer_self_check(stocked, shelf.NORTH, "ehe-online", says(MET), seen)
    with pytest.raises(VersionRequired):
        answer_self_check(stocked, shelf.NORTH, "ehe-online", says(NOT_MET), None)
    with pytest.raises(VersionMismatch):
        answer_self_check(stocked, shelf.NORTH, "ehe-online", says(NOT_MET), seen)
    assert read_self_check(stocked, None, "ehe-online").tag == first.tag
    answer_self_check(stocked, shelf.NORTH, "ehe-online", says(), "*")
    assert not read_self_check(stocked, None, "ehe-online").check.is_answered


def test_who_it_does_not_belong_to_answers_nothing(stocked: Context) -> None:
    for actor in (shelf.SOUTH, shelf.CLERK):
        with pytest.raises(Forbidden):
            answer_self_check(stocked, actor, "ehe-online", says(MET), None)
    with pytest.raises(Unauthenticated):
        answer_self_check(stocked, None, "ehe-online", says(MET), None)
    with pytest.raises(NotFound):
        answer_self_check(stocked, shelf.NORTH, "entwurf", says(MET), None)
    with pytest.raises(NotFound):
        read_self_check(stocked, shelf.NORTH, "entwurf")
    assert not read_self_check(stocked, shelf.SOUTH, "entwurf").check.is_answered


def test_what_was_withdrawn_is_gone(stocked: Context) -> None:
    patch_service(stocked, shelf.OPERATOR, "ehe-online", {"status": "withdrawn"}, ANY_VERSION)
    with pytest.raises(Gone):
        read_self_check(stocked, None, "ehe-online")


def test_a_refused_answer_leaves_nothing_behind(stocked: Context) -> None:
    with pytest.raises(InvalidInput):
        answer_self_check(stocked, shelf.NORTH, "ehe-online", says(NOT_MET, {**MET, "proof_url": ""}), None)
    assert not read_self_check(stocked, None, "ehe-online").check.is_answered


def test_the_log_says_how_many_answers_and_nothing_typed(stocked: Context) -> None:
    answer_self_check(stocked, shelf.NORTH, "ehe-online", says(MET, NOT_MET), None)
    answer_self_check(stocked, shelf.NORTH, "ehe-online", says(MET, NOT_MET), "*")
    with stocked.database.reading() as session:
        entries = session.query(AuditEntryRow).where(AuditEntryRow.act == "service.self_checked").all()
        (entry,) = entries
        assert (entry.object_kind, entry.object_id, entry.actor) == ("service", "ehe-online", "north")
        assert entry.detail == {"list_version": VERSION, "met": 1, "not_met": 1, "not_applicable": 0}


def test_a_draft_is_for_who_works_on_entries(stocked: Context) -> None:
    assert read_self_check(stocked, shelf.SOUTH, "entwurf").may_answer
    with pytest.raises(NotFound):
        read_self_check(stocked, Actor.of("analyst", "suedwerk", Role.ANALYST), "entwurf")
