"""Tokens of machines, on both databases."""

import hashlib
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, insert, select, update

from marketplace.actions import invitations
from marketplace.actions.context import Context
from marketplace.actions.members import set_roles
from marketplace.actions.tokens import (
    actor_of_token,
    create_token,
    list_tokens,
    revoke_prefix,
    revoke_token,
)
from marketplace.domain.access import Action, Actor, Role, decide
from marketplace.domain.catalogue import Organisation, OrganisationKind
from marketplace.errors import Forbidden, InvalidInput, NotFound
from marketplace.store import audit, catalogue_writes
from marketplace.store.audit import AuditQuery
from marketplace.store.tables import OrganisationAuthorityRow, TokenRow
from tests import shelf
from tests.conftest import Clock
from tests.members import acting_as, add_person


@pytest.fixture
def ctx(context: Context) -> Context:
    return shelf.fill(context)


def test_who_holds_the_secret_acts_for_the_organisation(ctx: Context) -> None:
    made = create_token(ctx, "nordwerk", Role.PUBLISHER)
    assert re.fullmatch(r"ozgm_[A-Za-z0-9_-]{43}", made.secret)
    assert actor_of_token(ctx, made.secret) == replace(
        Actor.of(made.prefix, "nordwerk", Role.PUBLISHER), scopes=frozenset(made.scopes)
    )


def test_an_authoritys_token_is_bound_to_its_region(ctx: Context) -> None:
    made = create_token(ctx, "stadt", "authority")
    actor = actor_of_token(ctx, made.secret)
    assert actor is not None
    assert (actor.organisation_id, actor.roles) == ("stadt", frozenset({Role.AUTHORITY}))
    assert actor.region_keys == {"091610000000"}


def test_a_further_authority_of_the_organisation_binds_its_tokens_too(ctx: Context) -> None:
    with ctx.database.writing() as session:
        session.execute(
            insert(OrganisationAuthorityRow).values(organisation_id="stadt", authority_key="091620000000")
        )
    actor = actor_of_token(ctx, create_token(ctx, "stadt", "authority").secret)
    assert actor is not None
    assert actor.region_keys == {"091610000000", "091620000000"}


def test_the_secret_is_nowhere_in_the_database(ctx: Context) -> None:
    made = create_token(ctx, "nordwerk", Role.PUBLISHER)
    with ctx.database.reading() as session:
        (row,) = session.scalars(select(TokenRow)).all()
        kept = [str(getattr(row, column.key)) for column in TokenRow.__table__.columns]
    random_part = made.secret.removeprefix("ozgm_")
    assert not any(random_part in value or value in random_part for value in kept if len(value) > 6)
    assert made.secret.startswith(row.prefix)
    assert len(row.prefix) < len(made.secret) / 3


def test_a_token_is_looked_up_by_its_digest_so_that_timing_tells_nothing_of_the_secret(ctx: Context) -> None:
    made = create_token(ctx, "nordwerk", "publisher")
    asked: list[str] = []

    def note(_connection: object, _cursor: object, _sql: str, given: object, *_more: object) -> None:
        asked.append(repr(given))

    event.listen(ctx.database.engine, "before_cursor_execute", note)
    try:
        assert actor_of_token(ctx, made.secret) is not None
    finally:
        event.remove(ctx.database.engine, "before_cursor_execute", note)
    digest = hashlib.sha256(made.secret.encode()).hexdigest()
    assert any(digest in given for given in asked)
    assert not [given for given in asked if made.secret[11:20] in given]


def test_no_two_tokens_are_alike(ctx: Context) -> None:
    assert len({create_token(ctx, "nordwerk", Role.ANALYST).secret for _ in range(5)}) == 5


def test_a_token_ends_when_its_days_are_over(ctx: Context, clock: Clock) -> None:
    made = create_token(ctx, "nordwerk", Role.PUBLISHER, clock() + timedelta(days=30))
    clock.tick(days=29)
    assert actor_of_token(ctx, made.secret) is not None
    clock.tick(days=1)
    assert actor_of_token(ctx, made.secret) is None


def test_a_revoked_token_lets_nobody_in(ctx: Context, clock: Clock) -> None:
    made = create_token(ctx, "nordwerk", Role.PUBLISHER)
    with ctx.database.writing() as session:
        session.execute(update(TokenRow).values(revoked_at=clock()))
    assert actor_of_token(ctx, made.secret) is None


@pytest.mark.parametrize(
    "secret", ["", "ozgm_", "ozgm_" + "a" * 43, "ozgm_" + "ä" * 43, "a" * 48, "ozgm_" + "a" * 44]
)
def test_what_is_no_token_lets_nobody_in(ctx: Context, secret: str) -> None:
    create_token(ctx, "nordwerk", Role.PUBLISHER)
    assert actor_of_token(ctx, secret) is None


@pytest.mark.parametrize(
    ("organisation", "role", "rule"),
    [
        ("nordwerk", "king", "choice"),
        ("nordwerk", "coordination", "kind"),
        ("nordwerk", "operator", "kind"),
        ("cio", "coordination", "kind"),
        ("ohne-gebiet", "authority", "region"),
    ],
)
def test_a_token_that_could_do_nothing_is_not_made(
    ctx: Context, organisation: str, role: str, rule: str
) -> None:
    with ctx.database.writing() as session:
        catalogue_writes.save_organisations(
            session, [Organisation("ohne-gebiet", "Ohne Gebiet", OrganisationKind.AUTHORITY)]
        )
    with pytest.raises(InvalidInput) as error:
        create_token(ctx, organisation, role)
    assert [(one.field, one.rule) for one in error.value.errors] == [("role", rule)]


def test_a_token_of_an_unknown_organisation_is_not_made(ctx: Context) -> None:
    with pytest.raises(NotFound):
        create_token(ctx, "unknown", "publisher")


def test_a_token_does_not_end_in_the_past(ctx: Context, clock: Clock) -> None:
    with pytest.raises(InvalidInput) as error:
        create_token(ctx, "nordwerk", Role.PUBLISHER, clock())
    assert [one.field for one in error.value.errors] == ["expires_at"]


def test_a_token_is_good_for_its_scopes_alone_and_the_refusal_names_the_missing_one(ctx: Context) -> None:
    reader = actor_of_token(ctx, create_token(ctx, "nordwerk", "publisher", scopes=["read"]).secret)
    assert decide(reader, Action.READ_REVISION).allowed
    refusal = decide(reader, Action.WRITE_SERVICE)
    assert not refusal.allowed
    assert "services:write" in refusal.reason
    writer = actor_of_token(ctx, create_token(ctx, "nordwerk", "publisher").secret)
    assert decide(writer, Action.WRITE_SERVICE).allowed


def test_scopes_that_a_role_cannot_use_are_refused(ctx: Context) -> None:
    for scopes in (["adoptions:write"], ["services:write", "king"], []):
        with pytest.raises(InvalidInput) as error:
            create_token(ctx, "cio", "analyst", scopes=scopes)
        assert {one.field for one in error.value.errors} == {"scopes"}


def test_an_admin_makes_and_revokes_tokens_of_the_own_organisation_alone(ctx: Context) -> None:
    add_person(ctx, "ada", "nordwerk", Role.ADMIN)
    add_person(ctx, "eva", "suedwerk", Role.ADMIN)
    ada, eva = acting_as(ctx, "ada", "nordwerk"), acting_as(ctx, "eva", "suedwerk")
    made = create_token(ctx, "nordwerk", "publisher", by=ada, name="Redaktion", days=30, named=True)
    (listed,) = list_tokens(ctx, ada, "nordwerk")
    assert (listed.prefix, listed.name, listed.created_by) == (made.prefix, "Redaktion", "Ada")
    attempts = (
        lambda: create_token(ctx, "nordwerk", "publisher", by=eva),
        lambda: list_tokens(ctx, eva, "nordwerk"),
        lambda: revoke_token(ctx, eva, "nordwerk", listed.id),
        lambda: revoke_token(ctx, eva, "suedwerk", listed.id),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    assert actor_of_token(ctx, made.secret) is not None
    assert revoke_token(ctx, ada, "nordwerk", listed.id) == made.prefix
    assert actor_of_token(ctx, made.secret) is None
    with pytest.raises(NotFound):
        revoke_token(ctx, ada, "nordwerk", listed.id)


def test_an_admin_who_is_no_operator_makes_no_operators_token(ctx: Context) -> None:
    add_person(ctx, "ada", "betrieb", Role.ADMIN)
    with pytest.raises(InvalidInput) as error:
        create_token(ctx, "betrieb", "operator", by=acting_as(ctx, "ada", "betrieb"))
    assert [one.rule for one in error.value.errors] == ["rank"]
    assert create_token(ctx, "betrieb", "operator", by=shelf.OPERATOR).role is Role.OPERATOR


def test_who_manages_no_tokens_makes_and_sees_none(ctx: Context) -> None:
    for attempt in (
        lambda: create_token(ctx, "nordwerk", "publisher", by=shelf.NORTH),
        lambda: list_tokens(ctx, shelf.NORTH, "nordwerk"),
        lambda: revoke_prefix(ctx, shelf.NORTH, "ozgm_aaaaaa"),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_the_last_use_is_noted_once_an_hour(ctx: Context, clock: Clock) -> None:
    made = create_token(ctx, "nordwerk", "publisher")

    def noted() -> datetime | None:
        (one,) = list_tokens(ctx, shelf.OPERATOR, "nordwerk")
        return one.last_used_at

    assert noted() is None
    first = clock.tick(minutes=1)
    actor_of_token(ctx, made.secret)
    assert noted() == first
    clock.tick(minutes=59)
    actor_of_token(ctx, made.secret)
    assert noted() == first
    later = clock.tick(minutes=2)
    actor_of_token(ctx, made.secret)
    assert noted() == later


def test_reading_does_not_wait_for_who_writes_to_note_its_use(ctx: Context) -> None:
    made = create_token(ctx, "nordwerk", "publisher")
    with ctx.database.writing() as session:
        session.execute(update(TokenRow).values(name="held by another writer"))
        assert actor_of_token(ctx, made.secret) is not None
    assert [one.last_used_at for one in list_tokens(ctx, shelf.OPERATOR, "nordwerk")] == [None]


def test_an_operator_revokes_by_the_prefix_that_a_scanner_found(ctx: Context) -> None:
    made = create_token(ctx, "nordwerk", "publisher")
    assert revoke_prefix(ctx, shelf.OPERATOR, made.prefix).organisation_id == "nordwerk"
    assert actor_of_token(ctx, made.secret) is None
    with pytest.raises(NotFound):
        revoke_prefix(ctx, shelf.OPERATOR, made.prefix)


def test_the_log_says_that_a_token_was_made_and_revoked_but_not_its_secret(ctx: Context) -> None:
    made = create_token(ctx, "nordwerk", "publisher")
    revoke_prefix(ctx, shelf.OPERATOR, made.prefix)
    with ctx.database.reading() as session:
        found, _total = audit.find(session, AuditQuery(object_id="nordwerk"), 10)
    assert [entry.act for _id, entry in found] == ["token.revoked", "token.made"]
    assert {entry.detail["token"] for _id, entry in found} == {made.prefix}
    assert made.secret not in str(found)


def test_a_machine_without_the_scope_of_operations_makes_no_operators(ctx: Context) -> None:
    add_person(ctx, "otto", "betrieb", Role.OPERATOR)
    add_person(ctx, "ada", "betrieb", Role.ADMIN)
    made = create_token(ctx, "betrieb", "operator", scopes=["organisation:write"])
    machine = actor_of_token(ctx, made.secret)
    attempts = (
        lambda: create_token(ctx, "betrieb", "operator", by=machine),
        lambda: invitations.create(ctx, machine, "betrieb", ["operator"], "für mich"),
        lambda: set_roles(ctx, machine, "betrieb", "ada", ["admin", "operator"]),
        lambda: set_roles(ctx, machine, "betrieb", "otto", ["admin"]),
    )
    for attempt in attempts:
        with pytest.raises(InvalidInput) as error:
            attempt()
        assert [one.rule for one in error.value.errors] == ["rank"]
    assert create_token(ctx, "nordwerk", "publisher", by=machine).role is Role.PUBLISHER
