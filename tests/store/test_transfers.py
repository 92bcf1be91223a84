"""Handing an entry over, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from marketplace.actions import transfers
from marketplace.actions.context import Context
from marketplace.actions.revisions import patch_revision, read_revision
from marketplace.actions.service_writing import put_service
from marketplace.domain.access import Actor, Role
from marketplace.errors import Conflict, Forbidden, InvalidInput, NotFound
from marketplace.store import audit, outbox, services
from marketplace.store.audit import AuditQuery
from tests import shelf

NORTH, SOUTH = shelf.NORTH, shelf.SOUTH
ADMIN = Actor.of("admin of the south", "suedwerk", Role.ADMIN)
CLERK = replace(shelf.CLERK, roles=frozenset({Role.AUTHORITY, Role.ADMIN}))


@pytest.fixture
def ctx(context: Context) -> Context:
    shelf.fill(context)
    put_service(context, shelf.OPERATOR, "ehe-online", shelf.entry(), None)
    return context


def publisher_of(ctx: Context, service_id: str = "ehe-online") -> str | None:
    with ctx.database.reading() as session:
        return services.load(session, [service_id])[service_id].publisher


def acts(ctx: Context, organisation_id: str) -> list[str]:
    with ctx.database.reading() as session:
        found, _total = audit.find(session, AuditQuery(concerning=[organisation_id]), 50)
    return [entry.act for _id, entry in reversed(found) if entry.act.startswith("transfer.")]


def test_an_entry_changes_hands_when_the_other_side_accepts(ctx: Context) -> None:
    offered = transfers.offer(ctx, NORTH, "ehe-online", "suedwerk", "Wie besprochen.")
    assert (offered.from_id, offered.to_id, offered.outcome) == ("nordwerk", "suedwerk", None)
    assert publisher_of(ctx) == "nordwerk"
    with ctx.database.reading() as session:
        before = outbox.last_position(session)
    assert transfers.accept(ctx, ADMIN, offered.id).outcome == "accepted"
    assert publisher_of(ctx) == "suedwerk"
    with ctx.database.reading() as session:
        assert outbox.changes_after(session, before) == [("services", "ehe-online")]
    found = transfers.list_transfers(ctx, ADMIN, "suedwerk")
    assert [(one.outcome, one.answered_by) for one in found.incoming] == [("accepted", "admin of the south")]
    assert found.entries == [("ehe-online", "Ehe online")]


def test_the_log_of_both_sides_holds_what_happened(ctx: Context) -> None:
    offered = transfers.offer(ctx, NORTH, "ehe-online", "suedwerk", None)
    transfers.accept(ctx, SOUTH, offered.id)
    for organisation in ("nordwerk", "suedwerk"):
        assert set(acts(ctx, organisation)) == {"transfer.offered", "transfer.accepted"}
    assert acts(ctx, "cio") == []


def test_what_is_in_work_goes_along(ctx: Context) -> None:
    revision = read_revision(ctx, NORTH, "ehe-online")
    patch_revision(ctx, NORTH, "ehe-online", {"summary": "Anders gesagt."}, revision.tag)
    transfers.accept(ctx, SOUTH, transfers.offer(ctx, NORTH, "ehe-online", "suedwerk", None).id)
    followed = read_revision(ctx, SOUTH, "ehe-online")
    assert (followed.is_open, followed.service.summary) == (True, "Anders gesagt.")
    assert followed.service.publisher == followed.organisation_id == "suedwerk"
    with pytest.raises(NotFound):
        read_revision(ctx, NORTH, "ehe-online")


def test_a_refused_or_recalled_offer_changes_nothing_and_another_may_follow(ctx: Context) -> None:
    first = transfers.offer(ctx, NORTH, "ehe-online", "suedwerk", None)
    assert transfers.refuse(ctx, SOUTH, first.id).outcome == "refused"
    second = transfers.offer(ctx, NORTH, "ehe-online", "suedwerk", None)
    assert transfers.recall(ctx, NORTH, second.id).outcome == "recalled"
    for late in (first, second):
        with pytest.raises(Conflict):
            transfers.accept(ctx, SOUTH, late.id)
    assert publisher_of(ctx) == "nordwerk"


def test_one_offer_of_an_entry_waits_at_a_time(ctx: Context) -> None:
    transfers.offer(ctx, NORTH, "ehe-online", "suedwerk", None)
    with pytest.raises(Conflict):
        transfers.offer(ctx, NORTH, "ehe-online", "stadt", None)


def test_of_two_answers_at_once_one_counts(ctx: Context) -> None:
    offered = transfers.offer(ctx, NORTH, "ehe-online", "suedwerk", None)

    def answer(act: Callable[[Context, Actor | None, int], object]) -> str:
        try:
            act(ctx, shelf.OPERATOR, offered.id)
        except Conflict:
            return "late"
        return "in time"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answer, [transfers.accept, transfers.recall])) == ["in time", "late"]
    (found,) = transfers.list_transfers(ctx, SOUTH, "suedwerk").incoming
    assert publisher_of(ctx) == ("suedwerk" if found.outcome == "accepted" else "nordwerk")


def test_an_offer_whose_entry_went_elsewhere_meanwhile_is_not_accepted(ctx: Context) -> None:
    offered = transfers.offer(ctx, NORTH, "ehe-online", "suedwerk", None)
    put_service(ctx, shelf.OPERATOR, "ehe-online", shelf.entry(publisher="stadt"), 1)
    with pytest.raises(Conflict):
        transfers.accept(ctx, SOUTH, offered.id)
    assert publisher_of(ctx) == "stadt"


@pytest.mark.parametrize(
    ("to", "rule"),
    [("", "required"), ("unknown", "reference"), ("cio", "reference"), ("nordwerk", "same")],
)
def test_it_goes_to_another_organisation_that_can_have_entries(ctx: Context, to: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as error:
        transfers.offer(ctx, NORTH, "ehe-online", to, None)
    assert [(one.field, one.rule) for one in error.value.errors] == [("to", rule)]


def test_only_who_has_the_entry_offers_it_and_only_the_receiver_answers(ctx: Context) -> None:
    with pytest.raises(Forbidden):
        transfers.offer(ctx, SOUTH, "ehe-online", "stadt", None)
    offered = transfers.offer(ctx, NORTH, "ehe-online", "suedwerk", None)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: transfers.accept(ctx, NORTH, offered.id),
        lambda: transfers.refuse(ctx, CLERK, offered.id),
        lambda: transfers.recall(ctx, SOUTH, offered.id),
        lambda: transfers.accept(ctx, SOUTH, 4711),
        lambda: transfers.list_transfers(ctx, SOUTH, "nordwerk"),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(Forbidden):
        transfers.accept(ctx, shelf.ANALYST, offered.id)


def test_a_draft_of_others_is_not_known(ctx: Context) -> None:
    put_service(ctx, shelf.OPERATOR, "entwurf", shelf.entry(status="draft"), None)
    with pytest.raises(NotFound):
        transfers.offer(ctx, SOUTH, "entwurf", "stadt", None)
    transfers.accept(ctx, SOUTH, transfers.offer(ctx, NORTH, "entwurf", "suedwerk", None).id)
    assert publisher_of(ctx, "entwurf") == "suedwerk"
