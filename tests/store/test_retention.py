"""What is kept for a time only: accounts, sessions, invitations, drafts of forms, the audit log."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import ValidationError
from sqlalchemy import func, insert, select

from marketplace.actions import auditing
from marketplace.actions.context import Context
from marketplace.actions.retention import Retained, apply_retention
from marketplace.cli import main
from marketplace.domain.audit import entry_of
from marketplace.errors import Forbidden
from marketplace.settings import Settings
from marketplace.store import audit
from marketplace.store.audit import AuditQuery
from marketplace.store.retention import ERASED_NAME
from marketplace.store.tables import (
    AuditEntryRow,
    FormDraftRow,
    InvitationRow,
    MembershipRow,
    OrganisationRow,
    PersonRow,
    WebSessionRow,
)
from tests import land


@pytest.fixture
def ctx(context: Context) -> Context:
    """A context at the true time: the database refuses to delete young entries by its own clock."""
    now = datetime.now(UTC)
    ctx = replace(context, clock=lambda: now)
    with ctx.database.writing() as session:
        values = {"id": "provider", "name": "Provider", "name_folded": "provider", "kind": "provider"}
        session.execute(insert(OrganisationRow).values(values))
    return ctx


def add_person(ctx: Context, person_id: str, days: int, **fields: Any) -> None:
    """Somebody who signed in so many days ago."""
    then = ctx.clock() - timedelta(days=days)
    values = {
        "id": person_id, "name": f"Erika {person_id}", "email": f"{person_id}@example.org", "issuer": "https://id.example",
        "subject": person_id, "is_demo": False, "created_at": then, "signed_in_at": then, **fields,
    }  # fmt: skip
    with ctx.database.writing() as session:
        session.execute(insert(PersonRow).values(values))


def add_session(ctx: Context, person_id: str, digest: str, ends_in: timedelta) -> None:
    with ctx.database.writing() as session:
        session.execute(
            insert(WebSessionRow).values(
                digest=digest, person_id=person_id, created_at=ctx.clock() - timedelta(days=3),
                seen_at=ctx.clock() - timedelta(days=3), ends_at=ctx.clock() + ends_in,
            )
        )  # fmt: skip


def people(ctx: Context) -> dict[str, PersonRow]:
    with ctx.database.reading() as session:
        return {row.id: row for row in session.scalars(select(PersonRow))}


def count(ctx: Context, table: Any) -> int:
    with ctx.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_account_that_nobody_uses_is_erased_but_its_id_stays(ctx: Context) -> None:
    add_person(ctx, "gone", days=731)
    add_session(ctx, "gone", "a" * 64, timedelta(hours=1))
    assert apply_retention(ctx).accounts == 1
    erased = people(ctx)["gone"]
    assert (erased.name, erased.email, erased.issuer, erased.subject) == (ERASED_NAME, None, None, None)
    assert erased.erased_at == ctx.clock()
    assert count(ctx, WebSessionRow) == 0
    assert apply_retention(ctx).is_empty


def test_members_recent_guests_and_people_of_the_demo_stay(ctx: Context) -> None:
    add_person(ctx, "member", days=2000)
    add_person(ctx, "recent", days=729)
    add_person(ctx, "demo", days=2000, is_demo=True)
    add_person(ctx, "invited", days=10, signed_in_at=None)
    with ctx.database.writing() as session:
        values = {"organisation_id": "provider", "person_id": "member", "role": "publisher"}
        session.execute(insert(MembershipRow).values(**values, granted_at=ctx.clock(), granted_by="somebody"))
    assert apply_retention(ctx).is_empty
    assert all(person.erased_at is None and person.email for person in people(ctx).values())


def test_sessions_invitations_and_drafts_go_when_they_are_over(ctx: Context) -> None:
    now = ctx.clock()
    add_person(ctx, "somebody", days=1)
    add_session(ctx, "somebody", "a" * 64, timedelta(seconds=-1))
    add_session(ctx, "somebody", "b" * 64, timedelta(seconds=1))
    invitation = {
        "organisation_id": "provider", "roles": ["publisher"], "note": "Erika", "created_at": now, "created_by": "admin",
    }  # fmt: skip
    with ctx.database.writing() as session:
        for digest, days in (("old", 31), ("young", 29)):
            session.execute(
                insert(InvitationRow).values(
                    **invitation, digest=digest, expires_at=now - timedelta(days=days)
                )
            )
            session.execute(
                insert(FormDraftRow).values(
                    person_id="somebody", form=digest, content={}, saved_at=now - timedelta(days=days)
                )
            )
    assert apply_retention(ctx) == Retained(0, 0, 1, 1, 1)
    assert [count(ctx, table) for table in (WebSessionRow, InvitationRow, FormDraftRow)] == [1, 1, 1]


def test_the_log_is_kept_for_its_time_and_says_what_was_deleted(ctx: Context) -> None:
    days = ctx.settings.audit_retention_days
    with ctx.database.writing() as session:
        ages = (days + 1, days - 1, 0)
        entries = [
            entry_of(None, ctx.clock() - timedelta(days=age), "test.done", ("test", str(age))) for age in ages
        ]
        audit.append(session, entries)
    assert apply_retention(ctx, dry_run=True).audit_entries == 1
    assert count(ctx, AuditEntryRow) == 3
    assert apply_retention(ctx).audit_entries == 1
    with ctx.database.reading() as session:
        found, _ = audit.find(session, AuditQuery(), 10)
    assert [entry.object_id for _, entry in found] == ["retention", "0", str(days - 1)]
    assert found[0][1].detail["audit_entries"] == 1
    assert found[0][1].actor == auditing.COMMAND_LINE.name


def test_only_operators_apply_it(ctx: Context) -> None:
    with pytest.raises(Forbidden):
        apply_retention(ctx, land.PUBLISHER)


def test_no_setting_keeps_the_log_for_less_than_a_year() -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, audit_retention_days=364)


def test_the_command_tells_what_it_would_do_and_does_it(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.cli.retention.get_context", lambda: ctx)
    add_person(ctx, "gone", days=731)
    tried = CliRunner().invoke(main, ["retention", "apply", "--dry-run"])
    assert "1  accounts erased" in tried.output
    assert "Dry run" in tried.output
    assert people(ctx)["gone"].erased_at is None
    assert CliRunner().invoke(main, ["retention", "apply"]).exit_code == 0
    assert people(ctx)["gone"].erased_at is not None
