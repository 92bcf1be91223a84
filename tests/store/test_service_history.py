"""Versions, differences and withdrawals of an entry."""

import random
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete

from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.reviewing import approve, send_back, submit
from marketplace.actions.revisions import ANY, discard_revision, patch_revision, put_revision, read_revision
from marketplace.actions.service_history import changes_of, revert, version_heads, version_of, versions
from marketplace.actions.service_writing import patch_service, put_service
from marketplace.actions.services import ServiceFilter, get_service, list_services
from marketplace.actions.withdrawing import cancel_withdrawal, withdraw, withdraw_due
from marketplace.domain.access import Actor, Role
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.revision import VersionHead
from marketplace.domain.service import Service
from marketplace.errors import Conflict, Forbidden, Gone, InvalidInput, NotFound, VersionMismatch
from marketplace.store import audit
from marketplace.store.audit import AuditQuery
from marketplace.store.tables import ServiceVersionRow
from tests import shelf
from tests.conftest import Clock
from tests.shelf import ANALYST, NORTH, OPERATOR, SOUTH, entry

REVIEWER = Actor.of("second", "nordwerk", Role.REVIEWER)
TODAY = date(2026, 11, 22)


@pytest.fixture
def ctx(context: Context) -> Context:
    shelf.fill(context)
    put_service(context, OPERATOR, "ehe-online", entry(), None)
    return context


def publish(ctx: Context, note: str | None = None, **fields: Any) -> int:
    patch_revision(ctx, NORTH, "ehe-online", fields, ANY)
    submit(ctx, NORTH, "ehe-online", note, ANY)
    return approve(ctx, REVIEWER, "ehe-online", None, ANY).version


def acts(ctx: Context) -> list[str]:
    with ctx.database.reading() as session:
        found, _ = audit.find(session, AuditQuery(object_kind="service", object_id="ehe-online"), 100, 0)
    return [one.act for _, one in found]


def test_every_published_version_is_kept_whole(ctx: Context, clock: Clock) -> None:
    first = get_service(ctx, "ehe-online").service
    clock.tick(days=1)
    publish(ctx, "Neuer Name", name="Neu")
    found = versions(ctx, "ehe-online", NORTH)
    assert [(one.version, one.note, one.edited_by, one.approved_by, one.own_review) for one in found] == [
        (2, "Neuer Name", "north", "second", False), (1, "import", "operator", "operator", True),
    ]  # fmt: skip
    assert found[1].service == first
    assert version_of(ctx, "ehe-online", 1, None).service == first
    assert version_of(ctx, "ehe-online", TODAY, None).version == 1
    assert version_of(ctx, "ehe-online", date(2026, 11, 23), None).version == 2
    for unknown in (3, 0, date(2026, 11, 21)):
        with pytest.raises(NotFound):
            version_of(ctx, "ehe-online", unknown, NORTH)


def test_names_of_people_are_for_the_organisation_itself(ctx: Context) -> None:
    for stranger in (None, SOUTH, ANALYST):
        (found,) = versions(ctx, "ehe-online", stranger)
        assert (found.edited_by, found.approved_by) == (None, None)
        assert found.organisation_id == "betrieb"
    for insider in (NORTH, REVIEWER, OPERATOR):
        (found,) = versions(ctx, "ehe-online", insider)
        assert found.edited_by == "operator"


def test_the_list_of_versions_says_of_each_what_the_version_says_of_itself(ctx: Context) -> None:
    publish(ctx, name="Ehe neu")
    names = VersionHead.__dataclass_fields__
    for reader in (NORTH, None):
        whole = versions(ctx, "ehe-online", reader)
        heads = version_heads(ctx, "ehe-online", reader, PageRequest(1, 1))
        assert heads.total == len(whole)
        assert [{name: getattr(one, name) for name in names} for one in heads.items] == [
            {name: getattr(one, name) for name in names} for one in whole[:1]
        ]


def test_contacts_and_prices_of_every_version_are_for_signed_in_bodies(ctx: Context) -> None:
    offers = [{"id": "fit", "route": "fit_store", "price": "5 €", "price_source": "Preisblatt"}]
    publish(ctx, offers=offers, contacts=[{"name": "Team Ehe"}])
    public = version_of(ctx, "ehe-online", 2, None).service
    assert (public.contacts, public.offers[0].price) == ((), None)
    (listed, _) = versions(ctx, "ehe-online", None)
    assert listed.service == public
    _, _, changed = changes_of(ctx, "ehe-online", 2, None)
    assert "5 €" not in str(changed)
    assert "Team Ehe" not in str(changed)
    _, _, told = changes_of(ctx, "ehe-online", 2, ANALYST)
    assert {one.field for one in told} == {"offers", "contacts"}


def test_a_database_from_before_keeps_what_is_replaced(ctx: Context, clock: Clock) -> None:
    with ctx.database.writing() as session:
        session.execute(delete(ServiceVersionRow))
    first = get_service(ctx, "ehe-online").service
    assert [one.service for one in versions(ctx, "ehe-online", None)] == [first]
    assert version_of(ctx, "ehe-online", 1, None).service == first
    clock.tick(days=1)
    patch_service(ctx, OPERATOR, "ehe-online", {"name": "Neu"}, 1)
    kept = versions(ctx, "ehe-online", OPERATOR)
    assert [(one.version, one.service.name) for one in kept] == [(2, "Neu"), (1, "Ehe online")]
    assert kept[1].published_at == first.updated_at


def test_going_back_is_a_revision_like_any_other(ctx: Context) -> None:
    publish(ctx, name="Neu")
    reverted = revert(ctx, NORTH, "ehe-online", 1, ANY)
    assert (reverted.service.name, reverted.service.status, reverted.base_version) == (
        "Ehe online", EntryStatus.DRAFT, 2,
    )  # fmt: skip
    assert get_service(ctx, "ehe-online").service.name == "Neu"
    assert acts(ctx)[0] == "service.reverted"
    with pytest.raises(NotFound):
        revert(ctx, NORTH, "ehe-online", 7, ANY)
    with pytest.raises(NotFound):
        revert(ctx, SOUTH, "ehe-online", 1, ANY)
    with pytest.raises(VersionMismatch):
        revert(ctx, NORTH, "ehe-online", 1, "1")


def test_a_withdrawal_says_when_why_and_what_follows(ctx: Context) -> None:
    put_service(ctx, OPERATOR, "ehe-neu", entry(name="Ehe neu"), None)
    withdraw(ctx, NORTH, "ehe-online", TODAY, "Ersetzt", "ehe-neu")
    with pytest.raises(Gone) as gone:
        get_service(ctx, "ehe-online")
    assert (gone.value.withdrawn_on, gone.value.successor) == (TODAY, "ehe-neu")
    assert [one.id for one in list_services(ctx, ServiceFilter(), "id", PageRequest(1, 10)).items] == [
        "ehe-neu"
    ]
    assert get_service(ctx, "ehe-online", NORTH).service.status is EntryStatus.WITHDRAWN
    newest = versions(ctx, "ehe-online", None)[0]
    assert (newest.status, newest.note) == (EntryStatus.WITHDRAWN, "Ersetzt")
    assert acts(ctx)[0] == "service.withdrawn"
    with pytest.raises(Conflict):
        withdraw(ctx, NORTH, "ehe-online", TODAY, "Noch einmal", None)


def test_a_day_ahead_is_a_plan_that_its_day_executes(ctx: Context, clock: Clock) -> None:
    planned = withdraw(ctx, NORTH, "ehe-online", date(2026, 12, 1), "Ende des Vertrags", None)
    assert get_service(ctx, "ehe-online").withdrawal == planned
    clock.tick(days=8)
    assert withdraw_due(ctx) == 0
    clock.tick(days=1)
    assert withdraw_due(ctx) == 1
    assert withdraw_due(ctx) == 0
    with pytest.raises(Gone) as gone:
        get_service(ctx, "ehe-online")
    assert gone.value.withdrawn_on == date(2026, 12, 1)
    assert versions(ctx, "ehe-online", NORTH)[0].edited_by == "north"


def test_a_plan_is_changed_and_taken_back(ctx: Context, clock: Clock) -> None:
    withdraw(ctx, NORTH, "ehe-online", date(2026, 12, 1), "Ende", None)
    withdraw(ctx, NORTH, "ehe-online", date(2027, 1, 1), "Ende des Vertrags", None)
    detail = get_service(ctx, "ehe-online")
    assert detail.withdrawal is not None
    assert detail.withdrawal.on == date(2027, 1, 1)
    cancel_withdrawal(ctx, NORTH, "ehe-online")
    assert get_service(ctx, "ehe-online").withdrawal is None
    with pytest.raises(Conflict):
        cancel_withdrawal(ctx, NORTH, "ehe-online")
    clock.tick(days=365)
    assert withdraw_due(ctx) == 0


def test_a_withdrawal_needs_a_reason_a_day_and_a_successor_that_stands(ctx: Context) -> None:
    put_service(ctx, OPERATOR, "ehe-neu", entry(name="Ehe neu"), None)
    put_service(ctx, OPERATOR, "entwurf", entry(status="draft"), None)
    withdraw(ctx, OPERATOR, "ehe-neu", date(2027, 1, 1), "Wird ersetzt", "ehe-online")
    for on, reason, successor, field, rule in (
        (TODAY, "", None, "reason", "required"),
        (date(2026, 11, 21), "Warum", None, "on", "range"),
        (date(2036, 1, 1), "Warum", None, "on", "range"),
        (TODAY, "Warum", "ehe-online", "successor", "itself"),
        (TODAY, "Warum", "entwurf", "successor", "reference"),
        (TODAY, "Warum", "nirgends", "successor", "reference"),
        (TODAY, "Warum", "ehe-neu", "successor", "circle"),
    ):
        with pytest.raises(InvalidInput) as refused:
            withdraw(ctx, NORTH, "ehe-online", on, reason, successor)
        assert [(one.field, one.rule) for one in refused.value.errors] == [(field, rule)]
    with pytest.raises(Forbidden):
        withdraw(ctx, SOUTH, "ehe-online", TODAY, "Warum", None)
    with pytest.raises(NotFound):
        withdraw(ctx, SOUTH, "entwurf", TODAY, "Warum", None)
    with pytest.raises(Conflict):
        withdraw(ctx, NORTH, "entwurf", TODAY, "Warum", None)


def test_what_was_in_review_at_its_withdrawal_is_a_draft_again_and_may_bring_it_back(ctx: Context) -> None:
    patch_revision(ctx, NORTH, "ehe-online", {"name": "Neu"}, ANY)
    submit(ctx, NORTH, "ehe-online", None, ANY)
    withdraw(ctx, NORTH, "ehe-online", TODAY, "Fehler", None)
    revision = read_revision(ctx, NORTH, "ehe-online")
    assert (revision.service.status, revision.returned_reason, revision.base_version) == (
        EntryStatus.DRAFT, "Fehler", 2,
    )  # fmt: skip
    publish(ctx)
    back = get_service(ctx, "ehe-online")
    assert (back.service.name, back.service.status, back.withdrawal) == ("Neu", EntryStatus.PUBLISHED, None)


def test_a_withdrawn_entry_comes_back_as_a_revision(ctx: Context) -> None:
    withdraw(ctx, NORTH, "ehe-online", TODAY, "Fehler", None)
    begun = put_revision(ctx, NORTH, "ehe-online", {**entry(), "status": None}, ANY)
    assert (begun.changed, begun.revision.service.status) == (True, EntryStatus.DRAFT)
    publish(ctx)
    assert get_service(ctx, "ehe-online").service.status is EntryStatus.PUBLISHED


def test_an_import_that_withdraws_says_since_when(ctx: Context) -> None:
    patch_service(ctx, OPERATOR, "ehe-online", {"status": "withdrawn"}, 1)
    with pytest.raises(Gone) as gone:
        get_service(ctx, "ehe-online")
    assert gone.value.withdrawn_on == TODAY


def take(ctx: Context, step: str, name: str) -> Service | None:
    """Take a step of an entry's life, and return the entry where the public sees something new."""
    if step == "edit":
        patch_revision(ctx, NORTH, "ehe-online", {"name": name}, ANY)
    elif step == "submit":
        submit(ctx, NORTH, "ehe-online", None, ANY)
    elif step == "return":
        send_back(ctx, REVIEWER, "ehe-online", "Noch einmal", ANY)
    elif step == "discard":
        discard_revision(ctx, NORTH, "ehe-online", ANY)
    elif step == "import":
        return patch_service(ctx, OPERATOR, "ehe-online", {"summary": name}, ANY).service
    else:
        return approve(ctx, REVIEWER, "ehe-online", None, ANY)
    return None


@pytest.mark.parametrize("seed", range(6))
def test_the_public_sees_the_last_approved_version_whatever_happens(
    ctx: Context, clock: Clock, seed: int
) -> None:
    """A walk of 25 steps: the row is the last version made public, and each version stays as it was."""
    walk = random.Random(seed)
    public = [get_service(ctx, "ehe-online").service]
    for number in range(25):
        clock.tick(minutes=1)
        step = walk.choice(("edit", "edit", "submit", "return", "approve", "approve", "import", "discard"))
        try:
            made = take(ctx, step, f"Name {number}")
        except (Conflict, VersionMismatch):
            made = None
        if made is not None and made.version != public[-1].version:
            public.append(made)
        assert get_service(ctx, "ehe-online").service == public[-1]
    assert len(public) > 2
    for made in public:
        assert version_of(ctx, "ehe-online", made.version, NORTH).service == made
    assert [one.version for one in versions(ctx, "ehe-online", None)] == [one.version for one in public][::-1]
