"""Merging two entries on the stored catalogue and ledger: one piece, with history, decided and not guessed."""

from typing import Any

import pytest
from sqlalchemy import select

from marketplace.actions.claims import list_claims
from marketplace.actions.context import Context
from marketplace.actions.merging import MergePreview, merge_services, preview_merge
from marketplace.actions.paging import PageRequest
from marketplace.actions.projection_check import check
from marketplace.actions.recording import record_events
from marketplace.actions.reuse import reuse_of_service
from marketplace.actions.service_writing import ANY_VERSION, patch_service
from marketplace.domain.access import Actor, Role
from marketplace.domain.lifecycle import EntryStatus
from marketplace.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated, VersionMismatch
from marketplace.store import ledger, services, withdrawals
from marketplace.store.ledger import StoredEvent
from marketplace.store.tables import AuditEntryRow
from tests import land
from tests.conftest import Clock
from tests.own_sources import record_of_the_demo, record_reserved

KEPT, LOST = "hundesteuer", "hundesteuer-zwei"
REVIEWER = Actor.of("reviewer", "provider", Role.REVIEWER)
OFFER = {"id": "direkt", "route": "direct"}


@pytest.fixture
def settled(context: Context) -> Context:
    land.settle(context)
    patch_service(context, land.OPERATOR, KEPT, {"offers": [OFFER]}, ANY_VERSION)
    offers = [OFFER | {"hosting": "Rechenzentrum Süd"}, {"id": "markt", "route": "govdigital"}]
    land.add_service(context, LOST, authority_set="municipalities", lead_state=land.HAMBURG, offers=offers)
    return context


def say(
    ctx: Context, service: str, key: str, status: str, on: str, actor: Actor | None = None, **more: Any
) -> int:
    event = {"service_id": service, "authority_key": key, "status": status, "effective_on": on, **more}
    report = record_events(ctx, actor or land.clerk_of(key), [event])
    assert report.written, report
    return int(report.rows[0].id or 0)


def merge(ctx: Context, actor: Actor = land.OPERATOR, **more: Any) -> Any:
    given = {"decisions": {}, "reason": "Zwei Wege, ein Dienst.", "expected": "*", **more}
    return merge_services(ctx, actor, KEPT, LOST, **given)


def events(ctx: Context, service: str) -> list[StoredEvent]:
    with ctx.database.reading() as session:
        return ledger.page_of_service(session, service, 0, 100)[0][::-1]


def live(ctx: Context, service: str, known_at: Any = None) -> int:
    return reuse_of_service(ctx, service, rule="coverage", known_at=known_at).total.live or 0


def test_events_go_over_in_their_own_voice_and_figures_of_the_past_stay(
    settled: Context, clock: Clock
) -> None:
    say(settled, KEPT, land.SEEDORF, "live", "2026-02-01")
    clock.tick(days=1)
    agreed = say(settled, LOST, land.SEEHEIM, "agreed", "2026-03-01", offer_id="direkt")
    went_live = say(
        settled, LOST, land.SEEHEIM, "live", "2026-04-01", proof="contract", proof_until="2028-01-01"
    )
    before = clock.tick(days=1)
    clock.tick(days=1)
    merged = merge(settled)
    assert (merged.moved, merged.voided) == (2, 2)
    copies = [one for one in events(settled, KEPT) if one.source == "merge"]
    assert [(one.status, one.ref, str(one.effective_on)) for one in copies] == [
        ("agreed", str(agreed), "2026-03-01"),
        ("live", str(went_live), "2026-04-01"),
    ]
    assert {(one.asserted_by, one.organisation_id, one.actor) for one in copies} == {
        ("authority", "authority", "operator")
    }
    assert copies[0].offer_id == "direkt-2"
    assert (copies[1].proof, str(copies[1].proof_until)) == ("contract", "2028-01-01")
    assert [one.corrects for one in events(settled, LOST) if one.status == "void"] == [agreed, went_live]
    assert (live(settled, KEPT), live(settled, KEPT, before)) == (2, 1)
    assert (live(settled, LOST), live(settled, LOST, before)) == (0, 1)
    assert check(settled).is_clean


def test_sequences_that_differ_are_shown_and_decided_by_authority(settled: Context) -> None:
    for key in (land.SEEDORF, land.SEEHEIM, land.BERGSTADT):
        say(settled, KEPT, key, "agreed", "2026-02-01")
    say(settled, LOST, land.SEEDORF, "live", "2026-05-01")
    say(settled, LOST, land.SEEHEIM, "live", "2026-06-01")
    say(settled, LOST, land.BERGSTADT, "agreed", "2026-02-01")
    preview = preview_merge(settled, land.OPERATOR, KEPT, LOST)
    assert [one.authority_key for one in preview.to_decide] == [land.SEEDORF, land.SEEHEIM]
    assert (preview.moved, preview.doubled) == (0, 1)
    with pytest.raises(InvalidInput) as refused:
        merge(settled, decisions={land.SEEDORF: "lost", land.BERGSTADT: "kept"})
    assert {(one.field, one.rule) for one in refused.value.errors} == {
        (f"decisions.{land.SEEHEIM}", "required"),
        (f"decisions.{land.BERGSTADT}", "unknown"),
    }
    with pytest.raises(InvalidInput):
        merge(settled, decisions={land.SEEDORF: "both", land.SEEHEIM: "kept"})
    merge(settled, decisions={land.SEEDORF: "lost", land.SEEHEIM: "kept"})
    in_force = {
        (one.authority_key, one.status, one.source)
        for one in events(settled, KEPT)
        if one.status != "void" and one.id not in {other.corrects for other in events(settled, KEPT)}
    }
    assert in_force == {
        (land.SEEDORF, "live", "merge"), (land.SEEHEIM, "agreed", None), (land.BERGSTADT, "agreed", None),
    }  # fmt: skip
    assert check(settled).is_clean


def test_a_claim_stays_a_claim_and_waits_on_and_an_answered_one_does_not_wait_again(settled: Context) -> None:
    say(settled, LOST, land.SEEDORF, "live", "2026-02-01", land.PUBLISHER)
    answered = say(settled, LOST, land.SEEHEIM, "live", "2026-02-01", land.PUBLISHER)
    say(settled, LOST, land.SEEHEIM, "live", "2026-02-01", answers=answered)
    say(settled, KEPT, land.BERGSTADT, "live", "2026-02-01")
    told = say(settled, LOST, land.BERGSTADT, "live", "2026-02-01", land.PUBLISHER)
    say(settled, LOST, land.BERGSTADT, "live", "2026-02-01", answers=told)
    merge(settled)
    waiting = list_claims(settled, None, PageRequest(1, 10)).items
    assert [(one.event.service_id, one.event.authority_key) for one in waiting] == [(KEPT, land.SEEDORF)]


def test_offers_and_references_go_over_and_the_lost_entry_leads_to_the_kept_one(settled: Context) -> None:
    land.add_service(settled, "teil", part_of=LOST, authority_set="municipalities", lead_state=land.HAMBURG)
    land.add_service(settled, "nutzer", requires=[LOST, "wohnsitz"])
    say(settled, LOST, land.SEEDORF, "live", "2026-02-01", parts=["teil"])
    preview = preview_merge(settled, land.OPERATOR, KEPT, LOST)
    assert [one.id for one in preview.referring] == ["nutzer", "teil"]
    merge(settled)
    with settled.database.reading() as session:
        found = services.load(session, [KEPT, LOST, "teil", "nutzer"])
        gone = withdrawals.withdrawal_of(session, LOST)
    assert [one.id for one in found[KEPT].offers] == ["direkt", "direkt-2", "markt"]
    assert found["teil"].part_of == KEPT
    assert found["nutzer"].requires == (KEPT, "wohnsitz")
    assert found[LOST].status is EntryStatus.WITHDRAWN
    assert gone is not None
    assert live(settled, "teil") == 1
    assert (gone.successor, gone.merged, gone.reason) == (KEPT, True, "Zwei Wege, ein Dienst.")
    assert check(settled).is_clean


def test_all_of_it_happens_or_nothing(settled: Context) -> None:
    say(settled, LOST, land.SEEDORF, "live", "2026-02-01")
    land.add_service(settled, "kreis", requires=[LOST])
    patch_service(settled, land.OPERATOR, KEPT, {"requires": ["kreis"]}, ANY_VERSION)
    with pytest.raises(InvalidInput):
        merge(settled)
    assert [one.source for one in events(settled, LOST)] == [None]
    assert events(settled, KEPT) == []
    with settled.database.reading() as session:
        assert services.status_of(session, LOST) is EntryStatus.PUBLISHED


def test_a_merge_is_made_from_what_the_preview_showed(settled: Context) -> None:
    tag = preview_merge(settled, REVIEWER, KEPT, LOST).tag
    say(settled, LOST, land.SEEDORF, "live", "2026-02-01")
    with pytest.raises(VersionMismatch):
        merge(settled, REVIEWER, expected=tag)
    merge(settled, REVIEWER, expected=preview_merge(settled, REVIEWER, KEPT, LOST).tag)


def test_a_reviewer_of_both_merges_and_nobody_else(settled: Context) -> None:
    for actor in (land.PUBLISHER, land.ANALYST, land.clerk_of(land.SEEDORF)):
        with pytest.raises(Forbidden):
            merge(settled, actor)
    with pytest.raises(Unauthenticated):
        preview_merge(settled, None, KEPT, LOST)
    land.add_service(settled, "fremd", publisher="rival")
    with pytest.raises(Forbidden):
        preview_merge(settled, REVIEWER, KEPT, "fremd")
    land.add_service(settled, "geheim", publisher="rival", status="draft")
    with pytest.raises(NotFound):
        preview_merge(settled, REVIEWER, KEPT, "geheim")


def test_only_whole_published_entries_that_stay_are_merged(settled: Context) -> None:
    with pytest.raises(InvalidInput):
        preview_merge(settled, land.OPERATOR, KEPT, KEPT)
    with pytest.raises(NotFound):
        preview_merge(settled, land.OPERATOR, KEPT, "nirgends")
    land.add_service(settled, "entwurf", status="draft")
    with pytest.raises(Conflict):
        preview_merge(settled, land.OPERATOR, KEPT, "entwurf")
    land.add_service(settled, "teil", part_of=KEPT)
    with pytest.raises(Conflict):
        preview_merge(settled, land.OPERATOR, "teil", LOST)
    merge(settled)
    with pytest.raises(Conflict):
        merge(settled)


def test_a_reason_is_needed_and_the_log_says_what_was_done(settled: Context) -> None:
    say(settled, LOST, land.SEEDORF, "live", "2026-02-01")
    with pytest.raises(InvalidInput):
        merge(settled, reason=" ")
    merge(settled)
    with settled.database.reading() as session:
        (entry,) = session.scalars(select(AuditEntryRow).where(AuditEntryRow.act == "service.merged")).all()
    assert (entry.object_id, entry.detail) == (LOST, {"into": KEPT, "moved": 1, "voided": 1, "decided": 0})


def test_what_is_of_the_demo_stays_of_the_demo(settled: Context) -> None:
    invented = {
        "service_id": LOST,
        "authority_key": land.SEEDORF,
        "status": "live",
        "effective_on": "2026-02-01",
    }
    record_of_the_demo(settled, invented)
    merge(settled)
    assert {one.source for one in (*events(settled, LOST), *events(settled, KEPT))} == {"demo"}
    with settled.database.writing() as session:
        assert ledger.real_events_about_demo(session) == []
        assert ledger.remove_demo(session) == 3


def test_who_took_the_ref_of_a_repeated_event_before_it_was_reserved_stops_no_merge(settled: Context) -> None:
    moved = say(settled, LOST, land.SEEDORF, "live", "2026-02-01")
    squatting = {
        "service_id": "wohnsitz", "authority_key": land.BERGSTADT, "status": "agreed", "effective_on": "2026-02-01",
        "source": "merge", "ref": str(moved),
    }  # fmt: skip
    assert record_reserved(settled, land.OPERATOR, squatting).written
    merge(settled)
    (copy,) = events(settled, KEPT)
    assert (copy.status, copy.source, copy.ref) == ("live", "merge", None)
    assert live(settled, KEPT) == 1


def test_what_a_real_event_calls_demo_goes_over_as_a_real_one(settled: Context) -> None:
    event = {
        "service_id": LOST,
        "authority_key": land.SEEDORF,
        "status": "live",
        "effective_on": "2026-02-01",
    }
    assert record_reserved(settled, land.OPERATOR, event | {"source": "demo"}).written
    merge(settled)
    assert [(one.source, one.organisation_id) for one in events(settled, KEPT)] == [("merge", "operator")]


def test_a_preview_writes_nothing(settled: Context) -> None:
    say(settled, LOST, land.SEEDORF, "live", "2026-02-01")
    preview: MergePreview = preview_merge(settled, land.OPERATOR, KEPT, LOST)
    assert (preview.moved, preview.doubled, len(preview.offers)) == (1, 0, 3)
    assert len(events(settled, LOST)) == 1


def test_a_preview_tells_nothing_of_what_others_have_in_work(settled: Context) -> None:
    land.add_service(settled, "nutzer", publisher="rival", requires=[LOST])
    land.add_service(settled, "geheim", publisher="rival", status="draft", requires=[LOST])
    assert [one.id for one in preview_merge(settled, REVIEWER, KEPT, LOST).referring] == ["nutzer"]
    merge(settled, REVIEWER)
    with settled.database.reading() as session:
        assert services.load(session, ["geheim"])["geheim"].requires == (KEPT,)
