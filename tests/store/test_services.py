"""Writing and reading catalogue entries, on both databases."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from marketplace.actions import services
from marketplace.actions.context import Context
from marketplace.actions.paging import PageRequest
from marketplace.actions.revisions import patch_revision, put_revision
from marketplace.actions.services import ServiceFilter, get_service, list_services, patch_service, put_service
from marketplace.domain.access import Actor
from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.service_json import service_as_dict
from marketplace.errors import (
    Forbidden,
    Gone,
    InvalidInput,
    MarketplaceError,
    NotFound,
    Unauthenticated,
    VersionMismatch,
    VersionRequired,
)
from marketplace.store import head, service_lists, service_writes
from marketplace.store import services as stored
from marketplace.store.tables import SearchChangeRow, SearchOutboxRow, ServiceFactRow
from tests import shelf
from tests.conftest import Clock
from tests.shelf import ANALYST, CLERK, NORTH, OPERATOR, SOUTH, entry

PAGE = PageRequest(1, 100)


@pytest.fixture
def ctx(context: Context) -> Context:
    return shelf.fill(context)


def put(ctx: Context, service_id: str, actor: Actor = OPERATOR, **fields: Any) -> None:
    put_service(ctx, actor, service_id, entry(**fields), None)


def fields_of_draft(**fields: Any) -> dict[str, Any]:
    return entry(**fields, status=None)


def names(ctx: Context, sort: str = "name", actor: Actor | None = None, **filters: Any) -> list[str]:
    return [service.name for service in list_services(ctx, ServiceFilter(**filters), sort, PAGE, actor).items]


def refused(error: pytest.ExceptionInfo[InvalidInput]) -> set[tuple[str, str]]:
    return {(one.field, one.rule) for one in error.value.errors}


def debts(ctx: Context) -> dict[str, int]:
    with ctx.database.reading() as session:
        rows = session.execute(select(SearchOutboxRow.entry_id, SearchOutboxRow.version))
        return {row.entry_id: row.version for row in rows}


def fact_rows(ctx: Context, service_id: str) -> int:
    with ctx.database.reading() as session:
        statement = select(func.count()).where(ServiceFactRow.service_id == service_id)
        return session.scalar(statement) or 0


def test_an_entry_is_read_as_it_was_put(ctx: Context, clock: Clock) -> None:
    put(ctx, "bezahlen", kind="component", name="Bezahlen")
    fields = entry(
        lead_state="02", partner_states=["09", "04"], theme_field="familie-kind", ozg_ids=["10026", "10000"],
        leika_keys=["99059001019000"], stage="regular", origin="efa", requires=["bezahlen"],
        maturity={"model": "1.1", "level": 3}, available_from="2025-01-31", words=["Heiraten", "Ehe schließen"],
        offers=[
            {"id": "zwei", "route": "direct", "supplier": "suedwerk", "price": "5 €", "price_source": "Preisblatt"},
            {"id": "eins", "route": "fit_store", "supplier": "nordwerk"},
        ],
        contacts=[{"name": "Team Ehe", "email": "ehe@example.org"}],
    )  # fmt: skip
    written = put_service(ctx, OPERATOR, "ehe-online", fields, None)
    assert written.created
    service = get_service(ctx, "ehe-online", NORTH).service
    assert service == written.service
    assert (service.version, service.created_at, service.updated_at) == (1, clock(), clock())
    said = service_as_dict(service)
    assert all(
        said[name] == value for name, value in fields.items() if name not in ("offers", "contacts", "sources")
    )
    assert [offer.id for offer in service.offers] == ["zwei", "eins"]


def test_the_same_words_again_change_nothing(ctx: Context, clock: Clock) -> None:
    put(ctx, "ehe-online", offers=[{"id": "fit", "route": "fit_store"}])
    before = debts(ctx)
    clock.tick(hours=1)
    written = put_service(ctx, OPERATOR, "ehe-online", entry(offers=[{"id": "fit", "route": "fit_store"}]), 1)
    assert (written.changed, written.service.version) == (False, 1)
    assert debts(ctx) == before


def test_every_change_raises_the_version_and_owes_it_to_search(ctx: Context, clock: Clock) -> None:
    put(ctx, "ehe-online")
    clock.tick(hours=1)
    written = patch_service(ctx, OPERATOR, "ehe-online", {"name": "Eheschließung online"}, 1)
    assert (written.service.version, written.service.updated_at) == (2, clock())
    assert debts(ctx) == {"ehe-online": 2}
    with ctx.database.reading() as session:
        assert session.scalars(select(SearchChangeRow.version)).all()[-1] == 2


def test_a_refused_write_leaves_nothing_behind(ctx: Context) -> None:
    with pytest.raises(InvalidInput) as error:
        put(ctx, "ehe-online", theme_field="schifffahrt", requires=["bezahlen"])
    assert refused(error) == {("theme_field", "reference"), ("requires.0", "reference")}
    assert (names(ctx), debts(ctx), fact_rows(ctx, "ehe-online")) == ([], {}, 0)


def test_a_write_names_the_version_it_was_made_from(ctx: Context) -> None:
    put(ctx, "ehe-online")
    with pytest.raises(VersionRequired):
        put_service(ctx, OPERATOR, "ehe-online", entry(name="Neu"), None)
    with pytest.raises(VersionMismatch):
        patch_service(ctx, OPERATOR, "ehe-online", {"name": "Neu"}, 2)
    with pytest.raises(VersionMismatch):
        put_service(ctx, OPERATOR, "geburt-online", entry(), 1)
    assert (
        patch_service(ctx, OPERATOR, "ehe-online", {"name": "Neu"}, services.ANY_VERSION).service.version == 2
    )


def test_of_two_writers_at_once_one_is_told(ctx: Context) -> None:
    put(ctx, "ehe-online")
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def rename(name: str) -> None:
        together.wait(10)
        try:
            patch_service(ctx, OPERATOR, "ehe-online", {"name": name}, 1)
        except VersionMismatch:
            outcomes.append("told")
        else:
            outcomes.append(name)

    threads = [threading.Thread(target=rename, args=(name,)) for name in ("Eins", "Zwei")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    (winner,) = [outcome for outcome in outcomes if outcome != "told"]
    assert sorted(outcomes) == sorted([winner, "told"])
    assert names(ctx) == [winner]


def test_of_two_who_add_the_same_entry_one_is_told(ctx: Context) -> None:
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def add(actor: Actor, publisher: str) -> None:
        together.wait(10)
        try:
            put_service(ctx, actor, "ehe-online", entry(publisher=publisher), None)
        except MarketplaceError as error:
            outcomes.append(type(error).__name__)
        else:
            outcomes.append("added")

    threads = [
        threading.Thread(target=add, args=who) for who in ((OPERATOR, "nordwerk"), (OPERATOR, "suedwerk"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcomes.count("added") == 1
    assert len(outcomes) == 2
    assert set(outcomes) <= {"added", "VersionMismatch", "VersionRequired", "Forbidden"}


@pytest.mark.parametrize("version", [1, 2, 4])
def test_the_database_itself_takes_only_the_version_after_the_stored_one(ctx: Context, version: int) -> None:
    put(ctx, "ehe-online")
    patch_service(ctx, OPERATOR, "ehe-online", {"name": "Zwei"}, 1)
    service = get_service(ctx, "ehe-online").service
    with pytest.raises(VersionMismatch), ctx.database.writing() as session:
        service_writes.write_services(session, [replace(service, name="Drei", version=version)])
    assert names(ctx) == ["Zwei"]


def test_a_patch_leaves_the_other_fields_and_null_makes_unknown(ctx: Context) -> None:
    put(ctx, "ehe-online", lead_state="02", stage="pilot")
    service = patch_service(ctx, OPERATOR, "ehe-online", {"lead_state": None}, 1).service
    assert (service.lead_state, service.stage, service.status) == (None, "pilot", EntryStatus.PUBLISHED)


def test_a_put_keeps_the_status_that_it_does_not_name(ctx: Context) -> None:
    put(ctx, "ehe-online")
    fields = entry(name="Neu")
    del fields["status"]
    assert put_service(ctx, OPERATOR, "ehe-online", fields, 1).service.status is EntryStatus.PUBLISHED


def test_what_was_read_can_be_put_back(ctx: Context) -> None:
    put(ctx, "ehe-online", ozg_ids=["10026"])
    said = service_as_dict(get_service(ctx, "ehe-online", NORTH).service)
    assert put_service(ctx, OPERATOR, "ehe-online", said, 1).changed is False


def test_an_incomplete_entry_stays_a_draft(ctx: Context) -> None:
    with pytest.raises(InvalidInput) as error:
        put(ctx, "ehe-online", description=None, sources={})
    assert refused(error) == {("description", "required"), ("sources", "required")}
    put(ctx, "ehe-online", description=None, status="draft")
    assert get_service(ctx, "ehe-online", NORTH).service.status is EntryStatus.DRAFT


def test_only_operators_write_what_the_public_sees_at_once(ctx: Context) -> None:
    put(ctx, "ehe-online")
    for actor in (NORTH, SOUTH, CLERK, ANALYST):
        with pytest.raises(Forbidden):
            patch_service(ctx, actor, "ehe-online", {"name": "Fremd"}, 1)
        with pytest.raises(Forbidden):
            put(ctx, "urkunden", actor=actor)
    with pytest.raises(Unauthenticated):
        put_service(ctx, None, "ehe-online", entry(), 1)
    assert patch_service(ctx, OPERATOR, "ehe-online", {"name": "Betrieb"}, 1).changed


def test_only_the_publisher_and_operators_write_what_is_in_work(ctx: Context) -> None:
    put(ctx, "ehe-online")
    for actor in (SOUTH, CLERK, ANALYST):
        with pytest.raises(Forbidden):
            patch_revision(ctx, actor, "ehe-online", {"name": "Fremd"}, "*")
    with pytest.raises(Unauthenticated):
        put_revision(ctx, None, "ehe-online", fields_of_draft(), "*")
    assert patch_revision(ctx, NORTH, "ehe-online", {"name": "Nord"}, "*").changed
    assert patch_revision(ctx, OPERATOR, "ehe-online", {"name": "Betrieb"}, "*").changed


def test_nobody_begins_or_hands_over_an_entry_for_another_organisation(ctx: Context) -> None:
    for publisher in ("nordwerk", None):
        with pytest.raises(Forbidden):
            put_revision(ctx, SOUTH, "ehe-online", fields_of_draft(publisher=publisher), None)
    put(ctx, "ehe-online")
    with pytest.raises(Forbidden):
        patch_revision(ctx, NORTH, "ehe-online", {"publisher": "suedwerk"}, "*")


def test_facts_are_kept_by_when_they_were_known(ctx: Context, clock: Clock) -> None:
    put(ctx, "ehe-online", lead_state="02", partner_states=["04"])
    first = clock()
    clock.tick(days=1)
    patch_service(ctx, OPERATOR, "ehe-online", {"lead_state": "04", "partner_states": ["02"]}, 1)
    with ctx.database.reading() as session:
        before = stored.facts_at(session, "ehe-online", date(2026, 11, 1), first)
        after = stored.facts_at(session, "ehe-online", date(2026, 11, 1), clock())
        long_ago = stored.facts_at(
            session, "ehe-online", date(2020, 1, 1), datetime.fromisoformat("2020-01-01T00:00Z")
        )
        assert stored.facts_at(session, "unknown", date(2026, 11, 1), clock()) is None
    assert before is not None
    assert after is not None
    assert (before.lead_state, before.partner_states) == ("02", ("04",))
    assert (after.lead_state, after.partner_states) == ("04", ("02",))
    assert long_ago == before, "before the first recording the first one applies"


def test_other_fields_leave_the_facts_alone_and_move_only_the_clock_of_the_ledger(ctx: Context) -> None:
    put(ctx, "ehe-online", lead_state="02")
    with ctx.database.reading() as session:
        before = head.head(session)
    patch_service(ctx, OPERATOR, "ehe-online", {"name": "Neu", "stage": "regular"}, 1)
    with ctx.database.reading() as session:
        renamed = head.head(session)
    assert (renamed.structure_version, renamed.last_event_id) == (
        before.structure_version,
        before.last_event_id,
    )
    assert before.last_recorded_at is not None
    assert renamed.last_recorded_at == before.last_recorded_at + timedelta(microseconds=1)
    assert fact_rows(ctx, "ehe-online") == 1
    patch_service(ctx, OPERATOR, "ehe-online", {"activation": "central"}, 2)
    with ctx.database.reading() as session:
        assert head.head(session).structure_version == renamed.version + 1
    assert fact_rows(ctx, "ehe-online") == 2


def test_parts_have_no_parts_and_requirements_no_circle(ctx: Context) -> None:
    put(ctx, "standesamt", name="Standesamt")
    put(ctx, "ehe-online", part_of="standesamt")
    with pytest.raises(InvalidInput) as error:
        put(ctx, "aufgebot", part_of="ehe-online")
    assert refused(error) == {("part_of", "depth")}
    put(ctx, "bezahlen", requires=["standesamt"])
    with pytest.raises(InvalidInput) as error:
        patch_service(ctx, OPERATOR, "standesamt", {"requires": ["bezahlen"]}, 1)
    assert refused(error) == {("requires.0", "circle")}


def test_lists_sort_names_as_people_do_on_every_database(ctx: Context, clock: Clock) -> None:
    for service_id, name in (
        ("s1", "Ämter"),
        ("s2", "amtlich"),
        ("s3", "Zoo"),
        ("s4", "Öffnung"),
        ("s5", "ob"),
    ):
        put(ctx, service_id, name=name)
        clock.tick(minutes=1)
    assert names(ctx) == ["Ämter", "amtlich", "ob", "Öffnung", "Zoo"]
    assert names(ctx, "-name") == ["Zoo", "Öffnung", "ob", "amtlich", "Ämter"]
    assert names(ctx, "-updated")[0] == "ob"
    assert names(ctx, "id")[0] == "Ämter"
    with pytest.raises(InvalidInput):
        names(ctx, "colour")


def test_equal_names_are_told_apart_by_id_over_all_pages(ctx: Context) -> None:
    ids = ["a-b", "a0", "ab", "a-c", "aa"]
    for service_id in ids:
        put(ctx, service_id)
    pages = [list_services(ctx, ServiceFilter(), "name", PageRequest(page, 2)) for page in (1, 2, 3, 4)]
    assert [service.id for page in pages for service in page.items] == sorted(ids)
    assert {page.total for page in pages} == {5}


def test_each_filter_narrows_the_list(ctx: Context) -> None:
    put(ctx, "bezahlen", name="Bezahlen", kind="component", publisher="suedwerk", lead_state="09")
    put(
        ctx, "ehe-online", name="Ehe", lead_state="02", theme_field="familie-kind", ozg_ids=["10026"],
        leika_keys=["99059001019000"],
    )  # fmt: skip
    put(ctx, "urkunden", name="Urkunden", part_of="ehe-online")
    assert names(ctx, kind="component") == ["Bezahlen"]
    assert names(ctx, lead_state=["02", "09"]) == ["Bezahlen", "Ehe"]
    assert names(ctx, theme_field="familie-kind") == ["Ehe"]
    assert names(ctx, ozg_id="10026", leika_key="99059001019000") == ["Ehe"]
    assert names(ctx, ozg_id="10000") == []
    assert names(ctx, publisher="suedwerk") == ["Bezahlen"]
    assert names(ctx, part_of="ehe-online") == ["Urkunden"]
    with pytest.raises(InvalidInput):
        names(ctx, kind="shoe")


def test_drafts_are_seen_by_their_publisher_and_operators_only(ctx: Context) -> None:
    put(ctx, "ehe-online", name="Entwurf", status="draft")
    assert names(ctx) == names(ctx, actor=NORTH) == []
    assert names(ctx, status="draft") == names(ctx, status="draft", actor=SOUTH) == []
    assert (
        names(ctx, status="draft", actor=NORTH) == names(ctx, status="draft", actor=OPERATOR) == ["Entwurf"]
    )
    for stranger in (None, SOUTH, CLERK):
        with pytest.raises(NotFound):
            get_service(ctx, "ehe-online", stranger)
    assert get_service(ctx, "ehe-online", NORTH).service.name == "Entwurf"


def test_a_withdrawn_entry_is_gone_for_the_public(ctx: Context) -> None:
    put(ctx, "ehe-online")
    patch_service(ctx, OPERATOR, "ehe-online", {"status": "withdrawn"}, 1)
    assert names(ctx) == []
    with pytest.raises(Gone):
        get_service(ctx, "ehe-online")
    assert get_service(ctx, "ehe-online", NORTH).service.status is EntryStatus.WITHDRAWN
    assert debts(ctx) == {"ehe-online": 2}


def test_prices_and_contacts_are_for_those_signed_in(ctx: Context) -> None:
    put(
        ctx, "ehe-online", contacts=[{"name": "Team Ehe"}],
        offers=[{"id": "fit", "route": "fit_store", "price": "5 €", "price_source": "Preisblatt", "hosting": "Bonn"}],
    )  # fmt: skip
    for service in (
        get_service(ctx, "ehe-online").service,
        list_services(ctx, ServiceFilter(), "name", PAGE).items[0],
    ):
        assert service.contacts == ()
        assert (service.offers[0].price, service.offers[0].price_source) == (None, None)
        assert service.offers[0].hosting == "Bonn"
    seen = get_service(ctx, "ehe-online", CLERK).service
    assert (seen.contacts[0].name, seen.offers[0].price) == ("Team Ehe", "5 €")


def test_an_entry_comes_with_what_stands_around_it(ctx: Context) -> None:
    put(ctx, "bezahlen", name="Bezahlen", kind="component")
    put(
        ctx, "ehe-online", theme_field="familie-kind", ozg_ids=["10026"], leika_keys=["99059001019000"],
        requires=["bezahlen"], offers=[{"id": "fit", "route": "direct", "supplier": "suedwerk"}],
    )  # fmt: skip
    put(ctx, "urkunden", name="Urkunden", part_of="ehe-online")
    put(ctx, "entwurf", name="Entwurf", part_of="ehe-online", status="draft")
    detail = get_service(ctx, "ehe-online")
    assert [part.id for part in detail.parts] == ["urkunden"]
    assert [part.id for part in get_service(ctx, "ehe-online", NORTH).parts] == ["entwurf", "urkunden"]
    assert [one.id for one in detail.requires] == ["bezahlen"]
    assert [one.id for one in get_service(ctx, "bezahlen").required_by] == ["ehe-online"]
    assert (part := get_service(ctx, "urkunden")).whole is not None
    assert part.whole.id == "ehe-online"
    assert (detail.bundles[0].name, detail.procedures[0].name) == ("Eheschließung", "Eheschließung Anmeldung")
    assert detail.theme_field == shelf.THEME_FIELD
    assert detail.publisher is not None
    assert (detail.publisher.name, list(detail.suppliers)) == ("Nordwerk AöR", ["suedwerk"])


def test_many_entries_are_loaded_in_three_queries(ctx: Context) -> None:
    ids = [f"dienst-{number}" for number in range(30)]
    for service_id in ids:
        put(ctx, service_id, ozg_ids=["10026"], offers=[{"id": "fit", "route": "direct"}])
    statements: list[str] = []
    with ctx.database.reading() as session:
        session.connection()
        event.listen(ctx.database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        found = stored.load(session, [*reversed(ids), "unknown"])
    assert list(found) == list(reversed(ids))
    assert len(statements) == 3


def test_a_list_query_without_anything_holds_what_is_published(ctx: Context) -> None:
    put(ctx, "ehe-online")
    put(ctx, "entwurf", status="draft")
    with ctx.database.reading() as session:
        assert service_lists.find(session, service_lists.ServiceQuery(), "id", 10, 0) == (["ehe-online"], 1)
