"""The publisher's desk on the stored catalogue: what lies on it for whom."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert

from marketplace.actions.context import Context
from marketplace.actions.publisher_desk import Desk, confirm_facts, publishers_desk
from marketplace.actions.recording import record_events
from marketplace.actions.service_writing import ANY_VERSION, patch_service
from marketplace.domain.access import Actor, Role
from marketplace.domain.adoption import Status
from marketplace.errors import Conflict, Forbidden, NotFound, Unauthenticated
from marketplace.store import services
from marketplace.store.tables import (
    AuditEntryRow,
    RevisionCommentRow,
    ServiceRevisionRow,
    ServiceWithdrawalRow,
)
from tests import land
from tests.conftest import NOW, Clock

REVIEWER = Actor.of("reviewer", "provider", Role.REVIEWER)
RIVAL = Actor.of("rival", "rival", Role.PUBLISHER)


@pytest.fixture
def settled(context: Context) -> Context:
    land.settle(context)
    land.add_service(context, "entwurf", status="draft", summary="", sources={})
    land.add_service(context, "fremd", publisher="rival")
    return context


def ids(entries: Any) -> list[str]:
    return [one.stored.id for one in entries]


def revise(ctx: Context, service_id: str, state: str, editor: str, **more: Any) -> None:
    """Put a revision in work, as the row says it."""
    with ctx.database.writing() as session:
        session.execute(
            insert(ServiceRevisionRow).values(
                service_id=service_id, state=state, base_version=1, fields={}, editors=[editor], edited_at=NOW,
                edited_by=editor, organisation_id="provider", **more,
            )
        )  # fmt: skip


def desk(ctx: Context, actor: Actor = land.PUBLISHER) -> Desk:
    return publishers_desk(ctx, actor)


def test_the_own_entries_lie_there_by_state_and_nobody_elses(settled: Context) -> None:
    found = desk(settled)
    assert ids(found.entries) == ["entwurf", "hundesteuer", "wohnsitz"]
    assert ids(found.in_state("draft")) == ["entwurf"]
    assert ids(found.in_state("published")) == ["hundesteuer", "wohnsitz"]
    assert ids(desk(settled, RIVAL).entries) == ["fremd"]
    patch_service(settled, land.OPERATOR, "wohnsitz", {"status": "withdrawn"}, ANY_VERSION)
    assert ids(desk(settled).in_state("withdrawn")) == ["wohnsitz"]


def test_a_planned_withdrawal_is_a_state_of_its_own(settled: Context) -> None:
    with settled.database.writing() as session:
        session.execute(
            insert(ServiceWithdrawalRow).values(
                service_id="hundesteuer", withdrawn_on=date(2027, 1, 1), reason="Nachfolger", successor_id="wohnsitz",
                merged=False, decided_at=NOW, decided_by="publisher",
            )
        )  # fmt: skip
    (planned,) = desk(settled).in_state("planned_withdrawal")
    assert (planned.stored.withdrawn_on, planned.stored.successor_id) == (date(2027, 1, 1), "wohnsitz")
    assert ids(desk(settled).in_state("published")) == ["wohnsitz"]


def test_a_draft_says_what_it_lacks_to_be_published(settled: Context) -> None:
    (draft,) = desk(settled).in_state("draft")
    assert draft.to_publish == ("summary", "sources")
    assert draft.reached is None


def test_what_is_in_review_waits_for_a_reviewer_who_wrote_none_of_it(settled: Context) -> None:
    revise(settled, "hundesteuer", "in_review", "publisher", submitted_at=NOW, submitted_by="publisher")
    revise(settled, "wohnsitz", "in_review", "reviewer", submitted_at=NOW, submitted_by="reviewer")
    assert [(one.stored.id, one.waits_for_me) for one in desk(settled, REVIEWER).in_review] == [
        ("hundesteuer", True),
        ("wohnsitz", False),
    ]
    assert not any(one.waits_for_me for one in desk(settled).in_review)


def test_what_was_sent_back_waits_for_its_author_with_the_reason(settled: Context) -> None:
    revise(
        settled, "hundesteuer", "draft", "publisher",
        returned_at=NOW, returned_by="reviewer", returned_reason="Quelle fehlt.",
    )  # fmt: skip
    (returned,) = desk(settled).returned
    assert (returned.stored.id, returned.returned_reason) == ("hundesteuer", "Quelle fehlt.")
    assert desk(settled).in_review == []


def test_open_remarks_are_counted_and_seen_to_ones_are_not(settled: Context) -> None:
    with settled.database.writing() as session:
        for field, resolved in (("name", None), ("summary", None), ("url", NOW)):
            session.execute(
                insert(RevisionCommentRow).values(
                    service_id="hundesteuer", field=field, text="?", author="r", author_id="r",
                    organisation_id="provider", written_at=NOW, resolved_at=resolved,
                )
            )  # fmt: skip
    assert [(one.stored.id, one.stored.open_remarks) for one in desk(settled).remarked] == [
        ("hundesteuer", 2)
    ]


def test_facts_that_nobody_confirmed_for_a_year_are_old_until_somebody_does(
    settled: Context, clock: Clock
) -> None:
    assert not any(one.is_old for one in desk(settled).entries)
    clock.tick(days=366)
    assert ids(one for one in desk(settled).to_mend if one.is_old) == ["hundesteuer", "wohnsitz"]
    assert confirm_facts(settled, land.PUBLISHER, "hundesteuer") == clock.now
    assert ids(one for one in desk(settled).to_mend if one.is_old) == ["wohnsitz"]


def test_confirming_moves_neither_version_nor_day_of_change_and_is_logged(
    settled: Context, clock: Clock
) -> None:
    clock.tick(days=400)
    with settled.database.reading() as session:
        before = services.load(session, ["hundesteuer"])
    confirm_facts(settled, land.PUBLISHER, "hundesteuer")
    with settled.database.reading() as session:
        assert services.load(session, ["hundesteuer"]) == before
        (entry,) = session.query(AuditEntryRow).where(AuditEntryRow.act == "service.confirmed").all()
        assert (entry.object_id, entry.actor, entry.detail) == ("hundesteuer", "publisher", {})


def test_only_its_publisher_confirms_what_is_published(settled: Context) -> None:
    with pytest.raises(Forbidden):
        confirm_facts(settled, RIVAL, "hundesteuer")
    with pytest.raises(Forbidden):
        confirm_facts(settled, REVIEWER, "hundesteuer")
    with pytest.raises(Unauthenticated):
        confirm_facts(settled, None, "hundesteuer")
    with pytest.raises(NotFound):
        confirm_facts(settled, RIVAL, "entwurf")
    with pytest.raises(Conflict):
        confirm_facts(settled, land.PUBLISHER, "entwurf")


def test_facts_that_readers_ask_for_are_named(settled: Context) -> None:
    (bare, led) = desk(settled).in_state("published")
    assert "authority_set" not in bare.lacking
    assert {"offers", "contacts", "leika_keys"} <= set(led.lacking)


def test_how_far_each_service_has_come_is_counted_without_claims(settled: Context) -> None:
    events = [
        {"service_id": "hundesteuer", "authority_key": key, "status": status, "effective_on": "2026-01-01"}
        for key, status in ((land.SEEDORF, "live"), (land.SEEHEIM, "agreed"))
    ]
    assert record_events(settled, land.OPERATOR, events).written
    claim = {**events[0], "authority_key": land.BERGSTADT}
    assert record_events(settled, land.PUBLISHER, [claim]).written
    found = {one.stored.id: one for one in desk(settled).entries}["hundesteuer"]
    assert found.reached is not None
    assert (found.reached[Status.LIVE], found.reached[Status.AGREED], found.eligible) == (1, 1, 5)
    claims = desk(settled).claims
    assert [(one.event.service_id, one.event.authority_key) for one in claims.items] == [
        ("hundesteuer", land.BERGSTADT)
    ]
    assert desk(settled, RIVAL).claims.total == 0


def test_who_works_on_no_entries_has_no_such_desk(settled: Context) -> None:
    for actor in (land.ANALYST, land.COORDINATION, land.clerk_of(land.SEEDORF)):
        with pytest.raises(Forbidden):
            publishers_desk(settled, actor)
    with pytest.raises(Unauthenticated):
        publishers_desk(settled, None)
