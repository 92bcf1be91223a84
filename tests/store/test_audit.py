"""The audit log: what the database refuses, what acts leave in it, and that acts and entries stand or fall together."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from marketplace.actions import auditing, authorities, authority_sets, counting_rules, demo, thesaurus
from marketplace.actions.adoption_files import import_file
from marketplace.actions.contact_reads import record_contact_read
from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.actions.service_import import import_services
from marketplace.actions.services import get_service
from marketplace.actions.thesaurus_files import import_rows
from marketplace.domain.access import Actor, Role
from marketplace.domain.audit import AuditEntry, Outcome, entry_of
from marketplace.errors import InvalidInput
from marketplace.store import audit
from marketplace.store.audit import AuditQuery
from marketplace.store.database import Database
from marketplace.store.tables import AuditEntryRow
from tests import land
from tests.conftest import Clock
from tests.rules import rule_fields

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MESSAGE = "audit_entry"


@pytest.fixture
def ctx(context: Context) -> Context:
    land.settle(context)
    return context


def entries(ctx: Context, act: str | None = None) -> list[AuditEntry]:
    """The entries of an act, the oldest first."""
    with ctx.database.reading() as session:
        return [entry for _, entry in reversed(audit.find(session, AuditQuery(act=act), 100)[0])]


def event(service: str = "wohnsitz", key: str = land.NORDSTADT_TOWN, **fields: Any) -> dict[str, Any]:
    return {
        "service_id": service, "authority_key": key, "status": "live", "effective_on": "2026-01-01", "source": "test",
        **fields,
    }  # fmt: skip


def put(database: Database, *days: datetime) -> None:
    with database.writing() as session:
        audit.append(session, [entry_of(None, day, "test.done", ("test", "1")) for day in days])


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(AuditEntryRow)) or 0


def test_an_entry_is_never_changed(database: Database) -> None:
    put(database, LONG_AGO)
    with pytest.raises(DBAPIError, match=MESSAGE), database.writing() as session:
        session.execute(text("UPDATE audit_entry SET actor = 'somebody else'"))


def test_a_young_entry_is_not_deleted(database: Database) -> None:
    put(database, datetime.now(UTC) - timedelta(days=364), LONG_AGO)
    with pytest.raises(DBAPIError, match=MESSAGE), database.writing() as session:
        session.execute(text("DELETE FROM audit_entry"))
    assert count(database) == 2


def test_old_entries_can_be_deleted(database: Database) -> None:
    now = datetime.now(UTC)
    put(database, now, now - timedelta(days=366), LONG_AGO)
    with database.writing() as session:
        assert audit.count_before(session, now - timedelta(days=365)) == 2
        assert audit.delete_before(session, now - timedelta(days=365)) == 2
    assert count(database) == 1


def test_the_log_is_not_emptied(database: Database) -> None:
    put(database, datetime.now(UTC))
    statement = "DELETE FROM audit_entry" if database.is_sqlite else "TRUNCATE audit_entry"
    with pytest.raises(DBAPIError, match=MESSAGE), database.writing() as session:
        session.execute(text(statement))
    assert count(database) == 1


def test_an_entry_is_not_put_in_the_place_of_another(database: Database) -> None:
    put(database, datetime.now(UTC))
    verb = "INSERT OR REPLACE" if database.is_sqlite else "INSERT"
    with pytest.raises(DBAPIError), database.writing() as session:
        session.execute(
            text(
                f"{verb} INTO audit_entry (id, at, actor, act, object_kind, object_id, outcome, detail) "
                "SELECT id, at, 'forged', act, object_kind, object_id, outcome, detail FROM audit_entry"
            )
        )


def test_a_batch_of_events_is_one_entry_that_counts_them(ctx: Context) -> None:
    batch = [event(), event(key=land.HAMBURG_TOWN), event("hundesteuer", land.SEEDORF)]
    assert record_events(ctx, land.OPERATOR, batch).written
    (entry,) = entries(ctx, "adoptions.recorded")
    assert (entry.actor, entry.organisation_id, entry.outcome) == ("operator", "operator", Outcome.DONE)
    assert entry.detail == {"events": 3, "services": ["hundesteuer", "wohnsitz"]}


def test_events_about_one_service_name_it(ctx: Context) -> None:
    record_events(ctx, land.OPERATOR, [event()])
    (entry,) = entries(ctx, "adoptions.recorded")
    assert (entry.object_kind, entry.object_id) == ("service", "wohnsitz")


def test_what_is_refused_or_unchanged_or_tried_leaves_no_entry(ctx: Context) -> None:
    record_events(ctx, land.OPERATOR, [event(), event(key="gibt-es-nicht")])
    record_events(ctx, land.OPERATOR, [event()], dry_run=True)
    assert entries(ctx, "adoptions.recorded") == []
    record_events(ctx, land.OPERATOR, [event()])
    record_events(ctx, land.OPERATOR, [event()])
    assert len(entries(ctx, "adoptions.recorded")) == 1


def test_a_file_of_events_is_one_entry(ctx: Context) -> None:
    rows = "\r\n".join(
        f"{service};{key};live;2026-01-01;test"
        for service, key in (("wohnsitz", land.NORDSTADT_TOWN), ("hundesteuer", land.SEEHEIM))
    )
    data = f"service_id;authority_key;status;effective_on;source\r\n{rows}\r\n".encode()
    import_file(ctx, land.OPERATOR, data)
    (entry,) = entries(ctx, "adoptions.recorded")
    assert entry.detail == {"events": 2, "services": ["hundesteuer", "wohnsitz"]}


def test_an_act_that_fails_leaves_no_entry(ctx: Context) -> None:
    class Failure(Exception):
        pass

    def fail() -> None:
        with ctx.database.writing() as session:
            auditing.record(session, land.OPERATOR, ctx.clock(), "test.done", ("test", "1"))
            raise Failure

    before = len(entries(ctx))
    with pytest.raises(Failure):
        fail()
    assert len(entries(ctx)) == before


def test_structure_tells_who_wrote_it(ctx: Context) -> None:
    assert [(e.actor, e.object_id) for e in entries(ctx, "register.imported")] == [
        ("command line", "2025-08-31")
    ]
    written = entries(ctx, "authority_set.written")
    assert {e.object_id for e in written} == {
        "municipalities",
        "local_administrations",
        "districts",
        "states",
    }
    version = authority_sets.get_set(ctx, "states").version
    again = {"name": "Länder", "level": "state", "reason": "a test's own"}
    authority_sets.put_set(ctx, land.OPERATOR, "states", again, version)
    assert entries(ctx, "authority_set.written")[-1].detail == {"version": 2}
    rows = [{"id": "few", "name": "few", "level": "district", "reason": "a test's own"}]
    authority_sets.import_sets(ctx, land.OPERATOR, rows)
    assert entries(ctx, "authority_sets.imported")[0].detail == {"sets": ["few"], "count": 1}
    jobcenter = {"key": "jc-1", "name": "Jobcenter", "kind": "jobcenter", "region": land.NORDSTADT}
    authorities.import_authorities(ctx, land.OPERATOR, [jobcenter])
    assert entries(ctx, "authorities.imported")[0].detail == {
        "added": 1,
        "renamed": 0,
        "authorities": ["jc-1"],
    }


def test_an_editor_of_the_thesaurus_is_named_and_no_words_are_kept(ctx: Context) -> None:
    row = thesaurus.add_row(ctx, land.OPERATOR, {"left": "Perso", "right": ["Personalausweis"]})
    changed = thesaurus.change_row(
        ctx, land.OPERATOR, str(row.id), {"left": "Perso", "right": ["Ausweis"]}, row.version
    )
    thesaurus.delete_row(ctx, land.OPERATOR, str(row.id), changed.version)
    import_rows(ctx, land.OPERATOR, [{"left": "Kfz", "right": ["Kraftfahrzeug"]}])
    done = [e for e in entries(ctx) if e.act.startswith("thesaurus.")]
    assert [e.act.partition(".")[2] for e in done] == ["added", "changed", "deleted", "imported"]
    assert not any("Perso" in str(e) for e in done)


def test_a_published_rule_and_imported_services_are_named(ctx: Context) -> None:
    listed, _ = counting_rules.publish_rule(ctx, land.OPERATOR, rule_fields())
    assert entries(ctx, "counting_rule.published")[0].object_id == f"{listed.rule.id}@{listed.rule.version}"
    import_services(ctx, land.OPERATOR, [{"id": "frisch", **land.fields_of("frisch")}])
    assert entries(ctx, "services.imported")[0].detail["services"] == ["frisch"]


def test_removing_the_demo_says_how_much_went(ctx: Context) -> None:
    recorded = demo.generate(ctx)
    assert demo.remove(ctx).events == recorded > 0
    assert entries(ctx, "demo.removed")[0].detail["events"] == recorded
    assert demo.remove(ctx).events == 0
    assert len(entries(ctx, "demo.removed")) == 1


def test_who_reads_contacts_stands_there_once_a_day(ctx: Context, clock: Clock) -> None:
    contacts = [{"name": "Leitstelle", "email": "leitstelle@example.org"}]
    land.add_service(ctx, "mit-kontakt", contacts=contacts)
    one, other = land.ANALYST, Actor.of("another", "provider", Role.PUBLISHER)
    for reader in (one, one, other, None):
        record_contact_read(ctx, reader, get_service(ctx, "mit-kontakt", reader).service)
    record_contact_read(ctx, one, get_service(ctx, "wohnsitz", one).service)
    read = entries(ctx, "contacts.read")
    assert [(e.actor, e.object_id) for e in read] == [("analyst", "mit-kontakt"), ("another", "mit-kontakt")]
    assert "leitstelle" not in str(read).lower()
    clock.tick(days=1)
    record_contact_read(ctx, one, get_service(ctx, "mit-kontakt", one).service)
    assert len(entries(ctx, "contacts.read")) == 3


def test_the_log_is_found_by_who_for_whom_what_and_when(ctx: Context, clock: Clock) -> None:
    start = clock.tick(hours=1)
    with ctx.database.writing() as session:
        auditing.record(session, land.PUBLISHER, start, "service.submitted", ("service", "a"))
        auditing.record(
            session, land.PUBLISHER, start + timedelta(hours=1), "adoptions.recorded", ("service", "b"),
            on_behalf_of=land.SEEDORF,
        )  # fmt: skip
    auditing.record_refusal(ctx, land.ANALYST, "service.write", ("service", "a"), "may not")

    def found(**fields: Any) -> list[str]:
        with ctx.database.reading() as session:
            return [e.act for _, e in audit.find(session, AuditQuery(since=start, **fields), 10)[0]]

    assert found() == ["service.write", "adoptions.recorded", "service.submitted"]
    assert found(organisation_id="provider") == ["adoptions.recorded", "service.submitted"]
    assert found(actor="analyst") == ["service.write"]
    assert found(on_behalf_of=land.SEEDORF) == ["adoptions.recorded"]
    assert found(object_kind="service", object_id="a") == ["service.write", "service.submitted"]
    assert found(outcome=Outcome.REFUSED) == ["service.write"]
    assert found(until=start + timedelta(hours=1)) == ["service.write", "service.submitted"]


def test_a_refused_row_is_no_act_of_its_own(ctx: Context) -> None:
    with pytest.raises(InvalidInput):
        record_events(ctx, land.OPERATOR, [])
    assert entries(ctx, "adoptions.recorded") == []
