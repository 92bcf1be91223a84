"""Tokens of machines, on both databases."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from marketplace.actions.context import Context
from marketplace.actions.tokens import actor_of_token, create_token
from marketplace.domain.access import Actor, Role
from marketplace.errors import InvalidInput
from marketplace.store.tables import TokenRow
from tests import shelf
from tests.conftest import Clock


@pytest.fixture
def ctx(context: Context) -> Context:
    return shelf.fill(context)


def test_who_holds_the_secret_acts_for_the_organisation(ctx: Context) -> None:
    made = create_token(ctx, "nordwerk", Role.PUBLISHER)
    assert re.fullmatch(r"ozgm_[A-Za-z0-9_-]{43}", made.secret)
    assert actor_of_token(ctx, made.secret) == Actor.of(made.prefix, "nordwerk", Role.PUBLISHER)


def test_an_authoritys_token_is_bound_to_its_region(ctx: Context) -> None:
    made = create_token(ctx, "stadt", "authority")
    assert actor_of_token(ctx, made.secret) == Actor.of(made.prefix, "stadt", Role.AUTHORITY, "091610000000")


def test_the_secret_is_nowhere_in_the_database(ctx: Context) -> None:
    made = create_token(ctx, "nordwerk", Role.PUBLISHER)
    with ctx.database.reading() as session:
        (row,) = session.scalars(select(TokenRow)).all()
        kept = [str(getattr(row, column.key)) for column in TokenRow.__table__.columns]
    random_part = made.secret.removeprefix("ozgm_")
    assert not any(random_part in value or value in random_part for value in kept if len(value) > 6)
    assert made.secret.startswith(row.prefix)
    assert len(row.prefix) < len(made.secret) / 3


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
    ("organisation", "role", "field"),
    [
        ("unknown", "publisher", "organisation"),
        ("nordwerk", "king", "role"),
        ("nordwerk", "authority", "role"),
        ("cio", "coordination", "role"),
    ],
)
def test_a_token_that_could_do_nothing_is_not_made(
    ctx: Context, organisation: str, role: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        create_token(ctx, organisation, role)
    assert [one.field for one in error.value.errors] == [field]


def test_a_token_does_not_end_in_the_past(ctx: Context, clock: Clock) -> None:
    with pytest.raises(InvalidInput) as error:
        create_token(ctx, "nordwerk", Role.PUBLISHER, clock())
    assert [one.field for one in error.value.errors] == ["expires_at"]
